/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* The SPF macro compiler and expander.  The input is lines: where the macro-string stands
 * ("domain", "modifier", anything else: explanation), the client, the local-part, the domain, the
 * HELO name and what %{p} becomes; the rest is the macro-string. */
#include <stdlib.h>
#include <string.h>

#include "lib/verify/spf_macro.h"
#include "tests/fuzz/fuzz.h"

enum { ARENA_LIMIT = 1024 * 1024, NAME_MAX_OCTETS = 253, ROOM = 64 * 1024 };

struct sender {
    struct spf_octets part[4]; /* local-part, domain, HELO name, %{p} */
    struct ip client;
};

static struct spf_octets validated(void *context)
{
    return ((const struct sender *)context)->part[3];
}

static struct spf_macro_values values_of(struct sender *sender)
{
    return (struct spf_macro_values){
        .sender = sender->part[0],
        .local = sender->part[0],
        .sender_domain = sender->part[1],
        .domain = sender->part[1],
        .helo = sender->part[2],
        .receiver = {"mx.example.org", 14},
        .client = sender->client,
        .now = 1234567890,
        .validated = validated,
        .context = sender,
    };
}

static enum spf_macro_use use_of(struct fuzz_span word)
{
    if (word.length == 6 && memcmp(word.octets, "domain", 6) == 0)
        return SPF_MACRO_DOMAIN;
    if (word.length == 8 && memcmp(word.octets, "modifier", 8) == 0)
        return SPF_MACRO_MODIFIER;
    return SPF_MACRO_EXPLANATION;
}

/* In a smaller buffer stands the right end of what stands in a larger one. */
static void check_cut(const struct spf_macro *macro, const struct spf_macro_values *values,
                      const char *whole, size_t length, size_t size)
{
    char *buffer = fuzz_copy((struct fuzz_span){whole, size});
    size_t expected = length < size ? length : size;
    bool cut;

    FUZZ_CHECK(spf_macro_expand(macro, values, buffer, size, &cut) == expected);
    FUZZ_CHECK(cut == (length > size));
    FUZZ_CHECK(memcmp(buffer + size - expected, whole + ROOM - expected, expected) == 0);
    free(buffer);
}

/* A name is the right end of the expansion, the final dot left out: all of it when it is short
 * enough, else whole labels (RFC 7208 7.3). */
static void check_name(const struct spf_macro *macro, const struct spf_macro_values *values,
                       const char *end, size_t length)
{
    struct dns_name name;
    size_t text_length, at = 0;

    if (spf_macro_name(macro, values, &name) != VOUCH_OK)
        return;
    FUZZ_CHECK(name.length > 2);
    text_length = (size_t)name.length - 2;
    FUZZ_CHECK(text_length <= NAME_MAX_OCTETS);
    if (length > 0 && end[-1] == '.') {
        end--;
        length--;
    }
    FUZZ_CHECK(text_length <= length);
    FUZZ_CHECK(length > NAME_MAX_OCTETS || text_length == length);
    FUZZ_CHECK(text_length == length || end[-(long)text_length - 1] == '.');
    while (name.wire[at] != 0) {
        size_t label = name.wire[at];
        const char *text = end - text_length + at;

        FUZZ_CHECK(label <= DNS_LABEL_MAX);
        FUZZ_CHECK(memcmp(name.wire + at + 1, text, label) == 0);
        at += label + 1;
        FUZZ_CHECK(at > text_length || text[label] == '.');
    }
}

static void expand(const struct spf_macro *macro, struct sender *sender)
{
    struct spf_macro_values values = values_of(sender);
    char *whole = malloc(ROOM);
    bool cut;
    size_t length;

    FUZZ_CHECK(whole != NULL);
    length = spf_macro_expand(macro, &values, whole, ROOM, &cut);
    if (!cut) {
        check_cut(macro, &values, whole, length, length);
        check_cut(macro, &values, whole, length, length / 2);
        check_cut(macro, &values, whole, length, NAME_MAX_OCTETS);
    }
    check_name(macro, &values, whole + ROOM, length);
    free(whole);
}

static void compile(struct fuzz_span text, enum spf_macro_use use, struct sender *sender)
{
    struct arena *arena = fuzz_arena(ARENA_LIMIT);
    char *copy = fuzz_copy(text);
    struct spf_macro macro;
    struct spf_fault fault;
    int error = spf_macro_compile(arena, copy, text.length, use, &macro, &fault);

    if (error == VOUCH_ERROR_SYNTAX) {
        FUZZ_CHECK(fault.what[0] != '\0' && fault.offset <= text.length);
        FUZZ_CHECK(fault.length <= text.length - fault.offset);
    } else if (error == VOUCH_OK) {
        expand(&macro, sender);
    }
    free(copy);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_span rest = fuzz_span(data, size);
    enum spf_macro_use use = use_of(fuzz_take_line(&rest));
    struct fuzz_span client = fuzz_take_line(&rest);
    struct sender sender = {.client = {.family = IP_NONE}};
    char *copies[4];

    (void)ip_parse(client.octets, client.length, &sender.client);
    for (size_t i = 0; i < 4; i++) {
        struct fuzz_span line = fuzz_take_line(&rest);

        copies[i] = fuzz_copy(line);
        sender.part[i] = (struct spf_octets){copies[i], line.length};
    }
    compile(rest, use, &sender);
    for (size_t i = 0; i < 4; i++)
        free(copies[i]);
    return 0;
}
