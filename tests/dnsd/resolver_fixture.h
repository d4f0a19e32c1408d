/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNSD_RESOLVER_FIXTURE_H
#define DNSD_RESOLVER_FIXTURE_H

/* resolver_fixture.h - for each test a dnsd with the zone of resolver_fixture.c and a resolver that
 * asks it.  What fails here fails the test. */

#include <stddef.h>

#include "lib/dns/resolver.h"
#include "tests/dnsd/dnsd_child.h"

enum {
    LONG_MS = 20000, /* enough for any answer that comes at all */
    SHORT_MS = 300,  /* for answers that do not come */
    BACK_MS = 10000, /* within which all is well again */
    HANG_SECONDS = 240
};

extern struct dnsd_child *fixture_dns;
extern struct resolver *fixture_resolver;

/* For cmocka. */
int fixture_setup(void **state);
int fixture_setup_v6(void **state);
int fixture_teardown(void **state);

/* MAX_IN_FLIGHT 0: the default. */
struct resolver *fixture_new_resolver(const char *const *nameservers, size_t count,
                                      unsigned max_in_flight);

/* Running, with room for 1,000 questions. */
struct budget *fixture_new_budget(unsigned milliseconds);

struct dns_name fixture_name(const char *text);

/* Ask in a transaction of its own; the answer is the caller's. */
struct dns_answer *fixture_ask_name(const struct dns_name *name, enum dns_type type,
                                    unsigned milliseconds);
struct dns_answer *fixture_ask(const char *text, enum dns_type type, unsigned milliseconds);

/* Ask and see: the one address of NAME, as text; the status; the failure. */
void fixture_expect_address(const struct dns_name *name, const char *address);
void fixture_expect_status(const char *name, enum dns_type type, enum dns_status status);
void fixture_expect_failure(const char *name, enum dns_failure failure, unsigned milliseconds);

/* A command to dnsd; how often it was asked "NAME TYPE". */
void fixture_command(const char *text);
unsigned fixture_count(const char *question);

#endif
