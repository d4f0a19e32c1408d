/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tools/issuers.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "tools/reputation.h"

struct issuer {
    struct vouch_known known;
    char *mta;        /* "postfix", "sendmail" */
    const char *name; /* behind it */
};

struct issuers {
    struct issuer *list;
    size_t count, room;
    bool failed; /* no memory */
};

/* What each MTA can tell, and what not: milter.conf(5), CERTIFICATES. */
static const struct {
    const char *mta;
    const char *knows[5];
} mtas[] = {
    {"postfix",
     {"tells the CommonName of the issuer (its organization where it has none)",
      "two authorities of one name are one line",
      "none, an expired, a self-signed and an unknown authority's certificate look alike",
      "whether a certificate was revoked is not known", NULL}},
    {"sendmail",
     {"tells the whole name of the issuer, cut at 256 octets",
      "tells apart: none, not good, verified; but not why one is not good",
      "whether a certificate was revoked is known from its CRLFile alone, if it has one", NULL}},
};

static const char *const general[] = {
    "Old messages count less, and so do those that merely went through: see half-life and",
    "accepted-weight of reputation in milter.conf(5).",
    "Only verified certificates count; that of a refused issuer or subject counts nowhere.",
    "Verified means: of an authority the MTA knows, and within its dates.  It does not mean",
    "that its subject is the sender, or that the issuer knows what the subject sends.",
};

/* A copy that can be shown: a store that others write to may hold anything.  NULL: no memory. */
static char *clean_copy(const char *name)
{
    char *copy = strdup(name);

    for (char *at = copy; at != NULL && *at != '\0'; at++)
        if (*at < 0x20 || *at > 0x7e)
            *at = '?';
    return copy;
}

static bool take(void *context, const struct vouch_known *known)
{
    struct issuers *issuers = context;
    struct issuer *issuer;
    char *colon;

    if (issuers->count == issuers->room) {
        size_t room = issuers->room > 0 ? 2 * issuers->room : 64;
        struct issuer *grown = realloc(issuers->list, room * sizeof *grown);

        issuers->failed = grown == NULL;
        if (grown == NULL)
            return false;
        issuers->list = grown;
        issuers->room = room;
    }
    issuer = &issuers->list[issuers->count];
    issuer->known = *known;
    issuer->mta = clean_copy(known->name);
    issuers->failed = issuer->mta == NULL;
    if (issuer->mta == NULL)
        return false;
    colon = strchr(issuer->mta, ':');
    issuer->name = colon != NULL ? colon + 1 : issuer->mta + strlen(issuer->mta);
    if (colon != NULL)
        *colon = '\0';
    issuers->count++;
    return true;
}

static double messages(const struct issuer *issuer)
{
    return issuer->known.good + issuer->known.bad;
}

/* Those with most messages first, then by name. */
static int compare(const void *left, const void *right)
{
    const struct issuer *a = left, *b = right;
    int order;

    if (messages(a) > messages(b) || messages(a) < messages(b))
        return messages(a) > messages(b) ? -1 : 1;
    order = strcmp(a->mta, b->mta);
    return order != 0 ? order : strcmp(a->name, b->name);
}

static void free_all(struct issuers *issuers)
{
    for (size_t i = 0; i < issuers->count; i++)
        free(issuers->list[i].mta);
    free(issuers->list);
}

static void print_date(long long when)
{
    time_t seconds = (time_t)when;
    char text[sizeof "-2147481748-12-31"];
    struct tm tm;

    if (gmtime_r(&seconds, &tm) == NULL || strftime(text, sizeof text, "%Y-%m-%d", &tm) == 0)
        text[0] = '\0';
    (void)printf("%-10s", text);
}

static void print_issuer(const struct issuer *issuer)
{
    const struct vouch_known *known = &issuer->known;
    char rate[32] = "too few to say";

    if (known->known)
        (void)snprintf(rate, sizeof rate, "%.0f %% (%.0f to %.0f)", 100 * known->rate,
                       100 * known->low, 100 * known->high);
    (void)printf("%-8s  %8.1f  %8.1f  %-18s  ", issuer->mta, messages(issuer), known->bad, rate);
    print_date(known->last);
    (void)printf("  %s\n", issuer->name);
}

static bool has(const struct issuers *issuers, const char *mta)
{
    for (size_t i = 0; i < issuers->count; i++)
        if (strcmp(issuers->list[i].mta, mta) == 0)
            return true;
    return false;
}

static void print_report(const struct issuers *issuers)
{
    if (issuers->count == 0)
        (void)puts("No mail came from a client with a verified certificate.");
    else
        (void)printf("%-8s  %8s  %8s  %-18s  %-10s  %s\n", "told by", "messages", "bad",
                     "rate of bad ones", "last seen", "issuer");
    for (size_t i = 0; i < issuers->count; i++)
        print_issuer(&issuers->list[i]);
    (void)putchar('\n');
    for (size_t i = 0; i < sizeof general / sizeof general[0]; i++)
        (void)puts(general[i]);
    for (size_t i = 0; i < sizeof mtas / sizeof mtas[0]; i++) {
        if (issuers->count > 0 && !has(issuers, mtas[i].mta))
            continue;
        (void)printf("\n%s\n", mtas[i].mta);
        for (size_t k = 0; mtas[i].knows[k] != NULL; k++)
            (void)printf("  - %s\n", mtas[i].knows[k]);
    }
}

static json_t *issuer_object(const struct issuer *issuer)
{
    const struct vouch_known *known = &issuer->known;

    return json_pack("{s:s, s:s, s:f, s:f, s:b, s:f, s:f, s:f, s:I}", "mta", issuer->mta, "issuer",
                     issuer->name, "messages", messages(issuer), "bad", known->bad, "known",
                     known->known, "rate", known->rate, "low", known->low, "high", known->high,
                     "last", (json_int_t)known->last);
}

static bool print_json(const struct issuers *issuers)
{
    json_t *array = json_array();
    char *text = NULL;
    bool good = array != NULL;

    for (size_t i = 0; good && i < issuers->count; i++)
        good = json_array_append_new(array, issuer_object(&issuers->list[i])) == 0;
    if (good)
        text = json_dumps(array, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(6));
    if (text != NULL)
        (void)printf("{\"issuers\":%s}\n", text);
    free(text);
    json_decref(array);
    return text != NULL;
}

int issuers_report(const struct vouch_engine *engine, bool json)
{
    struct issuers issuers = {.list = NULL};
    int error = vouch_engine_known(engine, "issuer", NULL, take, &issuers);
    bool good = true;

    if (error == VOUCH_OK && issuers.failed)
        error = VOUCH_ERROR_MEMORY;
    if (error == VOUCH_OK) {
        if (issuers.count > 0)
            qsort(issuers.list, issuers.count, sizeof *issuers.list, compare);
        if (json)
            good = print_json(&issuers);
        else
            print_report(&issuers);
    }
    free_all(&issuers);
    if (error != VOUCH_OK)
        return reputation_complain(engine, error);
    return good ? EX_OK : EX_SOFTWARE;
}
