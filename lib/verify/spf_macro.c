/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/spf_macro.h"

#include <string.h>

#include "lib/base/ascii.h"

struct compiler {
    const char *text;
    size_t length;
    size_t at;
    enum spf_macro_use use;
    struct spf_macro_part *parts;
    struct spf_macro *macro;
    struct spf_fault *fault;
};

static int fault_at(struct spf_fault *fault, const char *what, size_t offset, size_t length)
{
    *fault = (struct spf_fault){.what = what, .offset = offset, .length = length};
    return VOUCH_ERROR_SYNTAX;
}

uint8_t spf_delimiter_bit(char c)
{
    static const char delimiters[] = ".-+,/_=";

    for (unsigned i = 0; delimiters[i] != '\0'; i++)
        if (delimiters[i] == c)
            return (uint8_t)(1U << i);
    return 0;
}

static struct spf_macro_part *add_part(struct compiler *compiler)
{
    return &compiler->parts[compiler->macro->count++];
}

static void add_literal(struct compiler *compiler, const char *octets, size_t length)
{
    struct spf_macro_part *part = add_part(compiler);

    part->literal = octets;
    part->length = (uint32_t)length;
}

static bool letter_is_allowed(char letter, enum spf_macro_use use)
{
    static const char everywhere[] = "slodipvh";
    static const char explanation[] = "crt"; /* RFC 7208 7.2 */

    if (!ascii_is_alpha(letter))
        return false;
    if (strchr(everywhere, letter) != NULL)
        return true;
    return use == SPF_MACRO_EXPLANATION && strchr(explanation, letter) != NULL;
}

/* The digits of a transformer.  A zero is a syntax error; what is too large to matter saturates. */
static bool read_keep(struct compiler *compiler, uint16_t *keep)
{
    size_t start = compiler->at;
    uint32_t value = 0;

    for (; compiler->at < compiler->length; compiler->at++) {
        char c = compiler->text[compiler->at];

        if (!ascii_is_digit(c))
            break;
        value = value * 10 + (uint32_t)(c - '0');
        if (value > UINT16_MAX)
            value = UINT16_MAX;
    }
    *keep = (uint16_t)value;
    return compiler->at == start || value > 0;
}

/* Behind "%{": letter transformers delimiters "}". */
static int read_braces(struct compiler *compiler, size_t start)
{
    const char *text = compiler->text;
    struct spf_macro_part part = {.letter = '\0'};

    if (compiler->at == compiler->length)
        return fault_at(compiler->fault, "malformed macro", start, compiler->at - start);
    part.letter = ascii_lower(text[compiler->at]);
    part.escape = part.letter != text[compiler->at];
    if (!letter_is_allowed(part.letter, compiler->use))
        return fault_at(compiler->fault, "macro letter not allowed here", start,
                        compiler->at + 1 - start);
    compiler->at++;
    if (!read_keep(compiler, &part.keep))
        return fault_at(compiler->fault, "number of parts is zero", start, compiler->at - start);
    if (compiler->at < compiler->length && ascii_lower(text[compiler->at]) == 'r') {
        part.reverse = true;
        compiler->at++;
    }
    while (compiler->at < compiler->length && spf_delimiter_bit(text[compiler->at]) != 0)
        part.delimiters = (uint8_t)(part.delimiters | spf_delimiter_bit(text[compiler->at++]));
    if (compiler->at == compiler->length || text[compiler->at] != '}')
        return fault_at(compiler->fault, "malformed macro", start, compiler->at - start);
    compiler->at++;
    if (part.delimiters == 0)
        part.delimiters = spf_delimiter_bit('.');
    if (part.letter == 's' || part.letter == 'l')
        compiler->macro->has_local = true;
    if (part.letter == 'p')
        compiler->macro->has_validated = true;
    *add_part(compiler) = part;
    return VOUCH_OK;
}

