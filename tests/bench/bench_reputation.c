/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* bench_reputation.c - the embedded store of reputation with a million names: its size, how long a
 * lookup takes when the file is in memory, and whether the writer keeps up with 2,000 observations
 * a second meanwhile.
 *
 *     bench_reputation [NAMES [SECONDS [DIRECTORY]]] */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/reputation/reputation.h"

enum { NOW = 1700000000, READERS = 2, SAMPLES_MAX = 4000000, RATE = 2000 };

static unsigned long name_count = 1000000;
static unsigned seconds = 10;
static struct reputation *reputation;
static atomic_bool stop;

static const char *name_of(unsigned long number, char name[48])
{
    (void)snprintf(name, 48, "mail%lu.customer%lu.example", number, number % 1000);
    return name;
}

static void die(const char *what)
{
    (void)fprintf(stderr, "bench_reputation: %s\n", what);
    exit(1);
}

static void flush(void)
{
    if (reputation_flush(reputation, 600 * NANOSECONDS_PER_SECOND) != VOUCH_OK)
        die("not written in time");
}

static double seconds_since(nanoseconds began)
{
    return (double)(clock_now() - began) / (double)NANOSECONDS_PER_SECOND;
}

static void fill(void)
{
    nanoseconds began = clock_now();
    char name[48];

    for (unsigned long i = 0; i < name_count; i++) {
        if (reputation_observe(reputation, REPUTATION_HELO, name_of(i, name), i % 10 == 0, 1,
                               NOW) != VOUCH_OK)
            die("an observation was dropped");
        if (i % 4000 == 3999)
            flush();
    }
    flush();
    (void)printf("%lu names written in %.1f s: %.0f a second\n", name_count, seconds_since(began),
                 (double)name_count / seconds_since(began));
}

static void print_size(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        die("the store is not there");
    (void)printf("on disk: %.1f MB, %.0f octets a name\n", (double)status.st_size / 1e6,
                 (double)status.st_size / (double)name_count);
}

struct reader {
    pthread_t thread;
    unsigned seed;
    float *took; /* microseconds */
    size_t count;
};

static void *read_names(void *argument)
{
    struct reader *reader = argument;

    while (!stop && reader->count < SAMPLES_MAX) {
        unsigned long number =
            ((unsigned long)rand_r(&reader->seed) << 16 ^ (unsigned long)rand_r(&reader->seed)) %
            name_count;
        char text[48];
        const struct reputation_name names[] = {{REPUTATION_HELO, name_of(number, text)}};
        struct reputation_reading reading;
        nanoseconds began = clock_now();

        if (reputation_lookup(reputation, names, 1, NOW, &reading) != VOUCH_OK ||
            !(reading.sample > 0))
            die("a lookup failed");
        reader->took[reader->count++] = (float)(clock_now() - began) / 1000.0F;
    }
    return NULL;
}

/* RATE observations a second, whatever the writer does. */
static void write_names(void)
{
    nanoseconds began = clock_now();
    unsigned long dropped = 0;
    unsigned seed = 1;
    char name[48];

    for (unsigned long i = 0; i < (unsigned long)seconds * RATE; i++) {
        unsigned long number = (unsigned long)rand_r(&seed) % name_count;

        while (seconds_since(began) * RATE < (double)i)
            (void)usleep(500);
        dropped += reputation_observe(reputation, REPUTATION_HELO, name_of(number, name), false, 1,
                                      NOW) != VOUCH_OK;
    }
    began = clock_now();
    flush();
    (void)printf("%lu observations at %d a second: %lu dropped, the last of them written %.0f ms "
                 "later\n",
                 (unsigned long)seconds * RATE, RATE, dropped, seconds_since(began) * 1000);
}

static int compare(const void *left, const void *right)
{
    float a = *(const float *)left, b = *(const float *)right;

    return (a > b) - (a < b);
}

static void print_times(const char *what, struct reader *reader)
{
    qsort(reader->took, reader->count, sizeof *reader->took, compare);
    (void)printf("%s: %zu lookups, p50 %.1f us, p99 %.1f us, p99.9 %.1f us, longest %.0f us\n",
                 what, reader->count, (double)reader->took[reader->count / 2],
                 (double)reader->took[reader->count * 99 / 100],
                 (double)reader->took[reader->count * 999 / 1000],
                 (double)reader->took[reader->count - 1]);
}

static void measure(const char *what, bool writing)
{
    struct reader readers[READERS] = {{0}};

    stop = false;
    for (unsigned i = 0; i < READERS; i++) {
        readers[i].seed = i + 1;
        readers[i].took = malloc(SAMPLES_MAX * sizeof *readers[i].took);
        if (readers[i].took == NULL ||
            pthread_create(&readers[i].thread, NULL, read_names, &readers[i]) != 0)
            die("no memory");
    }
    if (writing)
        write_names();
    else
        (void)sleep(seconds);
    stop = true;
    for (unsigned i = 0; i < READERS; i++) {
        (void)pthread_join(readers[i].thread, NULL);
        print_times(what, &readers[i]);
        free(readers[i].took);
    }
}

int main(int argc, char **argv)
{
    const char *parent = argc > 3 ? argv[3] : "/tmp";
    char directory[200], path[220];
    struct reputation_settings settings = {
        .file = path,
        .redis = "",
        .redis_password_file = "",
        .half_life = 30 * UINT64_C(86400) * NANOSECONDS_PER_SECOND,
        .min_sample = 1,
    };

    if (argc > 1)
        name_count = strtoul(argv[1], NULL, 10);
    if (argc > 2)
        seconds = (unsigned)strtoul(argv[2], NULL, 10);
    if (name_count == 0 || seconds == 0)
        die("usage: bench_reputation [NAMES [SECONDS [DIRECTORY]]]");
    settings.max_names = (unsigned)name_count;
    (void)snprintf(directory, sizeof directory, "%s/vouch-bench-XXXXXX", parent);
    if (mkdtemp(directory) == NULL)
        die("no directory for the store");
    (void)snprintf(path, sizeof path, "%s/reputation.db", directory);
    if (reputation_new(&settings, &reputation) != VOUCH_OK ||
        reputation_start(reputation) != VOUCH_OK)
        die("the store cannot be opened");
    fill();
    measure("warm", false);
    measure("while writing", true);
    reputation_release(reputation);
    print_size(path);
    (void)unlink(path);
    (void)rmdir(directory);
    return 0;
}
