/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/dkim.h"

#include <string.h>
#include <time.h>

#include "lib/base/ascii.h"
#include "lib/verify/dkim_author.h"
#include "lib/verify/dkim_body.h"

enum {
    SCRATCH_SIZE = 4 * DKIM_SIGNATURE_MAX, /* what one signature takes to read */
    EARLY_FIELDS = 200, /* of a header: behind them no question is started before it is complete */
    DIGITS_SHOWN = 8    /* of b=, RFC 6008 4 */
};

/* What the message contains. */
struct content {
    struct dkim_authors authors;
    const struct dkim_signature **signatures; /* those that are verified, in their order */
    size_t count;
    unsigned left_out;
    struct dkim_body *body;
};

static uint64_t now(void)
{
    return (uint64_t)time(NULL);
}

static unsigned signatures_before(const struct header_list *headers,
                                  const struct header_field *field)
{
    unsigned count = 0;

    for (const struct header_field *f = headers->first; f != NULL && f != field; f = f->next)
        count += dkim_is_signature(f);
    return count;
}

/* Ask for the key while the rest of the message comes in. */
static void take_field(const struct check *check, const struct header_field *field)
{
    const struct header_list *headers = &check->facts->headers;
    const struct dkim_signature *signature;

    if (!dkim_is_signature(field) || headers->count > EARLY_FIELDS ||
        signatures_before(headers, field) >= check->settings->dkim.max_signatures)
        return;
    signature = dkim_signature_read(check->arena, field, now());
    if (signature != NULL && signature->result == VOUCH_NONE)
        check_prefetch(check, &signature->key_name, DNS_TXT);
}

static bool is_author(const struct dkim_authors *authors, const struct dkim_signature *signature)
{
    struct dns_name domain;

    if (dns_name_from_text(signature->domain, strlen(signature->domain), &domain) != VOUCH_OK)
        return false;
    for (size_t i = 0; i < authors->count; i++)
        if (dkim_speaks_for(&domain, &authors->domains[i]))
            return true;
    return false;
}

/* Whether FIELD, a signature, is by an author of the message.  Its memory is given back at once:
 * there may be thousands. */
static bool is_by_author(const struct content *content, const struct header_field *field)
{
    struct arena *scratch = arena_new(SCRATCH_SIZE);
    const struct dkim_signature *signature =
        scratch != NULL ? dkim_signature_read(scratch, field, now()) : NULL;
    bool is_by = signature != NULL && is_author(&content->authors, signature);

    arena_free(scratch);
    return is_by;
}

/* How many signatures there are, and how many of these are by an author. */
static unsigned count_signatures(const struct check *check, const struct content *content,
                                 unsigned *by_author)
{
    unsigned count = 0;

    *by_author = 0;
    for (const struct header_field *f = check->facts->headers.first; f != NULL; f = f->next) {
        if (!dkim_is_signature(f))
            continue;
        count++;
        *by_author += is_by_author(content, f);
    }
    return count;
}

/* Read those that are verified: the author's own come first, then the topmost. */
static bool read_signatures(const struct check *check, struct content *content)
{
    unsigned most = check->settings->dkim.max_signatures;
    unsigned authors, others;
    unsigned count = count_signatures(check, content, &authors);

    authors = authors < most ? authors : most;
    others = most - authors;
    content->signatures = arena_calloc(check->arena, most, sizeof *content->signatures);
    if (content->signatures == NULL)
        return false;
    for (const struct header_field *f = check->facts->headers.first;
         f != NULL && authors + others > 0; f = f->next) {
        unsigned *left = NULL;

        if (dkim_is_signature(f))
            left = is_by_author(content, f) ? &authors : &others;
        if (left == NULL || *left == 0)
            continue;
        --*left;
        content->signatures[content->count] = dkim_signature_read(check->arena, f, now());
        if (content->signatures[content->count++] == NULL)
            return false;
    }
    content->left_out = count - (unsigned)content->count;
    return true;
}

