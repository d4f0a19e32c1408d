#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""vouch-milter against messages, clients and peers that mean no good: no crash, a verdict."""

import os
import random
import socket
import struct
import sys
import threading

import daemon
import harness
from programs import Dnsd

ZONE = """
good.example.                 TXT "v=spf1 ip4:192.0.2.1 -all"
mail.good.example.            A   192.0.2.1
_client._smtp.mail.good.example. SRV 1 2 0 mail.good.example.
"""

GOOD = ("mail.good.example", "<a@good.example>")
PARALLEL = 200
EIGHT_BIT = "".join(chr(c) for c in range(0x80, 0x100))


def deliver(server, helo=GOOD[0], path=GOOD[1], fields=(("Subject", " x"),), body=b"text\r\n",
            rcpt="<to@example.org>", name=None):
    """One message; the last answer."""
    with server.client() as mta:
        mta.connect("192.0.2.1", name=name, macros={"j": "mx.example.org"})
        mta.helo(helo)
        reply = mta.mail(path)
        if reply.go_on:
            mta.rcpt(rcpt)
            reply = mta.message(fields, body)
        mta.quit()
    return reply


def has_verdict(reply):
    return reply.kind == "continue" and any("spf=" in v for v in reply.headers())


def test_messages(tap, server):
    big = "x" * (1 << 20)
    cases = [
        ("5,000 header fields", dict(fields=[("X-%d" % i, " %d" % i) for i in range(5000)])),
        ("5,000 Authentication-Results fields of others",
         dict(fields=[("Authentication-Results", " mx.example.net; spf=pass")] * 5000)),
        ("a hundred Authentication-Results fields that claim to be ours",
         dict(fields=[("Authentication-Results", " mx.example.org; spf=pass")] * 100)),
        ("a header line of 1 MB", dict(fields=[("X-Long", " " + big)])),
        ("an Authentication-Results field of 1 MB",
         dict(fields=[("Authentication-Results", " mx.example.org; " + "(" * (1 << 20))])),
        ("a header line of 1 MB, folded", dict(fields=[("X-Long", "\n\t".join([big[:70]] * 15000))])),
        ("NULs in the body", dict(body=bytes(70000))),
        ("bare CRs", dict(fields=[("Subject", " a\rb\r\rc")], body=b"a\rb\r\r\rc\n\r")),
        ("no header", dict(fields=[])),
        ("no body", dict(body=b"")),
        ("neither", dict(fields=[], body=b"")),
        ("an empty value", dict(fields=[("Subject", "")])),
        ("8-bit everything", dict(helo=EIGHT_BIT, path="<%s@%s>" % (EIGHT_BIT, EIGHT_BIT),
                                  fields=[(EIGHT_BIT, EIGHT_BIT)], rcpt=EIGHT_BIT,
                                  body=bytes(range(256)), name=EIGHT_BIT)),
        ("a HELO of 60,000 octets", dict(helo="h" * 60000)),
        ("a HELO of 30,000 labels", dict(helo="h." * 30000)),
        ("a HELO of nothing", dict(helo="")),
        ("a HELO with control characters", dict(helo="a\r\n\x01\x7f%n%s.example")),
        ("a reverse-path of 60,000 octets", dict(path="<" + "a" * 30000 + "@" + "b." * 15000 + ">")),
        ("a reverse-path of brackets", dict(path="<" * 1000 + "@" * 1000 + ">" * 1000)),
        ("a reverse-path with line ends", dict(path="<a\r\nX-Evil: yes@good.example>")),
        ("a recipient of 60,000 octets", dict(rcpt="<" + "r" * 60000 + ">")),
    ]
    for name, how in cases:
        reply = deliver(server, **how)
        tap.ok(has_verdict(reply), name, repr(reply)[:2000])
        if not all(c.isprintable() or c in "\n\t" for v in reply.headers() for c in v):
            tap.ok(False, "clean header for " + name, reply.headers())


def test_forged_flood(tap, server):
    """Postfix searches the whole header for each removal: 180,000 of them keep it busy for half an
    hour."""
    fields = [("Authentication-Results", " mx.example.org; spf=pass")] * 180000
    reply = deliver(server, fields=fields)
    tap.ok(reply.code == 550 and "5.7.1" in reply.text and not reply.changes,
           "180,000 fields that claim to be ours: refused", repr(reply)[:300])


def test_refused_by_libmilter(tap, server):
    """What libmilter itself takes for a broken MTA ends that session and nothing else."""
    for name, how in [("an empty field name", dict(fields=[("", " x")])),
                      ("a packet of 3 MB", dict(fields=[("X", "x" * (3 << 20))]))]:
        try:
            deliver(server, **how)
            ended = False
        except (OSError, EOFError):
            ended = True
        tap.ok(ended and has_verdict(deliver(server)), name + " ends its session only")


