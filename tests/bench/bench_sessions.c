/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */

/* bench_sessions - what a session costs: the time to a verdict with cold answers of 50 ms each, and
 * sessions per second with a warm cache.  It measures and asserts only that the verdicts are
 * right; the whole way is gone through the public interface. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/base/clock.h"
#include "lib/vouch.h"
#include "tests/dnsd/dnsd_child.h"

enum { HOSTS = 40, DELAY_MS = 50, THREADS_MAX = 8, WARM_SECONDS = 2, ZONE_SIZE = 1 << 16 };

static const char client[] = "192.0.2.1";

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "bench_sessions: %s\n", what);
    exit(1);
}

static void make_zone(char zone[ZONE_SIZE])
{
    size_t length = (size_t)snprintf(zone, ZONE_SIZE, "! * ANY delay %d\n", DELAY_MS);

    for (unsigned i = 0; i < HOSTS; i++)
        length += (size_t)snprintf(zone + length, ZONE_SIZE - length,
                                   "h%u.example.com 3600 A %s\n"
                                   "h%u.example.com 3600 TXT \"v=spf1 a -all\"\n"
                                   "_client._smtp.h%u.example.com 3600 SRV 1 2 0 h%u.example.com\n",
                                   i, client, i, i, i);
}

static void print_problem(void *context, const char *file, unsigned line, const char *text)
{
    (void)context;
    fprintf(stderr, "%s:%u: %s\n", file, line, text);
}

static struct vouch_engine *make_engine(const char *nameserver)
{
    struct vouch_config *config = NULL;
    struct vouch_engine *engine = NULL;
    char overrides[256];

    snprintf(overrides, sizeof overrides, "dns { nameservers = {\"%s\"} }\n", nameserver);
    if (vouch_config_load(NULL, overrides, print_problem, NULL, &config) != VOUCH_OK)
        die("configuration");
    if (vouch_engine_new(config, NULL, &engine) != VOUCH_OK)
        die("engine");
    vouch_config_release(config);
    return engine;
}

static void add_header(struct vouch_message *message)
{
    static const char *const fields[][2] = {{"From", " a@example.com"},
                                            {"To", " b@example.net"},
                                            {"Subject", " a message"},
                                            {"Date", " Thu, 1 Jan 2026 00:00:00 +0000"},
                                            {"Message-ID", " <1@example.com>"}};

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (vouch_message_header(message, fields[i][0], fields[i][1], strlen(fields[i][1])) != 0)
            die("header");
}

/* One session with one message, to the end.  True: every method had its say and it passed. */
static bool run_session(struct vouch_engine *engine, unsigned host, nanoseconds *to_mail)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    nanoseconds start = clock_now();
    struct vouch_session *session = NULL;
    struct vouch_message *message = NULL;
    const struct vouch_edit *edits;
    size_t edit_count;
    char helo[64], path[80];
    const char *line;
    bool passed;

    inet_pton(AF_INET, client, &address.sin_addr);
    snprintf(helo, sizeof helo, "h%u.example.com", host);
    snprintf(path, sizeof path, "<a@%s>", helo);
    if (vouch_session_new(engine, (struct sockaddr *)&address, NULL, &session) != VOUCH_OK ||
        vouch_session_helo(session, helo) != VOUCH_OK ||
        vouch_message_new(session, path, &message) != VOUCH_OK)
        die("session");
    passed = vouch_message_decide(message, VOUCH_STAGE_MAIL)->action == VOUCH_CONTINUE;
    *to_mail = clock_now() - start;
    add_header(message);
    (void)vouch_message_decide(message, VOUCH_STAGE_EOM);
    if (vouch_message_edits(message, &edits, &edit_count) != VOUCH_OK)
        die("edits");
    line = vouch_message_log_line(message);
    passed = passed && line != NULL && strstr(line, "csa=pass") != NULL &&
             strstr(line, "spf=pass") != NULL;
    if (!passed)
        fprintf(stderr, "%s\n", line == NULL ? "no log line" : line);
    vouch_message_free(message);
    vouch_session_free(session);
    return passed;
}

static int by_size(const void *a, const void *b)
{
    nanoseconds left = *(const nanoseconds *)a, right = *(const nanoseconds *)b;

    return (left > right) - (left < right);
}

static double milliseconds(nanoseconds time)
{
    return (double)time / (double)NANOSECONDS_PER_MILLISECOND;
}

static void measure_cold(struct vouch_engine *engine)
{
    nanoseconds times[HOSTS];

    for (unsigned i = 0; i < HOSTS; i++)
        if (!run_session(engine, i, &times[i]))
            die("a cold session did not pass");
    qsort(times, HOSTS, sizeof times[0], by_size);
    printf("cold: CSA and SPF pass at MAIL, every answer after %d ms, %d sessions:\n"
           "      least %.1f ms, median %.1f ms, most %.1f ms: %.2f round trips\n",
           DELAY_MS, HOSTS, milliseconds(times[0]), milliseconds(times[HOSTS / 2]),
           milliseconds(times[HOSTS - 1]), milliseconds(times[HOSTS / 2]) / DELAY_MS);
}

struct worker {
    pthread_t thread;
    struct vouch_engine *engine;
    nanoseconds end;
    unsigned sessions;
};

static void *work(void *argument)
{
    struct worker *worker = argument;
    nanoseconds unused;

    while (clock_now() < worker->end)
        if (!run_session(worker->engine, worker->sessions++ % HOSTS, &unused))
            die("a warm session did not pass");
    return NULL;
}

static double cpu_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void measure_warm(struct vouch_engine *engine, unsigned threads)
{
    struct worker workers[THREADS_MAX];
    double cpu = cpu_seconds();
    unsigned sessions = 0;

    for (unsigned i = 0; i < threads; i++) {
        workers[i] = (struct worker){.engine = engine,
                                     .end = clock_now() + WARM_SECONDS * NANOSECONDS_PER_SECOND};
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            die("thread");
    }
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(workers[i].thread, NULL);
        sessions += workers[i].sessions;
    }
    cpu = cpu_seconds() - cpu;
    printf("warm: %u threads: %.0f sessions/s, %.1f us of CPU each\n", threads,
           (double)sessions / WARM_SECONDS, cpu * 1e6 / sessions);
}

static void print_counters(const struct vouch_engine *engine)
{
    struct vouch_counters counters;

    vouch_engine_counters(engine, &counters);
    printf("dns:  %lu queries, %lu from the cache, %lu joined, %lu upstream; cache %lu entries, "
           "%lu bytes\n",
           counters.queries, counters.hits, counters.joined, counters.upstream,
           counters.cache_entries, counters.cache_bytes);
}

int main(void)
{
    static char zone[ZONE_SIZE];
    struct dnsd_child *dns;
    struct vouch_engine *engine = NULL;

    make_zone(zone);
    dns = dnsd_child_start("127.0.0.1", zone);
    if (dns == NULL)
        die("dnsd does not start");
    engine = make_engine(dnsd_child_address(dns));
    measure_cold(engine);
    for (unsigned threads = 1; threads <= THREADS_MAX; threads *= 2)
        measure_warm(engine, threads);
    print_counters(engine);
    vouch_engine_release(engine);
    dnsd_child_stop(dns);
    return 0;
}
