/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNS_BACKEND_H
#define DNS_BACKEND_H

/* backend.h - where the resolver gets its answers from.  Private to lib/dns. */

#include "lib/dns/answer.h"
#include "lib/dns/resolver.h"

/* A question handed to a backend.  It stays in place until it is answered or the backend stopped.
 */
struct backend_question {
    struct dns_name name;
    enum dns_type type;
    struct backend_question *prev, *next; /* these are the backend's */
    struct unbound_backend *backend;
    nanoseconds asked;
    int id;
    bool is_validated;
    /* Called once, by any thread, with a reference of its own to ANSWER. */
    void (*done)(struct backend_question *question, struct dns_answer *answer);
};

struct backend {
    /* Start QUESTION and return at once; done may be called before it returns.  Called by many
     * threads, never with a lock held. */
    void (*start)(struct backend *backend, struct backend_question *question);
    /* End the threads and free the backend; questions unanswered stay so.  done is not called any
     * more once it has returned. */
    void (*stop)(struct backend *backend);
    /* Whether answers are validated.  May be NULL: they are not. */
    enum vouch_dnssec (*dnssec)(struct backend *backend);
};

/* How a resolver behaves that no administrator needs to set. */
struct resolver_tuning {
    nanoseconds join_limit; /* who joins a question unanswered for so long gets TIMEOUT at once */
    nanoseconds lost_after; /* a question unanswered for so long is taken for lost */
};

/* 5 s, the value of DESIGN.md, and 90 s, twice what libunbound takes over silent servers when it is
 * busy. */
struct resolver_tuning resolver_tuning_defaults(void);

/* NAMESERVERS as in resolver_settings.  Errors as resolver_new. */
VOUCH_MUST_CHECK int backend_unbound_new(const struct resolver_settings *settings,
                                         const struct resolver_tuning *tuning,
                                         struct backend **backend);

/* TEXT and errors as in resolver_new_zone. */
VOUCH_MUST_CHECK int backend_zone_new(const char *text, struct backend **backend,
                                      unsigned *problem_line);

/* A resolver over BACKEND, which it owns from now on, on an error too. */
VOUCH_MUST_CHECK int resolver_new_over(const struct resolver_settings *settings,
                                       const struct resolver_tuning *tuning,
                                       struct backend *backend, struct resolver **resolver);

#endif
