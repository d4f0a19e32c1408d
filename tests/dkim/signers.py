# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""Other people's DKIM: python3-dkim and Mail::DKIM sign, keys for them, and their key records."""

import base64
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DOMAIN = "author.example"


def use_python_with_dkim():
    """Go on under a Python that has dkim; false where there is none."""
    try:
        import dkim  # noqa: F401
        return True
    except ImportError:
        system = "/usr/bin/python3"
    if sys.executable == system or not os.access(system, os.X_OK) or subprocess.run(
            [system, "-c", "import dkim, nacl"], stderr=subprocess.DEVNULL,
            check=False).returncode != 0:
        return False
    os.execv(system, [system] + sys.argv)
    return True


def perl_signs():
    return subprocess.run(["perl", "-MMail::DKIM::Signer", "-e", "1"], stderr=subprocess.DEVNULL,
                          check=False).returncode == 0


class Key:
    """A key of BITS for RSA, or Ed25519 without."""

    def __init__(self, run, selector, bits=0):
        self.selector = selector
        self.bits = bits
        self.path = run.path(selector + ".pem")
        algorithm = (["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:%d" % bits] if bits
                     else ["-algorithm", "ED25519"])
        subprocess.run(["openssl", "genpkey", "-out", self.path] + algorithm, check=True,
                       stderr=subprocess.DEVNULL)
        self.public = self._openssl("-pubout")
        if not bits:
            self.public = self.public[-32:]
            raw = base64.b64encode(self._openssl()[-32:])
            self.path = run.write(selector + ".raw", raw.decode())

    def _openssl(self, *options):
        return subprocess.run(["openssl", "pkey", "-in", self.path, "-outform", "DER"]
                              + list(options), check=True, stdout=subprocess.PIPE).stdout

    @property
    def algorithm(self):
        return "rsa-sha256" if self.bits else "ed25519-sha256"

    def record(self, before=""):
        return "v=DKIM1; %sk=%s; p=%s" % (before, "rsa" if self.bits else "ed25519",
                                          base64.b64encode(self.public).decode())

    def line(self, domain=DOMAIN, before="", selector=None):
        """Its record as a line of a zone."""
        return record_line("%s._domainkey.%s." % (selector or self.selector, domain),
                           self.record(before))


def record_line(name, text):
    strings = [text[at:at + 200] for at in range(0, len(text), 200)] or [""]
    return "%s TXT %s\n" % (name, " ".join('"%s"' % s.replace('"', '\\"') for s in strings))


def python_sign(message, key, canonicalization=("relaxed", "relaxed"), domain=DOMAIN,
                algorithm=None, **options):
    """MESSAGE under a signature field by python3-dkim."""
    import dkim
    signer = dkim.DKIM(message, signature_algorithm=(algorithm or key.algorithm).encode())
    signer.should_not_sign = set()
    with open(key.path, "rb") as private:
        field = signer.sign(key.selector.encode(), domain.encode(), private.read(),
                            canonicalize=tuple(c.encode() for c in canonicalization), **options)
    return field + message


def perl_sign_all(jobs, run):
    """JOBS: (message, key, canonicalization, algorithm); the signed messages in that order."""
    lines, outputs = [], []
    for number, (message, key, canonicalization, algorithm) in enumerate(jobs):
        source = run.path("perl-%d" % number)
        with open(source, "wb") as file:
            file.write(message)
        outputs.append(source + ".signed")
        lines.append("%s %s %s %s %s %s %s\n" % (key.path, key.selector, DOMAIN, algorithm,
                                                 "/".join(canonicalization), source, outputs[-1]))
    subprocess.run(["perl", os.path.join(HERE, "sign.pl")], input="".join(lines).encode(),
                   check=True)
    signed = []
    for path in outputs:
        with open(path, "rb") as file:
            signed.append(file.read())
    return signed


def split(message):
    """(header fields as the milter protocol has them, body)."""
    header, _, body = message.partition(b"\r\n\r\n")
    fields = []
    for line in header.split(b"\r\n"):
        if line[:1] in (b" ", b"\t"):
            fields[-1][1] += b"\n" + line
        else:
            name, _, value = line.partition(b":")
            fields.append([name, value])
    return [(n.decode("latin-1"), v.decode("latin-1")) for n, v in fields], body


def apply(message, reply):
    """MESSAGE with the fields that the milter's REPLY inserts, each on top of those before it."""
    for change in reply.changes:
        if change.kind == "insert":
            value = change.value.replace("\n", "\r\n").encode("latin-1")
            message = change.name.encode() + b":" + value + b"\r\n" + message
    return message


def python_verifies(message, keys):
    """Results of python3-dkim for the DKIM signatures of MESSAGE, from the top: [(algorithm,
    verified)].  KEYS: name in DNS -> record."""
    import dkim

    def lookup(name, timeout=5):  # pylint: disable=unused-argument
        return keys.get(name.decode().rstrip("."), "").encode() or None

    signatures = [v for n, v in split(message)[0] if n.lower() == "dkim-signature"]
    results = []
    for number, value in enumerate(signatures):
        try:
            good = dkim.DKIM(message).verify(idx=number, dnsfunc=lookup)
        except dkim.DKIMException as problem:
            good = str(problem)
        results.append((value.split("a=")[1].split(";")[0].strip(), good))
    return results


class PerlVerifier:
    """Mail::DKIM, which asks the name server at PORT of loopback."""

    def __init__(self, run, port):
        self.run = run
        self.number = 0
        self.process = subprocess.Popen(["perl", os.path.join(HERE, "verify.pl"), str(port)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __call__(self, message):
        """["rsa-sha256=pass", "domainkeys=fail", ...], from the top."""
        self.number += 1
        path = self.run.path("perl-verify-%d" % self.number)
        with open(path, "wb") as file:
            file.write(message)
        self.process.stdin.write(path.encode() + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().decode().split()
        os.unlink(path)
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()
