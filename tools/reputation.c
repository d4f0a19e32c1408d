/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tools/reputation.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

struct listing {
    bool json;
    bool failed;
    unsigned long count;
};

/* NAME as printable ASCII; the caller frees it.  NULL: no memory. */
static char *clean(const char *name)
{
    char *text = malloc(4 * strlen(name) + 1);
    char *at = text;

    for (; text != NULL && *name != '\0'; name++) {
        if (*name >= 0x20 && *name < 0x7f && *name != '\\')
            *at++ = *name;
        else
            at += snprintf(at, sizeof "\\xHH", "\\x%02X", (unsigned)(unsigned char)*name);
    }
    if (text != NULL)
        *at = '\0';
    return text;
}

void reputation_print_name(const char *name)
{
    char *text = clean(name);

    (void)fputs(text != NULL ? text : "(no memory)", stdout);
    free(text);
}

static bool print_object(const struct vouch_known *known)
{
    char *name = clean(known->name);
    json_t *object = json_pack("{s:s, s:s, s:f, s:f, s:b, s:f, s:f, s:f, s:I}", "kind", known->kind,
                               "name", name, "good", known->good, "bad", known->bad, "known",
                               known->known, "rate", known->rate, "low", known->low, "high",
                               known->high, "last", (json_int_t)known->last);
    char *text = NULL;

    if (object != NULL)
        text = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(9));
    if (text != NULL)
        (void)puts(text);
    free(text);
    free(name);
    json_decref(object);
    return text != NULL;
}

static void print_line(const struct vouch_known *known)
{
    time_t seconds = (time_t)known->last;
    char date[sizeof "-2147481748-12-31"] = "";
    struct tm tm;

    if (gmtime_r(&seconds, &tm) == NULL || strftime(date, sizeof date, "%Y-%m-%d", &tm) == 0)
        date[0] = '\0';
    (void)printf("%-8s  %8.1f  %8.1f  ", known->kind, known->good + known->bad, known->bad);
    if (known->known)
        (void)printf("%5.1f (%.1f to %.1f)", 100 * known->rate, 100 * known->low,
                     100 * known->high);
    else
        (void)printf("%-20s", "too few to say");
    (void)printf("  %-10s  ", date);
    reputation_print_name(known->name);
    (void)putchar('\n');
}

static bool print_known(void *context, const struct vouch_known *known)
{
    struct listing *listing = context;

    if (listing->count++ == 0 && !listing->json)
        (void)printf("%-8s  %8s  %8s  %-20s  %-10s  %s\n", "kind", "messages", "bad",
                     "% bad (95 % interval)", "last seen", "name");
    if (listing->json)
        listing->failed = !print_object(known);
    else
        print_line(known);
    return !listing->failed;
}

int reputation_show(const struct vouch_engine *engine, const char *name, bool json)
{
    struct listing listing = {.json = json};
    int error = vouch_engine_known(engine, NULL, name, print_known, &listing);

    if (error != VOUCH_OK)
        return reputation_complain(engine, error);
    if (listing.count == 0 && !json)
        (void)puts(name != NULL ? "Nothing is remembered of that name." : "Nothing is remembered.");
    return listing.failed ? EX_SOFTWARE : EX_OK;
}

int reputation_forget_name(struct vouch_engine *engine, const char *name)
{
    unsigned count = 0;
    int error = vouch_engine_remember(engine);

    if (error == VOUCH_OK)
        error = vouch_engine_forget(engine, name, &count);
    if (error != VOUCH_OK)
        return reputation_complain(engine, error);
    (void)printf("%u %s forgotten\n", count, count == 1 ? "record" : "records");
    return EX_OK;
}

int reputation_complain(const struct vouch_engine *engine, int error)
{
    struct vouch_memory memory;

    if (error == VOUCH_ERROR_STATE) {
        (void)fprintf(stderr, "vouch: nothing is remembered: the configuration has no "
                              "reputation { enabled = yes }\n");
        return EX_CONFIG;
    }
    vouch_engine_memory(engine, &memory);
    if (error == VOUCH_ERROR_LIMIT)
        (void)fprintf(stderr, "vouch: not kept in time: %s\n",
                      memory.away ? memory.trouble : "the store is busy");
    else if (error == VOUCH_ERROR_SYSTEM)
        (void)fprintf(stderr, "vouch: the store of reputation: %s\n", memory.trouble);
    else
        (void)fprintf(stderr, "vouch: %s\n", vouch_error_text(error));
    return error == VOUCH_ERROR_MEMORY ? EX_OSERR : EX_TEMPFAIL;
}
