/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/policy/value.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/clock.h"
#include "lib/policy/config.h"

enum { SHOWN_LIMIT = 60 }; /* octets of a bad value that are repeated */

struct unit {
    const char *name;
    uint64_t factor;
};

static const struct unit duration_units[] = {
    {"d", 86400 * NANOSECONDS_PER_SECOND}, {"h", 3600 * NANOSECONDS_PER_SECOND},
    {"m", 60 * NANOSECONDS_PER_SECOND},    {"s", NANOSECONDS_PER_SECOND},
    {"ms", NANOSECONDS_PER_MILLISECOND},   {NULL, 0}};
static const struct unit size_units[] = {{"G", UINT64_C(1) << 30},
                                         {"M", UINT64_C(1) << 20},
                                         {"k", UINT64_C(1) << 10},
                                         {"", 1},
                                         {NULL, 0}};
static const struct unit no_units[] = {{"", 1}, {NULL, 0}};

static const struct unit *units_of(enum option_type type)
{
    if (type == OPTION_DURATION)
        return duration_units;
    return type == OPTION_SIZE ? size_units : no_units;
}

void value_format(enum option_type type, uint64_t value, struct text *text)
{
    const struct unit *unit = units_of(type);

    while (unit[1].name != NULL && (value % unit->factor != 0 || value == 0))
        unit++;
    text_printf(text, "%" PRIu64 "%s", value / unit->factor, unit->name);
}

size_t value_size(enum option_type type)
{
    static const size_t sizes[] = {
        [OPTION_TEXT] = sizeof(const char *),
        [OPTION_CHOICE] = sizeof(bool),
        [OPTION_WORD] = sizeof(unsigned),
        [OPTION_NUMBER] = sizeof(unsigned),
        [OPTION_MODE] = sizeof(unsigned),
        [OPTION_DURATION] = sizeof(nanoseconds),
        [OPTION_SIZE] = sizeof(size_t),
        [OPTION_FRACTION] = sizeof(double),
        [OPTION_ACTION] = sizeof(enum vouch_action),
        [OPTION_RULE] = sizeof(struct config_rule),
        [OPTION_NETWORKS] = sizeof(struct ip_network),
        [OPTION_NAMESERVERS] = sizeof(const char *),
        [OPTION_TEXTS] = sizeof(const char *),
    };

    return sizes[type];
}

/* "'VALUE' WHAT" */
static int complain(struct text *complaint, const char *value, const char *what)
{
    text_add_char(complaint, '\'');
    text_add_safe(complaint, value, strlen(value), SHOWN_LIMIT);
    text_add(complaint, "' ");
    text_add(complaint, what);
    return VOUCH_ERROR_SYNTAX;
}

static int complain_of_word(const struct option *option, struct text *complaint, const char *value)
{
    (void)complain(complaint, value, "is not known here; use ");
    option_values(option, complaint);
    return VOUCH_ERROR_SYNTAX;
}

/* Decimal digits without a leading zero, which elsewhere would mean octal; *REST is what follows.
 */
static bool read_digits(const char *text, uint64_t *value, const char **rest)
{
    uint64_t read = 0;

    if (!ascii_is_digit(text[0]) || (text[0] == '0' && ascii_is_digit(text[1])))
        return false;
    for (; ascii_is_digit(*text); text++)
        if (__builtin_mul_overflow(read, UINT64_C(10), &read) ||
            __builtin_add_overflow(read, (uint64_t)(*text - '0'), &read))
            read = UINT64_MAX; /* out of any range, and stays so */
    *value = read;
    *rest = text;
    return true;
}

static int read_quantity(const struct option *option, const char *text, uint64_t *quantity,
                         struct text *complaint)
{
    const struct unit *unit = units_of(option->type);
    const char *rest;
    uint64_t value;

