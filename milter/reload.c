/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/reload.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "milter/log.h"
#include "milter/memory.h"
#include "milter/process.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct generation *current;

void reload_print_problem(void *context, const char *file, unsigned line, const char *text)
{
    (void)context;
    if (line > 0)
        (void)fprintf(stderr, "%s:%u: %s\n", file, line, text);
    else
        (void)fprintf(stderr, "%s: %s\n", file, text);
}

void reload_log_problem(void *context, const char *file, unsigned line, const char *text)
{
    (void)context;
    if (line > 0)
        log_write(LOG_ERR, "%s:%u: %s", file, line, text);
    else
        log_write(LOG_ERR, "%s: %s", file, text);
}

static int status_of(int error)
{
    switch (error) {
    case VOUCH_ERROR_CONFIG:
        return EX_CONFIG;
    case VOUCH_ERROR_SYSTEM:
        return EX_NOINPUT;
    default:
        return EX_OSERR;
    }
}

int reload_read(const struct reload_source *source, vouch_problem_fn *problem,
                struct vouch_config **config)
{
    int error = vouch_config_load(source->path, source->overrides, problem, NULL, config);

    if (error == VOUCH_OK)
        return 0;
    if (error != VOUCH_ERROR_CONFIG && error != VOUCH_ERROR_SYSTEM)
        log_write(LOG_ERR, "cannot load the configuration: %s", vouch_error_text(error));
    return status_of(error);
}

/* A generation for CONFIG with one reference, or NULL. */
static struct generation *generation_new(struct vouch_config *config, struct vouch_engine *previous)
{
    struct generation *generation = calloc(1, sizeof *generation);
    int error = VOUCH_ERROR_MEMORY;

    if (generation != NULL)
        error = vouch_engine_new(config, previous, &generation->engine);
    if (error != VOUCH_OK) {
        log_write(LOG_ERR, "cannot start the engine: %s", vouch_error_text(error));
        free(generation);
        return NULL;
    }
    generation->references = 1;
    generation->settings = vouch_engine_settings(generation->engine);
    memory_open(generation->engine);
    generation->answers_recipients = vouch_engine_answers_recipients(generation->engine);
    generation->without_bodies = !vouch_engine_wants_body(generation->engine);
    record_open(&generation->record, generation->settings->decision_record);
    return generation;
}

static void put_in_place(struct generation *generation)
{
    struct generation *old;

    (void)pthread_mutex_lock(&lock);
    old = current;
    current = generation;
    (void)pthread_mutex_unlock(&lock);
    if (old != NULL)
        reload_release(old);
}

struct generation *reload_hold(void)
{
    struct generation *generation;

    (void)pthread_mutex_lock(&lock);
    generation = current;
    if (generation != NULL)
        generation->references++;
    (void)pthread_mutex_unlock(&lock);
    return generation;
}

void reload_release(struct generation *generation)
{
    if (--generation->references > 0)
        return;
    record_close(&generation->record);
    vouch_engine_release(generation->engine);
    free(generation);
}

int reload_start(struct vouch_config *config)
{
    struct generation *first = generation_new(config, NULL);

    if (first == NULL)
        return EX_UNAVAILABLE;
    put_in_place(first);
    return 0;
}

void reload_stop(void)
{
    put_in_place(NULL);
}

static void tell_restart(const char *option, bool changed)
{
    if (changed)
        log_write(LOG_WARNING, "reload: a new value of %s needs a restart; the old one stays",
                  option);
}

static void compare(const struct vouch_settings *old, const struct vouch_settings *new)
{
    tell_restart("listen", strcmp(old->listen, new->listen) != 0);
    tell_restart("socket-mode", old->socket_mode != new->socket_mode);
    tell_restart("socket-group", strcmp(old->socket_group, new->socket_group) != 0);
    tell_restart("user", strcmp(old->user, new->user) != 0);
    tell_restart("pid-file", strcmp(old->pid_file, new->pid_file) != 0);
    tell_restart("syslog-facility", strcmp(old->syslog_facility, new->syslog_facility) != 0);
    if (new->max_sessions > old->max_sessions)
        process_allow_files(new->max_sessions);
}

bool reload_again(const struct reload_source *source)
{
    struct generation *old = reload_hold();
    struct generation *new = NULL;
    struct vouch_config *config;

    if (reload_read(source, reload_log_problem, &config) == 0) {
        new = generation_new(config, old->engine);
        vouch_config_release(config);
    }
    if (new == NULL) {
        log_write(LOG_ERR, "reload failed: nothing has changed, the old configuration stays in "
                           "force");
    } else {
        compare(old->settings, new->settings);
        new->answers_recipients |= old->answers_recipients;
        new->without_bodies |= old->without_bodies;
        put_in_place(new);
        log_write(LOG_INFO, "reload: the new configuration is in force");
    }
    reload_release(old);
    return new != NULL;
}
