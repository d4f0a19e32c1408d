#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""Reputation in vouch-milter over the milter protocol: what it remembers, when it refuses, and two
hosts that share a Redis, which goes away and comes back."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys

import daemon
import harness
from programs import Dnsd

ZONE = """
good.example.                 TXT "v=spf1 ip4:192.0.2.1 -all"
bad.example.                  TXT "v=spf1 ip4:192.0.2.1 -all"
last.example.                 TXT "v=spf1 ip4:192.0.2.1 -all"
users.example.                TXT "v=spf1 ip4:192.0.2.1 -all"
mail.good.example.            A   192.0.2.1
_client._smtp.mail.good.example. SRV 1 2 0 mail.good.example.
"""
CLIENT = "192.0.2.1"
REJECTED = 0x800  # SMFIP_RCPT_REJ
OPTIONS = ('reputation { enabled = yes  fail = reject  min-sample = 10  accepted-weight = 1\n'
           '  spam-header = "X-Spam-Flag: YES"  file = "%s"\n%s }\n')


def configuration(server, run, name, more=""):
    return daemon.dns(server) + OPTIONS % (run.path(name + ".db"), more)


def known(server, *arguments):
    """What `vouch reputation` says of it, by kind and name."""
    done = subprocess.run([harness.program("tools/vouch"), "reputation", "--json", "-c",
                           server.configuration_path] + list(arguments), check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
                          timeout=60)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    return {(r["kind"], r["name"]): r for r in records} if done.returncode == 0 else None


def has(server, kind, name, good, bad):
    record = (known(server, name) or {}).get((kind, name), {"good": 0, "bad": 0})
    return abs(record["good"] - good) < 0.01 and abs(record["bad"] - bad) < 0.01


def remembered(tap, server, kind, name, good, bad, title):
    """Observations are written behind the session's back."""
    try:
        harness.wait_for(lambda: has(server, kind, name, good, bad), title, 20)
    except harness.HarnessError:
        pass
    tap.ok(has(server, kind, name, good, bad), title, known(server))


def send(server, path, helo="nobody.example", spam=False, client=CLIENT):
    """One message; the answer to MAIL, or to the message."""
    with server.client() as mta:
        mta.connect(client, macros={"j": "mx.example.org"})
        mta.helo(helo)
        reply = mta.mail(path)
        if not reply.go_on:
            return reply
        mta.rcpt("<b@example.org>")
        return mta.message([("From", " a@nowhere.example")] +
                           ([("X-Spam-Flag", " YES")] if spam else []), b"hello\r\n")


def test_memory(tap, server):
    send(server, "<a@good.example>", "mail.good.example")
    remembered(tap, server, "helo", "mail.good.example", 1, 0, "a message that went through")
    tap.ok(has(server, "mailfrom", "good.example", 1, 0), "and for its reverse-path")
    send(server, "<a@good.example>", "mail.good.example", client="192.0.2.9")
    send(server, "<a@good.example>", "forged.example", spam=True)
    remembered(tap, server, "mailfrom", "good.example", 1, 1, "a content filter's word")
    tap.ok(has(server, "helo", "mail.good.example", 1, 0) and
           set(known(server)) == {("helo", "mail.good.example"), ("mailfrom", "good.example")},
           "no name that was not proven is remembered", known(server))
    mode = os.stat(server.run.path(server.name + ".db")).st_mode
    tap.ok(stat.S_IMODE(mode) == 0o600, "the store is for its owner alone", oct(mode))


def test_unknown_users(tap, server):
    with server.client() as mta:
        tap.ok(mta.steps & REJECTED, "recipients that the MTA refuses are asked for",
               hex(mta.steps))
        mta.connect(CLIENT, macros={"j": "mx.example.org"})
        mta.helo("nobody.example")
        for _ in range(2):
            mta.mail("<a@users.example>")
            for user in range(3):
                mta.rcpt("<u%d@example.org>" % user, macros={
                    "{rcpt_mailer}": "error", "{rcpt_host}": "5.1.1", "{rcpt_addr}": "no such"})
            mta.abort()
        mta.mail("<a@users.example>")  # its answer says that all before was taken in
    remembered(tap, server, "mailfrom", "users.example", 0, 2, "unknown users")


def test_refusal(tap, server):
    replies = [send(server, "<a@bad.example>", spam=True).kind for _ in range(9)]
    remembered(tap, server, "mailfrom", "bad.example", 0, 9, "nine bad messages")
    tap.ok(set(replies) == {"accept"} or set(replies) == {"continue"},
           "none is refused below the minimum sample", replies)
    for _ in range(25):  # with 36 the interval begins at 0.9
        send(server, "<a@bad.example>", spam=True)
    remembered(tap, server, "mailfrom", "bad.example", 0, 34, "34 bad messages")
    accepted = 34
    while accepted < 1000:
        reply = send(server, "<a@bad.example>", spam=True)
        if reply.code == 550:
            break
        accepted += 1
    tap.ok(reply.code == 550 and "5.7.1 Reputation fail: bad.example" in reply.text,
           "a bad name is refused at MAIL", reply)
    for _ in range(5):
        send(server, "<a@bad.example>", spam=True)
    send(server, "<a@last.example>")  # it is written behind all others
    remembered(tap, server, "mailfrom", "last.example", 1, 0, "another name")
    tap.ok(has(server, "mailfrom", "bad.example", 0, accepted),
           "what its reputation refuses does not count again", (accepted, known(server)))
    reply = send(server, "<a@bad.example>", client="192.0.2.9")
    tap.ok(reply.code == 550 and "5.7.23" in reply.text,
           "whoever forges the name is refused for that", reply)


