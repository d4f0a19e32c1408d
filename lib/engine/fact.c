/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <string.h>

#include "lib/vouch.h"

static const char *const macros[VOUCH_FACT_COUNT] = {
    [VOUCH_FACT_MTA_NAME] = "j",
    [VOUCH_FACT_AUTH_TYPE] = "{auth_type}",
    [VOUCH_FACT_AUTH_AUTHEN] = "{auth_authen}",
    [VOUCH_FACT_TLS_VERSION] = "{tls_version}",
    [VOUCH_FACT_TLS_CIPHER] = "{cipher}",
    [VOUCH_FACT_TLS_BITS] = "{cipher_bits}",
    [VOUCH_FACT_TLS_VERIFY] = "{verify}",
    [VOUCH_FACT_CERT_SUBJECT] = "{cert_subject}",
    [VOUCH_FACT_CERT_ISSUER] = "{cert_issuer}",
    [VOUCH_FACT_CN_SUBJECT] = "{cn_subject}",
    [VOUCH_FACT_CN_ISSUER] = "{cn_issuer}",
    [VOUCH_FACT_MTA_VERSION] = "v",
};

const char *vouch_fact_macro(enum vouch_fact fact)
{
    return macros[fact];
}

bool vouch_fact_from_macro(const char *name, enum vouch_fact *fact)
{
    size_t length = strlen(name);

    for (unsigned i = 0; i < VOUCH_FACT_COUNT; i++) {
        const char *bare = macros[i] + (macros[i][0] == '{');
        size_t bare_length = strcspn(bare, "}");

        if (strcmp(macros[i], name) != 0 &&
            (bare_length != length || memcmp(bare, name, length) != 0))
            continue;
        *fact = (enum vouch_fact)i;
        return true;
    }
    return false;
}
