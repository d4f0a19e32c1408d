/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* What a DomainKeys signature is made over: the hash of ours beside that of the octets written out
 * by hand (spec/domainkeys.md 4). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "lib/verify/domainkeys_hash.h"

static void expect_hash(struct domainkeys_hash *hash, const char *octets, size_t length)
{
    unsigned char found[DOMAINKEYS_HASH_SIZE], wanted[EVP_MAX_MD_SIZE];
    unsigned int size;

    assert_true(domainkeys_hash_end(hash, found));
    assert_int_equal(EVP_Digest(octets, length, wanted, &size, EVP_sha1(), NULL), 1);
    assert_int_equal(size, DOMAINKEYS_HASH_SIZE);
    assert_memory_equal(found, wanted, DOMAINKEYS_HASH_SIZE);
    domainkeys_hash_free(hash);
}

static struct header_field field(const char *name, const char *value)
{
    return (struct header_field){.name = name, .value = value, .value_length = strlen(value)};
}

#define H "A: b\r\n" /* the header in front of each body */
#define N "A:b\r\n"  /* the same without blanks */

static const struct {
    const char *body, *simple, *nofws;
} bodies[] = {
    {"", H, N},
    {"\r\n", H, N},
    {"\r\n\r\n", H, N},
    {" \r\n", H "\r\n \r\n", N},
    {"a", H "\r\na\r\n", N "\r\na\r\n"},
    {"a\r\n", H "\r\na\r\n", N "\r\na\r\n"},
    {"a\r\n\r\n\r\n", H "\r\na\r\n", N "\r\na\r\n"},
    {"a \tb\r\n \r\n", H "\r\na \tb\r\n \r\n", N "\r\nab\r\n"},
    {"\r\na\r\n", H "\r\n\r\na\r\n", N "\r\n\r\na\r\n"},
    {"a\r\n\r\nb\r\n", H "\r\na\r\n\r\nb\r\n", N "\r\na\r\n\r\nb\r\n"},
    {"a\r\n \t\r\nb", H "\r\na\r\n \t\r\nb\r\n", N "\r\na\r\n\r\nb\r\n"},
    /* CR and LF alone are no line ends; nofws drops them like blanks */
    {"a\rb\nc\r\n", H "\r\na\rb\nc\r\n", N "\r\nabc\r\n"},
    {"a\r\r\n", H "\r\na\r\r\n", N "\r\na\r\n"},
    {"a\r", H "\r\na\r\r\n", N "\r\na\r\n"},
    {"\r", H "\r\n\r\r\n", N},
    {"\n\n", H "\r\n\n\n\r\n", N},
};

static void test_bodies(void **state)
{
    struct header_field header = field("A", " b");

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        size_t length = strlen(bodies[i].body);

        for (size_t cut = 0; cut <= length; cut++) {
            for (int nofws = 0; nofws <= 1; nofws++) {
                struct domainkeys_hash *hash = domainkeys_hash_new(nofws);
                const char *wanted = nofws ? bodies[i].nofws : bodies[i].simple;

                assert_non_null(hash);
                domainkeys_hash_field(hash, &header);
                domainkeys_hash_body(hash, bodies[i].body, cut);
                domainkeys_hash_body(hash, bodies[i].body + cut, length - cut);
                expect_hash(hash, wanted, strlen(wanted));
            }
        }
    }
}

static const struct {
    const char *name, *value, *simple, *nofws;
} fields[] = {
    {"Subject", " Is  dinner\n ready?", "Subject: Is  dinner\r\n ready?\r\n",
     "Subject:Isdinnerready?\r\n"},
    {"Subject", " Is  dinner\r\n ready?", "Subject: Is  dinner\r\n ready?\r\n",
     "Subject:Isdinnerready?\r\n"},
    {"X-Tight", "no space", "X-Tight:no space\r\n", "X-Tight:nospace\r\n"},
    {"X-Wide", "   \tthree ", "X-Wide:   \tthree \r\n", "X-Wide:three\r\n"},
    {"X-Empty", "", "X-Empty:\r\n", "X-Empty:\r\n"},
    {"X-Fold", "\n first\n\tsecond", "X-Fold:\r\n first\r\n\tsecond\r\n", "X-Fold:firstsecond\r\n"},
    {"X-Old ", " x", "X-Old : x\r\n", "X-Old:x\r\n"},
    {"X-Eight", " caf\303\251", "X-Eight: caf\303\251\r\n", "X-Eight:caf\303\251\r\n"},
};

static void test_fields(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        for (int nofws = 0; nofws <= 1; nofws++) {
            struct header_field header = field(fields[i].name, fields[i].value);
            struct domainkeys_hash *hash = domainkeys_hash_new(nofws);
            const char *wanted = nofws ? fields[i].nofws : fields[i].simple;

            domainkeys_hash_field(hash, &header);
            expect_hash(hash, wanted, strlen(wanted));
        }
    }
}

/* spec/domainkeys.md 4.1; a field is written as its letter and digit. */
static const struct {
    const char *below, *names, *covered;
} choices[] = {
    {"A1 A2 B3 C4 B5 D6", "", "A1 A2 B3 C4 B5 D6"},
    {"A1 A2 B3 C4 B5 D6", "aabcbd", "A1 A2 B3 C4 B5 D6"},
    {"C4 D6 B3 B5 A0 A1 A2", "aabcbd", "A0 A1 A2 B3 C4 B5 D6"},
    {"A1 A2 B3", "ab", "A1 A2 B3"},
    {"A1 A2 B3", "ba", "B3 A1 A2"},
    {"A1 A2 A3", "aa", "A1 A2 A3"},
    {"A1 B2", "a", "A1"},
    {"A1", "ab", "A1"},   /* a field that is not there contributes nothing */
    {"A1", "aaaa", "A1"}, /* nor does one that is named too often */
    {"B1", "a", ""},
    {"", "", ""},
};

static void test_choices(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        struct header_field below[8], own = {.name = "DomainKey-Signature", .value = ""};
        char letters[8][2] = {{0}}, names[8][2] = {{0}}, wanted[100] = "";
        const char *list[8];
        struct domainkeys_signature signature = {.field = &own};
        struct domainkeys_hash *hash = domainkeys_hash_new(false);
        size_t count = 0;

        for (const char *at = choices[i].below; *at != '\0'; at += at[2] == ' ' ? 3 : 2) {
            char value[3] = {at[1], '\0'};

            letters[count][0] = at[0];
            below[count] = field(letters[count], strdup(value));
            below[count].next = NULL;
            if (count > 0)
                below[count - 1].next = &below[count];
            count++;
        }
        own.next = count > 0 ? &below[0] : NULL;
        for (size_t n = 0; choices[i].names[n] != '\0'; n++) {
            names[n][0] = choices[i].names[n];
            list[signature.name_count++] = names[n];
        }
        signature.names = signature.name_count > 0 ? list : NULL;
        assert_true(domainkeys_hash_header(hash, &signature));
        for (const char *at = choices[i].covered; *at != '\0'; at += at[2] == ' ' ? 3 : 2) {
            size_t length = strlen(wanted);

            wanted[length] = at[0];
            wanted[length + 1] = ':';
            wanted[length + 2] = at[1];
            memcpy(wanted + length + 3, "\r\n", 3);
        }
        expect_hash(hash, wanted, strlen(wanted));
        for (size_t f = 0; f < count; f++)
            free((char *)(uintptr_t)below[f].value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_choices),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