static bool want_bodies(struct content *content)
{
    content->body = dkim_body_new();
    if (content->body == NULL)
        return false;
    for (size_t i = 0; i < content->count; i++)
        if (content->signatures[i]->result == VOUCH_NONE)
            (void)dkim_body_want(content->body, content->signatures[i]);
    return true;
}

static bool begin(const struct check *check, void **state)
{
    const struct header_field *f = check->facts->headers.first;
    struct content *content;

    while (f != NULL && !dkim_is_signature(f))
        f = f->next;
    *state = NULL;
    if (f == NULL)
        return true;
    content = arena_alloc(check->arena, sizeof *content);
    if (content == NULL ||
        !dkim_authors_read(check->arena, &check->facts->headers, &content->authors) ||
        !read_signatures(check, content))
        return false;
    for (size_t i = 0; i < content->count; i++)
        if (content->signatures[i]->result == VOUCH_NONE)
            check_prefetch(check, &content->signatures[i]->key_name, DNS_TXT);
    if (!want_bodies(content))
        return false;
    *state = content;
    return true;
}

static void take_body(void *state, const void *octets, size_t length)
{
    struct content *content = state;

    dkim_body_octets(content->body, octets, length);
}

static void end(void *state)
{
    struct content *content = state;

    dkim_body_free(content->body);
    content->body = NULL;
}

/* RFC 6008 4: enough of b= to tell it from all others. */
static void add_digits(struct dkim_finding *findings, size_t count, size_t at)
{
    const char *digits = findings[at].signature->digits;
    size_t length = DIGITS_SHOWN;
    char shown[HEADER_FIELD_COST * 4];

    for (size_t i = 0; i < count; i++)
        while (i != at && length < strlen(digits) && length < sizeof shown - 1 &&
               strncmp(findings[i].signature->digits, digits, length) == 0)
            length++;
    if (length > strlen(digits))
        length = strlen(digits);
    memcpy(shown, digits, length);
    shown[length] = '\0';
    if (length > 0)
        outcome_property(findings[at].outcome, "header", "b", shown);
}

/* RFC 6376 3.6.1 t=y */
static bool has_failed_in_test(const struct dkim_finding *finding)
{
    return finding->outcome->result == VOUCH_FAIL && finding->is_testing;
}

/* The results of signatures, the one that counts most in front (dkim.h). */
static unsigned rank(const struct dkim_finding *finding)
{
    static const unsigned char ranks[VOUCH_RESULT_COUNT] = {
        [VOUCH_NEUTRAL] = 1, [VOUCH_PERMERROR] = 2, [VOUCH_FAIL] = 3,
        [VOUCH_POLICY] = 4,  [VOUCH_TEMPERROR] = 5, [VOUCH_PASS] = 6,
    };

    if (has_failed_in_test(finding))
        return 0;
    return ranks[finding->outcome->result];
}

static bool speaks_for(const struct dkim_finding *finding, const struct dns_name *author)
{
    struct dns_name domain;
    const char *text = finding->signature->domain;

    if (author == NULL)
        return true;
    return *text != '\0' && dns_name_from_text(text, strlen(text), &domain) == VOUCH_OK &&
           dkim_speaks_for(&domain, author);
}

/* What SUMMARY says when no signature counts. */
static void say_none(struct outcome *summary, bool has_signatures, bool has_failed)
{
    enum reason reason = REASON_DKIM_NO_SIGNATURE;

    if (has_failed)
        reason = REASON_DKIM_TESTING;
    else if (has_signatures && summary->identity == IDENTITY_AUTHOR)
        reason = REASON_DKIM_NOT_BY_AUTHOR;
    outcome_set(summary, VOUCH_NONE, reason);
}

