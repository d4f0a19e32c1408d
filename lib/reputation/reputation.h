/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPUTATION_REPUTATION_H
#define REPUTATION_REPUTATION_H

/* reputation.h - what this site has seen of a name: how much of its mail was bad.
 *
 * Names must be *verified* ones; whoever asks or observes sees to that.  An observation says that
 * one message of the name was good or bad.  Observations fade: after a half-life they count half.
 * What is left of them is the sample, and the share of bad ones in it the rate (score.h tells how
 * its interval is found).  Below a minimum sample nothing is known of a name.
 *
 * Reading never waits for writing.  Writing is done by one thread behind a bounded queue: to
 * observe costs the mail path a lock and a copy, and when the queue is full the observation is
 * dropped and counted.
 *
 * Safe for any number of threads.  Times of the wall clock are seconds since 1970 and passed in. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/clock.h"
#include "lib/vouch.h"

/* How a name was verified: the same name can be of several kinds, with a record for each.  The
 * numbers are stored: only ever append. */
enum reputation_kind {
    REPUTATION_HELO,     /* a HELO name: by CSA or SPF */
    REPUTATION_MAILFROM, /* the domain of a reverse-path: by SPF */
    REPUTATION_PRA,      /* the domain of a Purported Responsible Address: by Sender ID */
    REPUTATION_SIGNER,   /* a signing domain: by DKIM or DomainKeys */
    REPUTATION_ISSUER    /* the issuer of a client's certificate: by TLS */
};
enum { REPUTATION_KIND_COUNT = REPUTATION_ISSUER + 1 };

/* "helo", "mailfrom", "pra", "signer", "issuer".  Never NULL; static. */
const char *reputation_kind_word(enum reputation_kind kind);
bool reputation_kind_from_word(const char *word, enum reputation_kind *kind);

/* Longest name that is kept, in octets.  Longer ones, empty ones and those with control characters
 * have no record and get none: nothing is cut, for then two names would share one. */
enum { REPUTATION_NAME_MAX = 255 };

/* Upper case is the same as lower case, as long as it is ASCII. */
struct reputation_name {
    enum reputation_kind kind;
    const char *name;
};

/* Where it is kept when nobody says otherwise. */
#define REPUTATION_FILE "/var/lib/vouch/reputation.db"

enum reputation_store { REPUTATION_SQLITE, REPUTATION_REDIS };

struct reputation_settings {
    enum reputation_store store;
    const char *file;                /* SQLite: the store; Redis: the journal */
    const char *redis;               /* "inet:6379@127.0.0.1" or "unix:/path" */
    const char *redis_password_file; /* "": none is asked for */
    nanoseconds half_life;
    unsigned min_sample; /* below it nothing is known of a name */
    unsigned max_names;  /* with more, those not seen for longest are forgotten */
};

struct reputation;

/* A reputation with one reference.  Nothing is opened before the first question, and nothing is
 * ever made before reputation_start.  VOUCH_ERROR_MEMORY; VOUCH_ERROR_STATE: built without this
 * store. */
VOUCH_MUST_CHECK int reputation_new(const struct reputation_settings *settings,
                                    struct reputation **reputation);
struct reputation *reputation_hold(struct reputation *reputation);

/* NULL is fine.  The last one waits until what was observed is written, but no longer than some
 * seconds. */
void reputation_release(struct reputation *reputation);

/* Whether this build has STORE. */
bool reputation_has(enum reputation_store store);

/* Whether two settings ask for the same, so that store and thread can be kept. */
bool reputation_same(const struct reputation_settings *a, const struct reputation_settings *b);

/* What is known of a name. */
struct reputation_reading {
    bool known;       /* the sample is large enough; else the rest is told but must not count */
    double rate;      /* of bad messages, 0 to 1; 0 when nothing was ever seen */
    double low, high; /* its 95 % interval; 0 to 1 when nothing was ever seen */
    double sample;    /* messages, faded */
};

/* Read COUNT names at the time NOW.  Never waits for the writer.  VOUCH_OK; otherwise the store is
 * away and all READINGS are unknown: VOUCH_ERROR_SYSTEM, VOUCH_ERROR_MEMORY. */
VOUCH_MUST_CHECK int reputation_lookup(struct reputation *reputation,
                                       const struct reputation_name *names, size_t count,
                                       int64_t now, struct reputation_reading *readings);

/* ---- writing ------------------------------------------------------------------------------ */

/* Make or open the store for writing and start its thread: call it after fork, as the user who
 * shall own the file.  Until it has succeeded nothing is observed; it may be tried again.
 * VOUCH_ERROR_SYSTEM: reputation_status says why. */
VOUCH_MUST_CHECK int reputation_start(struct reputation *reputation);

/* One message of NAME was good or BAD, at the time WHEN; its WEIGHT (above 0, at most 1) says how
 * much of an observation that is.  Returns at once.  VOUCH_ERROR_RANGE: no such name or weight;
 * VOUCH_ERROR_LIMIT: the queue is full, dropped and counted; VOUCH_ERROR_STATE: not started. */
int reputation_observe(struct reputation *reputation, enum reputation_kind kind, const char *name,
                       bool bad, double weight, int64_t when);

/* Wait until all that was observed before is kept: it will survive the death of this process.  With
 * Redis: written there, or in the journal.  VOUCH_ERROR_LIMIT: not within TIMEOUT. */
VOUCH_MUST_CHECK int reputation_flush(struct reputation *reputation, nanoseconds timeout);

/* ---- for people --------------------------------------------------------------------------- */

struct reputation_entry {
    enum reputation_kind kind;
    const char *name;
    double good, bad; /* messages, faded until now */
    int64_t last;     /* when the latest of them was seen */
    struct reputation_reading reading;
};

/* Hand every record to VISIT until it answers false; only those of NAME unless it is NULL.  In no
 * particular order. Errors as for reputation_lookup. */
typedef bool reputation_visit_fn(void *context, const struct reputation_entry *entry);
VOUCH_MUST_CHECK int reputation_list(struct reputation *reputation, const char *name, int64_t now,
                                     reputation_visit_fn *visit, void *context);

/* Forget all records of NAME, of every kind; *COUNT says how many there were.  VOUCH_ERROR_STATE:
 * not started. */
VOUCH_MUST_CHECK int reputation_forget(struct reputation *reputation, const char *name,
                                       unsigned *count);

/* How it fares. */
struct reputation_status {
    bool started;
    bool away;                 /* the store did not answer when last asked */
    char trouble[200];         /* why, safe to print; "" */
    unsigned long observed;    /* taken into the queue */
    unsigned long written;     /* of these, done with */
    unsigned long dropped;     /* queue or journal full */
    unsigned long undelivered; /* in the journal, waiting for Redis */
};
void reputation_status(struct reputation *reputation, struct reputation_status *status);

#endif
