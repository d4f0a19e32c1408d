# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""A mail server that takes everything and keeps it, so that tests see each delivered message octet
for octet."""

import socket
import threading
import time

import harness


class Delivered:
    """One message: envelope and content as they came."""

    def __init__(self, sender, recipients, content):
        self.sender = sender
        self.recipients = recipients
        self.content = content

    @property
    def headers(self):
        """(name, value) pairs from the top; folded lines joined by CRLF, value as sent."""
        head = self.content.split(b"\r\n\r\n", 1)[0].decode("utf-8", "surrogateescape")
        fields = []
        for line in head.split("\r\n"):
            if line[:1] in (" ", "\t") and fields:
                fields[-1] = (fields[-1][0], fields[-1][1] + "\r\n" + line)
            elif ":" in line:
                name, value = line.split(":", 1)
                fields.append((name, value))
        return fields

    def all(self, name):
        """The values of every field NAME, unfolded, without spaces at the ends."""
        return [" ".join(value.split()) for field, value in self.headers
                if field.lower() == name.lower()]


class Sink:
    def __init__(self, run):
        self.messages = []
        self.changed = threading.Condition()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = self.listener.getsockname()[1]
        harness.serve(run, self.listener, self._serve)

    def _serve(self, client):
        try:
            with client, client.makefile("rwb") as stream:
                self._session(stream)
        except OSError:
            pass

    def _session(self, stream):
        def say(text):
            stream.write(text + b"\r\n")
            stream.flush()

        sender, recipients = "", []
        say(b"220 sink ESMTP")
        for raw in stream:
            verb = raw[:4].upper()
            argument = raw.partition(b":")[2].strip().decode("utf-8", "replace")
            if verb == b"EHLO":
                say(b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8")
            elif verb == b"MAIL":
                sender, recipients = argument.split(">")[0].lstrip("<"), []
                say(b"250 2.1.0 Ok")
            elif verb == b"RCPT":
                recipients.append(argument.split(">")[0].lstrip("<"))
                say(b"250 2.1.5 Ok")
            elif verb == b"DATA":
                say(b"354 go on")
                self._keep(Delivered(sender, recipients, self._content(stream)))
                say(b"250 2.0.0 Ok")
            elif verb == b"QUIT":
                say(b"221 2.0.0 Bye")
                return
            else:
                say(b"250 2.0.0 Ok")

    @staticmethod
    def _content(stream):
        lines = []
        for line in stream:
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if line.startswith(b".") else line)
        raise OSError("connection lost in the middle of a message")

    def _keep(self, message):
        with self.changed:
            self.messages.append(message)
            self.changed.notify_all()

    def find(self, recipient):
        for message in self.messages:
            if recipient in message.recipients:
                return message
        return None

    def wait(self, recipient, seconds=20):
        """The message delivered to RECIPIENT, or None when none came in time."""
        end = time.monotonic() + seconds
        with self.changed:
            while True:
                message = self.find(recipient)
                left = end - time.monotonic()
                if message is not None or left <= 0:
                    return message
                self.changed.wait(left)
