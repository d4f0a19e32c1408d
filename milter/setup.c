/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/setup.h"

#include <sysexits.h>
#include <unistd.h>

#include "milter/log.h"
#include "milter/service.h"

/* A socket of the service manager goes before the one that is configured: it is there already, and
 * another would stay unused.  libmilter serves one. */
static bool take_handed_over(struct setup *setup)
{
    if (service_sockets() == 0 || setup->address.kind == ADDRESS_FD)
        return true;
    if (service_sockets() > 1) {
        log_write(LOG_ERR,
                  "the service manager hands over %u sockets, but the filter serves one; name it "
                  "with listen = \"fd:NUMBER\", counted from %d",
                  service_sockets(), SERVICE_SOCKET);
        return false;
    }
    setup->address = (struct address){.kind = ADDRESS_FD, .number = SERVICE_SOCKET};
    return true;
}

static bool find_address(const struct vouch_settings *settings, struct setup *setup)
{
    const char *wrong = address_parse(settings->listen, &setup->address);

    if (wrong != NULL)
        log_write(LOG_ERR, "listen = \"%s\": %s", settings->listen, wrong);
    return wrong == NULL && take_handed_over(setup);
}

static bool find_owner(const struct vouch_settings *settings, struct setup *setup)
{
    struct socket_owner *owner = &setup->owner;
    bool found = process_find_user(settings->user, &setup->user) == 0;

    *owner = (struct socket_owner){settings->socket_mode, (uid_t)-1, (gid_t)-1};
    if (found && setup->user.given && geteuid() == 0) {
        owner->user = setup->user.user;
        owner->group = setup->user.group;
    }
    if (settings->socket_group[0] == '\0')
        return found;
    return process_find_group(settings->socket_group, &owner->group) == 0 && found;
}

static bool find_facility(const struct vouch_settings *settings, struct setup *setup)
{
    setup->facility = log_facility(settings->syslog_facility);
    if (setup->facility < 0)
        log_write(LOG_ERR, "syslog-facility = \"%s\": there is none of that name",
                  settings->syslog_facility);
    return setup->facility >= 0;
}

int setup_find(const struct vouch_settings *settings, struct setup *setup)
{
    bool address = find_address(settings, setup);
    bool owner = find_owner(settings, setup);
    bool facility = find_facility(settings, setup);

    return address && owner && facility ? 0 : EX_CONFIG;
}
