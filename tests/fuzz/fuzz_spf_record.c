/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* The SPF record parser, and what a record is to each scope.  The input is a record. */
#include <string.h>

#include "lib/verify/spf_record.h"
#include "tests/fuzz/fuzz.h"

enum { ARENA_LIMIT = 4 * 1024 * 1024, PROBLEM_LIMIT = 4096 };

/* What is wrong lies within the record and can be told. */
static void check_problem(struct arena *arena, const struct spf_problem *problem,
                          struct fuzz_span text)
{
    struct text words = text_in(arena);

    FUZZ_CHECK(problem->what[0] != '\0');
    FUZZ_CHECK(problem->offset <= text.length);
    FUZZ_CHECK(problem->length <= text.length - problem->offset);
    spf_problem_describe(problem, text.octets, &words);
    FUZZ_CHECK(text_string(&words) == NULL || fuzz_is_printable(text_string(&words)));
}

static bool same_term(const struct spf_term *a, const struct spf_term *b)
{
    return a->kind == b->kind && a->result == b->result && a->length == b->length &&
           a->prefix4 == b->prefix4 && a->prefix6 == b->prefix6 &&
           ip_equal(&a->address, &b->address) && a->target.count == b->target.count;
}

static void add_modifier(struct text *text, const struct spf_record *record,
                         const struct spf_modifier *modifier)
{
    if (!modifier->present)
        return;
    text_add_char(text, ' ');
    text_append(text, record->text + modifier->offset, modifier->length);
}

/* Written from its terms, the record is the same record. */
static void check_rewritten(struct arena *arena, const struct spf_record *record)
{
    struct text text = text_in(arena);
    const struct spf_record *again = NULL;
    struct spf_problem problem;
    int error;

    text_add(&text, "v=spf1");
    for (size_t i = 0; i < record->term_count; i++) {
        text_add_char(&text, ' ');
        text_append(&text, record->text + record->terms[i].offset, record->terms[i].length);
    }
    add_modifier(&text, record, &record->redirect);
    add_modifier(&text, record, &record->explanation);
    if (text_string(&text) == NULL)
        return;
    error = spf_record_parse(arena, text_string(&text), text.length, &again, &problem);
    if (error == VOUCH_ERROR_MEMORY)
        return;
    FUZZ_CHECK(error == VOUCH_OK);
    FUZZ_CHECK(again->term_count == record->term_count && again->has_all == record->has_all);
    FUZZ_CHECK(again->redirect.present == record->redirect.present);
    FUZZ_CHECK(again->explanation.present == record->explanation.present);
    for (size_t i = 0; i < record->term_count; i++)
        FUZZ_CHECK(same_term(&again->terms[i], &record->terms[i]));
}

static void check_terms(const struct spf_record *record)
{
    FUZZ_CHECK(record->term_count <= SPF_TERMS_MAX);
    for (size_t i = 0; i < record->term_count; i++) {
        const struct spf_term *term = &record->terms[i];

        FUZZ_CHECK(term->length > 0 && term->offset + term->length <= record->length);
        FUZZ_CHECK(term->prefix4 <= 32 && term->prefix6 <= 128);
        FUZZ_CHECK(memchr(record->text + term->offset, ' ', term->length) == NULL);
    }
}

/* With too little memory the answer is the same or VOUCH_ERROR_MEMORY. */
static void check_in_little_memory(struct fuzz_span text, int expected)
{
    struct arena *arena = fuzz_arena(text.length * 4);
    const struct spf_record *record = NULL;
    struct spf_problem problem;
    int error = spf_record_parse(arena, text.octets, text.length, &record, &problem);

    FUZZ_CHECK(error == expected || error == VOUCH_ERROR_MEMORY);
    FUZZ_CHECK(arena_used(arena) <= text.length * 4);
    arena_free(arena);
}

/* SPF reads what it takes for a record of its own, Sender ID also what has a scope. */
static bool is_record(struct fuzz_span text)
{
    bool is_spf = spf_scope_fit(SPF_SCOPE_SPF, text.octets, text.length) != SPF_FIT_NONE;
    enum spf_fit mfrom = spf_scope_fit(SPF_SCOPE_MFROM, text.octets, text.length);
    enum spf_fit pra = spf_scope_fit(SPF_SCOPE_PRA, text.octets, text.length);

    FUZZ_CHECK(is_spf == spf_record_is(text.octets, text.length));
    FUZZ_CHECK(is_spf == (mfrom == SPF_FIT_SPF1) && is_spf == (pra == SPF_FIT_SPF1));
    FUZZ_CHECK(spf_version_length(text.octets, text.length) <= text.length);
    return mfrom != SPF_FIT_NONE || pra != SPF_FIT_NONE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_span text = fuzz_span(data, size);
    const struct spf_record *record = NULL;
    struct spf_problem problem;
    struct arena *arena;
    int error;

    if (!is_record(text))
        return 0;
    arena = fuzz_arena(ARENA_LIMIT);
    error = spf_record_parse(arena, text.octets, text.length, &record, &problem);
    if (error == VOUCH_ERROR_SYNTAX) {
        check_problem(arena, &problem, text);
    } else if (error == VOUCH_OK) {
        check_terms(record);
        check_rewritten(arena, record);
    }
    check_in_little_memory(text, error);
    arena_free(arena);
    return 0;
}
