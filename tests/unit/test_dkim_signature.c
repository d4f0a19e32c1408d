/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* What a DKIM-Signature field says, and where the authors of a message are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include "lib/verify/dkim_author.h"
#include "lib/verify/dkim_signature.h"

enum { NOW = 1000000 };

#define GOOD "v=1; a=rsa-sha256; d=a.example; s=s; h=from; bh=QQ==; b=QQ=="

/* GOOD with tags in front, or the whole text when it begins with "v=" or '!'. */
static const struct {
    const char *text;
    enum vouch_result result;
    enum reason reason;
    const char *detail;
} cases[] = {
    {"", VOUCH_NONE, REASON_NONE, ""},
    {"l=0;", VOUCH_NONE, REASON_NONE, ""},
    {"z=From:x|To:y;", VOUCH_NONE, REASON_NONE, ""},
    {"c=relaxed;", VOUCH_NONE, REASON_NONE, ""},
    {"c=simple/relaxed;", VOUCH_NONE, REASON_NONE, ""},
    {"c=relaxed/simple;", VOUCH_NONE, REASON_NONE, ""},
    {"q=dns/txt;", VOUCH_NONE, REASON_NONE, ""},
    {"q=x : dns/txt;", VOUCH_NONE, REASON_NONE, ""},
    {"i=@a.example;", VOUCH_NONE, REASON_NONE, ""},
    {"i=u@sub.A.example;", VOUCH_NONE, REASON_NONE, ""},
    {"i=u=40x@a=2Eexample;", VOUCH_NONE, REASON_NONE, ""},
    {"t=1;", VOUCH_NONE, REASON_NONE, ""},
    {"t=1000300;", VOUCH_NONE, REASON_NONE, ""},
    {"x=999701;", VOUCH_NONE, REASON_NONE, ""},
    {"t=5;x=2000000;", VOUCH_NONE, REASON_NONE, ""},
    {"unknown=x y z;", VOUCH_NONE, REASON_NONE, ""},
    /* malformed */
    {"!", VOUCH_PERMERROR, REASON_DKIM_SYNTAX, "not a list of tags"},
    {"!v=1; a", VOUCH_PERMERROR, REASON_DKIM_SYNTAX, "not a list of tags"},
    {"a=rsa-sha256;", VOUCH_PERMERROR, REASON_DKIM_SYNTAX, "not a list of tags"},
    {"!a=rsa-sha256; d=a.example; s=s; h=from; bh=QQ==; b=QQ==", VOUCH_PERMERROR,
     REASON_DKIM_SYNTAX, "no v= tag"},
    {"!v=0.5; a=rsa-sha256; d=a.example; s=s; h=from; bh=QQ==; b=QQ==", VOUCH_PERMERROR,
     REASON_DKIM_SYNTAX, "v=0.5"},
    {"!v=1; d=a.example; s=s; h=from; bh=QQ==; b=QQ==", VOUCH_PERMERROR, REASON_DKIM_SYNTAX,
     "no a= tag"},
    {"!v=1; a=rsa-sha256; s=s; h=from; bh=QQ==; b=QQ==", VOUCH_PERMERROR, REASON_DKIM_SYNTAX,
     "no d= tag"},
    {"!v=1; a=rsa-sha256; d=a.example; h=from; bh=QQ==; b=QQ==", VOUCH_PERMERROR,
     REASON_DKIM_SYNTAX, "no s= tag"},
    {"!v=1; a=rsa-sha256; d=a.example; s=s; bh=QQ==; b=QQ==", VOUCH_PERMERROR, REASON_DKIM_SYNTAX,
     "no h= tag"},
    {"!v=1; a=rsa-sha256; d=a.example; s=s; h=from; b=QQ==", VOUCH_PERMERROR, REASON_DKIM_SYNTAX,
     "no bh= tag"},
    {"!v=1; a=rsa-sha256; d=a.example; s=s; h=from; bh=QQ==; b=", VOUCH_PERMERROR,
     REASON_DKIM_SYNTAX, "no b= tag"},
    {"!v=1; a=rsa-md5; d=a.example; s=s; h=from; bh=QQ==; b=QQ==", VOUCH_PERMERROR,
     REASON_DKIM_SYNTAX, "a=rsa-md5"},
    {"!v=1; a=RSA-SHA256; d=a.example; s=s; h=from; bh=QQ==; b=QQ==", VOUCH_PERMERROR,
     REASON_DKIM_SYNTAX, "a=RSA-SHA256"},
    {"!v=1; a=rsa-sha256; d=a..example; s=s; h=from; bh=QQ==; b=QQ==", VOUCH_PERMERROR,
     REASON_DKIM_SYNTAX, "d=a..example"},
    {"!v=1; a=rsa-sha256; d=.; s=s; h=from; bh=QQ==; b=QQ==", VOUCH_PERMERROR, REASON_DKIM_SYNTAX,
     "d=."},
    {"!v=1; a=rsa-sha256; d=a*b.example; s=s; h=from; bh=QQ==; b=QQ==", VOUCH_PERMERROR,
     REASON_DKIM_SYNTAX, "d=a*b.example"},
    {"!v=1; a=rsa-sha256; d=a.example; s=s..t; h=from; bh=QQ==; b=QQ==", VOUCH_PERMERROR,
     REASON_DKIM_SYNTAX, "s=s..t"},
    {"!v=1; a=rsa-sha256; d=a.example; s=s; h=to:subject; bh=QQ==; b=QQ==", VOUCH_PERMERROR,
     REASON_DKIM_SYNTAX, "h= without From"},
    {"!v=1; a=rsa-sha256; d=a.example; s=s; h=from::to; bh=QQ==; b=QQ==", VOUCH_PERMERROR,
     REASON_DKIM_SYNTAX, "h= with an empty name"},
    {"c=future;", VOUCH_PERMERROR, REASON_DKIM_SYNTAX, "c=future"},
    {"c=simple/future;", VOUCH_PERMERROR, REASON_DKIM_SYNTAX, "c=simple/future"},
    {"c=simple/;", VOUCH_PERMERROR, REASON_DKIM_SYNTAX, "c=simple/"},
    {"c=;", VOUCH_PERMERROR, REASON_DKIM_SYNTAX, "c="},
    {"q=dns/special;", VOUCH_PERMERROR, REASON_DKIM_SYNTAX, "q=dns/special"},
    {"i=a.example;", VOUCH_PERMERROR, REASON_DKIM_SYNTAX, "i=a.example"},
    {"i=@b.example;", VOUCH_PERMERROR, REASON_DKIM_SYNTAX, "i=@b.example"},
    {"i=@example;", VOUCH_PERMERROR, REASON_DKIM_SYNTAX, "i=@example"},
    {"i=@xa.example;", VOUCH_PERMERROR, REASON_DKIM_SYNTAX, "i=@xa.example"},
    {"i=@=00.a.example;", VOUCH_PERMERROR, REASON_DKIM_SYNTAX, "i=@=00.a.example"},
    {"l=-1;", VOUCH_PERMERROR, REASON_DKIM_SYNTAX, "l=-1"},
    {"l=1 0;", VOUCH_PERMERROR, REASON_DKIM_SYNTAX, "l=10"},
    {"t=x;", VOUCH_PERMERROR, REASON_DKIM_SYNTAX, "t=x"},
    {"x=;", VOUCH_PERMERROR, REASON_DKIM_SYNTAX, "x="},
    {"t=9;x=9;", VOUCH_PERMERROR, REASON_DKIM_SYNTAX, "x= is not after t="},
    {"x=999700;", VOUCH_PERMERROR, REASON_DKIM_EXPIRED, ""},
    {"t=1000301;", VOUCH_PERMERROR, REASON_DKIM_FUTURE, ""},
    /* b= is found by its name, however it is written */
    {"!v=1; a=rsa-sha256; d=a.example; s=s; h=from; bh=QQ==; b =QQ==", VOUCH_NONE, REASON_NONE, ""},
    {"zb=1;", VOUCH_NONE, REASON_NONE, ""},
};

