#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""DNSSEC through a real name server and a real Postfix: what is signed, what was altered, what is
not signed, and name servers that drop signatures."""

import json
import sys

import harness
import postfix
import programs
from receiver import Receiver
from signed_zone import SignedZones, StrippingForwarder
from signed_zone import why_not as why_no_zones

ZONE = """\
@ SOA ns hostmaster 1 7200 900 1209600 300
@ NS ns
ns A 127.0.0.1
@ TXT "v=spf1 ip4:192.0.2.10 -all"
mail A 192.0.2.10
_client._smtp.mail SRV 1 2 0 mail
"""
ALTERED = ("192.0.2.10", "192.0.2.66")  # addresses in A and TXT; the signatures stay

OWNER, THIEF = "192.0.2.10", "192.0.2.66"

# filter, zone, client, results, what the record says of each
CASES = [
    ("auto", "intact.test", OWNER, "pass", "secure", None),
    ("auto", "altered.test", THIEF, "temperror", "bogus", "dnssec-bogus"),
    ("auto", "unsigned.test", OWNER, "pass", "insecure", None),
    ("yes", "intact.test", OWNER, "pass", "secure", None),
    ("yes", "altered.test", THIEF, "temperror", "bogus", "dnssec-bogus"),
    ("yes", "unsigned.test", OWNER, "pass", "insecure", None),
    ("no", "intact.test", OWNER, "pass", "indeterminate", None),
    ("no", "altered.test", THIEF, "pass", "indeterminate", None),
    ("stripped-auto", "intact.test", OWNER, "pass", "indeterminate", None),
    ("stripped-yes", "intact.test", OWNER, "temperror", "bogus", "dnssec-bogus"),
    ("stripped-yes", "unsigned.test", OWNER, "pass", "insecure", None),
    ("foreign-auto", "intact.test", OWNER, "pass", "indeterminate", None),
]

LOGGED = {
    "auto": "DNS answers are validated",
    "yes": "DNS answers are validated",
    "stripped-auto": "the name servers pass no signatures",
    "stripped-yes": "DNS answers are validated",
    "foreign-auto": "do not lead to the trust anchor",
}


def configuration(run, name, mode, port, anchor):
    return ('dns { nameservers = {"127.0.0.1@%d"} timeout = 5s dnssec = %s trust-anchor = "%s" }\n'
            'decision-record = "%s"\n' % (port, mode, anchor, run.path(name + ".record")))


def test_verdicts(tap, run, site):
    for name, zone, client, result, status, reason in CASES:
        sent = site.send(name, client, "mail." + zone, "a@" + zone)
        found = sent.results()
        tap.ok(sent.message is not None and found.get("spf") == result
               and found.get("x-csa") == result,
               "%s: %s from %s is %s" % (name, zone, client, result), sent.describe())
        record = harness.wait_for(lambda: last_record(run, name, zone), "the record is written")
        said = {(o["dnssec"], o["reason"] if reason else None) for o in record["outcomes"]
                if o["method"] in ("csa", "spf") and o.get("identity") != "helo"}
        tap.ok(said == {(status, reason)}, "  and the record says %s" % status, record)


def last_record(run, name, zone):
    try:
        with open(run.path(name + ".record"), encoding="utf-8") as records:
            record = json.loads(records.read().splitlines()[-1])
    except (OSError, IndexError, ValueError):
        return None
    return record if record["helo"] == "mail." + zone else None


def test_log(tap, site):
    for name, words in LOGGED.items():
        site.filters[name].wait_log(words)
        tap.ok(True, "%s: the log says '%s'" % (name, words))
    tap.ok(not site.filters["no"].log_lines("DNS answers"), "no: nothing to say")


def test_reply(tap, run, site, port, anchor):
    """Who wants to, has bogus mail come again later, and the reply says why."""
    text = configuration(run, "auto", "auto", port, anchor)
    site.filters["auto"].configure(text + "spf { temperror = tempfail }\n")
    site.filters["auto"].reload()
    site.filters["auto"].wait_log("the new configuration is in force")
    sent = site.send("auto", THIEF, "mail.altered.test", "a@altered.test")
    tap.ok(sent.stage == "mail" and sent.reply.code == 451 and "DNSSEC" in sent.reply.text,
           "a bogus answer refused for now says so", sent.describe())


def main():
    tap = harness.Tap()
    reason = postfix.why_not() or programs.why_not() or why_no_zones()
    if reason:
        tap.skip_all(reason)
    with harness.Run("dnssec") as run:
        zones = SignedZones(run, "zones", ZONE)
        zones.add_signed("intact.test")
        zones.add_signed("altered.test", ALTERED)
        zones.add_unsigned("unsigned.test")
        others = SignedZones(run, "others", ZONE)  # keys that signed nothing of what is served
        others.add_signed("intact.test")
        port = zones.serve()
        stripped = StrippingForwarder(run, port).port
        anchor, foreign = zones.trust_anchor(), others.trust_anchor()
        filters = {name: configuration(run, name, mode, where, keys) for name, mode, where, keys in
                   (("auto", "auto", port, anchor), ("yes", "yes", port, anchor),
                    ("no", "no", port, anchor), ("stripped-auto", "auto", stripped, anchor),
                    ("stripped-yes", "yes", stripped, anchor),
                    ("foreign-auto", "auto", port, foreign))}
        site = Receiver(run, filters, [])
        test_verdicts(tap, run, site)
        test_log(tap, site)
        test_reply(tap, run, site, port, anchor)
        harness.check_children(tap, run)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
