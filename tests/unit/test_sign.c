/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* Keys to sign with and the files they come from, the `sign` sections, and what is signed.  That
 * the signatures are good, other implementations say: tests/dkim/test_sign.py. */
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/dns/resolver.h"
#include "lib/policy/config.h"
#include "lib/sign/sign_names.h"
#include "lib/sign/sign_test.h"
#include "lib/sign/signer.h"
#include "tests/unit/config_problems.h"

enum { PATH_SIZE = 200, ARENA_SIZE = 1 << 20, MASK = 0x80 };

static char folder[] = "/tmp/vouch-sign-XXXXXX";

/* The file NAME of the test's folder. */
static const char *path_of(const char *name)
{
    static char path[PATH_SIZE];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const char *content, mode_t mode)
{
    int fd = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, strlen(content)), (ssize_t)strlen(content));
    assert_int_equal(fchmod(fd, mode), 0);
    assert_int_equal(close(fd), 0);
}

static void write_key(const char *name, bool ed25519, unsigned bits)
{
    struct vouch_key *key = NULL;

    assert_int_equal(vouch_key_new(ed25519, bits, &key), VOUCH_OK);
    write_file(name, vouch_key_pem(key), 0600);
    vouch_key_free(key);
}

/* A key that OpenSSL makes and we would not. */
static void write_foreign_key(const char *name, EVP_PKEY *key, const char *password)
{
    FILE *file = fopen(path_of(name), "w");

    assert_non_null(file);
    assert_non_null(key);
    assert_int_equal(PEM_write_PrivateKey(file, key, password != NULL ? EVP_aes_128_cbc() : NULL,
                                          (const unsigned char *)password,
                                          password != NULL ? (int)strlen(password) : 0, NULL, NULL),
                     1);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path_of(name), 0600), 0);
    EVP_PKEY_free(key);
}

/* An RSA key whose private half has suffered: n, e and the primes are whole, d and the last number,
 * q's inverse, are not. */
static EVP_PKEY *damaged_key(void)
{
    enum { IN_D = 300, IN_INVERSE = 20 };
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048), *damaged;
    unsigned char *octets = NULL;
    const unsigned char *at;
    int length = i2d_PrivateKey(key, &octets);

    assert_true(length > 1000);
    octets[IN_D] ^= 1;
    octets[length - IN_INVERSE] ^= 1;
    at = octets;
    damaged = d2i_PrivateKey(EVP_PKEY_RSA, NULL, &at, length);
    OPENSSL_free(octets);
    EVP_PKEY_free(key);
    return damaged;
}

static int set_up(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    write_key("rsa", false, 2048);
    write_key("ed", true, 0);
    write_foreign_key("short", EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)512), NULL);
    write_foreign_key("elliptic", EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"), NULL);
    write_foreign_key("locked", EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), "secret");
    write_foreign_key("damaged", damaged_key(), NULL);
    write_file("text", "no key\n", 0600);
    write_file("empty", "", 0600);
    write_key("open", true, 0);
    assert_int_equal(chmod(path_of("open"), 0640), 0);
    return 0;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"rsa",   "ed",   "short",  "elliptic", "text",
                                        "empty", "open", "locked", "damaged"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_int_equal(unlink(path_of(names[i])), 0);
    return rmdir(folder);
}

