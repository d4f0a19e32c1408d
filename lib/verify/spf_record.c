/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/spf_record.h"

#include <arpa/inet.h>
#include <string.h>

#include "lib/base/ascii.h"

enum { EXCERPT_MAX = 64 };

enum argument { ARGUMENT_NONE, ARGUMENT_OPTIONAL, ARGUMENT_REQUIRED };

static const struct mechanism {
    const char *name;
    const char *section;
    enum argument argument;
    bool has_prefix; /* a dual-cidr-length may follow */
    bool asks;
} mechanisms[] = {
    [SPF_ALL] = {"all", "5.1", ARGUMENT_NONE, false, false},
    [SPF_INCLUDE] = {"include", "5.2", ARGUMENT_REQUIRED, false, true},
    [SPF_A] = {"a", "5.3", ARGUMENT_OPTIONAL, true, true},
    [SPF_MX] = {"mx", "5.4", ARGUMENT_OPTIONAL, true, true},
    [SPF_PTR] = {"ptr", "5.5", ARGUMENT_OPTIONAL, false, true},
    [SPF_IP4] = {"ip4", "5.6", ARGUMENT_REQUIRED, false, false},
    [SPF_IP6] = {"ip6", "5.6", ARGUMENT_REQUIRED, false, false},
    [SPF_EXISTS] = {"exists", "5.7", ARGUMENT_REQUIRED, false, true},
};
enum { MECHANISM_COUNT = sizeof mechanisms / sizeof mechanisms[0] };

const char *spf_kind_section(enum spf_kind kind)
{
    return mechanisms[kind].section;
}

bool spf_kind_asks(enum spf_kind kind)
{
    return mechanisms[kind].asks;
}

/* A run of octets of the record's text. */
struct span {
    const char *at;
    size_t length;
};

static struct span span_from(struct span span, size_t offset)
{
    return (struct span){span.at + offset, span.length - offset};
}

struct parser {
    struct arena *arena;
    struct spf_record *record;
    struct spf_term *terms;
    unsigned term; /* the one being read, from 1 */
    struct spf_problem *problem;
};

static int problem_at(struct parser *parser, const char *what, struct span span)
{
    parser->problem->term = parser->term;
    parser->problem->what = what;
    parser->problem->offset = (size_t)(span.at - parser->record->text);
    parser->problem->length = span.length;
    return VOUCH_ERROR_SYNTAX;
}

static int compile_macro(struct parser *parser, struct span span, enum spf_macro_use use,
                         struct spf_macro *macro)
{
    struct spf_fault fault;
    int error = spf_macro_compile(parser->arena, span.at, span.length, use, macro, &fault);

    if (error != VOUCH_ERROR_SYNTAX)
        return error;
    return problem_at(parser, fault.what, (struct span){span.at + fault.offset, fault.length});
}

/* The digits of a prefix length: no leading zero, at most MAXIMUM. */
static bool parse_prefix(struct span digits, unsigned maximum, uint8_t *prefix)
{
    unsigned value = 0;

    if (digits.length == 0 || (digits.at[0] == '0' && digits.length > 1))
        return false;
    for (size_t i = 0; i < digits.length; i++) {
        if (!ascii_is_digit(digits.at[i]))
            return false;
        value = value * 10 + (unsigned)(digits.at[i] - '0');
        if (value > maximum)
            return false;
    }
    *prefix = (uint8_t)value;
    return true;
}

/* Where a "/" with digits, and nothing else, begins at the end of SPAN; its length if none. */
static size_t find_prefix(struct span span)
{
    size_t at = span.length;

    while (at > 0 && ascii_is_digit(span.at[at - 1]))
        at--;
    return at > 0 && span.at[at - 1] == '/' ? at - 1 : span.length;
}

/* Cut [ "/" ip4-prefix ] [ "//" ip6-prefix ] off the right end of SPAN, for a domain-spec may hold
 * slashes too but never ends in a slash and digits. */
static int cut_prefixes(struct parser *parser, struct span *span, struct spf_term *term)
{
    size_t slash = find_prefix(*span);

    if (slash < span->length && slash > 0 && span->at[slash - 1] == '/') {
        if (!parse_prefix(span_from(*span, slash + 1), 128, &term->prefix6))
            return problem_at(parser, "bad IPv6 prefix length", span_from(*span, slash - 1));
        span->length = slash - 1;
        slash = find_prefix(*span);
    }
    if (slash < span->length) {
        if (!parse_prefix(span_from(*span, slash + 1), 32, &term->prefix4))
            return problem_at(parser, "bad IPv4 prefix length", span_from(*span, slash));
        span->length = slash;
    }
    return VOUCH_OK;
}

