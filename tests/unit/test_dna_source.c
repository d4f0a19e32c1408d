/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* What `source` sections may say: maps, questions, contradictions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/verify/dna_source.h"

enum { ARENA_SIZE = 1 << 20 };

#define LABEL_60 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefgh"

static const struct {
    const char *text;
    enum dna_format format;
    const char *complaint; /* a part of it; NULL: none */
    size_t count;
} maps[] = {
    {"", DNA_FORMAT_CODES, NULL, 0},
    {"127.0.0.2 refuse", DNA_FORMAT_CODES, NULL, 1},
    {" 127.0.0.2  REFUSE ,\n\t127.0.0.4/30 accept, &8 unknown,", DNA_FORMAT_CODES, NULL, 3},
    {"127.0.0.0/8 accept", DNA_FORMAT_CODES, NULL, 1},
    {"&16777215 accept", DNA_FORMAT_CODES, NULL, 1},
    {"A accept, b refuse", DNA_FORMAT_WORDS, NULL, 2},
    {"192.0.2.1 refuse", DNA_FORMAT_CODES, "'192.0.2.1' is not within 127.0.0.0/8", 0},
    {"127.0.0.0/7 refuse", DNA_FORMAT_CODES, "is no address", 0},
    {"126.0.0.0/7 refuse", DNA_FORMAT_CODES, "is not within 127.0.0.0/8", 0},
    {"127.0.0.1/30 refuse", DNA_FORMAT_CODES, "is no address", 0},
    {"::1 refuse", DNA_FORMAT_CODES, "is not within", 0},
    {"&0 refuse", DNA_FORMAT_CODES, "is no number of bits", 0},
    {"& refuse", DNA_FORMAT_CODES, "is no number of bits", 0},
    {"&16777216 refuse", DNA_FORMAT_CODES, "is no number of bits", 0},
    {"&99999999999999999999 refuse", DNA_FORMAT_CODES, "is no number of bits", 0},
    {"&1x refuse", DNA_FORMAT_CODES, "is no number of bits", 0},
    {"127.0.0.2", DNA_FORMAT_CODES, "'127.0.0.2' is not what stands", 0},
    {"127.0.0.2 reject", DNA_FORMAT_CODES, "accept, refuse or unknown", 0},
    {"127.0.0.2 refuse 127.0.0.3 refuse", DNA_FORMAT_CODES, "accept, refuse or unknown", 0},
    {"refuse", DNA_FORMAT_WORDS, "accept, refuse or unknown", 0},
    {",", DNA_FORMAT_WORDS, "accept, refuse or unknown", 0},
    {"\xff\x01 refuse", DNA_FORMAT_CODES, "'\\xFF\\x01' is no address", 0},
};

static void test_map(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) {
        struct arena *arena = arena_new(ARENA_SIZE);
        struct text complaint = text_in(arena);
        struct dna_map map = {.count = 0};
        int error = dna_map_read(maps[i].text, maps[i].format, arena, &map, &complaint);

        assert_int_equal(error, maps[i].complaint != NULL ? VOUCH_ERROR_SYNTAX : VOUCH_OK);
        assert_int_equal(map.count, maps[i].count);
        if (maps[i].complaint != NULL)
            assert_non_null(strstr(text_string(&complaint), maps[i].complaint));
        arena_free(arena);
    }
}

static void test_map_too_long(void **state)
{
    struct arena *arena = arena_new(ARENA_SIZE);
    struct text complaint = text_in(arena);
    struct text text = text_in(arena);
    struct dna_map map;

    (void)state;
    for (unsigned i = 0; i < DNA_MAP_MAX; i++)
        text_add(&text, "x accept,");
    assert_int_equal(dna_map_read(text_string(&text), DNA_FORMAT_WORDS, arena, &map, &complaint),
                     VOUCH_OK);
    assert_int_equal(map.count, DNA_MAP_MAX);
    text_add(&text, "x accept");
    assert_int_equal(dna_map_read(text_string(&text), DNA_FORMAT_WORDS, arena, &map, &complaint),
                     VOUCH_ERROR_SYNTAX);
    arena_free(arena);
}

