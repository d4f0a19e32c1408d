#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""The public DKIM and DomainKeys messages of Mail::DKIM (expected.tsv), one TAP line each.

    dkim_corpus.py [FOLDER]

FOLDER holds corpus/, keys.dat and expected.tsv; without it $shared/data/dkim is taken.  Keys of 512
bits and rsa-sha1 are accepted here, as the messages are that old."""

import csv
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "mta"))
import harness  # noqa: E402

CONFIG = """\
dkim { minimum-key-bits = 0 accept-rsa-sha1 = yes }
domainkeys { minimum-key-bits = 0 }
"""
METHODS = {"dkim": "dkim", "dk": "domainkeys"}

# Where we differ from the column expected_rfc, and why.
DIFFERENT = {
    # Syntax errors in the signature are neutral, permerror is for missing keys (RFC 5451 2.4.2).
    "bad_dk_5.txt": "neutral",
    # A Sender field without an address: there is no sending domain (RFC 4870 3.1), although the
    # field stands above the signature.  What the reader is shown must not go unsigned.
    "dk_headers_2.txt": "permerror",
}


def zone(keys):
    """keys.dat as a zone with faults."""
    lines = []
    for line in keys.splitlines():
        name, _, data = line.partition(" ")
        data = data.strip()
        if name.startswith("#") or not name or data == "NXDOMAIN":
            continue
        if data.startswith("~~"):
            lines.append("! %s TXT servfail" % name)
            continue
        data = "" if data == '""' else data.replace("\\", "\\\\").replace('"', '\\"')
        strings = [data[at:at + 250] for at in range(0, len(data), 250)] or [""]
        lines.append("%s. TXT %s" % (name, " ".join('"%s"' % string for string in strings)))
    return "\n".join(lines) + "\n"


def results(answer, method):
    """The result of each part, or that of the summary where there is none."""
    found = [o for o in answer["outcomes"]
             if o["method"] == method and o.get("identity", "") != "author"]
    parts = [o for o in found if o.get("part")]
    return [(o["result"], o["reason"]) for o in parts or found]


def main(folder):
    path = os.path.join(folder, "expected.tsv")
    if not os.path.exists(path):
        harness.Tap.skip_all("no DKIM messages at %s" % folder)
        return 0
    with open(path, encoding="utf-8") as table:
        rows = [r for r in csv.DictReader(table, delimiter="\t") if r["method"] in METHODS]
    tap = harness.Tap()
    with harness.Run("dkim-corpus") as run:
        with open(os.path.join(folder, "keys.dat"), encoding="utf-8") as keys:
            records = run.write("zone", zone(keys.read()))
        server = run.spawn("dnsd", [harness.program("tests/dnsd/dnsd"), "-z", records])
        harness.wait_for(lambda: "listening" in server.log(), "dnsd listens", child=server)
        argv = [harness.program("tools/vouch"), "check", "--json", "-c",
                run.write("milter.conf", CONFIG), "--nameserver", server.log().split()[1],
                "--client", "192.0.2.1"]
        for row in rows:
            method = METHODS[row["method"]]
            done = subprocess.run(argv + ["--method", method, os.path.join(folder, "corpus", row["file"])],
                                  stdout=subprocess.PIPE, timeout=60, check=False)
            found = results(json.loads(done.stdout), method) if done.returncode == 0 else []
            wanted = DIFFERENT.get(row["file"], row["expected_rfc"])
            tap.ok([r for r, _ in found] and all(r == wanted or wanted == "any" for r, _ in found),
                   "%s: %s" % (row["file"], wanted), (found, row))
        harness.check_children(tap, run)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1
                  else os.path.join(os.environ.get("shared", ""), "data", "dkim")))