static int read_expand(struct compiler *compiler)
{
    size_t start = compiler->at++;
    char c = compiler->at < compiler->length ? compiler->text[compiler->at] : '\0';

    compiler->at++;
    switch (c) {
    case '{':
        return read_braces(compiler, start);
    case '%':
        add_literal(compiler, "%", 1);
        return VOUCH_OK;
    case '_':
        add_literal(compiler, " ", 1);
        return VOUCH_OK;
    case '-':
        add_literal(compiler, "%20", 3);
        return VOUCH_OK;
    default:
        return fault_at(compiler->fault, "'%' that begins no macro", start, 1);
    }
}

static int read_literal(struct compiler *compiler)
{
    size_t start = compiler->at;

    for (; compiler->at < compiler->length; compiler->at++) {
        char c = compiler->text[compiler->at];

        if (c == '%')
            break;
        if (!ascii_is_printable(c) || (c == ' ' && compiler->use != SPF_MACRO_EXPLANATION))
            return fault_at(compiler->fault, "octet not allowed", compiler->at, 1);
    }
    add_literal(compiler, compiler->text + start, compiler->at - start);
    return VOUCH_OK;
}

/* RFC 7208 7.1: letters, digits, hyphen; not at either end a hyphen; not digits alone. */
static bool is_toplabel(const char *label, size_t length)
{
    bool digits_alone = true;

    if (length == 0 || label[0] == '-' || label[length - 1] == '-')
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!ascii_is_alnum(label[i]) && label[i] != '-')
            return false;
        if (!ascii_is_digit(label[i]))
            digits_alone = false;
    }
    return !digits_alone;
}

/* RFC 7208 7.1: domain-end = ( "." toplabel [ "." ] ) / macro-expand.  The literal text behind the
 * last macro begins at TAIL. */
static int check_domain_end(const struct compiler *compiler, size_t tail)
{
    const char *text = compiler->text;
    size_t end = compiler->length;
    size_t label;
    struct ip address;

    if (end == 0)
        return fault_at(compiler->fault, "domain name missing", 0, 0);
    if (tail == end)
        return VOUCH_OK;
    if (ip_parse(text, end, &address))
        return fault_at(compiler->fault, "address where a domain name is wanted", 0, end);
    if (text[end - 1] == '.')
        end--;
    for (label = end; label > tail && text[label - 1] != '.'; label--)
        continue;
    if (label == tail)
        return fault_at(compiler->fault, "domain name without a top-level label", 0,
                        compiler->length);
    if (!is_toplabel(text + label, end - label))
        return fault_at(compiler->fault, "bad top-level label in", 0, compiler->length);
    return VOUCH_OK;
}

static size_t count_percents(const char *text, size_t length)
{
    size_t count = 0;

    for (size_t i = 0; i < length; i++)
        count += text[i] == '%';
    return count;
}

int spf_macro_compile(struct arena *arena, const char *text, size_t length, enum spf_macro_use use,
                      struct spf_macro *macro, struct spf_fault *fault)
{
    size_t percents = count_percents(text, length);
    size_t tail = 0; /* where the last macro ended */
    struct compiler compiler = {.text = text, .length = length, .use = use, .macro = macro};
    int error = VOUCH_OK;

    *macro = (struct spf_macro){.count = 0};
    *fault = (struct spf_fault){.what = ""};
    if (percents > SPF_MACROS_MAX || length > UINT32_MAX)
        return VOUCH_ERROR_LIMIT;
    compiler.fault = fault;
    compiler.parts = arena_calloc(arena, 2 * percents + 1, sizeof *compiler.parts);
    if (compiler.parts == NULL)
        return VOUCH_ERROR_MEMORY;
    macro->parts = compiler.parts;
    while (error == VOUCH_OK && compiler.at < length) {
        if (text[compiler.at] == '%') {
            error = read_expand(&compiler);
            tail = compiler.at;
        } else {
            error = read_literal(&compiler);
        }
    }
    if (error == VOUCH_OK && use == SPF_MACRO_DOMAIN)
        error = check_domain_end(&compiler, tail);
    return error;
}