    if (!read_digits(text, &value, &rest))
        return complain(complaint, text, "is not a number (only digits, no sign, no leading 0)");
    while (unit->name != NULL && !ascii_string_equal_fold(unit->name, rest))
        unit++;
    if (unit->name == NULL && option->type == OPTION_DURATION)
        return complain(complaint, text, "needs a unit behind the number: ms, s, m, h or d");
    if (unit->name == NULL && option->type == OPTION_SIZE)
        return complain(complaint, text, "has an unknown unit; use k, M, G or none");
    if (unit->name == NULL)
        return complain(complaint, text, "is not a number");
    if (__builtin_mul_overflow(value, unit->factor, &value) || value < option->minimum ||
        value > option->maximum) {
        (void)complain(complaint, text, "is out of range; use ");
        option_values(option, complaint);
        return VOUCH_ERROR_SYNTAX;
    }
    *quantity = value;
    return VOUCH_OK;
}

static int store_quantity(const struct option *option, const char *text, void *field,
                          struct text *complaint)
{
    uint64_t value = 0;
    int error = read_quantity(option, text, &value, complaint);

    if (error != VOUCH_OK)
        return error;
    if (option->type == OPTION_DURATION)
        *(nanoseconds *)field = value;
    else if (option->type == OPTION_SIZE)
        *(size_t *)field = (size_t)value;
    else
        *(unsigned *)field = (unsigned)value;
    return VOUCH_OK;
}

/* "0", "1", "0.95", with a point whatever the locale. */
static int store_fraction(const char *text, double *field, struct text *complaint)
{
    double value = text[0] == '1' ? 1 : 0;
    double place = 1;
    const char *at = text + 1;

    if ((text[0] != '0' && text[0] != '1') || (*at == '.' && !ascii_is_digit(at[1])))
        return complain(complaint, text, "is not a fraction; use 0 to 1, such as 0.95");
    if (*at == '.')
        for (at++; ascii_is_digit(*at); at++)
            value += (*at - '0') * (place /= 10);
    if (*at != '\0' || value > 1)
        return complain(complaint, text, "is not a fraction; use 0 to 1, such as 0.95");
    *field = value;
    return VOUCH_OK;
}

static int store_mode(const char *text, unsigned *field, struct text *complaint)
{
    unsigned mode = 0;

    if (strlen(text) < 3 || strlen(text) > 4)
        return complain(complaint, text, "is not a mode; use three or four octal digits");
    for (const char *at = text; *at != '\0'; at++) {
        if (*at < '0' || *at > '7')
            return complain(complaint, text, "is not a mode; use three or four octal digits");
        mode = mode * 8 + (unsigned)(*at - '0');
    }
    if (mode > 0777)
        return complain(complaint, text, "is out of range; use up to 0777");
    *field = mode;
    return VOUCH_OK;
}

/* Which of WORDS (separated by spaces) TEXT is; false: none. */
static bool find_word(const char *words, const char *text, unsigned *index)
{
    size_t length = strlen(text);

    for (*index = 0; length > 0; (*index)++) {
        size_t word = strcspn(words, " ");

        if (word == length && ascii_equal_fold(words, text, length))
            return true;
        if (words[word] == '\0')
            break;
        words += word + 1;
    }
    return false;
}

/* Which of the option's words TEXT is, or means. */
static int read_word(const struct option *option, const char *text, unsigned *index,
                     struct text *complaint)
{
    bool yes_no = strncmp(option->words, OPTION_YES_NO, strlen(OPTION_YES_NO)) == 0;

    if (find_word(option->words, text, index) ||
        (yes_no && (find_word("false true", text, index) || find_word("off on", text, index))))
        return VOUCH_OK;
    return complain_of_word(option, complaint, text);
}

static int store_choice(const struct option *option, const char *text, bool *field,
                        struct text *complaint)
{
    unsigned index = 0;
    int error = read_word(option, text, &index, complaint);

    if (error == VOUCH_OK)
        *field = index == 1;
    return error;
}

static int store_word(const struct option *option, const char *text, unsigned *field,
                      struct text *complaint)
{
    unsigned index = 0;
    int error = read_word(option, text, &index, complaint);

    if (error == VOUCH_OK)
        *field = index;
    return error;
}

static bool find_action(const char *text, enum vouch_action *action)
{
    for (int known = 0; known < VOUCH_ACTION_COUNT; known++) {
        if (ascii_string_equal_fold(vouch_action_word((enum vouch_action)known), text)) {
            *action = (enum vouch_action)known;
            return true;
        }
    }
    return false;
}

