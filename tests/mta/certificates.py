# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""Throw-away certificate authorities and the client certificates that they issue, made by openssl.

    ca = Authority(directory, "/C=XX/O=Vouch/CN=Test CA")
    ca.path                                the certificate, as an MTA wants it
    ca.issue("good", "/CN=mail.example")   certificate and key in one file, as a client wants it
"""

import os
import subprocess

CA_CONFIGURATION = """\
[ca]
default_ca = it
[it]
dir = {directory}
database = {directory}/index
serial = {directory}/serial
new_certs_dir = {directory}
default_md = sha256
unique_subject = no
policy = any
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
emailAddress = optional
"""


def openssl(*arguments, octets=None):
    """The standard output of openssl."""
    done = subprocess.run(["openssl", *arguments], input=octets, capture_output=True, check=False)
    if done.returncode != 0:
        raise AssertionError("openssl %s: %s" % (" ".join(arguments), done.stderr.decode()))
    return done.stdout


def sequence_size(der):
    """Octets of the ASN.1 sequence at the front of DER, and of its head."""
    if der[1] < 0x80:
        return der[1] + 2, 2
    head = 2 + (der[1] & 0x7f)
    return int.from_bytes(der[2:head], "big") + head, head


def as_pem(der):
    return openssl("x509", "-inform", "DER", octets=der)


class Authority:
    """Its own key is RSA, so that its signatures have one length."""

    def __init__(self, directory, subject):
        self.directory = directory
        os.makedirs(directory, exist_ok=True)
        self.path = os.path.join(directory, "ca.pem")
        self.key = os.path.join(directory, "ca.key")
        self.configuration = os.path.join(directory, "ca.conf")
        for name, text in (("ca.conf", CA_CONFIGURATION.format(directory=directory)),
                           ("index", ""), ("serial", "1000\n")):
            with open(os.path.join(directory, name), "w", encoding="ascii") as out:
                out.write(text)
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-utf8", "-subj",
                subject, "-keyout", self.key, "-out", self.path)

    def _request(self, name, subject):
        key = os.path.join(self.directory, name + ".key")
        request = os.path.join(self.directory, name + ".csr")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-utf8", "-subj", subject, "-keyout", key, "-out", request)
        return key, request

    def _file(self, name, key, certificate):
        path = os.path.join(self.directory, name + ".pem")
        with open(key, "rb") as source, open(path, "wb") as out:
            out.write(certificate + source.read())
        return path

    def issue(self, name, subject, validity=("-days", "2")):
        """A client certificate with its key; the path of the file.  VALIDITY: for "openssl ca"."""
        key, request = self._request(name, subject)
        certificate = openssl("ca", "-batch", "-notext", "-config", self.configuration, "-cert",
                              self.path, "-keyfile", self.key, "-in", request, *validity)
        return self._file(name, key, certificate)

    def expired(self, name, subject):
        return self.issue(name, subject, ("-startdate", "20200101000000Z",
                                          "-enddate", "20200201000000Z"))

    def revoke(self, path):
        openssl("ca", "-config", self.configuration, "-cert", self.path, "-keyfile", self.key,
                "-revoke", path)

    def revocations(self):
        """Its list of them."""
        return openssl("ca", "-config", self.configuration, "-cert", self.path, "-keyfile",
                       self.key, "-gencrl", "-crldays", "2")

    def issue_octets(self, name, subject, old, new):
        """As issue(), but the octets OLD of the subject become NEW, of the same length, before the
        authority signs: what no tool would write."""
        path = self.issue(name, subject)
        der = openssl("x509", "-in", path, "-outform", "DER")
        start = sequence_size(der)[1]
        end = start + sequence_size(der[start:])[0]
        body = der[start:end].replace(old, new)
        signature = openssl("dgst", "-sha256", "-sign", self.key, octets=body)
        with open(os.path.join(self.directory, name + ".key"), "rb") as source:
            key = source.read()
        with open(path, "wb") as out:
            out.write(as_pem(der[:start] + body + der[end:-len(signature)] + signature) + key)
        return path