def redis_server(run, place):
    def answers():
        done = subprocess.run(["redis-cli", "-s", place, "ping"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=False)
        return done.stdout == b"PONG\n"

    child = run.spawn("redis", ["redis-server", "--port", "0", "--unixsocket", place, "--dir",
                                run.directory, "--save", "", "--appendonly", "yes",
                                "--appendfsync", "always"])
    harness.wait_for(answers, "redis-server answers", 20, child)
    return child


def test_two_hosts(tap, run, dns):
    place = run.path("redis.sock")
    redis = redis_server(run, place)
    more = 'store = redis  redis = "unix:%s"' % place
    a = daemon.Daemon(run, "host-a", configuration(dns, run, "host-a", more))
    b = daemon.Daemon(run, "host-b", configuration(dns, run, "host-b", more))

    for _ in range(15):
        send(a, "<a@bad.example>", spam=True)
        send(b, "<a@bad.example>", spam=True)
    remembered(tap, b, "mailfrom", "bad.example", 0, 30, "two hosts count together")
    tap.ok(has(a, "mailfrom", "bad.example", 0, 30), "and agree", (known(a), known(b)))
    for server in (a, b):
        harness.wait_for(lambda s=server: send(s, "<a@bad.example>", spam=True).code == 550,
                         "a refusal", 60)
    tap.ok(True, "both refuse what they saw together")

    before = known(b)[("mailfrom", "bad.example")]["bad"]
    redis.signal(signal.SIGKILL)
    harness.wait_for(lambda: not redis.alive(), "redis-server is dead")
    harness.wait_for(lambda: send(a, "<a@bad.example>", spam=True).code != 550,
                     "mail without Redis", 20)
    reply = send(a, "<a@good.example>", "mail.good.example")
    tap.ok(reply.code != 550, "without Redis nobody is refused for its reputation", reply)
    away = "warning: reputation: nothing is known of any name until the store is back: Redis"
    a.wait_log(away)
    tap.ok(True, "the log says so")
    redis = redis_server(run, place)
    a.wait_log("reputation: the store is back")
    remembered(tap, b, "helo", "mail.good.example", 1, 0,
               "what was learnt without Redis is delivered when it is back")
    after = known(b)[("mailfrom", "bad.example")]["bad"]
    tap.ok(after > before, "all of it", (before, after))

    redis.signal(signal.SIGKILL)
    harness.wait_for(lambda: not redis.alive(), "redis-server is dead again")
    send(a, "<a@good.example>", "mail.good.example")
    a.wait_log(away, 2)
    tap.ok(True, "the log says so again")
    for server in (a, b):
        tap.ok(server.stop() == 0 and not server.complaints(), server.name + " ends well",
               server.complaints())


def test_end(tap, run, dns):
    """MTAs keep sessions open: the daemon ends with them, and loses nothing."""
    server = daemon.Daemon(run, "end", configuration(dns, run, "end"))
    with server.client() as mta:
        mta.connect(CLIENT, macros={"j": "mx.example.org"})
        mta.helo("mail.good.example")
        mta.mail("<a@good.example>")
        mta.rcpt("<b@example.org>")
        mta.message([("From", " a@good.example")], b"hello\r\n")
        status = server.stop()
        tap.ok(status == 0 and has(server, "helo", "mail.good.example", 1, 0),
               "what was observed last is kept when the daemon ends", known(server))


def test_broken_store(tap, run, dns):
    path = run.path("broken.db")
    with open(path, "w", encoding="ascii") as file:
        file.write("this is no database\n" * 1000)
    server = daemon.Daemon(run, "broken", configuration(dns, run, "broken"))
    server.wait_log("warning: reputation: the store cannot be opened: .*not a database")
    reply = send(server, "<a@good.example>", "mail.good.example")
    tap.ok(reply.code not in (450, 451, 550), "a broken store refuses nothing", reply)
    fields = " ".join(reply.headers("Authentication-Results"))
    tap.ok("x-reputation=none" in fields and "did not answer" in fields, "and the result says so",
           reply.headers())
    tap.ok(server.stop() == 0 and not server.complaints(), "it ends well", server.complaints())


def main():
    tap = harness.Tap()
    with harness.Run("reputation") as run:
        dns = Dnsd(run, [run.write("zone", ZONE)])
        server = daemon.Daemon(run, "one", configuration(dns, run, "one"))
        for test in (test_memory, test_unknown_users, test_refusal):
            test(tap, server)
        tap.ok(server.stop() == 0 and not server.complaints(), "it ends well", server.complaints())
        test_end(tap, run, dns)
        test_broken_store(tap, run, dns)
        if shutil.which("redis-server") is None:
            tap.skip("two hosts", "there is no redis-server")
        elif daemon.run_once("-n", "-c", run.write(
                "probe.conf", "reputation { store = redis }\n"))[0] != 0:
            tap.skip("two hosts", "built without hiredis")
        else:
            test_two_hosts(tap, run, dns)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