static const struct {
    const char *map;
    const char *codes; /* separated by spaces */
    const char *found; /* the answer of the entry, or "" */
} lookups[] = {
    {"127.0.0.2 refuse", "127.0.0.2", "refuse"},
    {"127.0.0.2 refuse", "127.0.0.3", ""},
    {"127.0.0.2 refuse", "", ""},
    {"127.0.0.4/30 refuse", "127.0.0.3 127.0.0.7", "refuse"},
    {"127.0.0.4/30 refuse", "127.0.0.8", ""},
    {"&4 refuse", "127.0.0.12", "refuse"},
    {"&4 refuse", "127.0.0.11", ""},
    {"&256 refuse", "127.0.1.0", "refuse"},
    {"&65536 accept", "127.1.0.0", "accept"},
    {"127.0.0.3 unknown, 127.0.0.0/24 refuse", "127.0.0.3", "unknown"},
    {"127.0.0.3 unknown, 127.0.0.0/24 refuse", "127.0.0.9", "refuse"},
    {"127.0.0.9 accept, 127.0.0.3 refuse", "127.0.0.3 127.0.0.9", "accept"},
    {"127.0.0.9 accept, 127.0.0.3 refuse", "127.0.0.9 127.0.0.3", "accept"},
};

static void test_map_lookup(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lookups / sizeof lookups[0]; i++) {
        struct arena *arena = arena_new(ARENA_SIZE);
        struct text complaint = text_in(arena);
        const char *codes = lookups[i].codes;
        const struct dna_map_entry *entry;
        struct dna_map map;
        struct ip ip[4];
        size_t count = 0;

        for (size_t length; *codes != '\0'; codes += length + (codes[length] == ' ')) {
            length = strcspn(codes, " ");
            assert_true(ip_parse(codes, length, &ip[count++]));
        }
        assert_int_equal(dna_map_read(lookups[i].map, DNA_FORMAT_CODES, arena, &map, &complaint),
                         VOUCH_OK);
        entry = dna_map_find_code(&map, ip, count);
        assert_string_equal(entry != NULL ? dna_answer_word(entry->answer) : "", lookups[i].found);
        arena_free(arena);
    }
}

/* A source as it is when nothing is set. */
static struct dna_source source_of(enum dna_kind kind)
{
    return (struct dna_source){
        .name = "x.example",
        .kind = kind,
        .service_text = "",
        .query = "",
        .map_text = "",
        .test_text = "",
        .content = "all",
        .not_vouched = DNA_REFUSE,
        .health_check = true,
    };
}

/* What reading SOURCE complains of, "" if nothing. */
static const char *complaint_of(struct arena *arena, struct dna_source *source)
{
    struct text complaint = text_in(arena);
    int error = dna_source_read(source, arena, &complaint);

    assert_int_equal(error, *text_string(&complaint) != '\0' ? VOUCH_ERROR_SYNTAX : VOUCH_OK);
    return text_string(&complaint);
}

static void test_contradictions(void **state)
{
    struct dna_source list = source_of(DNA_KIND_LIST);
    struct dna_source service = source_of(DNA_KIND_DNA);
    struct dna_source vouching = source_of(DNA_KIND_VBR);
    struct {
        struct dna_source source;
        const char *complaint;
    } cases[] = {{service, ""},
                 {vouching, ""},
                 {list, "listing"},
                 {list, ""},
                 {list, ""},
                 {list, "no parents"},
                 {list, "no list"},
                 {vouching, "by address"},
                 {vouching, "no map"},
                 {vouching, "always"},
                 {service, "set a map"},
                 {service, ""},
                 {service, "needs a service"},
                 {service, "needs a service"},
                 {service, "gives no domain name"},
                 {service, "gives no domain name"},
                 {service, "gives no domain name"},
                 {list, "has a map"},
                 {service, "no test-entry"},
                 {list, "neither a name"},
                 {list, "neither a name"},
                 {list, ""},
                 {list, ""}};
    struct arena *arena = arena_new(ARENA_SIZE);

    (void)state;
    cases[3].source.listed = DNA_ACCEPT;
    cases[4].source.map_text = "127.0.0.2 refuse";
    cases[5].source.listed = DNA_ACCEPT;
    cases[5].source.by = DNA_BY_ADDRESS;
    cases[5].source.parents = true;
    cases[6].source.listed = DNA_ACCEPT;
    cases[6].source.unauthenticated = true;
    cases[7].source.by = DNA_BY_ADDRESS;
    cases[8].source.map_text = "x accept";
    cases[9].source.always = true;
    cases[10].source.format = DNA_FORMAT_WORDS;
    cases[11].source.format = DNA_FORMAT_WORDS;
    cases[11].source.map_text = "A accept";
    cases[12].source.service_text = "no name";
    cases[13].source.name = "";
    cases[14].source.query = "%s";
    cases[15].source.query = "%d..%s";
    cases[16].source.query = "%d.%x";
    cases[17].source.map_text = "192.0.2.1 refuse";
    cases[18].source.test_text = "listed.example";
    cases[19].source.listed = cases[20].source.listed = DNA_REFUSE;
    cases[21].source.listed = cases[22].source.listed = DNA_REFUSE;
    cases[19].source.test_text = "no name";
    cases[20].source.test_text = "listed.example";
    cases[21].source.test_text = "listed.example";
    cases[22].source.test_text = "2001:db8::2";
    cases[20].source.by = cases[22].source.by = DNA_BY_ADDRESS;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *complaint = complaint_of(arena, &cases[i].source);

        if (*cases[i].complaint == '\0')
            assert_string_equal(complaint, "");
        else
            assert_non_null(strstr(complaint, cases[i].complaint));
    }
    arena_free(arena);
}

