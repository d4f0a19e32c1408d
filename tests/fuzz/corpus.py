#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""corpus.py unpack TARGET FOLDER   every input of the target's corpus as a file of its own there
corpus.py pack TARGET FOLDER [OCTETS]   the files there become corpus/TARGET/found.lines

A corpus holds files written by hand, one input each, and found.lines: what libFuzzer found to reach
more code, one input a line, smallest first, at most OCTETS (30000) of it."""
import hashlib
import pathlib
import re
import sys

CORPUS = pathlib.Path(__file__).resolve().parent / "corpus"
DEFAULT_OCTETS = 30000


def escape(octets):
    """One input as one line; replay.c reads it back."""
    def one(octet):
        if octet == 0x0A:
            return "\\n"
        if octet == 0x5C:
            return "\\\\"
        return chr(octet) if 0x20 <= octet < 0x7F else f"\\x{octet:02x}"
    return "".join(map(one, octets))


def unescape(line):
    def one(match):
        word = match.group(0)
        if word[1] == "x":
            return chr(int(word[2:], 16))
        return "\n" if word[1] == "n" else "\\"
    return re.sub(r"\\(x[0-9a-f]{2}|n|\\)", one, line).encode("latin-1")


def inputs(target):
    for path in sorted((CORPUS / target).iterdir()):
        if path.suffix == ".lines":
            yield from map(unescape, path.read_text("ascii").split("\n")[:-1])
        else:
            yield path.read_bytes()


def unpack(target, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for octets in inputs(target):
        (folder / hashlib.sha1(octets).hexdigest()).write_bytes(octets)


def pack(target, folder, most):
    by_hand = {path.read_bytes() for path in (CORPUS / target).iterdir() if path.suffix != ".lines"}
    found = {path.read_bytes() for path in folder.iterdir() if path.is_file()} - by_hand
    kept = []
    for octets in sorted(found, key=lambda octets: (len(octets), octets)):
        line = escape(octets) + "\n"
        most -= len(line)
        if most < 0:
            break
        kept.append(line)
    (CORPUS / target / "found.lines").write_text("".join(kept), "ascii")
    print(f"{target}: {len(kept)} of {len(found)} inputs kept")


def main(arguments):
    if len(arguments) == 3 and arguments[0] == "unpack":
        unpack(arguments[1], pathlib.Path(arguments[2]))
    elif len(arguments) in (3, 4) and arguments[0] == "pack":
        most = int(arguments[3]) if len(arguments) == 4 else DEFAULT_OCTETS
        pack(arguments[1], pathlib.Path(arguments[2]), most)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
