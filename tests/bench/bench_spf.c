/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* What SPF costs: in CPU, compiling a record, and a whole check whose answers are in the cache; in
 * waiting, a check whose answers are not.  Times are of this process on this machine; compare rows.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/verify/spf.h"
#include "lib/verify/spf_record.h"

enum { ROUNDS = 20000, ARENA_LIMIT = 1024 * 1024 };

static double cpu_microseconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static const char *const records[] = {
    "v=spf1 -all",
    "v=spf1 a mx -all",
    "v=spf1 include:_spf.example.com include:spf.example.net ~all",
    "v=spf1 ip4:192.0.2.0/24 ip4:198.51.100.0/25 ip6:2001:db8::/32 a:mail.example.com mx -all",
    "v=spf1 exists:%{ir}.%{v}.%{l1r-}._spf.%{d2} redirect=%{d}._spf.example.net exp=e.%{o}",
    "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 ip4:192.0.2.3 ip4:192.0.2.4 ip4:192.0.2.5 ip4:192.0.2.6 "
    "ip4:192.0.2.7 ip4:192.0.2.8 ip4:192.0.2.9 ip4:192.0.2.10 ip4:192.0.2.11 ip4:192.0.2.12 "
    "ip4:192.0.2.13 ip4:192.0.2.14 ip4:192.0.2.15 ip4:192.0.2.16 ip4:192.0.2.17 -all",
};

static void compile_once(const char *text, size_t length)
{
    struct arena *arena = arena_new(ARENA_LIMIT);
    const struct spf_record *record;
    struct spf_problem problem;

    if (spf_record_parse(arena, text, length, &record, &problem) != VOUCH_OK)
        abort();
    arena_free(arena);
}

static void bench_compiling(void)
{
    printf("compiling a record, its arena included\n");
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        size_t length = strlen(records[i]);
        double began = cpu_microseconds();

        for (unsigned round = 0; round < ROUNDS; round++)
            compile_once(records[i], length);
        printf("  %6.2f us  %zu octets: %.40s\n", (cpu_microseconds() - began) / ROUNDS, length,
               records[i]);
    }
}

static const char zone[] =
    "all.example. TXT \"v=spf1 -all\"\n"
    "ip4.example. TXT \"v=spf1 ip4:198.51.100.0/24 ip4:192.0.2.0/24 -all\"\n"
    "amx.example. TXT \"v=spf1 a mx -all\"\n"
    "amx.example. A 198.51.100.1\n"
    "amx.example. MX 10 mail.example.\n"
    "mail.example. A 192.0.2.9\n"
    "chain.example. TXT \"v=spf1 include:one.example -all\"\n"
    "one.example. TXT \"v=spf1 include:two.example ~all\"\n"
    "two.example. TXT \"v=spf1 include:three.example include:ip4.example ~all\"\n"
    "three.example. TXT \"v=spf1 ip4:198.51.100.0/24 ~all\"\n"
    "macro.example. TXT \"v=spf1 exists:%{ir}.%{v}.%{l1r-}._spf.%{d2} -all exp=e.macro.example\"\n"
    "e.macro.example. TXT \"%{i} is not one of %{d}'s hosts\"\n"
    "bad.example. TXT \"v=spf1 a mx ip5:192.0.2.1 -all\"\n"
    "loop.example. TXT \"v=spf1 a include:loop.example -all\"\n"
    "loop.example. A 198.51.100.1\n";

static const char *const domains[] = {
    "all.example",   "ip4.example", "amx.example",  "chain.example",
    "macro.example", "bad.example", "loop.example", "none.example",
};

static enum vouch_result check_once(struct resolver *resolver, const struct facts *facts,
                                    const char *domain)
{
    const struct verify_settings settings = {.spf = {.term_limit = 10, .void_limit = 2}};
    const struct budget_limits limits = budget_defaults();
    struct check check = {.facts = facts,
                          .settings = &settings,
                          .resolver = resolver,
                          .budget = budget_new(&limits),
                          .arena = arena_new(ARENA_LIMIT),
                          .began = clock_now()};
    enum vouch_result result =
        spf_check(&check, IDENTITY_MAILFROM, "joe", domain, facts->helo)->result;

    budget_free(check.budget);
    arena_free(check.arena);
    return result;
}

static void bench_checks(struct resolver *resolver)
{
    struct facts facts = {.helo = "mail.example", .authserv_id = "mx.example"};

    if (!ip_parse("192.0.2.9", 9, &facts.client))
        abort();
    printf("a whole check with its trace, arena and budget\n");
    for (size_t i = 0; i < sizeof domains / sizeof domains[0]; i++) {
        enum vouch_result result = VOUCH_NONE;
        double began = cpu_microseconds();

        for (unsigned round = 0; round < ROUNDS; round++)
            result = check_once(resolver, &facts, domains[i]);
        printf("  %6.2f us  %s: %s\n", (cpu_microseconds() - began) / ROUNDS, domains[i],
               vouch_result_word(result));
    }
}

static struct resolver *make_resolver(const char *text)
{
    struct resolver_settings settings = resolver_defaults();
    struct resolver *resolver;
    unsigned line;

    if (resolver_new_zone(&settings, text, &resolver, &line) != VOUCH_OK) {
        fprintf(stderr, "line %u of the zone is wrong\n", line);
        exit(1);
    }
    return resolver;
}

/* Twelve questions; one after the other they would take 240 ms. */
static void bench_waiting(void)
{
    struct resolver *resolver = make_resolver(
        "slow.example. TXT \"v=spf1 include:a.example include:b.example include:c.example mx a "
        "-all\"\n"
        "slow.example. A 198.51.100.1\n"
        "slow.example. MX 10 m1.example.\n"
        "slow.example. MX 20 m2.example.\n"
        "m1.example. A 198.51.100.2\n"
        "m2.example. A 198.51.100.3\n"
        "a.example. TXT \"v=spf1 a:x1.example a:x2.example\"\n"
        "b.example. TXT \"v=spf1 a:x3.example\"\n"
        "c.example. TXT \"v=spf1 a:x4.example\"\n"
        "x1.example. A 198.51.100.4\n"
        "x2.example. A 198.51.100.5\n"
        "x3.example. A 198.51.100.6\n"
        "x4.example. A 198.51.100.7\n"
        "! * ANY delay 20\n");
    struct facts facts = {.helo = "mail.example", .authserv_id = "mx.example"};
    nanoseconds began = clock_now();
    enum vouch_result result;

    if (!ip_parse("192.0.2.9", 9, &facts.client))
        abort();
    result = check_once(resolver, &facts, "slow.example");
    printf("a check of 12 questions of 20 ms each, none in the cache\n  %6.1f ms  %s\n",
           (double)(clock_now() - began) / 1e6, vouch_result_word(result));
    resolver_release(resolver);
}

int main(void)
{
    struct resolver *resolver = make_resolver(zone);

    bench_compiling();
    bench_checks(resolver);
    bench_waiting();
    resolver_release(resolver);
    return 0;
}
