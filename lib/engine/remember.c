/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* What becomes of a message is remembered for the names that are proven to answer for it. */
#include <string.h>
#include <time.h>

#include "lib/base/ascii.h"
#include "lib/engine/transaction.h"
#include "lib/verify/identities.h"

/* An observation to be made; of weight 0: none.  Who has a message that another signed can send it
 * on to anybody, from anywhere, with more fields: no signer answers for that. */
struct fate {
    bool bad;
    double weight;
    bool spares_signers;
};

static const struct fate nothing = {false, 0, false};
static const struct fate good = {false, 1, false};
static const struct fate bad = {true, 1, false};
static const struct fate badly_sent = {true, 1, true};

static bool is_white(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Whether FIELD begins with what WANTED ("Name: value") says, and the value ends there or at a
 * boundary: "Yes" is found in "Yes, score=12.1" and not in "Yesterday". */
static bool field_says(const struct header_field *field, const char *wanted)
{
    const char *value = strchr(wanted, ':') + 1;
    const char *at = field->value;
    const char *end = at + field->value_length;
    size_t length;

    while (is_white(*value))
        value++;
    while (at < end && is_white(*at))
        at++;
    length = strlen(value);
    return (size_t)(end - at) >= length && ascii_equal_fold(at, value, length) &&
           (at + length == end || !ascii_is_alnum(at[length]));
}

/* How many fields of the header are called as WANTED has it; *SAY: how many say the same. */
static unsigned count_fields(const struct facts *facts, const char *wanted, unsigned *say)
{
    size_t length = strcspn(wanted, ":");
    unsigned count = 0;

    *say = 0;
    if (wanted[0] == '\0')
        return 0;
    for (const struct header_field *f = facts->headers.first; f != NULL; f = f->next) {
        if (strlen(f->name) != length || !ascii_equal_fold(f->name, wanted, length))
            continue;
        count++;
        *say += field_says(f, wanted) ? 1 : 0;
    }
    return count;
}

/* What a content filter wrote.  Where fields differ, some of them came from outside: the word
 * against the message counts. */
static struct fate filtered(const struct facts *facts, const struct config_learning *learning)
{
    unsigned say;
    unsigned count = count_fields(facts, learning->spam_header, &say);

    if (say > 0)
        return say == count ? bad : badly_sent;
    count = count_fields(facts, learning->ham_header, &say);
    return say > 0 && say == count ? good : nothing;
}

/* What was thought of a name, here or elsewhere, is no news of it: it would never get rid of it. */
static struct fate refused(const struct decision *decided)
{
    if (decided->outcome == NULL)
        return badly_sent;
    switch (decided->outcome->method) {
    case METHOD_REPUTATION:
    case METHOD_DNA:
    case METHOD_VBR:
    case METHOD_DNSWL:
        return nothing;
    default:
        return badly_sent;
    }
}

static struct fate fate_of(const struct vouch_message *message)
{
    const struct config_learning *learning = &message->session->engine->config->learning;
    bool guessed = message->unknown_recipients > message->known_recipients;
    struct fate fate;

    if (message->is_exempt || message->given_up == GIVEN_UP_IN_TROUBLE)
        return nothing;
    if (message->given_up == GIVEN_UP_BY_CLIENT)
        return guessed ? badly_sent : nothing;
    switch (message->decision.wanted) {
    case VOUCH_REJECT:
    case VOUCH_QUARANTINE:
    case VOUCH_DISCARD:
        return refused(&message->decided);
    case VOUCH_TEMPFAIL:
        return nothing;
    default:
        break;
    }
    if (!message->stage_done[VOUCH_STAGE_EOM])
        return nothing;
    fate = filtered(&message->facts, learning);
    if (fate.weight > 0)
        return fate;
    return guessed ? badly_sent : (struct fate){false, learning->accepted_weight, false};
}

void vouch_message_remember(struct vouch_message *message)
{
    struct reputation *reputation = message->session->engine->reputation;
    struct reputation_name names[IDENTITIES_MAX];
    struct fate fate;
    size_t count;

    if (reputation == NULL || message->is_remembered)
        return;
    fate = fate_of(message);
    if (!(fate.weight > 0))
        return;
    message->is_remembered = true;
    count = identities_find(message->arena, message->outcomes, names);
    for (size_t i = 0; i < count; i++)
        if (!fate.spares_signers || names[i].kind != REPUTATION_SIGNER)
            (void)reputation_observe(reputation, names[i].kind, names[i].name, fate.bad,
                                     fate.weight, (int64_t)time(NULL));
}

void vouch_message_refused_recipient(struct vouch_message *message, const char *status)
{
    static const char bad_mailbox[] = "5.1."; /* RFC 3463 3.2: address status */

    if (status != NULL && strncmp(status, bad_mailbox, sizeof bad_mailbox - 1) == 0)
        message->unknown_recipients++;
}

bool vouch_engine_wants_refused_recipients(const struct vouch_engine *engine)
{
    return engine->reputation != NULL;
}

int vouch_engine_remember(struct vouch_engine *engine)
{
    return engine->reputation != NULL ? reputation_start(engine->reputation) : VOUCH_OK;
}

int vouch_engine_flush(struct vouch_engine *engine, unsigned milliseconds)
{
    struct reputation_status status;

    if (engine->reputation == NULL)
        return VOUCH_OK;
    reputation_status(engine->reputation, &status);
    return status.started
               ? reputation_flush(engine->reputation, milliseconds * NANOSECONDS_PER_MILLISECOND)
               : VOUCH_OK;
}

void vouch_engine_memory(const struct vouch_engine *engine, struct vouch_memory *memory)
{
    struct reputation_status status;

    *memory = (struct vouch_memory){.enabled = engine->reputation != NULL};
    if (engine->reputation == NULL)
        return;
    reputation_status(engine->reputation, &status);
    memory->away = status.away;
    memory->dropped = status.dropped;
    memory->undelivered = status.undelivered;
    memcpy(memory->trouble, status.trouble, sizeof memory->trouble);
}