def test_recipients(tap, server):
    with server.client() as mta:
        mta.connect("192.0.2.1")
        mta.helo(GOOD[0])
        mta.mail(GOOD[1])
        for number in range(20000):
            mta.rcpt("<to%d@example.org>" % number)
        tap.ok(has_verdict(mta.message()), "20,000 recipients")


def test_last_chunk(tap, server):
    with server.client() as mta:
        mta.connect("192.0.2.1")
        mta.helo(GOOD[0])
        mta.mail(GOOD[1])
        mta.rcpt("<to@example.org>")
        mta.eoh()
        tap.ok(has_verdict(mta.command("E", b"the end\r\n")),
               "the last piece of the body in the packet that ends the message")


def test_disconnects(tap, server):
    steps = [lambda m: None, lambda m: m.negotiate(), lambda m: m.connect("192.0.2.1"),
             lambda m: m.helo(GOOD[0]), lambda m: m.mail(GOOD[1]),
             lambda m: m.rcpt("<to@example.org>"), lambda m: m.header("Subject", " x"),
             lambda m: m.eoh(), lambda m: m.eom()]
    for count in range(1, len(steps) + 1):
        for abrupt in (False, True):
            mta = server.client(negotiate=False)
            for step in steps[:count]:
                step(mta)
            mta.send_raw(b"\0\0\1\0L")  # the beginning of a packet
            if abrupt:
                mta.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            mta.close()
    tap.ok(has_verdict(deliver(server)), "disconnects at every stage")


def test_garbage(tap, server):
    generator = random.Random(7208)
    for _ in range(400):
        with server.client(negotiate=generator.random() < 0.8, timeout=5) as mta:
            try:
                for _ in range(generator.randrange(1, 12)):
                    letter = generator.choice("ABCDEHKLMNOQRTU") if generator.random() < 0.9 \
                        else chr(generator.randrange(256))
                    payload = generator.randbytes(generator.choice([0, 1, 3, 9, 40, 300]))
                    if generator.random() < 0.5:
                        payload += b"\0"
                    packet = struct.pack(">I", len(payload) + 1) + letter.encode("latin-1")
                    if generator.random() < 0.05:
                        packet = struct.pack(">I", generator.getrandbits(32)) + packet[4:]
                    mta.send_raw(packet + payload)
            except OSError:
                pass  # the filter hung up: as good as an answer
    tap.ok(has_verdict(deliver(server)), "400 connections of garbage packets")


def test_out_of_order(tap, server):
    """Commands libmilter lets through in an order that no MTA has."""
    for letters in ("E", "N", "LNE", "R", "B", "MM", "MNN", "MRE", "MRNEE", "MAE", "MRNAE"):
        with server.client(timeout=3) as mta:
            mta.connect("192.0.2.1")
            mta.helo(GOOD[0])
            payload = {"M": GOOD[1].encode() + b"\0", "R": b"<x@y>\0", "L": b"A\0 b\0", "B": b"x"}
            for letter in letters:
                mta.send(letter, payload.get(letter, b""))
    tap.ok(has_verdict(deliver(server)), "commands out of order")


def test_parallel(tap, server):
    replies, errors = [], []

    def one():
        try:
            replies.append(deliver(server))
        except (OSError, EOFError) as problem:
            errors.append(problem)

    threads = [threading.Thread(target=one) for _ in range(PARALLEL)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    good = [r for r in replies if has_verdict(r)
            and any("spf=pass" in value for value in r.headers())]
    tap.ok(len(good) == PARALLEL and not errors, "%d sessions at once" % PARALLEL,
           "%d good, %s" % (len(good), errors[:3]))


def main():
    tap = harness.Tap()
    for program in (daemon.PROGRAM, Dnsd.PROGRAM):
        if harness.program(program) is None:
            tap.skip_all(program + " is not built")
    with harness.Run("hostile") as run:
        dnsd = Dnsd(run, [run.write("zone", ZONE)])
        server = daemon.Daemon(run, "hostile", daemon.dns(dnsd)
                               + 'decision-record = "%s"\n' % run.path("hostile.record"))
        for test in (test_messages, test_forged_flood, test_refused_by_libmilter, test_recipients,
                     test_last_chunk, test_disconnects, test_garbage, test_out_of_order,
                     test_parallel):
            test(tap, server)
        tap.ok(all(isinstance(r, dict) for r in server.records()), "every record is JSON")
        tap.ok(server.stop() == 0, "it ends well", server.log()[-2000:])
        tap.ok(not server.complaints(), "nothing to complain of", server.complaints())
        tap.ok(not run.failed_children(), "nothing died", run.failed_children())
        if os.environ.get("KEEP"):
            tap.note(server.child.log_path)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