static void test_files(void **state)
{
    static const struct {
        const char *name, *problem;
        int error;
    } cases[] = {
        {"missing", "does not exist", VOUCH_ERROR_SYSTEM},
        {".", "is not a regular file", VOUCH_ERROR_SYSTEM},
        {"open", "is open to others than its owner; chmod it to 0600", VOUCH_ERROR_SYSTEM},
        {"text", "holds no private key in PEM form without a password", VOUCH_ERROR_SYNTAX},
        {"empty", "holds no private key in PEM form without a password", VOUCH_ERROR_SYNTAX},
        {"locked", "holds no private key in PEM form without a password", VOUCH_ERROR_SYNTAX},
        {"elliptic", "holds a key that is neither RSA nor Ed25519", VOUCH_ERROR_SYNTAX},
        {"damaged", "holds a key whose signatures do not verify", VOUCH_ERROR_SYNTAX},
        {"short", "holds an RSA key of less than 1024 bits (RFC 8301 3.2)", VOUCH_ERROR_RANGE},
    };
    struct sign_key *key = NULL;
    const char *problem = "";

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(sign_key_load(path_of(cases[i].name), (uid_t)-1, &key, &problem),
                         cases[i].error);
        assert_string_equal(problem, cases[i].problem);
    }
    assert_int_equal(sign_key_load(path_of("rsa"), (uid_t)-1, &key, &problem), VOUCH_OK);
    assert_false(sign_key_is_ed25519(key));
    assert_int_equal(sign_key_bits(key), 2048);
    sign_key_free(key);
    assert_int_equal(sign_key_load(path_of("ed"), (uid_t)-1, &key, &problem), VOUCH_OK);
    assert_true(sign_key_is_ed25519(key));
    sign_key_free(key);
    if (geteuid() == 0) {
        assert_int_equal(sign_key_load(path_of("ed"), 12345, &key, &problem), VOUCH_ERROR_SYSTEM);
        assert_non_null(strstr(problem, "does not belong to the user"));
        assert_int_equal(chown(path_of("ed"), 12345, (gid_t)-1), 0);
        assert_int_equal(sign_key_load(path_of("ed"), 0, &key, &problem), VOUCH_ERROR_SYSTEM);
        assert_non_null(strstr(problem, "does not belong to the user"));
        assert_int_equal(sign_key_load(path_of("ed"), 12345, &key, &problem), VOUCH_OK);
        sign_key_free(key);
        assert_int_equal(chown(path_of("ed"), 0, (gid_t)-1), 0);
    }
}

/* Whether MASKED, each octet of which is masked to be none of what is looked for, is on the heap.
 */
static bool is_on_heap(const unsigned char *masked, size_t length)
{
    char line[PATH_SIZE];
    FILE *maps = fopen("/proc/self/maps", "r");
    bool found = false;

    assert_non_null(maps);
    while (!found && fgets(line, sizeof line, maps) != NULL) {
        unsigned long from, to;

        if (strstr(line, "[heap]") == NULL || sscanf(line, "%lx-%lx", &from, &to) != 2)
            continue;
        for (const unsigned char *at = (void *)from; !found && at + length < (unsigned char *)to;
             at++) {
            size_t same = 0;

            while (same < length && at[same] == (masked[same] ^ MASK))
                same++;
            found = same == length;
        }
    }
    (void)fclose(maps);
    return found;
}

/* What was read stays nowhere but in the key, and that not for longer than it is wanted. */
static void test_traces(void **state)
{
    unsigned char masked[48];
    struct sign_key *key = NULL;
    const char *problem = "";
    int fd = open(path_of("rsa"), O_RDONLY);

    (void)state;
    assert_int_equal(pread(fd, masked, sizeof masked, 500), sizeof masked);
    for (size_t i = 0; i < sizeof masked; i++)
        masked[i] ^= MASK;
    (void)close(fd);
    assert_int_equal(sign_key_load(path_of("rsa"), (uid_t)-1, &key, &problem), VOUCH_OK);
    assert_false(is_on_heap(masked, sizeof masked));
    sign_key_free(key);
    assert_false(is_on_heap(masked, sizeof masked));
}

