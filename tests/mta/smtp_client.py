# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""A plain SMTP client: says exactly the octets it is told to and hands back exact replies."""

import base64
import socket
import ssl


class Reply:
    def __init__(self, code, lines):
        self.code = code
        self.lines = lines

    def __str__(self):
        return " / ".join("%d %s" % (self.code, line) for line in self.lines)

    @property
    def text(self):
        return "\n".join(self.lines)

    @property
    def enhanced(self):
        """The enhanced status code of the first line, such as "5.7.1", or ""."""
        word = self.lines[0].split(" ", 1)[0] if self.lines else ""
        return word if word.count(".") == 2 and word.replace(".", "").isdigit() else ""


class Closed(Exception):
    """The server closed the connection."""


def tls_context(certificate=None):
    """A client that believes any server.  CERTIFICATE: its own, with the key in the same file."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if certificate:
        context.load_cert_chain(certificate)
    return context


class Client:
    """One SMTP session.  The greeting is in self.greeting."""

    def __init__(self, port, address="127.0.0.1", timeout=60, source=None):
        """SOURCE: our own address, if a certain one is wanted."""
        self.socket = socket.create_connection((address, port), timeout,
                                               (source, 0) if source else None)
        self.buffer = b""
        self.greeting = self.reply()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, octets):
        self.socket.sendall(octets)

    def _line(self):
        while b"\n" not in self.buffer:
            chunk = self.socket.recv(65536)
            if not chunk:
                raise Closed()
            self.buffer += chunk
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.rstrip(b"\r").decode("utf-8", "replace")

    def reply(self):
        lines = []
        while True:
            line = self._line()
            lines.append(line[4:])
            if line[3:4] != "-":
                return Reply(int(line[:3]), lines)

    def command(self, text):
        self.send(text.encode("utf-8") + b"\r\n")
        return self.reply()

    def pipeline(self, *commands):
        """All COMMANDS in one write, then all replies."""
        self.send(b"".join(c.encode("utf-8") + b"\r\n" for c in commands))
        return [self.reply() for _ in commands]

    def xclient(self, **attributes):
        """XCLIENT: be another client, e.g. addr="192.0.2.1", name="mail.example.com"."""
        words = []
        for name, value in attributes.items():
            if name == "addr" and ":" in value:
                value = "IPV6:" + value
            words.append("%s=%s" % (name.upper(), value))
        return self.command("XCLIENT " + " ".join(words))

    def starttls(self, context=None, session=None):
        """CONTEXT: of tls_context(); with SESSION, an earlier socket's, that session goes on."""
        answer = self.command("STARTTLS")
        if answer.code == 220:
            self.socket = (context or tls_context()).wrap_socket(self.socket, session=session)
        return answer

    def auth_plain(self, user, password):
        token = base64.b64encode(("\0%s\0%s" % (user, password)).encode()).decode()
        return self.command("AUTH PLAIN " + token)

    def data(self, message):
        """DATA and MESSAGE (octets, lines ended by CRLF), dots stuffed.  The reply to the end of
        the message, or the one to DATA when that is not 354."""
        answer = self.command("DATA")
        if answer.code != 354:
            return answer
        return self.message(message)

    def message(self, message):
        """The message itself, after a 354."""
        stuffed = message.replace(b"\r\n.", b"\r\n..")
        if stuffed.startswith(b"."):
            stuffed = b"." + stuffed
        self.send(stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        return self.reply()
