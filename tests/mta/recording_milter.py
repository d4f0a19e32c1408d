# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""A milter that keeps the header fields an MTA hands over, octet for octet, and accepts all."""

import socket
import struct

import harness

HEADER_LEADING_SPACE = 0x100000
SILENT = (b"A", b"D", b"K", b"Q")  # abort, macros, quit: no answer


class RecordingMilter:
    def __init__(self, run):
        self.fields = []  # (name, value) as octets
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        harness.serve(run, self.listener, self._serve)

    def _serve(self, client):
        with client, client.makefile("rwb") as stream:
            while True:
                head = stream.read(5)
                if len(head) < 5:
                    return
                length, command = struct.unpack("!Ic", head)
                data = stream.read(length - 1)
                if command == b"L":
                    self.fields.append(tuple(data.split(b"\0")[:2]))
                if command not in SILENT:
                    self._answer(stream, command)

    @staticmethod
    def _answer(stream, command):
        answer = b"c"
        if command == b"O":
            answer = b"O" + struct.pack("!III", 6, 0, HEADER_LEADING_SPACE)
        stream.write(struct.pack("!I", len(answer)) + answer)
        stream.flush()