static void test_new_keys(void **state)
{
    struct vouch_key *key = NULL;

    (void)state;
    assert_int_equal(vouch_key_new(false, 1023, &key), VOUCH_ERROR_RANGE);
    assert_int_equal(vouch_key_new(false, 4097, &key), VOUCH_ERROR_RANGE);
    assert_int_equal(vouch_key_new(true, 0, &key), VOUCH_OK);
    assert_ptr_equal(strstr(vouch_key_record(key), "v=DKIM1; k=ed25519; p="),
                     vouch_key_record(key));
    assert_int_equal(strlen(vouch_key_record(key)), strlen("v=DKIM1; k=ed25519; p=") + 44);
    assert_non_null(strstr(vouch_key_pem(key), "-----BEGIN PRIVATE KEY-----"));
    vouch_key_free(key);
    vouch_key_free(NULL);
}

/* ---- configuration -------------------------------------------------------------------------- */

/* TEXT with FOLDER for every '%'. */
static struct vouch_config *load(const char *text, struct problems *problems)
{
    struct vouch_config *config = NULL;
    char whole[4096];
    size_t length = 0;

    for (; *text != '\0' && length < sizeof whole - PATH_SIZE; text++) {
        if (*text == '%')
            length += (size_t)snprintf(whole + length, sizeof whole - length, "%s", folder);
        else
            whole[length++] = *text;
    }
    whole[length] = '\0';
    problems->length = 0;
    problems->text[0] = '\0';
    (void)!vouch_config_load(NULL, whole, problems_add, problems, &config);
    return config;
}

#define CL  "command line:"
#define KEY " key = \"%/rsa\" "