/* Sum up the findings that speak for AUTHOR (NULL: all). */
static struct outcome *sum_up(const struct check *check, const struct dkim_finding *findings,
                              size_t count, const struct dns_name *author)
{
    struct outcome *summary =
        outcome_new(check->arena, METHOD_DKIM, author != NULL ? IDENTITY_AUTHOR : IDENTITY_NONE,
                    VOUCH_STAGE_EOM);
    const struct dkim_finding *best = NULL;
    bool has_failed = false;

    if (summary == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (!speaks_for(&findings[i], author))
            continue;
        summary->security = dns_security_of_both(summary->security, findings[i].outcome->security);
        has_failed |= has_failed_in_test(&findings[i]);
        if (rank(&findings[i]) > (best != NULL ? rank(best) : 0))
            best = &findings[i];
        if (findings[i].outcome->result == VOUCH_PASS)
            outcome_property(summary, "header", "d", findings[i].signature->domain);
    }
    if (best == NULL) {
        say_none(summary, count > 0, has_failed);
        return summary;
    }
    outcome_set(summary, best->outcome->result, best->outcome->reason);
    summary->detail = best->outcome->detail;
    return summary;
}

static bool append(struct outcome ***end, struct outcome *outcome)
{
    if (outcome == NULL)
        return false;
    **end = outcome;
    *end = &outcome->next;
    return true;
}

static bool append_summaries(const struct check *check, const struct dkim_authors *authors,
                             const struct dkim_finding *findings, size_t count,
                             struct outcome ***end)
{
    if (!append(end, sum_up(check, findings, count, NULL)))
        return false;
    for (size_t i = 0; i < authors->count; i++) {
        struct outcome *outcome = sum_up(check, findings, count, &authors->domains[i]);
        char name[DNS_NAME_TEXT_SIZE];

        if (!append(end, outcome))
            return false;
        outcome->domain = arena_string(check->arena, dns_name_format(&authors->domains[i], name));
        if (outcome->domain == NULL)
            return false;
    }
    return true;
}

/* All that were left out, in one part. */
static struct outcome *tell_left_out(const struct check *check, const struct content *content)
{
    struct outcome *outcome =
        outcome_new(check->arena, METHOD_DKIM, IDENTITY_NONE, VOUCH_STAGE_EOM);

    if (outcome == NULL)
        return NULL;
    outcome->is_part = true;
    outcome_set(outcome, VOUCH_POLICY, REASON_DKIM_TOO_MANY);
    check_detail(outcome, "%u of %zu not verified", content->left_out,
                 content->count + content->left_out);
    return outcome;
}

/* NULL: no memory. */
static struct dkim_finding *check_signatures(const struct check *check,
                                             const struct content *content)
{
    struct dkim_finding *findings = arena_calloc(check->arena, content->count, sizeof *findings);

    if (findings == NULL)
        return NULL;
    dkim_body_end(content->body);
    for (size_t i = 0; i < content->count; i++)
        if (!dkim_signature_check(check, content->signatures[i], content->body,
                                  content->authors.from_fields, &findings[i]))
            return NULL;
    for (size_t i = 0; i < content->count; i++)
        add_digits(findings, content->count, i);
    return findings;
}

static struct outcome *check_message(const struct check *check)
{
    struct content unsigned_content = {0};
    struct content *content = check->content != NULL ? check->content : &unsigned_content;
    struct dkim_finding *findings = NULL;
    struct outcome *outcomes = NULL;
    struct outcome **end = &outcomes;

    if (check->content != NULL)
        findings = check_signatures(check, content);
    else if (!dkim_authors_read(check->arena, &check->facts->headers, &content->authors))
        return NULL;
    if (check->content != NULL && findings == NULL)
        return NULL;
    if (!append_summaries(check, &content->authors, findings, content->count, &end))
        return NULL;
    for (size_t i = 0; i < content->count; i++)
        if (!append(&end, findings[i].outcome))
            return NULL;
    if (content->left_out > 0 && !append(&end, tell_left_out(check, content)))
        return NULL;
    return outcomes;
}

static const struct verifier_content dkim_content = {
    .field = take_field,
    .begin = begin,
    .body = take_body,
    .end = end,
};

const struct verifier dkim_verifier = {
    .method = METHOD_DKIM,
    .identity = IDENTITY_NONE,
    .stage = VOUCH_STAGE_EOM,
    .content = &dkim_content,
    .check = check_message,
};
