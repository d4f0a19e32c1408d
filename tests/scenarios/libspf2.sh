#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
# The scenarios of SPF where libspf2 decides what it may: nothing may come out otherwise, and nothing
# that ends libspf2 may reach it.
exec "${top_builddir:-.}/tests/scenarios/run_scenario" --libspf2 \
    "${top_srcdir:-.}/tests/scenarios/spf.scn" "${top_srcdir:-.}/tests/scenarios/spf_records.scn"
