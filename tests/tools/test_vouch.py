#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""The command line vouch(1): its contract, its exit codes, its answers to bad input."""

import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "mta"))
import harness  # noqa: E402

ZONE = """\
example.com. SOA ns.example.com. admin.example.com. 1 2 3 4 60
example.com. TXT "v=spf1 ip4:192.0.2.10 -all exp=why.example.com"
why.example.com. TXT "%{i} is not ours"
mail.example.com. A 192.0.2.10
_client._smtp.mail.example.com. SRV 1 2 0 mail.example.com.
_client._smtp.bad.example.com. SRV 1 1 0 bad.example.com.
! dead.example.com ANY servfail
! *.dead.example.com ANY servfail
"""

MESSAGE = ("From: a@example.com\nSubject: folded\n line\n"
           "Authentication-Results: mx.example.org; spf=pass\n\nbody\n")


class Vouch:
    def __init__(self, run):
        self.run = run
        self.program = harness.program("tools/vouch")
        zone = run.write("zone", ZONE)
        server = run.spawn("dnsd", [harness.program("tests/dnsd/dnsd"), "-z", zone])
        harness.wait_for(lambda: "listening" in server.log(), "dnsd listens", child=server)
        self.nameserver = server.log().split()[1]

    def __call__(self, command, *arguments, stdin=None):
        """Returns exit status, standard output and standard error."""
        argv = [self.program, command]
        if command in ("check", "csa", "spf"):
            argv += ["--nameserver", self.nameserver]
        done = subprocess.run(argv + list(arguments), input=stdin, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, encoding="utf-8", timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr

    def json(self, *arguments, stdin=None):
        code, out, err = self("check", "--json", *arguments, stdin=stdin)
        return json.loads(out) if code == 0 else {"code": code, "stderr": err}

    def batch(self, lines):
        code, out, err = self("check", "--batch", "-", stdin="\n".join(lines) + "\n")
        return code, [json.loads(line) for line in out.splitlines()], err


def outcome(answer, method, identity=""):
    found = [o for o in answer.get("outcomes", [])
             if o["method"] == method and o.get("identity", "") == identity]
    return found[0] if len(found) == 1 else {}


def test_json(tap, vouch):
    answer = vouch.json("--client", "192.0.2.10", "--helo", "mail.example.com",
                        "--mail-from", "a@example.com")
    tap.ok(answer.get("action") == "continue" and answer.get("reply") is None,
           "an authorized host goes on", answer)
    tap.ok(outcome(answer, "csa").get("result") == "pass"
           and outcome(answer, "csa").get("reason") == "csa-ok", "csa passes, with its reason")
    tap.ok(outcome(answer, "spf", "mailfrom").get("properties") == {"smtp.mailfrom": "example.com"},
           "the MAIL FROM identity is reported by its domain", answer)
    tap.ok(outcome(answer, "csa").get("trace"), "the trace is there")
    tap.ok(answer["dns"]["queries"] >= 3 and "voids" in answer["dns"] and "ms" in answer["dns"],
           "DNS is accounted for", answer["dns"])

    answer = vouch.json("--client", "192.0.2.99", "--helo", "x.example.org",
                        "--mail-from", "<a@example.com>", "-", stdin=MESSAGE)
    tap.ok(answer.get("action") == "reject" and answer.get("stage") == "mail"
           and answer["reply"].startswith("550 5.7.23 "), "SPF fail is refused at MAIL", answer)
    tap.ok("192.0.2.99 is not ours" in answer["reply"], "with the domain's explanation",
           answer["reply"])

    answer = vouch.json("--client", "192.0.2.99", "--helo", "bad.example.com")
    tap.ok(answer.get("action") == "reject" and answer.get("stage") == "helo"
           and answer["reply"].startswith("550 5.7.1 "), "CSA weight 1 is refused", answer)

    answer = vouch.json("--client", "192.0.2.99", "--helo", "dead.example.com",
                        "--mail-from", "a@dead.example.com")
    tap.ok(answer.get("action") == "continue"
           and outcome(answer, "csa").get("result") == "temperror"
           and outcome(answer, "spf", "mailfrom").get("result") == "temperror",
           "DNS trouble is temperror and refuses nothing", answer)


def test_methods(tap, vouch):
    answer = vouch.json("--client", "127.0.0.1", "--helo", "bad.example.com")
    tap.ok(answer.get("outcomes") == [], "an exempt client is not checked", answer)
    answer = vouch.json("--client", "127.0.0.1", "--helo", "bad.example.com", "--method", "csa")
    tap.ok([o["method"] for o in answer.get("outcomes", [])] == ["csa"],
           "--method runs just that, for an exempt client too", answer)
    answer = vouch.json("--client", "192.0.2.99", "--helo", "bad.example.com",
                        "--authenticated", "alice")
    tap.ok(answer.get("outcomes") == [] and answer.get("action") != "reject",
           "an authenticated client is exempt", answer)


RESENT = ("Received : from a\nResent-From : =?utf-8?q?B=40x?=\n <Bob@example.org>\n"
          "Received: from b\nResent-Sender: old@example.net\nFrom: a@example.com\n\n"
          "Resent-Sender: body@example.com\n")


def test_pra(tap, vouch):
    code, out, err = vouch("pra", "-", stdin=RESENT)
    tap.ok(code == 0 and out.startswith("PRA: Bob@example.org\n") and "Resent-From" in out
           and "step 2" in out, "pra prints the address, the field and why", out + err)
    code, out, err = vouch("pra", "--json", "-", stdin=RESENT.replace("\n", "\r\n"))
    answer = json.loads(out) if code == 0 else {}
    tap.ok(answer.get("pra") == "Bob@example.org" and answer.get("domain") == "example.org"
           and answer.get("field") == "Resent-From" and answer.get("index") == 1
           and answer.get("reason") is None and len(answer.get("trace", [])) == 3,
           "and as JSON", answer or err)
    code, out, err = vouch("pra", "--json", "-", stdin="From:\nFrom: \u00e9@b\u00fc.example\n")
    answer = json.loads(out) if code == 0 else {}
    tap.ok(answer.get("pra") == "\u00e9@xn--b-eha.example" and answer.get("index") == 2,
           "an address in UTF-8", answer or err)
    code, out, err = vouch("pra", "-", stdin="From: \u009b@x.example\n\nbody")
    tap.ok(code == 0 and out.isascii() and out.startswith("PRA: \\xC2\\x9B@x.example\n"),
           "nothing reaches the terminal raw", out + err)
    code, out, err = vouch("pra", "--json", "-", stdin="From: a@x.example, b@x.example\n")
    answer = json.loads(out) if code == 0 else {}
    tap.ok(answer.get("pra", 1) is None and answer.get("reason") == "pra-several-mailboxes"
           and answer.get("field") == "From", "why there is none", answer or err)
    code, out, err = vouch("pra", "-", stdin="From: a@x..example\n")
    tap.ok(code == 0 and "PRA: none\n" in out and "malformed domain at octet 5" in out,
           "and what is wrong where", out + err)
    code, out, err = vouch("pra", "-", stdin="")
    tap.ok(code == 0 and "PRA: none\n" in out, "an empty message has none", out + err)
    tap.ok(vouch("pra")[0] == 64 and vouch("pra", "a", "b")[0] == 64, "one argument is wanted")
    tap.ok(vouch("pra", "--batch", "x", "-")[0] == 64, "--batch does not go with pra")
    tap.ok(vouch("pra", "/nonexistent/message")[0] == 66, "a file that is not there")


CERTIFICATE = {"tls_version": "TLSv1.3", "verify": "OK", "cn_subject": "bad.example.com",
               "cert_issuer": "/CN=Example+20CA"}


def test_macros(tap, vouch):
    """What the MTA would tell of TLS."""
    told = [word for item in CERTIFICATE.items() for word in ("--macro", "=".join(item))]
    answer = vouch.json("--client", "192.0.2.99", "--helo", "bad.example.com", "--method", "tls",
                        *told)
    found = outcome(answer, "tls")
    tap.ok(found.get("reason") == "tls-matches-helo"
           and found["properties"].get("policy.cert-issuer") == "/CN=Example CA",
           "--macro tells of a certificate", answer)
    conf = vouch.run.write("tls.conf", "tls { enabled = yes }\n")
    code, out, err = vouch(
        "check", "-c", conf, "--batch", "-", stdin="".join(json.dumps(line) + "\n" for line in (
            {"id": 1, "client": "192.0.2.99", "macros": CERTIFICATE},
            {"id": 2, "client": "192.0.2.99", "macros": None},
            {"id": 3, "client": "192.0.2.99", "macros": {"rcpt_addr": "a"}},
            {"id": 4, "client": "192.0.2.99", "macros": {"verify": 1}},
            {"id": 5, "client": "192.0.2.99", "macros": ["verify"]})))
    answers = [json.loads(line) for line in out.splitlines()]
    tap.ok(code == 65 and [outcome(a, "tls").get("result", "error") for a in answers]
           == ["pass", "none", "error", "error", "error"], "so do the lines of a batch", out + err)


def test_batch(tap, vouch):
    code, answers, err = vouch.batch([
        '{"id": 7, "client": "192.0.2.99", "helo": "h", "mail_from": "a@example.com"}',
        "",
        '{"id": "b", "client": "192.0.2.10", "mail_from": "a@example.com", "rcpt": ["x@y", "z@y"],'
        ' "message": %s}' % json.dumps(MESSAGE),
    ])
    tap.ok(code == 0 and [a["id"] for a in answers] == [7, "b"], "ids come back in order", err)
    tap.ok([a["action"] for a in answers] == ["reject", "continue"], "each is evaluated", answers)
    bad = ['not json', '[1]', '{"id": 1}', '{"id": 2, "client": "300.1.1.1"}',
           '{"id": 3, "client": 5}', '{"id": 4, "client": "192.0.2.1", "helo": "a\\u0000b"}',
           '{"id": 5, "client": "192.0.2.1", "rcpt": [1]}',
           '{"id": 6, "client": "192.0.2.1", "message": {}}',
           '{"id": 8, "client": "192.0.2.10", "mail_from": "a@example.com"}']
    code, answers, err = vouch.batch(bad)
    tap.ok(code == 65, "bad lines end in exit code 65", code)
    tap.ok([a.get("id") for a in answers] == [None, None, 1, 2, 3, 4, 5, 6, 8]
           and all("error" in a for a in answers[:-1]) and "error" not in answers[-1],
           "each is answered, and the good one too", answers)
    code, answers, _ = vouch.batch(
        [json.dumps({"id": n, "client": "192.0.2.10", "mail_from": "a@example.com",
                     "message": "Received: \x00\xff\u2028\r" * n + "\nx" * n}) for n in range(50)])
    tap.ok(code == 0 and len(answers) == 50, "odd messages are evaluated", answers[-1:])


def test_person(tap, vouch):
    code, out, err = vouch("csa", "192.0.2.99", "bad.example.com")
    tap.ok(code == 0 and "SRV _client._smtp.bad.example.com" in out and "not authorized" in out
           and "csa { fail = reject }" in out,
           "vouch csa explains question, answer, rule and configuration", out + err)
    code, out, err = vouch("spf", "192.0.2.99", "a@example.com")
    tap.ok(code == 0 and "TXT example.com" in out and "-all" in out and "RFC 7208" in out,
           "vouch spf explains the record and the term", out + err)


def section(domain, selector, path, rest=""):
    return 'sign "%s" { selector = "%s"  key = "%s" %s }\n' % (domain, selector, path, rest)


def without_privileges():
    """What in front of a command takes from root the right to read every file."""
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


def test_foreign_keys(tap, vouch, conf, folder):
    """Whoever may not read the keys cannot sign, but see what the filter would do."""
    for selector in "r", "e", "long":
        os.chmod(os.path.join(folder, selector + ".example.net.key"), 0)
    for command, options, good in (("check", ["--client", "192.0.2.1"], True),
                                   ("pra", [vouch.run.path("plain.eml")], True),
                                   ("sign", [vouch.run.path("plain.eml")], False)):
        done = subprocess.run(without_privileges() + [vouch.program, command, "-c", conf] + options,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
                              timeout=60, check=False)
        told = done.stderr.count("cannot be read: permission denied")
        tap.ok((done.returncode, told) == ((0, 0) if good else (78, 3)),
               "%s without permission to read the keys" % command, done)
    for selector in "r", "e", "long":
        os.chmod(os.path.join(folder, selector + ".example.net.key"), 0o600)


def test_keys(tap, vouch):
    """genkey, what it prints in DNS, testkey, sign."""
    folder = vouch.run.path("keys")
    os.mkdir(folder)
    records, sections = [], []
    for selector, options, size in (("r", [], 2048), ("e", ["--algorithm", "ed25519"], 0),
                                    ("long", ["--bits", "4096"], 4096)):
        code, out, err = vouch("genkey", "--directory", folder, *options, "example.net", selector)
        path = os.path.join(folder, selector + ".example.net.key")
        tap.ok(code == 0 and os.stat(path).st_mode & 0o777 == 0o600
               and "%s._domainkey.example.net. IN TXT (" % selector in out,
               "genkey: %s" % selector, out + err)
        records.append(" ".join(out.split(" )")[0].replace("IN TXT (", "TXT").split("\n")[1:]))
        sections.append(out[out.index("sign "):])
    code, out, err = vouch("genkey", "--directory", folder, "example.net", "r")
    tap.ok(code == 73 and "File exists" in err and not out, "a key is not written over", err)
    conf = vouch.run.write("sign.conf", "".join(sections))
    zone = vouch.run.write("keys.zone", "\n".join(
        [records[0], records[1], records[1].replace("e._d", "long._d")]) + "\n")
    server = vouch.run.spawn("dnsd-keys", [harness.program("tests/dnsd/dnsd"), "-z", zone])
    harness.wait_for(lambda: "listening" in server.log(), "dnsd listens", child=server)
    ask = ["-c", conf, "--nameserver", server.log().split()[1]]
    code, out, err = vouch("testkey", *ask)
    lines = out.splitlines()
    tap.ok(code == 78 and len(lines) == 3 and "good: the key is in DNS (RSA, 2048 bits)" in lines[0]
           and "good: the key is in DNS (Ed25519, 256 bits)" in lines[1]
           and "bad: the key is not for this signature: k=ed25519" in lines[2],
           "testkey finds the keys that are there", out + err)
    code, out, err = vouch("testkey", *ask, "EXAMPLE.net", "r")
    tap.ok(code == 0 and len(out.splitlines()) == 1, "testkey of one", out + err)
    code, out, err = vouch("testkey", *ask, "other.example")
    tap.ok(code == 78 and "no such section" in err, "testkey of none", out + err)
    message = vouch.run.write("plain.eml", "From: a@example.net\nSubject: s\n\nbody\n")
    code, out, err = vouch("sign", "-c", conf, message)
    tap.ok(code == 0 and out.count("DKIM-Signature: ") == 3
           and out.endswith("From: a@example.net\nSubject: s\n\nbody\n") and "\r" not in out,
           "sign", out + err)
    signed = vouch.run.write("signed.eml", out)
    out = subprocess.run([vouch.program, "check", "--client", "192.0.2.1", "--method", "dkim",
                          *ask[2:], signed], stdout=subprocess.PIPE, encoding="utf-8",
                         check=False).stdout
    tap.ok(out.count("dkim signature: pass") == 2, "and its signatures verify", out)
    mbox = "From MAILER Sat Nov 21 00:00:00 2026\n"
    code, out, err = vouch("sign", "-c", conf, "-", stdin=mbox + "From: a@example.net\n\nbody\n")
    tap.ok(code == 0 and out.startswith(mbox + "DKIM-Signature: "), "the line of an mbox stays on top",
           out + err)
    for content, why in (("From: a@example.com\n\nx\n", "no section 'sign'"),
                         ("Subject: s\n\nx\n", "there is not one From field"),
                         ("From: a\nFrom: b\n\nx\n", "there is not one From field")):
        code, out, err = vouch("sign", "-c", conf, "-", stdin=content)
        tap.ok(code == 65 and not out and why in err, "not signed: " + repr(content), out + err)
    test_foreign_keys(tap, vouch, conf, folder)
    os.chmod(os.path.join(folder, "e.example.net.key"), 0o604)
    code, out, err = vouch("sign", "-c", conf, message)
    tap.ok(code == 78 and "chmod it to 0600" in err and not out, "an open key is refused", err)


def test_bad_use(tap, vouch):
    missing = os.path.join(vouch.run.directory, "missing")
    conf = vouch.run.write("bad.conf", "spf { fail = refuse }\n")
    for arguments, expected in (
            (["check"], 64), (["frobnicate"], 64), (["csa", "192.0.2.1"], 64),
            (["spf", "1", "2", "3", "4"], 64), (["check", "--nope"], 64),
            (["check", "--client", "192.0.2.1", "--method", "csa,nope"], 64),
            (["check", "--client", "192.0.2.1", "--method", ""], 64),
            (["check", "--client", "192.0.2.1", "--batch", "-"], 64),
            (["check", "--client", "192.0.2.1", "--macro", "verify"], 64),
            (["check", "--client", "192.0.2.1", "--macro", "rcpt_addr=a"], 64),
            (["check", "--client", "192.0.2.1", "--macro", "x" * 99 + "=a"], 64),
            (["genkey", "example.org"], 64), (["genkey", "a b", "s"], 64),
            (["genkey", "example.org", "../s"], 64), (["genkey", "example.org", "s/t"], 64),
            (["genkey", "--bits", "512", "example.org", "s"], 64),
            (["genkey", "--bits", "x", "example.org", "s"], 64),
            (["genkey", "--algorithm", "dsa", "example.org", "s"], 64),
            (["genkey", "--directory", missing, "example.org", "s"], 73),
            (["sign"], 64), (["sign", "-c", missing, "-"], 66), (["sign", missing], 66),
            (["testkey", "--batch", "-"], 64), (["testkey"], 78),
            (["check", "--client", "192.0.2.256"], 65),
            (["check", "--client", "192.0.2.1", missing], 66),
            (["check", "--client", "192.0.2.1", vouch.run.directory], 66),
            (["check", "--batch", missing], 66),
            (["check", "--client", "192.0.2.1", "-c", missing], 66),
            (["check", "--client", "192.0.2.1", "-c", conf], 78),
            (["check", "--client", "192.0.2.1", "--nameserver", "nowhere"], 78)):
        code, out, err = vouch(*arguments)
        tap.ok(code == expected and err.startswith("vouch: ") and not out,
               "exit code %d: vouch %s" % (expected, " ".join(arguments).replace(
                   vouch.run.directory, "DIR")), (code, out, err))
    code, out, _ = vouch("--version")
    tap.ok(code == 0 and out.startswith("vouch "), "--version", out)
    code, out, _ = vouch("--help")
    tap.ok(code == 0 and "usage: vouch check" in out, "--help", out)


def main():
    tap = harness.Tap()
    with harness.Run("tools") as run:
        vouch = Vouch(run)
        for test in (test_json, test_methods, test_macros, test_pra, test_batch, test_person,
                     test_keys, test_bad_use):
            test(tap, vouch)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