/* An address of the one family that is meant: "::ffff:192.0.2.1" is no IPv4 here, and as an IPv6
 * network it stays one, which no client is in (RFC 7208 5). */
static bool parse_address(struct span text, enum spf_kind kind, struct ip *address)
{
    char copy[IP_TEXT_SIZE];

    *address = (struct ip){.family = kind == SPF_IP4 ? IP_V4 : IP_V6};
    if (text.length >= sizeof copy)
        return false;
    memcpy(copy, text.at, text.length);
    copy[text.length] = '\0';
    return inet_pton(kind == SPF_IP4 ? AF_INET : AF_INET6, copy, address->octets) == 1;
}

/* ip4:ADDRESS[/PREFIX], ip6:ADDRESS[/PREFIX] */
static int parse_network(struct parser *parser, struct span argument, struct spf_term *term)
{
    bool is_v4 = term->kind == SPF_IP4;
    uint8_t *prefix = is_v4 ? &term->prefix4 : &term->prefix6;
    const char *slash = memchr(argument.at, '/', argument.length);
    struct span address = argument;

    if (slash != NULL)
        address.length = (size_t)(slash - argument.at);
    if (!parse_address(address, term->kind, &term->address))
        return problem_at(parser, is_v4 ? "bad IPv4 address" : "bad IPv6 address", address);
    if (slash != NULL &&
        !parse_prefix(span_from(argument, address.length + 1), is_v4 ? 32 : 128, prefix))
        return problem_at(parser, is_v4 ? "bad IPv4 prefix length" : "bad IPv6 prefix length",
                          span_from(argument, address.length));
    return VOUCH_OK;
}

static const struct mechanism *find_mechanism(struct span name)
{
    for (size_t i = 0; i < MECHANISM_COUNT; i++)
        if (strlen(mechanisms[i].name) == name.length &&
            ascii_equal_fold(mechanisms[i].name, name.at, name.length))
            return &mechanisms[i];
    return NULL;
}

/* What stands behind the name of a mechanism. */
static int parse_argument(struct parser *parser, const struct mechanism *mechanism,
                          struct span whole, struct span rest, struct spf_term *term)
{
    int error;

    if (mechanism->argument == ARGUMENT_NONE)
        return rest.length == 0 ? VOUCH_OK : problem_at(parser, "argument not allowed in", whole);
    if (rest.length == 0 && mechanism->argument == ARGUMENT_REQUIRED)
        return problem_at(parser, "argument missing in", whole);
    if (mechanism->has_prefix) {
        error = cut_prefixes(parser, &rest, term);
        if (error != VOUCH_OK)
            return error;
    }
    if (rest.length == 0)
        return VOUCH_OK;
    if (rest.at[0] != ':')
        return problem_at(parser, "prefix length not allowed in", whole);
    rest = span_from(rest, 1);
    if (rest.length == 0)
        return problem_at(parser, "argument missing in", whole);
    if (term->kind == SPF_IP4 || term->kind == SPF_IP6)
        return parse_network(parser, rest, term);
    return compile_macro(parser, rest, SPF_MACRO_DOMAIN, &term->target);
}

static bool parse_qualifier(char c, enum vouch_result *result)
{
    switch (c) {
    case '+':
        *result = VOUCH_PASS;
        return true;
    case '-':
        *result = VOUCH_FAIL;
        return true;
    case '~':
        *result = VOUCH_SOFTFAIL;
        return true;
    case '?':
        *result = VOUCH_NEUTRAL;
        return true;
    default:
        return false;
    }
}

/* The name of a mechanism or modifier ends at STOP within WHOLE. */
static int parse_mechanism(struct parser *parser, struct span whole, size_t stop)
{
    struct spf_term *term = &parser->terms[parser->record->term_count];
    size_t start = parse_qualifier(whole.at[0], &term->result) ? 1 : 0;
    struct span name = {whole.at + start, stop - start};
    const struct mechanism *mechanism = find_mechanism(name);
    int error;

    if (mechanism == NULL)
        return problem_at(parser, "unknown mechanism", name);
    if (start == 0)
        term->result = VOUCH_PASS;
    term->kind = (enum spf_kind)(mechanism - mechanisms);
    term->offset = (uint32_t)(whole.at - parser->record->text);
    term->length = (uint32_t)whole.length;
    term->prefix4 = 32;
    term->prefix6 = 128;
    error = parse_argument(parser, mechanism, whole, span_from(whole, stop), term);
    if (error != VOUCH_OK)
        return error;
    if (term->kind == SPF_ALL)
        parser->record->has_all = true;
    parser->record->term_count++;
    return VOUCH_OK;
}

