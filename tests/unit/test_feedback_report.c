/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* Stored messages, their parts, and complaints among them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/mail/feedback_report.h"

enum { ARENA = 1 << 20, HEADER_MAX = 1 << 16 };

#define REPORT_TYPE                                                                                \
    "Content-Type: multipart/report; report-type=feedback-report; boundary=\"b 1\"\n"
#define SAID(type)                                                                                 \
    "--b 1\nContent-Type: message/feedback-report\n\nFeedback-Type: " type "\nVersion: 1\n\n"
#define ABOUT "--b 1\nContent-Type: message/rfc822\n\nFrom: a@example.net\n\nbuy\n"
#define END   "--b 1--\nepilogue\n"

static const struct {
    const char *message;
    enum feedback_type type;
    const char *about;
} cases[] = {
    {"From: a@b\n\nhello\n", FEEDBACK_NONE, NULL},
    {"Content-Type: multipart/mixed; boundary=x\n\n--x\n\n--x--\n", FEEDBACK_NONE, NULL},
    {"Content-Type: multipart/report; report-type=delivery-status; boundary=\"b 1\"\n\n" ABOUT END,
     FEEDBACK_NONE, NULL},
    {REPORT_TYPE "\n--b 1\nContent-Type: text/plain\n\nA complaint\n" SAID("abuse") ABOUT END,
     FEEDBACK_SPAM, "From: a@example.net\n\nbuy\n"},
    {REPORT_TYPE "\n" SAID(" FRAUD ") ABOUT END, FEEDBACK_SPAM, "From: a@example.net\n\nbuy\n"},
    {REPORT_TYPE "\n" SAID("not-spam") ABOUT END, FEEDBACK_HAM, "From: a@example.net\n\nbuy\n"},
    {REPORT_TYPE "\n" SAID("auth-failure") ABOUT END, FEEDBACK_OTHER,
     "From: a@example.net\n\nbuy\n"},
    {REPORT_TYPE "\n" SAID("abuse\nFeedback-Type: not-spam") ABOUT END, FEEDBACK_OTHER,
     "From: a@example.net\n\nbuy\n"},
    {REPORT_TYPE "\n" SAID("abuse") "--b 1\nContent-Type: text/rfc822-headers\n\nFrom: a@b\n" END,
     FEEDBACK_SPAM, "From: a@b\n"},
    {REPORT_TYPE "\n" SAID("abuse") END, FEEDBACK_BROKEN, NULL},
    {REPORT_TYPE "\n" ABOUT END, FEEDBACK_BROKEN, NULL},
    {REPORT_TYPE "\nno parts", FEEDBACK_BROKEN, NULL},
    {REPORT_TYPE, FEEDBACK_BROKEN, NULL},
    {"Content-Type: multipart/report; report-type=feedback-report\n\n" SAID("abuse") ABOUT END,
     FEEDBACK_BROKEN, NULL},
    /* the end of the message is missing */
    {REPORT_TYPE "\n" SAID("abuse") ABOUT, FEEDBACK_SPAM, "From: a@example.net\n\nbuy\n"},
    /* odd, but to be read */
    {"From someone Sat Nov 21\nSubject: x\nContent-type:\n multipart/Report (x);\n boundary=q ;\n"
     "\tREPORT-TYPE = \"feedback-report\"\n\n--q\t\nContent-Type: Message/Feedback-Report\n\n"
     "feedback-type: abuse\n--q\nContent-Type: message/rfc822; x=y\n\nA: b\n--q2\n--q--",
     FEEDBACK_SPAM, "A: b\n--q2\n"},
};

static enum feedback_type read_report(struct arena *arena, const char *octets, size_t length,
                                      struct message_span *about)
{
    struct header_list list = header_list_in(arena, HEADER_MAX);
    enum feedback_type type = FEEDBACK_NONE;
    struct message_span body;

    assert_int_equal(message_read((struct message_span){octets, length}, &list, &body), VOUCH_OK);
    assert_int_equal(feedback_report_read(&list, body, &type, about), VOUCH_OK);
    return type;
}

static void test_reports(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_new(ARENA);
        struct message_span about = {NULL, 0};
        enum feedback_type type =
            read_report(arena, cases[i].message, strlen(cases[i].message), &about);

        if (type != cases[i].type)
            fail_msg("case %zu: %d", i, (int)type);
        if (cases[i].about != NULL) {
            assert_int_equal(about.length, strlen(cases[i].about));
            assert_memory_equal(about.octets, cases[i].about, about.length);
        }
        arena_free(arena);
    }
}

/* The same with CRLF, and cut anywhere, on the heap without terminator. */
static void test_cut_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t length = 0; length <= strlen(cases[i].message); length += 3) {
            struct arena *arena = arena_new(ARENA);
            char *copy = malloc(2 * length + 1);
            struct message_span about = {NULL, 0};
            size_t used = 0;

            assert_non_null(copy);
            for (size_t k = 0; k < length; k++) {
                if (cases[i].message[k] == '\n')
                    copy[used++] = '\r';
                copy[used++] = cases[i].message[k];
            }
            copy = realloc(copy, used > 0 ? used : 1);
            assert_non_null(copy);
            (void)read_report(arena, copy, used, &about);
            free(copy);
            arena_free(arena);
        }
}

static void test_header(void **state)
{
    static const char message[] = "From x Sat\nA: 1\nB :\t2\n\tmore\r\nc: 3\nnot a field\nD: 4\n";
    struct arena *arena = arena_new(ARENA);
    struct header_list list = header_list_in(arena, HEADER_MAX);
    struct message_span body;
    const struct header_field *field;

    (void)state;
    assert_int_equal(message_read((struct message_span){message, strlen(message)}, &list, &body),
                     VOUCH_OK);
    assert_int_equal(list.count, 3);
    field = header_list_find(&list, "b", NULL);
    assert_non_null(field);
    assert_string_equal(field->value, "\t2\n\tmore");
    assert_int_equal(body.length, strlen("not a field\nD: 4\n"));
    arena_free(arena);
}

/* What stands behind a field that is too large is not next to what stands before it. */
static void test_too_large(void **state)
{
    static const char message[] = "A: 1\r\nX: 0123456789012345678901234567890123456789\r\nA: 2\r\n"
                                  "\r\nbody";
    struct arena *arena = arena_new(1 << 20);
    struct header_list list = header_list_in(arena, HEADER_FIELD_COST * 2 + 16);
    struct message_span body;

    (void)state;
    assert_non_null(arena);
    assert_int_equal(message_read((struct message_span){message, strlen(message)}, &list, &body),
                     VOUCH_OK);
    assert_non_null(list.first);
    assert_null(list.first->next);
    assert_true(list.truncated);
    assert_int_equal(body.length, 4);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reports),
        cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_header),
        cmocka_unit_test(test_too_large),
    };

    return cmocka_run_group_tests_name("feedback_report", tests, NULL, NULL);
}