static struct dkim_signature *read_text(struct arena *arena, const char *text)
{
    struct header_field *field = arena_alloc(arena, sizeof *field);
    size_t length = strlen(text);
    char *copy = malloc(length > 0 ? length : 1);
    struct dkim_signature *signature;

    memcpy(copy, text, length);
    *field = (struct header_field){.name = "DKIM-Signature", .value = copy, .value_length = length};
    signature = dkim_signature_read(arena, field, NOW);
    free(copy);
    assert_non_null(signature);
    return signature;
}

static void fields(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_new(1 << 16);
        const char *text = cases[i].text[0] == '!' ? cases[i].text + 1
                                                   : arena_printf(arena, "%s" GOOD, cases[i].text);
        const struct dkim_signature *signature = read_text(arena, text);

        if (signature->result != cases[i].result || signature->reason != cases[i].reason ||
            strcmp(signature->detail, cases[i].detail) != 0)
            fail_msg("%s: %s %s %s", text, vouch_result_word(signature->result),
                     reason_code(signature->reason), signature->detail);
        arena_free(arena);
    }
}

static void values(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    struct dkim_signature *signature =
        read_text(arena, " v=1; a=ed25519-sha256; c=relaxed/simple; d=Mail.A.example;\r\n\ts=x.y;"
                         " h=From : To:\n From; l=12; bh=QU\r\n JD; b=QUJD\n RUY=");
    char name[DNS_NAME_TEXT_SIZE];

    (void)state;
    assert_int_equal(signature->result, VOUCH_NONE);
    assert_int_equal(signature->algorithm, DKIM_ED25519_SHA256);
    assert_int_equal(signature->header_canonicalization, DKIM_RELAXED);
    assert_int_equal(signature->body_canonicalization, DKIM_SIMPLE);
    assert_string_equal(signature->domain, "Mail.A.example");
    assert_string_equal(signature->identity, "@Mail.A.example");
    assert_true(signature->identity_is_domain);
    assert_string_equal(signature->headers, "From:To:From");
    assert_string_equal(signature->body_digits, "QUJD");
    assert_string_equal(signature->digits, "QUJDRUY=");
    assert_int_equal(signature->body_length, 12);
    assert_int_equal(signature->from_fields, 2);
    assert_string_equal(dns_name_format(&signature->key_name, name),
                        "x.y._domainkey.mail.a.example");
    arena_free(arena);
}