static const struct {
    enum dna_kind kind;
    const char *query;
    const char *subject;
    const char *name; /* NULL: too long */
} questions[] = {
    {DNA_KIND_DNA, "", "mail.example.com", "mail.example.com.x.example"},
    {DNA_KIND_VBR, "", "mail.example.com", "mail.example.com._vouch.x.example"},
    {DNA_KIND_LIST, "", "10.2.0.192", "10.2.0.192.x.example"},
    {DNA_KIND_DNA, "%d._dna.%s", "a.b", "a.b._dna.x.example"},
    {DNA_KIND_DNA, "%%%d.%s.example.", "a.b", "\\037a.b.x.example.example"},
    {DNA_KIND_DNA, "%d.%d.%s", "a.b", "a.b.a.b.x.example"},
    {DNA_KIND_DNA, "", LABEL_60 "." LABEL_60 "." LABEL_60 "." LABEL_60 ".x", NULL},
    {DNA_KIND_DNA, "%d.%d.%d.%d.%d.%d.%d.%d.%d.%d.%s",
     LABEL_60 "." LABEL_60 "." LABEL_60 "." LABEL_60 ".x", NULL},
};

static void test_question(void **state)
{
    struct arena *arena = arena_new(ARENA_SIZE);

    (void)state;
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        struct dna_source source = source_of(questions[i].kind);
        char text[DNS_NAME_TEXT_SIZE];
        struct dns_name name;
        int error;

        source.listed = DNA_REFUSE;
        assert_string_equal(complaint_of(arena, &source), "");
        source.query = questions[i].query;
        error = dna_source_question(&source, questions[i].subject, &name);
        if (questions[i].name == NULL) {
            assert_int_not_equal(error, VOUCH_OK);
            continue;
        }
        assert_int_equal(error, VOUCH_OK);
        assert_string_equal(dns_name_format(&name, text), questions[i].name);
    }
    arena_free(arena);
}

static void test_allowlist(void **state)
{
    struct arena *arena = arena_new(ARENA_SIZE);
    struct dna_source source = source_of(DNA_KIND_LIST);

    (void)state;
    source.by = DNA_BY_ADDRESS;
    source.unauthenticated = true;
    source.map_text = "127.0.0.2 accept, 127.0.0.3 unknown";
    assert_string_equal(complaint_of(arena, &source), "");
    assert_true(dna_source_is_allowlist(&source));
    source.listed = DNA_REFUSE;
    assert_false(dna_source_is_allowlist(&source));
    source.listed = DNA_UNKNOWN;
    source.unauthenticated = false;
    assert_false(dna_source_is_allowlist(&source));
    source.unauthenticated = true;
    source.map_text = "127.0.0.2 accept, 127.0.0.3 refuse";
    assert_string_equal(complaint_of(arena, &source), "");
    assert_false(dna_source_is_allowlist(&source));
    source.map_text = "127.0.0.2 unknown";
    assert_string_equal(complaint_of(arena, &source), "");
    assert_false(dna_source_is_allowlist(&source));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_map),        cmocka_unit_test(test_map_too_long),
        cmocka_unit_test(test_map_lookup), cmocka_unit_test(test_contradictions),
        cmocka_unit_test(test_question),   cmocka_unit_test(test_allowlist),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
