/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/spf_libspf2.h"

#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <spf2/spf.h>
#include <spf2/spf_dns.h>

#include "lib/base/text.h"
#include "lib/verify/spf_record.h"

enum {
    COMPILED_MAX = 400,  /* octets of a compiled record; libspf2 drops what is over 511 */
    TERM_COST = 16,      /* more than it needs beside a term's own octets */
    IP6_COST = 16,       /* an address takes that, however short it is written */
    RECORDS_MAX = 11,    /* the first and ten others (RFC 7208 4.6.4) */
    QUESTIONS_MAX = 120, /* ten terms, and ten hosts of each */
    HOSTS_MAX = 10,      /* of one ptr (RFC 7208 4.6.4) */
    MEMORY_MAX = 1 << 20
};

/* One run; reached from libspf2's callbacks through the hook of its DNS layer. */
struct run {
    SPF_dns_server_t layer;
    const struct check *check;
    struct arena *arena;
    const char *missing; /* set once: the run is given up */
    SPF_dns_rr_t *spare; /* for when there is no memory for an answer */
    unsigned records, questions;
};

/* ---- its messages ---------------------------------------------------------------------------- */

static void say_nothing(const char *file, int line, const char *message)
{
    (void)file;
    (void)line;
    (void)message;
}

/* It calls abort() behind this one; nothing it is given should lead here. */
static __attribute__((noreturn)) void end(const char *file, int line, const char *message)
{
    say_nothing(file, line, message);
    abort();
}

static void silence(void)
{
    SPF_error_handler = end;
    SPF_warning_handler = say_nothing;
    SPF_info_handler = say_nothing;
    SPF_debug_handler = say_nothing;
}

/* ---- the fence --------------------------------------------------------------------------------
 */

static bool give_up(struct run *run, const char *why)
{
    if (run->missing == NULL)
        run->missing = why;
    return false;
}

/* What NAME says, from what our engine asked or may still ask.  NULL: the run is given up. */
static const struct dns_answer *ask(struct run *run, const struct dns_name *name,
                                    enum dns_type type)
{
    const struct dns_answer *answer;

    if (run->missing != NULL)
        return NULL;
    if (++run->questions > QUESTIONS_MAX) {
        (void)give_up(run, "it asks too many questions");
        return NULL;
    }
    answer = resolver_query(run->check->resolver, run->check->budget, name, type, NULL, NULL);
    if (answer->status != DNS_FAILURE)
        return answer;
    (void)give_up(run, "DNS does not answer what it asks");
    return NULL;
}

static size_t cost_of(const struct spf_term *term)
{
    return TERM_COST + term->length + (term->kind == SPF_IP6 ? IP6_COST : 0);
}

static bool has_prefix(const struct spf_term *term)
{
    return term->kind == SPF_A || term->kind == SPF_MX || term->kind == SPF_IP4 ||
           term->kind == SPF_IP6;
}

static bool is_zero(const struct spf_term *term)
{
    return (term->kind != SPF_IP6 && term->prefix4 == 0) ||
           (term->kind != SPF_IP4 && term->prefix6 == 0);
}

static void add_term(struct text *text, const struct spf_record *record, uint32_t offset,
                     uint32_t length)
{
    text_add_char(text, ' ');
    text_append(text, record->text + offset, length);
}

/* RECORD as it may be handed over: mechanisms and redirect, nothing else.  NULL: it may not. */
static const char *rewrite(struct run *run, const struct spf_record *record)
{
    struct text text = text_in(run->arena);
    size_t cost = 0;

    text_add(&text, "v=spf1");
    for (size_t i = 0; i < record->term_count; i++) {
        if (has_prefix(&record->terms[i]) && is_zero(&record->terms[i]))
            (void)give_up(run, "a record holds the prefix length 0, which it takes for an error");
        add_term(&text, record, record->terms[i].offset, record->terms[i].length);
        cost += cost_of(&record->terms[i]);
    }
    if (record->redirect.present && !record->has_all) {
        add_term(&text, record, record->redirect.offset, record->redirect.length);
        cost += TERM_COST + record->redirect.length;
    }
    if (text_string(&text) == NULL)
        (void)give_up(run, "out of memory");
    else if (strchr(text_string(&text), '%') != NULL)
        (void)give_up(run, "a record holds macros");
    else if (cost > COMPILED_MAX)
        (void)give_up(run, "a record is too long for it");
    return run->missing == NULL ? text_string(&text) : NULL;
}

/* The one SPF record among ANSWER's; NULL: there is none, or the run is given up. */
static const struct dns_record *select_record(struct run *run, const struct dns_answer *answer)
{
    const struct dns_record *selected = NULL;

    for (size_t i = 0; i < answer->record_count; i++) {
        const struct dns_record *record = &answer->records[i];

        if (!spf_record_is((const char *)record->txt.octets, record->txt.length))
            continue;
        if (selected != NULL) {
            (void)give_up(run, "a domain has more than one record");
            return NULL;
        }
        selected = record;
    }
    return selected;
}