static int store_action(const struct option *option, const char *text, enum vouch_action *field,
                        struct text *complaint)
{
    enum vouch_action action;
    unsigned index;

    if (option->words != NULL && !find_word(option->words, text, &index))
        return complain_of_word(option, complaint, text);
    if (!find_action(text, &action))
        return complain(complaint, text,
                        "is not an action; use one of continue accept annotate reject tempfail "
                        "quarantine discard");
    *field = action;
    return VOUCH_OK;
}

static int store_text(const struct option *option, const char *text, const char **field,
                      struct arena *arena, struct text *complaint)
{
    const char *what =
        text[0] != '\0' && option->complaint != NULL ? option->complaint(text) : NULL;
    char *copy;
    unsigned index;

    if (text[0] == '\0' && (option->required || strcmp(option->standard, "\"\"") != 0))
        return complain(complaint, text, "is empty");
    if (what != NULL)
        return complain(complaint, text, what);
    if (option->words != NULL && !find_word(option->words, text, &index))
        return complain_of_word(option, complaint, text);
    copy = arena_string(arena, text);
    if (copy == NULL)
        return VOUCH_ERROR_MEMORY;
    for (char *at = copy; option->words != NULL && *at != '\0'; at++)
        *at = ascii_lower(*at);
    *field = copy;
    return VOUCH_OK;
}

/* Tell the mistakes apart that people make. */
static int complain_of_network(struct text *complaint, const char *text)
{
    size_t length = strcspn(text, "/");
    struct ip address;
    uint64_t bits;
    const char *rest;

    if (!ip_parse(text, length, &address))
        return complain(complaint, text, "is not an IP address or network");
    if (text[length] == '/' && read_digits(text + length + 1, &bits, &rest) && *rest == '\0' &&
        bits <= ip_bits(&address))
        return complain(complaint, text, "has bits set behind its prefix");
    return complain(complaint, text, "has no usable prefix length");
}

static int store_network(const char *text, struct ip_network *field, struct text *complaint)
{
    return ip_network_parse(text, field) ? VOUCH_OK : complain_of_network(complaint, text);
}

static int store_nameserver(const char *text, const char **field, struct arena *arena,
                            struct text *complaint)
{
    size_t length = strcspn(text, "@");
    uint64_t port = 53;
    const char *rest = "";
    struct ip address;
    const char *copy;

    if (!ip_parse(text, length, &address))
        return complain(complaint, text, "is not an IP address; write ADDRESS or ADDRESS@PORT");
    if (text[length] == '@' && !read_digits(text + length + 1, &port, &rest))
        return complain(complaint, text, "has no port behind the '@'");
    if (*rest != '\0' || port == 0 || port > 65535)
        return complain(complaint, text, "has no usable port; use 1 to 65535");
    copy = arena_string(arena, text);
    if (copy == NULL)
        return VOUCH_ERROR_MEMORY;
    *field = copy;
    return VOUCH_OK;
}

int value_store(const struct option *option, const char *text, void *field, struct arena *arena,
                struct text *complaint)
{
    for (const char *at = text; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return complain(complaint, text,
                            "has a control character in it; is a closing quote missing?");
    switch (option->type) {
    case OPTION_TEXT:
    case OPTION_TEXTS:
        return store_text(option, text, field, arena, complaint);
    case OPTION_CHOICE:
        return store_choice(option, text, field, complaint);
    case OPTION_WORD:
        return store_word(option, text, field, complaint);
    case OPTION_NUMBER:
    case OPTION_DURATION:
    case OPTION_SIZE:
        return store_quantity(option, text, field, complaint);
    case OPTION_FRACTION:
        return store_fraction(text, field, complaint);
    case OPTION_MODE:
        return store_mode(text, field, complaint);
    case OPTION_ACTION:
        return store_action(option, text, field, complaint);
    case OPTION_RULE:
        return store_action(option, text, &((struct config_rule *)field)->action, complaint);
    case OPTION_NETWORKS:
        return store_network(text, field, complaint);
    case OPTION_NAMESERVERS:
        return store_nameserver(text, field, arena, complaint);
    }
    return VOUCH_ERROR_SYNTAX;
}