/* More names than are looked at; a field that is too long. */
static void limits(void **state)
{
    struct arena *arena = arena_new(1 << 20);
    struct text text = text_in(arena);
    struct dkim_signature *signature;

    (void)state;
    text_add(&text, "v=1; a=rsa-sha256; d=a.example; s=s; bh=QQ==; b=QQ==; h=from");
    for (unsigned i = 1; i < DKIM_HEADER_NAMES_MAX; i++)
        text_add(&text, ":x");
    assert_int_equal(read_text(arena, text_string(&text))->result, VOUCH_NONE);
    text_add(&text, ":x");
    signature = read_text(arena, text_string(&text));
    assert_int_equal(signature->result, VOUCH_NEUTRAL);
    assert_string_equal(signature->detail, "h= has too many names");

    text = text_in(arena);
    text_add(&text, GOOD "; z=");
    while (text.length < DKIM_SIGNATURE_MAX)
        text_add(&text, "x");
    assert_int_equal(read_text(arena, text_string(&text))->result, VOUCH_NONE);
    text_add(&text, "x");
    signature = read_text(arena, text_string(&text));
    assert_string_equal(signature->detail, "the field is too long");
    assert_string_equal(signature->domain, "");
    arena_free(arena);
}

static void out_of_memory(void **state)
{
    static const char text[] = "c=relaxed; i=u@a.example; q=dns/txt;" GOOD;
    struct header_field field = {.name = "DKIM-Signature", .value = text};
    bool done = false;

    (void)state;
    field.value_length = strlen(text);
    for (size_t limit = 0; !done; limit += 8) {
        struct arena *arena = arena_new(limit);
        struct dkim_signature *signature = dkim_signature_read(arena, &field, NOW);

        done = signature != NULL;
        if (done)
            assert_int_equal(signature->result, VOUCH_NONE);
        assert_in_range(limit, 0, 8192);
        arena_free(arena);
    }
}

