#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""DKIM under attack: many signatures, header lists made to overrun, odd keys, large bodies.  Each
message gets its verdict, and a good signature beside the bad ones still counts."""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "mta")]
import harness  # noqa: E402
import programs  # noqa: E402
import signers  # noqa: E402
from test_dkim_interop import HEADER, Verifier, passes  # noqa: E402

TEXT = HEADER + b"Hello\r\n"
LARGE = 50 << 20


def field(**tags):
    """A signature field that is well formed and fits nothing."""
    base = {"v": "1", "a": "rsa-sha256", "c": "relaxed/relaxed", "d": signers.DOMAIN, "s": "rsa",
            "h": "from", "bh": "A" * 43 + "=", "b": "QUJD"}
    base.update(tags)
    return ("DKIM-Signature: " + "; ".join("%s=%s" % (n, v) for n, v in base.items() if v)
            + "\r\n").encode("latin-1")


def zone(keys):
    """Keys that are none, or too much."""
    rsa, ed = keys
    public = rsa.record().split("p=")[1]
    big = "A" * 2700
    records = {
        "long": "v=DKIM1; n=%s; p=%s" % ("x" * 9000, public),
        "huge": "v=DKIM1; p=" + "MIII" * 2500,
        "junk": "v=DKIM1; p=!!!!",
        "cut": "v=DKIM1; p=" + public[:-40],
        "short": "v=DKIM1; k=ed25519; p=AAAA",
        "zero": "v=DKIM1; k=ed25519; p=" + "A" * 43 + "=",
        "notype": "v=DKIM1; k=dsa; p=" + public,
        "many": None,
        "twice": None,
        "big": "v=DKIM1; p=" + big,
    }
    lines = [rsa.line(), ed.line()]
    for selector, record in records.items():
        if record is not None:
            lines.append(signers.record_line("%s._domainkey.%s." % (selector, signers.DOMAIN),
                                             record))
    for number in range(40):
        lines.append(signers.record_line("many._domainkey.%s." % signers.DOMAIN,
                                         "v=DKIM1; p=QUJD%d" % number))
    name = "twice._domainkey.%s." % signers.DOMAIN
    lines += [signers.record_line(name, "v=spf1 -all"), signers.record_line(name, rsa.record())]
    return "".join(lines)


def test_many_signatures(tap, verify, keys):
    good = signers.python_sign(TEXT, keys[0])
    before = len(verify.dnsd.queries())
    flood = b"".join(field(d="d%d.example" % n, s="s%d" % n) for n in range(200))
    answer = verify(flood + TEXT)
    asked = len([q for q in verify.dnsd.queries()[before:] if "_domainkey" in q])
    tap.ok(answer.count("dkim=permerror") == 10 and "190 of 200 not verified" in answer,
           "200 signatures: ten are verified, the rest is told", answer)
    tap.ok(asked <= 20, "and no more keys asked for than that", asked)
    answer = verify(flood + good)
    tap.ok("dkim=pass" in answer and "191 of 201" in answer,
           "the author's signature is verified, whatever stands before it", answer)
    answer = verify(field(d="x.example") * 30000 + TEXT)
    tap.ok("dkim=" in answer, "30,000 signatures", answer[:300])
    answer = verify(b"DKIM-Signature: x\r\n" * 300 + TEXT)
    tap.ok(answer.count("dkim=permerror") == 10, "malformed ones", answer[:300])


def test_header_lists(tap, verify, keys):
    names = "received:received:from:to:subject:date:x-empty:message-id"
    for own in ("", ":dkim-signature", ":dkim-signature:dkim-signature"):
        for extra in range(4):
            listed = names + own + ":from" * extra
            for count in (1, 2, 3):
                answer = verify(field(h=listed) * count + TEXT)
                tap.ok(answer.count(" dkim=") == count, "%d of h= that names every field%s and %d "
                       "more" % (count, own, extra), answer)
    for count in (1, 399, 400, 401, 3000):
        answer = verify(field(h=":".join(["from"] * count)) + TEXT)
        tap.ok("dkim=" in answer, "h= of %d names" % count, answer)
    covered = field(h="from" + ":dkim-signature" * 10)
    answer = verify(covered * 40 + TEXT)
    tap.ok("dkim=" in answer, "signatures that cover signatures", answer[:300])
    answer = verify(field(h="from" + ":dkim-signature" * 200) * 50 + TEXT)
    tap.ok("dkim=fail" in answer, "which are many", answer[:300])
    answer = verify(b"X: y\r\n" * 20000 + field(h="from:" + ":".join(["x"] * 390)) + TEXT)
    tap.ok("dkim=" in answer, "20,000 fields of one name", answer)
    long = HEADER.replace(b"odd", b"odd " + b"long" * 50000) + b"Hello\r\n"
    tap.ok(passes(verify(signers.python_sign(long, keys[0]))), "a signed field of 200 kB")


def test_fields(tap, verify):
    for name, octets in (("tags", b"DKIM-Signature: " + b"a=b;" * 5000),
                         ("a long tag", field(b="A" * 60000)),
                         ("octets", b"DKIM-Signature: v=1; b=" + bytes(range(128, 256))),
                         ("no value", b"DKIM-Signature:"),
                         ("a name with a blank", b"DKIM-Signature : v=1; a=rsa-sha256"),
                         ("times", field(t="99999999999999999999", x="-1")),
                         ("l= beyond", field(l="999999999999999999")),
                         ("an i= elsewhere", field(i="a@=65vil.example")),
                         ("a long name", field(d="a." * 130 + "example", s="b" * 70))):
        answer = verify(octets.rstrip(b"\r\n") + b"\r\n" + TEXT)
        tap.ok("dkim=" in answer, "a field: " + name, answer)


def test_keys(tap, verify, keys):
    signed = signers.python_sign(TEXT, keys[0])
    ed = signers.python_sign(TEXT, keys[1])
    for selector, message, wanted in (
            ("long", signed, "dkim=pass"), ("huge", signed, "dkim=permerror"),
            ("junk", signed, "dkim=permerror"), ("cut", signed, "dkim=permerror"),
            ("big", signed, "dkim=permerror"), ("many", signed, "dkim=permerror"),
            ("twice", signed, "dkim=pass"), ("notype", signed, "dkim=permerror"),
            ("short", ed, "dkim=permerror"), ("zero", ed, "dkim=fail"),
            ("junk", ed, "dkim=permerror"), ("twice", ed, "dkim=permerror")):
        # The selector is signed, too: sign again for keys that verify.
        if wanted == "dkim=pass":
            key = signers.Key.__new__(signers.Key)
            key.__dict__.update(keys[0].__dict__, selector=selector)
            message = signers.python_sign(TEXT, key)
        else:
            message = re.sub(rb"s=(rsa|ed)\b", b"s=" + selector.encode(), message)
        answer = verify(message)
        tap.ok(wanted in answer, "a key: %s: %s" % (selector, wanted), answer)


def memory_peak(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1)) * 1024


def keeps_what_is_freed(pid):
    with open("/proc/%d/maps" % pid, encoding="utf-8", errors="replace") as maps:
        return "libasan" in maps.read()


def test_memory(tap, verify, keys):
    """The body is hashed and forgotten."""
    fields, _ = signers.split(signers.python_sign(TEXT, keys[0]))
    piece = (b"0123456789 abcdef " * 3 + b"\r\n") * 1170
    small = verify(signers.python_sign(HEADER + piece, keys[0]))
    before = memory_peak(verify.server.child.pid)
    verify.mta.mail("<a@author.example>")
    verify.mta.rcpt("<b@example.org>")
    for name, value in fields:
        verify.mta.header(name, value)
    verify.mta.eoh()
    for _ in range(LARGE // len(piece)):
        verify.mta.body(piece)
    reply = verify.mta.eom()
    after = memory_peak(verify.server.child.pid)
    tap.ok(passes(small) and "body was changed" in " ".join(
        " ".join(reply.headers("Authentication-Results")).split()), "a body of 50 MB", reply)
    if keeps_what_is_freed(verify.server.child.pid):
        tap.skip("takes no memory", "AddressSanitizer keeps what is freed")
    else:
        tap.ok(after - before < 8 << 20, "takes no memory", (before, after))


def main():
    if not signers.use_python_with_dkim():
        harness.Tap.skip_all("no python3-dkim")
    why = programs.why_not()
    if why:
        harness.Tap.skip_all(why)
    tap = harness.Tap()
    with harness.Run("dkim-hostile") as run:
        keys = signers.Key(run, "rsa", 2048), signers.Key(run, "ed")
        verify = Verifier(run, zone(keys), "limits { header-size = 16M }\n")
        test_many_signatures(tap, verify, keys)
        test_header_lists(tap, verify, keys)
        test_fields(tap, verify)
        test_keys(tap, verify, keys)
        test_memory(tap, verify, keys)
        tap.ok(not verify.server.complaints(), "nothing to complain of",
               verify.server.complaints())
        harness.check_children(tap, run)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