/* The text to hand over for DOMAIN; NULL: the run is given up, or DOMAIN has no record. */
static const char *record_of(struct run *run, const char *domain)
{
    const struct spf_record *record;
    const struct dns_answer *answer;
    const struct dns_record *txt;
    struct spf_problem problem;
    struct dns_name name;

    if (++run->records > RECORDS_MAX)
        return give_up(run, "it asks for too many records"), NULL;
    if (dns_name_from_text(domain, strlen(domain), &name) != VOUCH_OK)
        return give_up(run, "it asks for a name that is none"), NULL;
    answer = ask(run, &name, DNS_TXT);
    txt = answer != NULL ? select_record(run, answer) : NULL;
    if (txt == NULL)
        return NULL;
    if (spf_record_parse(run->arena, (const char *)txt->txt.octets, txt->txt.length, &record,
                         &problem) != VOUCH_OK)
        return give_up(run, "a record is in error"), NULL;
    return rewrite(run, record);
}

/* ---- its DNS layer ------------------------------------------------------------------------------
 */

static struct run *run_of(SPF_dns_server_t *layer)
{
    return layer->hook;
}

static SPF_errcode_t get_record(SPF_server_t *server, SPF_request_t *request,
                                SPF_response_t *response, SPF_record_t **record)
{
    struct run *run = run_of(server->resolver);
    const char *text = run->missing == NULL ? record_of(run, request->cur_dom) : NULL;

    if (text != NULL)
        return SPF_record_compile(server, response, record, text);
    if (run->missing == NULL && run->records > 1)
        (void)give_up(run, "a domain it is led to has no record");
    return run->missing == NULL ? SPF_E_NOT_SPF : SPF_E_DNS_ERROR;
}

static SPF_errcode_t get_explanation(SPF_server_t *server, const char *domain, char **buffer,
                                     size_t *length)
{
    (void)server;
    (void)domain;
    (void)buffer;
    (void)length;
    return SPF_E_NOT_SPF; /* no record that it has names one */
}

static bool put_address(SPF_dns_rr_t *rr, int index, const struct ip *address)
{
    if (SPF_dns_rr_buf_realloc(rr, index, sizeof **rr->rr) != SPF_E_SUCCESS)
        return false;
    memcpy(rr->rr[index], address->octets, address->family == IP_V6 ? 16 : 4);
    return true;
}

static bool put_name(struct run *run, SPF_dns_rr_t *rr, int index, const struct dns_name *name)
{
    char text[DNS_NAME_TEXT_SIZE];
    size_t size = strlen(dns_name_format(name, text)) + 1;

    if (strchr(text, '\\') != NULL)
        return give_up(run, "a name holds octets that it cannot be given");
    if (SPF_dns_rr_buf_realloc(rr, index, size > sizeof **rr->rr ? size : sizeof **rr->rr) !=
        SPF_E_SUCCESS)
        return false;
    memcpy(rr->rr[index]->ptr, text, size);
    return true;
}

static bool put(struct run *run, SPF_dns_rr_t *rr, int index, enum dns_type type,
                const struct dns_record *record)
{
    switch (type) {
    case DNS_MX:
        return put_name(run, rr, index, &record->mx.exchange);
    case DNS_PTR:
        return put_name(run, rr, index, &record->ptr);
    default:
        return put_address(rr, index, &record->address);
    }
}

static void fill(struct run *run, SPF_dns_rr_t *rr, const struct dns_answer *answer)
{
    size_t count = answer->record_count;

    if (answer->type == DNS_PTR && count > HOSTS_MAX)
        count = HOSTS_MAX;
    for (size_t i = 0; i < count; i++) {
        if (!put(run, rr, (int)i, answer->type, &answer->records[i])) {
            (void)give_up(run, "out of memory");
            return;
        }
        rr->num_rr = (int)i + 1;
    }
}

static bool is_known_type(ns_type type)
{
    return type == ns_t_a || type == ns_t_aaaa || type == ns_t_mx || type == ns_t_ptr;
}

