# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""The MTA's side of the milter protocol (version 6), as small as a test needs it.

    with milter_client.Client(("127.0.0.1", 8890)) as mta:
        mta.connect("192.0.2.1", name="mail.example.com", macros={"j": "mx.example.org"})
        mta.helo("mail.example.com")
        reply = mta.mail("<a@example.com>", macros={"{auth_authen}": "alice"})
        if reply.go_on:
            mta.rcpt("<b@example.org>")
            reply = mta.message([("Subject", " hello")], b"text\r\n", queue_id="4XyZ")
    reply.kind, reply.text, reply.changes

Commands whose answer the filter negotiated away answer GO_ON at once, as an MTA behaves.
"""

import collections
import ipaddress
import socket
import struct

ACTIONS = 0x1FF  # all SMFIF_ flags
STEPS = 0x1FFFFF  # all SMFIP_ flags that Postfix and Sendmail offer
NO_BODY, NO_UNKNOWN, NO_DATA = 0x10, 0x100, 0x200
LEADING_SPACE = 0x100000
# SMFIP_NR_*: the filter does not answer this command.
NO_ANSWER = {"L": 0x80, "C": 0x1000, "H": 0x2000, "M": 0x4000, "R": 0x8000, "T": 0x10000,
             "U": 0x20000, "N": 0x40000, "B": 0x80000}

KINDS = {"c": "continue", "r": "reject", "t": "tempfail", "a": "accept", "d": "discard",
         "y": "reply", "s": "skip"}


class Reply:
    """An answer: KIND is a word of KINDS, TEXT that of "reply", CHANGES what came before it."""

    def __init__(self, kind, text="", changes=()):
        self.kind = kind
        self.text = text
        self.changes = list(changes)

    @property
    def go_on(self):
        return self.kind in ("continue", "skip")

    @property
    def code(self):
        """The SMTP code the client would see: 250, 450, 550 ..."""
        if self.kind == "reply":
            return int(self.text[:3])
        return {"reject": 550, "tempfail": 451}.get(self.kind, 250)

    def headers(self, name=None):
        """Values of inserted fields, in the order in which they came."""
        return [c.value for c in self.changes
                if c.kind in ("insert", "add") and (name is None or c.name == name)]

    def deleted(self):
        """(name, index) of the deleted fields."""
        return [(c.name, c.index) for c in self.changes if c.kind == "change" and c.value == ""]

    def __repr__(self):
        return "<%s %r %r>" % (self.kind, self.text, self.changes)


Change = collections.namedtuple("Change", "kind name index value")


def _text(octets):
    return octets.decode("latin-1")


def _strings(payload):
    return [_text(part) for part in payload.split(b"\0")[:-1]]


def _change(command, payload):
    if command == "h":
        name, value = _strings(payload)
        return Change("add", name, 0, value)
    if command in "im":
        index = struct.unpack(">I", payload[:4])[0]
        name, value = _strings(payload[4:])
        return Change("insert" if command == "i" else "change", name, index, value)
    if command == "q":
        return Change("quarantine", "", 0, _strings(payload)[0])
    return Change(command, "", 0, payload)


class Client:
    """One milter connection.  ADDRESS: (host, port) or the path of a Unix socket."""

    def __init__(self, address, timeout=30, actions=ACTIONS, steps=STEPS, negotiate=True):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        self.socket.connect(address)
        self.actions = self.steps = self.version = 0
        self.macros_wanted = {}
        if negotiate:
            self.negotiate(actions, steps)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    # ---- packets

    def send_raw(self, octets):
        self.socket.sendall(octets)

    def send(self, command, payload=b""):
        self.send_raw(struct.pack(">I", len(payload) + 1) + command.encode() + payload)

    def _receive_exactly(self, count):
        parts = []
        while count:
            part = self.socket.recv(min(count, 65536))
            if not part:
                raise EOFError("the filter closed the connection")
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def receive(self):
        """One packet: (command, payload)."""
        length = struct.unpack(">I", self._receive_exactly(4))[0]
        packet = self._receive_exactly(length)
        return chr(packet[0]), packet[1:]

    def answer(self):
        """Packets up to and with the one that ends the filter's answer."""
        changes = []
        while True:
            command, payload = self.receive()
            if command in KINDS:
                text = _text(payload.rstrip(b"\0")) if command == "y" else ""
                return Reply(KINDS[command], text, changes)
            if command != "p":
                changes.append(_change(command, payload))

    def command(self, letter, payload=b"", macros=None):
        if macros is not None:
            self.macros(letter, macros)
        self.send(letter, payload)
        if self.steps & NO_ANSWER.get(letter, 0):
            return Reply("continue")
        return self.answer()

    # ---- the session

    def negotiate(self, actions=ACTIONS, steps=STEPS, version=6):
        self.send("O", struct.pack(">III", version, actions, steps))
        command, payload = self.receive()
        assert command == "O", command
        self.version, self.actions, self.steps = struct.unpack(">III", payload[:12])
        rest = payload[12:]
        while rest:
            place = struct.unpack(">I", rest[:4])[0]
            names, rest = rest[4:].split(b"\0", 1)
            self.macros_wanted[place] = _text(names)

    def macros(self, letter, macros):
        parts = [letter.encode()]
        for name, value in macros.items():
            parts.append(name.encode() + b"\0" + value.encode("latin-1") + b"\0")
        self.send("D", b"".join(parts))

    def connect(self, client, name=None, port=25000, macros=None):
        """CLIENT: an IP address, a path beginning with a slash, or None for an unknown family."""
        host = (name or ("[%s]" % client if client else "localhost")).encode() + b"\0"
        if client is None:
            payload = b"U"
        elif client.startswith("/"):
            payload = b"L" + struct.pack(">H", 0) + client.encode() + b"\0"
        else:
            family = b"6" if ipaddress.ip_address(client).version == 6 else b"4"
            payload = family + struct.pack(">H", port) + client.encode() + b"\0"
        if client is None:
            payload += b"\0"
        return self.command("C", host + payload, macros)

    def helo(self, name, macros=None):
        return self.command("H", name.encode("latin-1") + b"\0", macros)

    def mail(self, path, *parameters, macros=None):
        arguments = (path,) + parameters
        return self.command("M", b"".join(a.encode("latin-1") + b"\0" for a in arguments), macros)

    def rcpt(self, path, macros=None):
        return self.command("R", path.encode("latin-1") + b"\0", macros)

    def header(self, name, value):
        return self.command("L", name.encode("latin-1") + b"\0" + value.encode("latin-1") + b"\0")

    def eoh(self, macros=None):
        return self.command("N", b"", macros)

    def body(self, octets):
        for start in range(0, len(octets), 65535):
            reply = self.command("B", octets[start:start + 65535])
            if reply.kind != "continue":
                return reply
        return Reply("continue")

    def eom(self, macros=None):
        return self.command("E", b"", macros)

    def message(self, headers=(), body=b"", queue_id="4TestQ"):
        """From the first header field to the end; stops at the first answer that is final."""
        macros = {"i": queue_id} if queue_id else None
        for name, value in headers:
            reply = self.header(name, value)
            if not reply.go_on:
                return reply
        reply = self.eoh(macros)
        if not reply.go_on:
            return reply
        if not self.steps & NO_BODY:
            reply = self.body(body)
            if not reply.go_on:
                return reply
        return self.eom(macros)

    def abort(self):
        self.send("A")

    def quit(self):
        self.send("Q")
        self.close()

    def quit_new_connection(self):
        """SMFIC_QUIT_NC: the next thing is connect, without a new negotiation."""
        self.send("K")
