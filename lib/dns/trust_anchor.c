/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/dns/trust_anchor.h"

#include <fcntl.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RECORDS_MAX = 1000 };

/* A FIFO must not hang us. */
static FILE *open_regular(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    FILE *file;

    if (descriptor < 0)
        return NULL;
    file =
        fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) ? fdopen(descriptor, "r") : NULL;
    if (file == NULL)
        (void)close(descriptor);
    return file;
}

static bool take_owner(const ldns_rr *rr, struct dns_name *owner)
{
    const ldns_rdf *name = ldns_rr_owner(rr);
    ldns_rr_type type = ldns_rr_get_type(rr);

    return (type == LDNS_RR_TYPE_DNSKEY || type == LDNS_RR_TYPE_DS) &&
           dns_name_from_wire(ldns_rdf_data(name), ldns_rdf_size(name), owner) == VOUCH_OK;
}

/* The records of FILE; 0: something in it is none. */
static unsigned read_records(FILE *file, struct dns_name *owner)
{
    unsigned count = 0;
    ldns_rdf *origin = NULL, *previous = NULL;
    uint32_t ttl = 0;
    bool good = true;

    while (good && !feof(file) && count < RECORDS_MAX) {
        ldns_rr *rr = NULL;
        ldns_status status = ldns_rr_new_frm_fp_l(&rr, file, &ttl, &origin, &previous, NULL);
        struct dns_name name;

        if (status == LDNS_STATUS_OK) {
            good = take_owner(rr, &name);
            if (good && count++ == 0)
                *owner = name;
            ldns_rr_free(rr);
        } else {
            good = status == LDNS_STATUS_SYNTAX_EMPTY || status == LDNS_STATUS_SYNTAX_TTL ||
                   status == LDNS_STATUS_SYNTAX_ORIGIN;
        }
    }
    ldns_rdf_deep_free(origin);
    ldns_rdf_deep_free(previous);
    return good ? count : 0;
}

int trust_anchor_read(const char *path, struct dns_name *owner, const char **problem)
{
    FILE *file = open_regular(path);
    unsigned count;

    if (file == NULL) {
        *problem = "cannot be read";
        return VOUCH_ERROR_SYSTEM;
    }
    count = read_records(file, owner);
    (void)fclose(file);
    *problem = "holds something else than DS and DNSKEY records";
    return count > 0 ? VOUCH_OK : VOUCH_ERROR_SYNTAX;
}
