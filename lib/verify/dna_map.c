/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/dna_map.h"

#include <string.h>

#include "lib/base/ascii.h"

enum { SHOWN_LIMIT = 60, BITS_MAX = 0xffffff };

static const char *const answer_words[] = {
    [DNA_UNKNOWN] = "unknown", [DNA_ACCEPT] = "accept", [DNA_REFUSE] = "refuse"};

const char *dna_answer_word(enum dna_answer answer)
{
    return answer_words[answer];
}

/* A piece of the text under way. */
struct piece {
    const char *octets;
    size_t length;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Take what stands up to STOP, or the end, off the front of REST, without white space around it. */
static struct piece take(struct piece *rest, bool (*stop)(char))
{
    struct piece piece = {.octets = rest->octets};
    size_t end = 0;

    while (end < rest->length && !stop(rest->octets[end]))
        end++;
    piece.length = end;
    if (end < rest->length)
        end++;
    rest->octets += end;
    rest->length -= end;
    while (piece.length > 0 && is_space(piece.octets[0])) {
        piece.octets++;
        piece.length--;
    }
    while (piece.length > 0 && is_space(piece.octets[piece.length - 1]))
        piece.length--;
    return piece;
}

static bool is_comma(char c)
{
    return c == ',';
}

static bool read_answer(struct piece piece, enum dna_answer *answer)
{
    for (size_t i = 0; i < sizeof answer_words / sizeof answer_words[0]; i++) {
        if (piece.length == strlen(answer_words[i]) &&
            ascii_equal_fold(piece.octets, answer_words[i], piece.length)) {
            *answer = (enum dna_answer)i;
            return true;
        }
    }
    return false;
}

/* The digits behind '&'. */
static bool read_bits(struct piece digits, uint32_t *bits)
{
    *bits = 0;
    for (size_t i = 0; i < digits.length; i++) {
        if (!ascii_is_digit(digits.octets[i]) || *bits > BITS_MAX)
            return false;
        *bits = *bits * 10 + (uint32_t)(digits.octets[i] - '0');
    }
    return *bits > 0 && *bits <= BITS_MAX;
}

/* RFC 5782 2.1: codes are within 127.0.0.0/8. */
static bool is_code(const struct ip *address)
{
    return address->family == IP_V4 && address->octets[0] == 127;
}

/* What of a code is meant.  NULL, or what is wrong. */
static const char *read_code(const char *text, struct dna_map_entry *entry)
{
    if (text[0] == '&') {
        if (!read_bits((struct piece){text + 1, strlen(text + 1)}, &entry->bits))
            return "is no number of bits (&1 to &16777215)";
        return NULL;
    }
    if (!ip_network_parse(text, &entry->code))
        return "is no address, network or &BITS";
    if (!is_code(&entry->code.address) || entry->code.bits < 8)
        return "is not within 127.0.0.0/8, where lists answer";
    return NULL;
}

static int complain(struct text *complaint, struct piece piece, const char *what)
{
    text_add(complaint, "has a map in which '");
    text_add_safe(complaint, piece.octets, piece.length, SHOWN_LIMIT);
    text_printf(complaint, "' %s", what);
    return VOUCH_ERROR_SYNTAX;
}

/* One entry: what stands in the answer, and what that means. */
static int read_entry(struct piece piece, enum dna_format format, struct arena *arena,
                      struct dna_map_entry *entry, struct text *complaint)
{
    struct piece rest = piece;
    struct piece key = take(&rest, is_space);
    struct piece answer = take(&rest, is_comma);
    const char *wrong = NULL;
    char *text;

    if (key.length == 0 || !read_answer(answer, &entry->answer))
        return complain(complaint, piece,
                        "is not what stands in the answer and accept, refuse or unknown");
    text = arena_copy(arena, key.octets, key.length);
    if (text == NULL)
        return VOUCH_ERROR_MEMORY;
    if (format == DNA_FORMAT_CODES)
        wrong = read_code(text, entry);
    else
        entry->word = text;
    return wrong == NULL ? VOUCH_OK : complain(complaint, key, wrong);
}

int dna_map_read(const char *text, enum dna_format format, struct arena *arena, struct dna_map *map,
                 struct text *complaint)
{
    struct piece rest = {text, strlen(text)};
    struct dna_map_entry *entries = arena_calloc(arena, DNA_MAP_MAX, sizeof *entries);
    size_t count = 0;

    if (entries == NULL)
        return VOUCH_ERROR_MEMORY;
    while (rest.length > 0) {
        struct piece piece = take(&rest, is_comma);
        int error;

        if (count == DNA_MAP_MAX)
            return complain(complaint, piece, "is one entry too many");
        error = read_entry(piece, format, arena, &entries[count++], complaint);
        if (error != VOUCH_OK)
            return error;
    }
    *map = (struct dna_map){.entries = entries, .count = count};
    return VOUCH_OK;
}

static bool fits(const struct dna_map_entry *entry, const struct ip *code)
{
    uint32_t low =
        (uint32_t)code->octets[1] << 16 | (uint32_t)code->octets[2] << 8 | code->octets[3];

    if (entry->bits != 0)
        return (low & entry->bits) != 0;
    return ip_in_network(code, &entry->code.address, entry->code.bits);
}

const struct dna_map_entry *dna_map_find_code(const struct dna_map *map, const struct ip *codes,
                                              size_t count)
{
    for (size_t i = 0; i < map->count; i++)
        for (size_t k = 0; k < count; k++)
            if (fits(&map->entries[i], &codes[k]))
                return &map->entries[i];
    return NULL;
}

const struct dna_map_entry *dna_map_find_word(const struct dna_map *map, const char *word,
                                              size_t length)
{
    for (size_t i = 0; i < map->count; i++)
        if (strlen(map->entries[i].word) == length &&
            ascii_equal_fold(map->entries[i].word, word, length))
            return &map->entries[i];
    return NULL;
}
