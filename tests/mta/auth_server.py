# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""The part of Dovecot's authentication protocol that Postfix's smtpd needs for AUTH PLAIN, so that
tests have real authenticated sessions without a SASL package."""

import base64
import os
import socket

import harness


class AuthServer:
    def __init__(self, run, path, users):
        self.users = users
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(path)
        os.chmod(path, 0o666)
        self.listener.listen(100)
        harness.serve(run, self.listener, self._serve)

    def _serve(self, client):
        with client, client.makefile("rw", encoding="utf-8", newline="\n") as stream:
            try:
                stream.write("VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\n"
                             "COOKIE\t00\nDONE\n")
                stream.flush()
                for line in stream:
                    answer = self._answer(line.rstrip("\n").split("\t"))
                    if answer:
                        stream.write(answer + "\n")
                        stream.flush()
            except OSError:
                pass

    def _answer(self, fields):
        """AUTH <id> PLAIN service=smtp ... resp=<base64 of authzid NUL user NUL password>"""
        if fields[0] != "AUTH" or len(fields) < 3:
            return None
        response = next((f[5:] for f in fields if f.startswith("resp=")), "")
        parts = base64.b64decode(response).decode("utf-8", "replace").split("\0")
        if len(parts) == 3 and self.users.get(parts[1]) == parts[2] != "":
            return "OK\t%s\tuser=%s" % (fields[1], parts[1])
        return "FAIL\t%s\tuser=%s" % (fields[1], parts[1] if len(parts) > 1 else "")
