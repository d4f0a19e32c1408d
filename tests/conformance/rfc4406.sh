#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
# The RFC 7208 suite as Sender ID for the PRA sees it, its records rewritten to spf2.0/mfrom,pra.
exec "${top_builddir:-.}/tests/conformance/rfc7208" --sender-id "$@"
