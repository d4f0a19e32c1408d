/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_DNA_MAP_H
#define VERIFY_DNA_MAP_H

/* dna_map.h - what the answers of a source mean, as the administrator says: "127.0.0.2 refuse,
 * 127.0.0.4/30 refuse, &8 accept" for addresses, "A accept, F refuse" for words.
 *
 * An address stands for itself or with a prefix for a network; &N stands for every address that has
 * one of the bits of N among its last 24 (RFC 5782 2.3: lists that are several in one).  The first
 * entry that fits any of the records counts: DNS gives records in any order. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/ip.h"
#include "lib/base/text.h"
#include "lib/vouch.h"

enum { DNA_MAP_MAX = 64 };

/* What a source says of a name. */
enum dna_answer { DNA_UNKNOWN, DNA_ACCEPT, DNA_REFUSE };
#define DNA_ANSWER_WORDS "unknown accept refuse"

const char *dna_answer_word(enum dna_answer answer);

/* How a source writes its answers. */
enum dna_format {
    DNA_FORMAT_VBR,   /* TXT: words of the types of content vouched for (RFC 5518 5) */
    DNA_FORMAT_WORDS, /* TXT: words with commas between, such as a rating */
    DNA_FORMAT_CODES  /* A: codes within 127.0.0.0/8 (RFC 5782) */
};
#define DNA_FORMAT_NAMES "vbr list a-mask"

struct dna_map_entry {
    const char *word;       /* DNA_FORMAT_WORDS */
    struct ip_network code; /* DNA_FORMAT_CODES, unless `bits` */
    uint32_t bits;          /* &N; 0: the entry is a network */
    enum dna_answer answer;
};

struct dna_map {
    const struct dna_map_entry *entries;
    size_t count;
};

/* Read TEXT, "" is an empty map, for answers of FORMAT into ARENA.  VOUCH_ERROR_SYNTAX: COMPLAINT
 * says what is wrong, safe to print.  VOUCH_ERROR_MEMORY. */
VOUCH_MUST_CHECK int dna_map_read(const char *text, enum dna_format format, struct arena *arena,
                                  struct dna_map *map, struct text *complaint);

/* The first entry that fits one of the COUNT CODES, or NULL. */
const struct dna_map_entry *dna_map_find_code(const struct dna_map *map, const struct ip *codes,
                                              size_t count);

/* The entry of the LENGTH octets of WORD in letters of any case, or NULL. */
const struct dna_map_entry *dna_map_find_word(const struct dna_map *map, const char *word,
                                              size_t length);

#endif
