#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""The mailbox parser beside Python's email package, over tests/unit/mailbox.tab.

test_mailbox holds lib/mail/mailbox to that table, so the table stands for it here.  Where the two
differ the table must say why."""

import collections
import email.errors
import os
import re
import sys
from email import policy

TABLE = os.path.join(os.environ.get("top_srcdir", "."), "tests", "unit", "mailbox.tab")
NOTES = {"domain", "empty", "encoded-comma", "encoded-quoted", "literal", "utf8-local"}


def octets(text):
    return text.encode("latin-1").decode("unicode_escape").encode("latin-1")


def unquoted(local):
    return re.sub(r"\\(.)", r"\1", local[1:-1]) if local.startswith('"') else local


def ours(readings):
    """A list of (local-part, domain), or None for an error."""
    if readings and readings[0].startswith("!"):
        return None
    parts = [[octets(part).decode() for part in reading.split("|")] for reading in readings]
    return [(unquoted(part[1]), part[2]) for part in parts]


def a_labels(domain):
    try:
        return domain.encode("idna").decode() if not domain.isascii() else domain
    except UnicodeError:
        return domain


def pythons(value):
    """The same as the email package reads it; obsolete forms are no error."""
    text = re.sub("\r?\n(?=[ \t])", "", value.decode("utf-8", "surrogateescape"))
    try:
        header = policy.SMTPUTF8.header_factory("From", text)
    except (AttributeError, IndexError, TypeError, ValueError):
        return None  # some values are beyond it
    if any(not isinstance(defect, email.errors.ObsoleteHeaderDefect)
           for defect in header.defects):
        return None
    return [(address.username, a_labels(address.domain)) for address in header.addresses]


def kind(left, right):
    if left == right:
        return "both refuse" if left is None else "both read the same"
    if left is None:
        return "only Python reads it"
    return "only we read it" if right is None else "read differently"


def main():
    kinds = collections.Counter()
    notes = collections.Counter()
    number = failed = 0
    with open(TABLE, encoding="ascii") as table:
        rows = [line.rstrip("\n").split("\t") for line in table
                if line.strip() and not line.startswith("#")]
    for value, note, *readings in rows:
        number += 1
        mine, theirs = ours(readings), pythons(octets(value))
        found = kind(mine, theirs)
        good = note == "-" if mine == theirs else note in NOTES
        if mine == theirs and note in NOTES:
            good = True
            print(f"# {value}: Python reads the same now")
        kinds[found] += 1
        if mine != theirs:
            notes[note] += 1
        if not good:
            failed += 1
            print(f"# ours {mine}, Python's {theirs}")
        print(f"{'' if good else 'not '}ok {number} - {value or '(empty)'}".replace("#", "\\#"))
    print(f"1..{number}")
    print(f"# {number} values, Python {sys.version.split()[0]}")
    for name, count in kinds.most_common():
        print(f"# {count:5} {name}")
    for name, count in notes.most_common():
        print(f"# {count:5} differ: {name}")
    return 1 if failed or number == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