static SPF_dns_rr_t *look_up(SPF_dns_server_t *layer, const char *domain, ns_type type, int cache)
{
    struct run *run = run_of(layer);
    const struct dns_answer *answer = NULL;
    SPF_dns_stat_t status = TRY_AGAIN;
    struct dns_name name;
    SPF_dns_rr_t *rr;

    (void)cache;
    if (!is_known_type(type) || dns_name_from_text(domain, strlen(domain), &name) != VOUCH_OK)
        (void)give_up(run, "it asks for something that cannot be asked");
    else
        answer = ask(run, &name, (enum dns_type)type);
    if (answer != NULL)
        status = answer->status == DNS_NXDOMAIN ? HOST_NOT_FOUND
                 : answer->status == DNS_NODATA ? NO_DATA
                                                : NETDB_SUCCESS;
    rr = SPF_dns_rr_new_init(layer, domain, type, 0, status);
    if (rr == NULL) {
        (void)give_up(run, "out of memory");
        rr = run->spare; /* it would follow a null pointer */
        run->spare = NULL;
        return rr;
    }
    if (status == NETDB_SUCCESS)
        fill(run, rr, answer);
    return rr;
}

/* ---- a run ----------------------------------------------------------------------------------- */

static enum vouch_result result_of(SPF_response_t *response)
{
    switch (SPF_response_result(response)) {
    case SPF_RESULT_PASS:
        return VOUCH_PASS;
    case SPF_RESULT_FAIL:
        return VOUCH_FAIL;
    case SPF_RESULT_SOFTFAIL:
        return VOUCH_SOFTFAIL;
    case SPF_RESULT_NEUTRAL:
        return VOUCH_NEUTRAL;
    case SPF_RESULT_NONE:
        return VOUCH_NONE;
    case SPF_RESULT_TEMPERROR:
        return VOUCH_TEMPERROR;
    default:
        return VOUCH_PERMERROR;
    }
}

static bool set_client(SPF_request_t *request, const struct ip *client)
{
    struct in_addr v4;
    struct in6_addr v6;

    if (client->family == IP_V6) {
        memcpy(&v6, client->octets, sizeof v6);
        return SPF_request_set_ipv6(request, v6) == SPF_E_SUCCESS;
    }
    memcpy(&v4, client->octets, sizeof v4);
    return SPF_request_set_ipv4(request, v4) == SPF_E_SUCCESS;
}

/* Not SPF_request_query_mailfrom, to which every client of 127/8 passes.  No record that it has
 * looks at the sender or HELO, so no stranger's octets are given for them. */
static enum vouch_result evaluate(SPF_server_t *server, SPF_request_t *request, const char *domain,
                                  SPF_response_t *response)
{
    SPF_record_t *record = NULL;
    SPF_errcode_t error;

    request->cur_dom = domain;
    error = SPF_server_get_record(server, request, response, &record);
    if (error == SPF_E_NOT_SPF)
        return VOUCH_NONE;
    response->spf_record_exp = record;
    if (error == SPF_E_SUCCESS)
        (void)SPF_record_interpret(record, request, response, 0);
    if (record != NULL)
        SPF_record_free(record);
    return error == SPF_E_SUCCESS ? result_of(response) : VOUCH_PERMERROR;
}

static void run_library(struct run *run, const char *domain, enum vouch_result *result)
{
    SPF_server_t *server = SPF_server_new_dns(&run->layer, 0);
    SPF_request_t *request = server != NULL ? SPF_request_new(server) : NULL;
    SPF_response_t *response = request != NULL ? SPF_response_new(request) : NULL;
    const char *sender = arena_printf(run->arena, "postmaster@%s", domain);

    if (response == NULL || sender == NULL || SPF_request_set_env_from(request, sender) != 0 ||
        SPF_request_set_helo_dom(request, domain) != SPF_E_SUCCESS ||
        !set_client(request, &run->check->facts->client))
        (void)give_up(run, "out of memory");
    else
        *result = evaluate(server, request, domain, response);
    if (response != NULL)
        SPF_response_free(response);
    if (request != NULL)
        SPF_request_free(request);
    if (server != NULL)
        SPF_server_free(server);
}

bool spf_libspf2_is_built(void)
{
    return true;
}

struct spf_opinion spf_libspf2_ask(const struct check *check, const struct dns_name *domain)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct run run = {.check = check, .arena = arena_new(MEMORY_MAX)};
    enum vouch_result result = VOUCH_PERMERROR;
    char name[DNS_NAME_TEXT_SIZE];

    (void)pthread_once(&once, silence);
    run.layer = (SPF_dns_server_t){
        .lookup = look_up, .get_spf = get_record, .get_exp = get_explanation, .name = "vouch"};
    run.layer.hook = &run;
    run.spare = SPF_dns_rr_new_init(&run.layer, "", ns_t_a, 0, TRY_AGAIN);
    if (run.arena == NULL || run.spare == NULL)
        (void)give_up(&run, "out of memory");
    else
        run_library(&run, dns_name_format(domain, name), &result);
    if (run.spare != NULL)
        SPF_dns_rr_free(run.spare);
    arena_free(run.arena);
    return (struct spf_opinion){.missing = run.missing, .result = result};
}
