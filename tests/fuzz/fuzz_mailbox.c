/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* The addresses of a header field.  The input is the field's value. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/base/utf8.h"
#include "lib/mail/mailbox.h"
#include "tests/fuzz/fuzz.h"

enum { ARENA_LIMIT = 16 * 1024 * 1024, MOST = 100 };

static void check_string(const char *string)
{
    FUZZ_CHECK(strpbrk(string, "\r\n") == NULL);
    FUZZ_CHECK(utf8_is_valid(string, strlen(string)));
}

/* Written as an address, it is read as the same address. */
static void check_again(struct arena *arena, const struct mailbox *mailbox)
{
    const char *text = arena_printf(arena, "<%s@%s>", mailbox->local, mailbox->domain);
    struct mailbox_list again;

    if (text == NULL)
        return;
    FUZZ_CHECK(mailbox_list_parse(arena, text, strlen(text), 1, &again) == VOUCH_OK);
    FUZZ_CHECK(again.count == 1 && again.groups == 0);
    FUZZ_CHECK(strcmp(again.first->local, mailbox->local) == 0);
    FUZZ_CHECK(strcmp(again.first->domain, mailbox->domain) == 0);
    FUZZ_CHECK(again.first->display_name[0] == '\0' && !again.first->in_group);
}

static void check_list(struct arena *arena, const struct mailbox_list *list)
{
    size_t count = 0;

    FUZZ_CHECK(list->error == MAILBOX_OK && list->count <= MOST);
    for (const struct mailbox *mailbox = list->first; mailbox != NULL; mailbox = mailbox->next) {
        check_string(mailbox->display_name);
        check_string(mailbox->local);
        check_string(mailbox->domain);
        FUZZ_CHECK(mailbox->local[0] != '\0' && mailbox->domain[0] != '\0');
        FUZZ_CHECK(!mailbox->in_group || list->groups > 0);
        check_again(arena, mailbox);
        count++;
    }
    FUZZ_CHECK(count == list->count);
}

/* A bound below what is there is a limit; too little memory is said to be just that. */
static void check_bounds(struct fuzz_span value, const char *copy, size_t count)
{
    struct arena *arena = fuzz_arena(value.length);
    struct mailbox_list list;
    int error = mailbox_list_parse(arena, copy, value.length, MOST, &list);

    FUZZ_CHECK(error == VOUCH_OK || error == VOUCH_ERROR_MEMORY);
    arena_free(arena);
    arena = fuzz_arena(ARENA_LIMIT);
    FUZZ_CHECK(mailbox_list_parse(arena, copy, value.length, count, &list) == VOUCH_OK);
    if (count > 0) {
        error = mailbox_list_parse(arena, copy, value.length, count - 1, &list);
        FUZZ_CHECK(error == VOUCH_ERROR_LIMIT && list.first == NULL);
    }
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_span value = fuzz_span(data, size);
    struct arena *arena = fuzz_arena(ARENA_LIMIT);
    char *copy = fuzz_copy(value);
    struct mailbox_list list;

    if (mailbox_list_parse(arena, copy, value.length, MOST, &list) == VOUCH_OK) {
        check_list(arena, &list);
        check_bounds(value, copy, list.count);
    } else {
        FUZZ_CHECK(list.first == NULL && list.offset <= value.length);
        FUZZ_CHECK(fuzz_is_printable(mailbox_error_text(list.error)));
    }
    free(copy);
    arena_free(arena);
    return 0;
}
