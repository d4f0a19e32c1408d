/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/dns/unbound_context.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unbound.h>

#include "lib/base/ascii.h"

enum {
    PORTS_MAX = 4096, /* sockets that libunbound may open for questions */
    PORTS_MIN = 64,
    FILES_KEPT = 256, /* file descriptors left to everybody else */
    QUERIES_MIN = 4096
};

static const struct {
    const char *name, *value;
} options[] = {
    {"outgoing-num-tcp:", "64"},
    /* libunbound judges a forwarder by the names asked through it.  With these a few silent names
     * do not make every name fail, and a forwarder that returns is used again at once. */
    {"infra-host-ttl:", "0"},
    {"infra-cache-min-rtt:", "1000"},
    {"unknown-server-time-limit:", "1000"},
    {"outbound-msg-retry:", "8"},
    {"infra-keep-probing:", "yes"},
    /* what is in a private network is the nameservers' affair */
    {"unblock-lan-zones:", "yes"},
    {"insecure-lan-zones:", "yes"},
    /* the same question gets the same answer */
    {"rrset-roundrobin:", "no"},
    /* telling others which keys we trust and being asked for it is for resolvers that serve many */
    {"trust-anchor-signaling:", "no"},
    {"root-key-sentinel:", "no"},
};

/* Zones that libunbound would answer by itself in spite of unblock-lan-zones (RFC 6761, 7686, 8375;
 * the last two in newer versions).  The nameservers are asked for them like for any other. */
static const char *const builtin_zones[] = {
    "localhost.",
    "127.in-addr.arpa.",
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa.",
    "home.arpa.",
    "onion.",
    "test.",
    "invalid.",
    "service.arpa.",
    "resolver.arpa.",
};

/* Answered without asking anybody, see unbound_context_start. */
static const char start_zone[] = "start.vouch.invalid.";

static bool set_number(struct ub_ctx *context, const char *name, unsigned long number)
{
    char value[24];

    (void)snprintf(value, sizeof value, "%lu", number);
    return ub_ctx_set_option(context, name, value) == UB_NOERROR;
}

/* A question beyond this waits for a socket; one that gets none from the system would fail. */
static unsigned long ports(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= PORTS_MAX + FILES_KEPT)
        return PORTS_MAX;
    return files.rlim_cur > PORTS_MIN + FILES_KEPT ? files.rlim_cur - FILES_KEPT : PORTS_MIN;
}

static bool set_validation(struct ub_ctx *context, const char *trust_anchor)
{
    const char *modules = trust_anchor != NULL ? "validator iterator" : "iterator";

    return ub_ctx_set_option(context, "module-config:", modules) == UB_NOERROR &&
           (trust_anchor == NULL || ub_ctx_add_ta_file(context, trust_anchor) == UB_NOERROR);
}

static bool set_options(struct ub_ctx *context, const struct resolver_settings *settings)
{
    unsigned long queries = 2ul * settings->max_in_flight;

    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (ub_ctx_set_option(context, options[i].name, options[i].value) != UB_NOERROR)
            return false;
    return set_number(context, "outgoing-range:", ports()) &&
           set_number(context,
                      "num-queries-per-thread:", queries > QUERIES_MIN ? queries : QUERIES_MIN) &&
           ub_ctx_debugout(context, NULL) == UB_NOERROR && ub_ctx_async(context, 1) == UB_NOERROR;
}

/* 1 to 65535, digits only. */
static bool is_port(const char *text)
{
    unsigned number = 0;

    for (size_t i = 0; text[i] != '\0'; i++) {
        if (!ascii_is_digit(text[i]) || i == 5)
            return false;
        number = number * 10 + (unsigned)(text[i] - '0');
    }
    return number > 0 && number <= UINT16_MAX;
}

/* Forward to "ADDR" or "ADDR@PORT". */
static int add_nameserver(struct ub_ctx *context, const char *nameserver)
{
    const char *at = strchr(nameserver, '@');
    size_t length = at != NULL ? (size_t)(at - nameserver) : strlen(nameserver);
    char address[IP_TEXT_SIZE], forward[IP_TEXT_SIZE + 8];
    struct ip ip;

    if (!ip_parse(nameserver, length, &ip) || (at != NULL && !is_port(at + 1)))
        return VOUCH_ERROR_SYNTAX;
    (void)snprintf(forward, sizeof forward, "%s%s", ip_format(&ip, address), at != NULL ? at : "");
    return ub_ctx_set_fwd(context, forward) == UB_NOERROR ? VOUCH_OK : VOUCH_ERROR_SYSTEM;
}

static int add_nameservers(struct ub_ctx *context, const struct resolver_settings *settings)
{
    if (settings->nameserver_count > RESOLVER_NAMESERVERS_MAX)
        return VOUCH_ERROR_RANGE;
    if (settings->nameserver_count == 0)
        return ub_ctx_resolvconf(context, NULL) == UB_NOERROR ? VOUCH_OK : VOUCH_ERROR_SYSTEM;
    for (size_t i = 0; i < settings->nameserver_count; i++) {
        int error = add_nameserver(context, settings->nameservers[i]);

        if (error != VOUCH_OK)
            return error;
    }
    return VOUCH_OK;
}

/* After all options: this makes them final. */
static bool remove_builtin_zones(struct ub_ctx *context)
{
    for (size_t i = 0; i < sizeof builtin_zones / sizeof builtin_zones[0]; i++)
        if (ub_ctx_zone_remove(context, builtin_zones[i]) != UB_NOERROR)
            return false;
    return true;
}

static int make(const struct resolver_settings *settings, const char *trust_anchor,
                struct ub_ctx **context)
{
    struct ub_ctx *made = ub_ctx_create();
    int error;

    if (made == NULL)
        return VOUCH_ERROR_SYSTEM;
    error = set_options(made, settings) && set_validation(made, trust_anchor) ? VOUCH_OK
                                                                              : VOUCH_ERROR_SYSTEM;
    if (error == VOUCH_OK)
        error = add_nameservers(made, settings);
    if (error == VOUCH_OK && !remove_builtin_zones(made))
        error = VOUCH_ERROR_SYSTEM;
    if (error != VOUCH_OK) {
        ub_ctx_delete(made);
        return error;
    }
    *context = made;
    return VOUCH_OK;
}

/* Contexts are made and deleted at once when a reload changes the dns section under load, and
 * libunbound keeps locks of its own in variables of the process that both touch unguarded. */
static pthread_mutex_t library = PTHREAD_MUTEX_INITIALIZER;

int unbound_context_new(const struct resolver_settings *settings, const char *trust_anchor,
                        struct ub_ctx **context)
{
    int error;

    (void)pthread_mutex_lock(&library);
    error = make(settings, trust_anchor, context);
    (void)pthread_mutex_unlock(&library);
    return error;
}

void unbound_context_free(struct ub_ctx *context)
{
    (void)pthread_mutex_lock(&library);
    ub_ctx_delete(context);
    (void)pthread_mutex_unlock(&library);
}

static void ignore(void *argument, int error, struct ub_result *result)
{
    (void)argument;
    (void)error;
    ub_resolve_free(result);
}

/* libunbound starts its thread with the first question, and is not safe against two first questions
 * at once.  So there is one here, for a zone that needs no server. */
int unbound_context_start(struct ub_ctx *context)
{
    if (ub_ctx_zone_add(context, start_zone, "static") != UB_NOERROR ||
        ub_resolve_async(context, start_zone, DNS_A, 1 /* IN */, NULL, ignore, NULL) != UB_NOERROR)
        return VOUCH_ERROR_SYSTEM;
    return VOUCH_OK;
}