/* name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." ) */
static bool is_modifier_name(struct span name)
{
    if (name.length == 0 || !ascii_is_alpha(name.at[0]))
        return false;
    for (size_t i = 0; i < name.length; i++) {
        char c = name.at[i];

        if (!ascii_is_alnum(c) && c != '-' && c != '_' && c != '.')
            return false;
    }
    return true;
}

static bool is_name(struct span name, const char *wanted)
{
    return name.length == strlen(wanted) && ascii_equal_fold(name.at, wanted, name.length);
}

static int parse_modifier(struct parser *parser, struct span whole, size_t stop)
{
    struct span name = {whole.at, stop};
    struct span value = span_from(whole, stop + 1);
    struct spf_modifier *known = NULL;
    struct spf_macro ignored;

    if (!is_modifier_name(name))
        return problem_at(parser, "bad modifier name", name);
    if (is_name(name, "redirect"))
        known = &parser->record->redirect;
    else if (is_name(name, "exp"))
        known = &parser->record->explanation;
    if (known == NULL)
        return compile_macro(parser, value, SPF_MACRO_MODIFIER, &ignored);
    if (known->present) /* RFC 7208 6 */
        return problem_at(parser, "second modifier", name);
    known->present = true;
    known->offset = (uint32_t)(whole.at - parser->record->text);
    known->length = (uint32_t)whole.length;
    return compile_macro(parser, value, SPF_MACRO_DOMAIN, &known->target);
}

/* RFC 7208 4.6.1: what comes first of "=", ":" and "/" tells a modifier from a mechanism. */
static int parse_term(struct parser *parser, struct span term)
{
    size_t stop = 0;

    for (size_t i = 0; i < term.length; i++)
        if (term.at[i] < 0x21 || term.at[i] > 0x7e)
            return problem_at(parser, "octet not allowed", (struct span){term.at + i, 1});
    while (stop < term.length && strchr("=:/", term.at[stop]) == NULL)
        stop++;
    if (stop < term.length && term.at[stop] == '=')
        return parse_modifier(parser, term, stop);
    return parse_mechanism(parser, term, stop);
}

/* Take the next term off the front of REST; false: there is none. */
static bool next_term(struct span *rest, struct span *term)
{
    const char *space;

    while (rest->length > 0 && rest->at[0] == ' ')
        *rest = span_from(*rest, 1);
    if (rest->length == 0)
        return false;
    space = memchr(rest->at, ' ', rest->length);
    *term = *rest;
    if (space != NULL)
        term->length = (size_t)(space - rest->at);
    *rest = span_from(*rest, term->length);
    return true;
}

static size_t count_terms(struct span rest)
{
    struct span term;
    size_t count = 0;

    while (next_term(&rest, &term))
        count++;
    return count;
}

static int parse_terms(struct parser *parser, struct span rest)
{
    struct span term;
    int error = VOUCH_OK;

    while (error == VOUCH_OK && next_term(&rest, &term)) {
        parser->term++;
        error = parse_term(parser, term);
    }
    return error;
}

bool spf_record_is(const char *text, size_t length)
{
    return spf_scope_fit(SPF_SCOPE_SPF, text, length) == SPF_FIT_SPF1;
}

int spf_record_parse(struct arena *arena, const char *text, size_t length,
                     const struct spf_record **record, struct spf_problem *problem)
{
    struct parser parser = {.arena = arena, .problem = problem};
    struct span rest;
    size_t count;
    int error;

    *problem = (struct spf_problem){.what = ""};
    if (length > SPF_RECORD_MAX)
        return VOUCH_ERROR_LIMIT;
    parser.record = arena_alloc(arena, sizeof *parser.record);
    if (parser.record == NULL)
        return VOUCH_ERROR_MEMORY;
    parser.record->text = arena_copy(arena, text, length);
    parser.record->length = length;
    if (parser.record->text == NULL)
        return VOUCH_ERROR_MEMORY;
    rest = (struct span){parser.record->text, length};
    rest = span_from(rest, spf_version_length(text, length));
    count = count_terms(rest);
    if (count > SPF_TERMS_MAX)
        return VOUCH_ERROR_LIMIT;
    parser.terms = arena_calloc(arena, count, sizeof *parser.terms);
    if (parser.terms == NULL)
        return VOUCH_ERROR_MEMORY;
    parser.record->terms = parser.terms;
    error = parse_terms(&parser, rest);
    if (error == VOUCH_OK)
        *record = parser.record;
    return error;
}

void spf_problem_describe(const struct spf_problem *problem, const char *text, struct text *out)
{
    text_printf(out, "term %u: %s", problem->term, problem->what);
    if (problem->length == 0)
        return;
    text_add(out, " '");
    text_add_safe(out, text + problem->offset, problem->length, EXCERPT_MAX);
    text_add(out, "'");
}
