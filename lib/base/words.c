/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/vouch.h"

const char *vouch_error_text(int error)
{
    switch (error) {
    case VOUCH_OK:
        return "no error";
    case VOUCH_ERROR_MEMORY:
        return "out of memory";
    case VOUCH_ERROR_SYNTAX:
        return "malformed input";
    case VOUCH_ERROR_RANGE:
        return "value out of range";
    case VOUCH_ERROR_LIMIT:
        return "a limit was reached";
    case VOUCH_ERROR_CONFIG:
        return "the configuration has mistakes";
    case VOUCH_ERROR_SYSTEM:
        return "a system call failed";
    case VOUCH_ERROR_STATE:
        return "the call does not fit the state of the object";
    default:
        return "unknown error";
    }
}

const char *vouch_version(void)
{
    return PACKAGE_VERSION;
}

const char *vouch_result_word(enum vouch_result result)
{
    static const char *const words[VOUCH_RESULT_COUNT] = {
        [VOUCH_NONE] = "none",           [VOUCH_PASS] = "pass",           [VOUCH_FAIL] = "fail",
        [VOUCH_SOFTFAIL] = "softfail",   [VOUCH_NEUTRAL] = "neutral",     [VOUCH_POLICY] = "policy",
        [VOUCH_TEMPERROR] = "temperror", [VOUCH_PERMERROR] = "permerror",
    };

    return words[result];
}

const char *vouch_action_word(enum vouch_action action)
{
    static const char *const words[VOUCH_ACTION_COUNT] = {
        [VOUCH_CONTINUE] = "continue", [VOUCH_ACCEPT] = "accept",
        [VOUCH_ANNOTATE] = "annotate", [VOUCH_QUARANTINE] = "quarantine",
        [VOUCH_TEMPFAIL] = "tempfail", [VOUCH_REJECT] = "reject",
        [VOUCH_DISCARD] = "discard",
    };

    return words[action];
}

const char *vouch_stage_word(enum vouch_stage stage)
{
    static const char *const words[] = {
        [VOUCH_STAGE_HELO] = "helo",
        [VOUCH_STAGE_MAIL] = "mail",
        [VOUCH_STAGE_EOH] = "eoh",
        [VOUCH_STAGE_EOM] = "eom",
    };

    return words[stage];
}
