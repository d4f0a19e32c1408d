#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
# The RFC 7208 suite where libspf2 decides what it may (spf { engine = libspf2 }).
exec "${top_builddir:-.}/tests/conformance/rfc7208" --libspf2 "$@"