static void test_mistakes(void **state)
{
    static const struct {
        const char *text, *problem;
    } cases[] = {
        {"sign a.example { }", CL "1: sign 'a.example': selector is missing\n" CL
                                  "1: sign 'a.example': key is missing\n"},
        {"sign a..example { selector = s " KEY "}",
         CL "1: sign 'a..example': is not a domain name\n"},
        {"sign a.example { selector = \"\"" KEY "}",
         CL "1: sign 'a.example': selector: '' is empty\n"},
        {"sign a.example { selector = s key = rsa }",
         CL "1: sign 'a.example': key: 'rsa' is not an absolute path; begin it with '/'\n"},
        {"sign a.example { selector = \"s s\" " KEY "}",
         CL "1: sign 'a.example': selector: 's s' is not a selector; use letters, digits, '-' and "
            "'_' in labels\n"},
        {"sign a.example { selector = \"s.\" " KEY "}",
         CL "1: sign 'a.example': selector: 's.' is not a selector; its labels have 1 to 63 "
            "letters and one dot between\n"},
        {"sign a.example { selector = s" KEY "}\nsign A.example { selector = S" KEY "}",
         CL "2: sign 'A.example': selector 'S' is given twice; first at command line:1\n"},
        {"sign a.example { selector = s selector = t" KEY "}",
         CL "1: sign 'a.example': selector is set twice; first at command line:1\n"},
        {"sign a.example { selector = s" KEY "method = domainkeys canonicalization = "
         "simple/simple }",
         CL "1: sign 'a.example': canonicalization is one of DKIM; DomainKeys has simple and "
            "nofws\n"},
        {"sign a.example { selector = s" KEY "canonicalization = nofws }",
         CL "1: sign 'a.example': canonicalization is one of DomainKeys; DKIM has two, such as "
            "relaxed/relaxed\n"},
        {"sign a.example { selector = s key = \"%/ed\" method = domainkeys }",
         CL "1: sign 'a.example': DomainKeys signs with RSA alone, but key is Ed25519\n"},
        {"sign a.example { selektor = s }",
         CL "1: unknown option 'selektor' in section 'sign'; did you mean 'selector'?\n"},
        {"sign { selector = s }", CL "1: syntax error: missing title for section 'sign'\n"},
        {"sign a.example { domain b.example { } }",
         CL "1: unknown option 'domain' in section 'sign'; is a '}' missing in front of it?\n"},
        {"domain a.example { sign b.example { } }",
         CL "1: unknown option 'sign' in section 'domain'; is a '}' missing in front of it?\n"},
        {"sign a.example { selector = s lifetime = 10 " KEY "}",
         CL "1: sign 'a.example': lifetime: '10' needs a unit behind the number: ms, s, m, h or "
            "d\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct problems problems;

        assert_null(load(cases[i].text, &problems));
        assert_string_equal(problems.text, cases[i].problem);
    }
}

static void test_sections(void **state)
{
    struct problems problems;
    struct vouch_config *config =
        load("sign A.example { selector = s" KEY "}\n"
             "sign a.example { selector = t lifetime = 7d subdomains = no key = \"%/ed\" }\n"
             "sign a.example { selector = s method = domainkeys" KEY "}\n",
             &problems);
    const struct sign_settings *const *signs;

    (void)state;
    assert_string_equal(problems.text, "");
    assert_int_equal(config->sign_count, 3);
    signs = config->sign_settings;
    assert_ptr_equal(signs[0]->key, signs[2]->key); /* read once */
    assert_ptr_not_equal(signs[0]->key, signs[1]->key);
    assert_string_equal(signs[0]->domain_text, "a.example");
    assert_int_equal(signs[0]->method, SIGN_DKIM);
    assert_int_equal(signs[0]->canonicalization, SIGN_CANONICALIZATION_DEFAULT);
    assert_true(signs[0]->subdomains);
    assert_true(signs[0]->lifetime == 0);
    assert_string_equal(signs[1]->selector, "t");
    assert_false(signs[1]->subdomains);
    assert_true(signs[1]->lifetime == 7 * 86400 * NANOSECONDS_PER_SECOND);
    assert_int_equal(signs[2]->method, SIGN_DOMAINKEYS);
    vouch_config_release(config);
}

/* ---- what is signed ------------------------------------------------------------------------- */

static struct header_list header_of(struct arena *arena, const char *names)
{
    struct header_list headers = header_list_in(arena, ARENA_SIZE);

    while (*names != '\0') {
        size_t length = strcspn(names, " ");
        char *name = arena_copy(arena, names, length);

        assert_int_equal(header_list_add(&headers, name, " x", 2), VOUCH_OK);
        names += length + (names[length] == ' ');
    }
    return headers;
}

static void test_names(void **state)
{
    static const struct {
        const char *header, *names;
    } cases[] = {
        {"From", "From:From"},
        {"Received FROM to", "From:From:To:To"},
        {"Subject From Subject", "From:From:Subject:Subject:Subject"},
        {"From List-Id List-Id Resent-From", "From:From:Resent-From:List-Id:List-Id"},
        {"From Received-SPF X-Spam DKIM-Signature Return-Path", "From:From"},
        {"To To To To To To To To To To To To From", "From:From:To:To:To:To:To:To:To:To:To"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_new(ARENA_SIZE);
        struct header_list headers = header_of(arena, cases[i].header);

        assert_string_equal(sign_names_dkim(arena, &headers), cases[i].names);
        arena_free(arena);
    }
}

/* With too little memory there is an error, and never half a signature. */
static void test_memory(void **state)
{
    struct problems problems;
    struct vouch_config *config =
        load("sign a.example { selector = s" KEY "}\nsign a.example { selector = d method = "
             "domainkeys" KEY "}",
             &problems);
    bool signed_once = false;

    (void)state;
    assert_non_null(config);
    for (size_t size = 1024; size < 256 << 10; size += 4096) {
        struct arena *facts = arena_new(ARENA_SIZE), *arena = arena_new(size);
        struct header_list headers = header_list_in(facts, ARENA_SIZE);
        const struct sign_field *fields = NULL;
        struct signer *signer = NULL;
        const char *why = NULL;
        int error;

        assert_int_equal(header_list_add(&headers, "From", " a@a.example", 12), VOUCH_OK);
        error = signer_new(arena, config->sign_settings, config->sign_count, &headers, 1, &signer,
                           &why);
        if (error == VOUCH_OK) {
            assert_non_null(signer);
            signer_body(signer, "x\r\n", 3);
            error = signer_end(signer, &fields);
        }
        if (error == VOUCH_OK) {
            signed_once = true;
            assert_string_equal(fields->name, "DKIM-Signature");
            assert_string_equal(fields->next->name, "DomainKey-Signature");
        }
        assert_true(error == VOUCH_OK || error == VOUCH_ERROR_MEMORY ||
                    error == VOUCH_ERROR_SYSTEM);
        signer_free(signer);
        arena_free(arena);
        arena_free(facts);
    }
    assert_true(signed_once);
    vouch_config_release(config);
}

/* ---- the key in DNS ------------------------------------------------------------------------- */

/* RECORDS with the public half of KEY for every '%'. */
static const char *zone_of(struct arena *arena, const char *records, const char *public_half)
{
    struct text text = text_in(arena);

    for (; *records != '\0'; records++) {
        if (*records == '%')
            text_add(&text, public_half);
        else
            text_add_char(&text, *records);
    }
    return text_string(&text);
}

static void test_dns(void **state)
{
    static const struct {
        const char *records, *text;
        bool good;
    } cases[] = {
        {"s._domainkey.a.example. TXT \"v=DKIM1; k=ed25519; p=%\"\n",
         "the key is in DNS (Ed25519, 256 bits)", true},
        {"s._domainkey.a.example. TXT \"v=DKIM1; k=ed25519; t=y; p=%\"\n",
         "the key is in DNS (Ed25519, 256 bits), but marked as being tested (t=y): verifiers may "
         "ignore it",
         true},
        {"a.example. TXT x\n", "there is no such key in DNS", false},
        {"s._domainkey.a.example. TXT \"v=DKIM1; k=ed25519; p=\"\n", "the key was revoked", false},
        {"s._domainkey.a.example. TXT \"v=DKIM1; k=rsa; p=%\"\n",
         "the key is not for this signature: k=rsa", false},
        {"s._domainkey.a.example. TXT \"v=DKIM1; k=ed25519; p="
         "naAlQHyjiBSo9HW8GBfoy6+uaEoZcNq5o4snB2Xf5uE=\"\n",
         "another key is in DNS", false},
        {"s._domainkey.a.example. TXT \"v=DKIM1; k=ed25519; p=%\"\n"
         "s._domainkey.a.example. TXT \"v=spf1 -all\"\n",
         "the key is in DNS (Ed25519, 256 bits); there are 2 records where one should be", true},
        {"! s._domainkey.a.example TXT servfail\n", "the key could not be looked up: SERVFAIL",
         false},
    };
    struct problems problems;
    struct vouch_config *config = load("sign a.example { selector = s key = \"%/ed\" }", &problems);
    const struct sign_settings *settings;

    (void)state;
    assert_non_null(config);
    settings = config->sign_settings[0];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_new(ARENA_SIZE);
        struct text text = text_in(arena);
        struct budget_limits limits = budget_defaults();
        struct budget *budget = budget_new(&limits);
        char *record = sign_key_record(settings->key);
        const char *zone = zone_of(arena, cases[i].records, strstr(record, "p=") + 2);
        struct resolver *resolver = NULL;
        struct dns_name name;
        unsigned line;

        assert_int_equal(resolver_new_zone(&config->dns, zone, &resolver, &line), VOUCH_OK);
        assert_true(sign_test_name(arena, settings, &name));
        assert_int_equal(sign_test(settings,
                                   resolver_query(resolver, budget, &name, DNS_TXT, NULL, NULL),
                                   &text),
                         cases[i].good);
        assert_string_equal(text_string(&text), cases[i].text);
        budget_free(budget);
        resolver_release(resolver);
        free(record);
        arena_free(arena);
    }
    vouch_config_release(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),    cmocka_unit_test(test_traces),
        cmocka_unit_test(test_new_keys), cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_sections), cmocka_unit_test(test_names),
        cmocka_unit_test(test_memory),   cmocka_unit_test(test_dns),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
