/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/report/authres.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/text.h"
#include "lib/report/words.h"

/* RFC 5322 2.1.1 */
enum { LINE_WISHED = 77, WHY_MAX = 200 };

struct field {
    struct text text;
    size_t column; /* octets on the line so far */
};

/* RFC 2045 5.1 */
static bool is_token_char(char c)
{
    return c > 0x20 && c < 0x7f && strchr("()<>@,;:\\\"/[]?=", c) == NULL;
}

static bool is_token(const char *value)
{
    if (*value == '\0')
        return false;
    for (; *value != '\0'; value++)
        if (!is_token_char(*value))
            return false;
    return true;
}

/* RFC 5321 4.1.2 Keyword */
static bool is_keyword(const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < length; i++)
        if (!ascii_is_alnum(name[i]) && name[i] != '-')
            return false;
    return length > 0 && name[length - 1] != '-';
}

static bool is_domain_name(const char *text)
{
    if (!ascii_is_alnum(*text))
        return false;
    for (; *text != '\0'; text++)
        if (!ascii_is_alnum(*text) &&
            (*text != '-' || (text[1] != '-' && !ascii_is_alnum(text[1]))) &&
            (*text != '.' || !ascii_is_alnum(text[1])))
            return false;
    return true;
}

/* [local-part] "@" domain-name may stand unquoted (RFC 8601 2.2). */
static bool is_address(const char *value)
{
    const char *at = strchr(value, '@');

    return at != NULL && (at == value || words_is_dot_atom(value, (size_t)(at - value))) &&
           is_domain_name(at + 1);
}

static void add_value(struct text *text, const char *value)
{
    if (is_token(value))
        text_add(text, value);
    else
        words_quoted(text, value);
}

/* A unit is never broken; it goes to the next line when this one has no room. */
static void add_unit(struct field *field, struct text *unit)
{
    if (unit->failed) {
        field->text.failed = true;
        return;
    }
    if (field->column + 1 + unit->length > LINE_WISHED) {
        text_add(&field->text, "\n\t");
        field->column = 1;
    } else {
        text_add_char(&field->text, ' ');
        field->column++;
    }
    text_append(&field->text, unit->data, unit->length);
    field->column += unit->length;
}

/* Each method begins a line of its own. */
static void add_method(struct field *field, const struct outcome *outcome)
{
    size_t begin = field->text.length;

    text_printf(&field->text, ";\n\t%s%s=%s", method_is_registered(outcome->method) ? "" : "x-",
                method_name(outcome->method), vouch_result_word(outcome->result));
    field->column = field->text.length - begin - strlen(";\n");
}

/* A pass says what matched in a comment, everything else why as `reason`. */
static void add_why(struct field *field, const struct outcome *outcome)
{
    struct text why = text_in(field->text.arena);
    struct text unit = text_in(field->text.arena);

    if (outcome->result == VOUCH_PASS) {
        if (outcome->detail[0] == '\0')
            return;
        text_add_char(&unit, '(');
        words_why(&why, outcome, "", WHY_MAX);
        for (size_t i = 0; i < why.length; i++) {
            if (strchr("()\\", why.data[i]) != NULL)
                text_add_char(&unit, '\\');
            text_add_char(&unit, why.data[i]);
        }
        text_add_char(&unit, ')');
    } else {
        words_why(&why, outcome, "", WHY_MAX);
        if (why.length == 0 && !why.failed)
            return;
        text_add(&unit, "reason=");
        if (!why.failed)
            words_quoted(&unit, why.data);
    }
    unit.failed |= why.failed;
    add_unit(field, &unit);
}

/* Nothing authenticated the local-part of smtp.mailfrom (RFC 8601 2.7.2): the domain alone. */
static const char *told(const struct property *property)
{
    const char *at = strrchr(property->value, '@');
    bool is_mailfrom =
        strcmp(property->ptype, "smtp") == 0 && strcmp(property->name, "mailfrom") == 0;

    return is_mailfrom && at != NULL ? at + 1 : property->value;
}

static void add_property(struct field *field, const struct property *property)
{
    struct text unit = text_in(field->text.arena);
    const char *value = words_shortened(field->text.arena, told(property));

    if (!is_keyword(property->ptype) || !is_keyword(property->name))
        return;
    text_printf(&unit, "%s.%s=", property->ptype, property->name);
    if (value == NULL)
        unit.failed = true;
    else if (is_address(value))
        text_add(&unit, value);
    else
        add_value(&unit, value);
    add_unit(field, &unit);
}

static void add_outcome(struct field *field, const struct outcome *outcome)
{
    add_method(field, outcome);
    add_why(field, outcome);
    for (const struct property *p = outcome->properties; p != NULL; p = p->next)
        add_property(field, p);
}

/* Each signature has a result of its own (RFC 8601 2.7.1), and none is registered for an author or
 * a submitter. */
static bool is_told(const struct outcome *outcomes, const struct outcome *outcome)
{
    if (outcome->identity == IDENTITY_AUTHOR || outcome->identity == IDENTITY_SUBMITTER ||
        outcome->identity == IDENTITY_SUBMITTER_HEADER)
        return false;
    return outcome->is_part || !outcome_has_parts(outcomes, outcome);
}

/* The field of the registered, or of the unregistered methods. *ANY: it has a result. */
static const char *write_field(struct arena *arena, const char *authserv_id,
                               const struct outcome *outcomes, bool registered, bool *any)
{
    struct field field = {.text = text_in(arena)};
    const char *id = words_shortened(arena, authserv_id);

    if (id == NULL)
        return NULL;
    *any = false;
    add_value(&field.text, id);
    for (const struct outcome *of = outcomes; of != NULL; of = of->next) {
        if (method_is_registered(of->method) != registered || !is_told(outcomes, of))
            continue;
        *any = true;
        add_outcome(&field, of);
    }
    if (!*any)
        text_add(&field.text, "; none");
    return text_string(&field.text);
}

int authres_write(struct arena *arena, const char *authserv_id, const struct outcome *outcomes,
                  const char *values[AUTHRES_FIELDS_MAX], size_t *count)
{
    bool any_registered, any_other;
    const char *first = write_field(arena, authserv_id, outcomes, true, &any_registered);
    const char *second = write_field(arena, authserv_id, outcomes, false, &any_other);

    if (first == NULL || second == NULL)
        return VOUCH_ERROR_MEMORY;
    values[0] = first;
    values[1] = second;
    *count = any_other ? 2 : 1;
    return VOUCH_OK;
}
