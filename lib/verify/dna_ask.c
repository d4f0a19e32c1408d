/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/dna_ask.h"

#include "lib/verify/dna_trust.h"
#include "lib/verify/vbr_record.h"

struct dna_subject dna_subject_of_name(const struct dns_name *name)
{
    struct dna_subject subject = {.ipv6 = false};

    (void)dns_name_format(name, subject.text);
    return subject;
}

bool dna_subject_of_ip(const struct ip *ip, struct dna_subject *subject)
{
    static const struct dns_name root = {.length = 1};
    struct dns_name reversed;

    if (dns_name_of_ip_in(ip, &root, &reversed) != VOUCH_OK)
        return false;
    *subject = dna_subject_of_name(&reversed);
    subject->ipv6 = ip->family == IP_V6;
    return true;
}

/* What the codes mean (RFC 5782 2.3). */
static void read_codes(struct outcome *outcome, const struct dna_source *source,
                       const struct dna_exchange *exchange, struct dna_reply *reply)
{
    const struct dna_map_entry *entry;

    reply->codes = exchange->codes;
    if (exchange->codes.count == 0) {
        check_rule(outcome, "RFC 5782 2.1: no answer within 127.0.0.0/8, so no listing");
        return;
    }
    entry = dna_map_find_code(&source->map, exchange->codes.code, exchange->codes.count);
    reply->answer = entry != NULL ? entry->answer : source->listed;
    check_rule(outcome, "csv 8: source '%s' says %s%s", source->name,
               dna_answer_word(reply->answer), entry != NULL ? " (map)" : "");
}

/* Words with commas between: the first one that the map has. */
static enum dna_answer read_words(const struct dna_source *source, const char *text, size_t length)
{
    size_t begin = 0;

    for (size_t at = 0; at <= length; at++) {
        const struct dna_map_entry *entry;
        size_t end = at;

        if (at < length && text[at] != ',')
            continue;
        while (begin < end && text[begin] == ' ')
            begin++;
        while (end > begin && text[end - 1] == ' ')
            end--;
        entry = dna_map_find_word(&source->map, text + begin, end - begin);
        if (entry != NULL && entry->answer != DNA_UNKNOWN)
            return entry->answer;
        begin = at + 1;
    }
    return DNA_UNKNOWN;
}

/* RFC 5518 5: what stands in a record of its own, and vouches. */
static enum dna_answer read_vouching(const struct dna_source *source, const char *text,
                                     size_t length, const char *content, bool *malformed)
{
    switch (vbr_record_read(text, length, content)) {
    case VBR_RECORD_VOUCHES:
        return DNA_ACCEPT;
    case VBR_RECORD_OTHER:
        return source->not_vouched;
    case VBR_RECORD_MALFORMED:
        break;
    }
    *malformed = true;
    return DNA_UNKNOWN;
}

static void read_text(struct outcome *outcome, const struct dna_source *source,
                      const struct dns_answer *answer, const char *content, struct dna_reply *reply)
{
    const char *text = (const char *)answer->records[0].txt.octets;
    size_t length = answer->records[0].txt.length;

    if (answer->record_count > 1) {
        reply->malformed = true;
        check_rule(outcome, "RFC 5518 5: more than one record, none is used");
        return;
    }
    if (dna_source_format(source) == DNA_FORMAT_WORDS)
        reply->answer = read_words(source, text, length);
    else
        reply->answer = read_vouching(source, text, length, content, &reply->malformed);
    if (reply->malformed)
        check_rule(outcome, "RFC 5518 5: not words of lower-case letters, so no answer");
    else
        check_rule(outcome, "csv 8: source '%s' says %s", source->name,
                   dna_answer_word(reply->answer));
}

struct dna_reply dna_ask(const struct check *check, struct outcome *outcome,
                         const struct dna_source *source, const struct dna_subject *subject,
                         const char *content)
{
    struct dna_reply reply = {.answer = DNA_UNKNOWN};
    struct dna_exchange exchange;

    if (!dna_is_trusted(check, outcome, source, subject->ipv6, &reply))
        return reply;
    exchange = dna_exchange(check, outcome, source, subject->text);
    if (exchange.answer == NULL) {
        check_rule(outcome, "csv 8: the name is too long to ask source '%s' about", source->name);
        return reply;
    }
    if (exchange.trouble.condition != DNA_UNTESTED) {
        dna_distrust(check, outcome, source, subject->ipv6, &exchange, &reply);
        return reply;
    }
    dna_believe(check, source, subject->ipv6);
    if (exchange.answer->status != DNS_RECORDS) {
        check_rule(outcome, "csv 8: source '%s' does not know it", source->name);
    } else if (dna_question_type(source) == DNS_A) {
        read_codes(outcome, source, &exchange, &reply);
    } else {
        read_text(outcome, source, exchange.answer, content, &reply);
    }
    return reply;
}
