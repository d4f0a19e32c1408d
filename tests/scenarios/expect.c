/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/scenarios/expect.h"

#include <stdlib.h>
#include <string.h>

#include "tests/scenarios/questions.h"

/* The finding that SPEC, "METHOD" or "METHOD/IDENTITY", speaks of, or NULL. */
static const struct finding *find(const struct play *play, const char *spec)
{
    size_t length = strcspn(spec, "/");
    const char *identity = spec[length] == '/' ? spec + length + 1 : NULL;

    for (const struct finding *f = play->findings; f != NULL; f = f->next) {
        if (strlen(f->method) != length || strncmp(f->method, spec, length) != 0)
            continue;
        if (identity == NULL || strcmp(f->identity, identity) == 0)
            return f;
    }
    return NULL;
}

static const char *property_value(const struct finding *finding, const char *name)
{
    for (const struct property *p = finding->properties; p != NULL; p = p->next) {
        size_t length = strlen(p->ptype);

        if (strncmp(name, p->ptype, length) == 0 && name[length] == '.' &&
            strcmp(name + length + 1, p->name) == 0)
            return p->value;
    }
    return "";
}

static bool has_rule(const struct finding *finding, const char *rule)
{
    for (const struct trace_step *step = finding->trace; step != NULL; step = step->next) {
        if (strstr(step->rule, rule) != NULL)
            return true;
    }
    return false;
}

static bool equals(const char *wanted, const char *found, struct text *why)
{
    if (strcmp(wanted, found) == 0)
        return true;
    text_add(why, "\"");
    text_add_safe(why, found, strlen(found), 300);
    text_add(why, "\"");
    return false;
}

static bool contains(const char *wanted, const char *found, struct text *why)
{
    (void)equals(wanted, found, why);
    return strstr(found, wanted) != NULL;
}

static bool finding_holds(const struct finding *finding, const struct step *step, struct text *why)
{
    const char *aspect = step->word[2];

    if (strcmp(aspect, "domain") == 0)
        return equals(step->word[3], finding->domain, why);
    if (strcmp(aspect, "detail") == 0)
        return equals(step->word[3], finding->detail, why);
    if (strcmp(aspect, "explanation") == 0)
        return equals(step->word[3], finding->explanation, why);
    if (strcmp(aspect, "dnssec") == 0)
        return equals(step->word[3], finding->dnssec, why);
    if (strcmp(aspect, "property") == 0)
        return equals(step->word[4], property_value(finding, step->word[3]), why);
    if (strcmp(aspect, "rule") == 0) {
        text_add(why, "no such rule in the trace");
        return has_rule(finding, step->word[3]);
    }
    if (strcmp(aspect, "no-rule") == 0) {
        text_add(why, "it is in the trace");
        return !has_rule(finding, step->word[3]);
    }
    text_printf(why, "%s %s", finding->result, finding->reason);
    return strcmp(aspect, finding->result) == 0 &&
           (step->count < 4 || strcmp(step->word[3], finding->reason) == 0);
}

static bool is_number(const char *text)
{
    return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

/* What was asked of DNS.  False: STEP is not about that. */
static bool questions_hold(const struct play *play, const struct step *step, struct text *why,
                           bool *holds)
{
    const char *subject = step->word[1];

    if (strcmp(subject, "queries") == 0) {
        text_printf(why, "%u", questions_count());
        *holds = is_number(step->word[2]) && strtoul(step->word[2], NULL, 10) == questions_count();
    } else if (strcmp(subject, "asked") == 0) {
        text_add(why, "it was not asked");
        *holds = questions_asked(step->word[2], step->word[3]);
    } else if (strcmp(subject, "never-asked") == 0) {
        text_add(why, "it was asked");
        *holds = !questions_asked(step->word[2], step->word[3]);
    } else {
        return false;
    }
    *holds |= play->libspf2; /* which asks in its own way */
    return true;
}

/* What was decided.  False: STEP is not about that. */
static bool decision_holds(struct play *play, const struct step *step, struct text *why,
                           bool *holds)
{
    static const struct {
        const char *subject;
        const char *what;
        bool named; /* the word after it belongs to the question */
        bool (*compare)(const char *wanted, const char *found, struct text *why);
        bool wanted;
    } subjects[] = {
        {"action", "action", false, equals, true},
        {"wanted", "wanted", false, equals, true},
        {"decided-by", "decided-by", false, equals, true},
        {"rule", "rule", false, contains, true},
        {"reply", "reply", false, equals, true},
        {"reply-text", "reply-text", false, contains, true},
        {"rcpt-reply", "rcpt-reply", false, equals, true},
        {"rcpt-text", "rcpt-text", false, contains, true},
        {"rcpt-rule", "rcpt-rule", false, equals, true},
        {"rcpt-log", "rcpt-log", false, contains, true},
        {"field", "field", true, contains, true},
        {"no-field", "field", true, contains, false},
        {"removed", "removed", true, equals, true},
        {"log", "log", false, contains, true},
        {"record", "record", false, contains, true},
        {"explanation", "explanation", false, contains, true},
    };

    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        unsigned value = subjects[i].named ? 3 : 2;
        const char *told;

        if (strcmp(subjects[i].subject, step->word[1]) != 0)
            continue;
        told = play->player->tell(play, subjects[i].what, step->word[2]);
        if (told == NULL)
            text_add(why, "there is no decision (a session needs a config block and a mail step)");
        *holds =
            told != NULL && subjects[i].compare(step->word[value], told, why) == subjects[i].wanted;
        return true;
    }
    return false;
}

bool expect_holds(struct play *play, const struct step *step, struct text *why)
{
    bool negated = strcmp(step->word[1], "no") == 0;
    const struct finding *finding;
    bool holds;

    if (questions_hold(play, step, why, &holds) || decision_holds(play, step, why, &holds))
        return holds;
    finding = find(play, step->word[negated ? 2 : 1]);
    if (negated) {
        text_add(why, "there is one");
        return finding == NULL;
    }
    if (finding == NULL) {
        text_add(why, "no such outcome");
        return false;
    }
    return finding_holds(finding, step, why);
}