static void names(void **state)
{
    static const struct {
        const char *name;
        bool is;
    } rows[] = {
        {"DKIM-Signature", true},    {"dkim-signature", true},       {"DKIM-Signature  ", true},
        {"DKIM-Signature\t", false}, {"XDKIM-Signature", false},     {"DKIM-Signatur", false},
        {"DKIM-Signature-", false},  {"DomainKey-Signature", false}, {"", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct header_field field = {.name = rows[i].name, .value = ""};

        assert_int_equal(dkim_is_signature(&field), rows[i].is);
    }
}

/* From fields, separated by '|', and the domains of their authors. */
static void authors(void **state)
{
    static const struct {
        const char *from, *domains;
        unsigned fields;
    } rows[] = {
        {"a@A.example", "a.example", 1},
        {" \"x@y.example\" <a@a.example>", "a.example", 1},
        {"a@a.example, b@b.example, c@A.example", "a.example b.example", 1},
        {"a@a.example|b@b.example", "a.example b.example", 2},
        {"a@a.example|a@a.example", "a.example", 2},
        {"friends: a@a.example;", "a.example", 1},
        {"a@b\xc3\xbc"
         "cher.example",
         "xn--bcher-kva.example", 1},
        {"a@[192.0.2.1]", "", 1},
        {"", "", 1},
        /* malformed: whatever stands behind an '@' */
        {"Bank <a@bank.example", "bank.example", 1},
        {"a@bank.example <b@evil.example>", "bank.example evil.example", 1},
        {"a@bank.example\" @ @. @x@y..z <@>", "bank.example x", 1},
        {"service at bank", "", 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_new(1 << 20);
        struct header_list list = header_list_in(arena, 1 << 16);
        struct text text = text_in(arena);
        struct dkim_authors found;
        const char *at = rows[i].from;

        for (;; at++) {
            size_t length = strcspn(at, "|");

            assert_int_equal(header_list_add(&list, "fRom", at, length), VOUCH_OK);
            at += length;
            if (*at == '\0')
                break;
        }
        assert_true(dkim_authors_read(arena, &list, &found));
        for (size_t n = 0; n < found.count; n++) {
            char name[DNS_NAME_TEXT_SIZE];

            text_printf(&text, "%s%s", n > 0 ? " " : "", dns_name_format(&found.domains[n], name));
        }
        assert_string_equal(text_string(&text), rows[i].domains);
        assert_int_equal(found.from_fields, rows[i].fields);
        arena_free(arena);
    }
}

static void many_authors(void **state)
{
    struct arena *arena = arena_new(1 << 22);
    struct header_list list = header_list_in(arena, 1 << 20);
    struct text text = text_in(arena);
    struct dkim_authors found;

    (void)state;
    for (unsigned i = 0; i < 3 * DKIM_AUTHORS_MAX; i++)
        text_printf(&text, "%sa@d%u.example", i > 0 ? "," : "", i);
    assert_int_equal(header_list_add(&list, "From", text.data, text.length), VOUCH_OK);
    assert_true(dkim_authors_read(arena, &list, &found));
    assert_int_equal(found.count, DKIM_AUTHORS_MAX);
    arena_free(arena);
}

static void speakers(void **state)
{
    static const struct {
        const char *signer, *author;
        bool speaks;
    } rows[] = {
        {"bank.example", "bank.example", true},      {"Bank.Example", "bank.example", true},
        {"bank.example", "news.bank.example", true}, {"news.bank.example", "bank.example", false},
        {"example", "bank.example", false},          {"example", "example", true},
        {"evilbank.example", "bank.example", false}, {"bank.example", "evilbank.example", false},
        {"bank.example.net", "bank.example", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct dns_name signer, author;

        assert_int_equal(dns_name_from_text(rows[i].signer, strlen(rows[i].signer), &signer), 0);
        assert_int_equal(dns_name_from_text(rows[i].author, strlen(rows[i].author), &author), 0);
        assert_int_equal(dkim_speaks_for(&signer, &author), rows[i].speaks);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields),        cmocka_unit_test(values),   cmocka_unit_test(limits),
        cmocka_unit_test(out_of_memory), cmocka_unit_test(names),    cmocka_unit_test(authors),
        cmocka_unit_test(many_authors),  cmocka_unit_test(speakers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
