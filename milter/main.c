/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* vouch-milter: the filter that Postfix and Sendmail talk to.  See vouch-milter(8). */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "milter/callbacks.h"
#include "milter/control.h"
#include "milter/gate.h"
#include "milter/log.h"
#include "milter/memory.h"
#include "milter/options.h"
#include "milter/pidfile.h"
#include "milter/process.h"
#include "milter/reload.h"
#include "milter/service.h"
#include "milter/setup.h"
#include "milter/signals.h"
#include "milter/socket.h"

static struct reload_source source_of(const struct options *options)
{
    return (struct reload_source){.path = options->config, .overrides = options->overrides};
}

static void tell_default(const struct options *options)
{
    if (options->default_missing)
        log_write(LOG_NOTICE, "there is no %s: the defaults hold", OPTIONS_DEFAULT_CONFIG);
}

static void print_line(void *context, const char *line)
{
    (void)fprintf(context, "%s\n", line);
}

/* -n */
static int check(const struct options *options)
{
    struct reload_source source = source_of(options);
    struct vouch_config *config;
    struct setup setup;
    int status = reload_read(&source, reload_print_problem, &config);

    tell_default(options);
    if (status != 0)
        return status;
    status = setup_find(vouch_config_settings(config), &setup);
    if (status == 0 && vouch_config_describe(config, print_line, stdout) != VOUCH_OK)
        status = EX_OSERR;
    vouch_config_release(config);
    return status;
}

/* Everything that needs root, then everything that need not have it.  What was made on the way is
 * removed by the caller. */
static int start(const struct options *options, struct vouch_config *config,
                 const struct setup *setup, struct socket_file *file)
{
    const struct vouch_settings *settings = vouch_config_settings(config);
    struct reload_source source = source_of(options);
    char words[2 * ADDRESS_SIZE];
    int status;

    if ((status = pidfile_create(settings->pid_file)) != 0)
        return status;
    process_allow_files(settings->max_sessions);
    if (!callbacks_register()) {
        log_write(LOG_ERR, "libmilter refuses the filter");
        return EX_SOFTWARE;
    }
    if ((status = socket_open(&setup->address, &setup->owner, file)) != 0 ||
        (status = process_become(&setup->user)) != 0 || (status = reload_start(config)) != 0)
        return status;
    if (!control_start(&source)) {
        log_write(LOG_ERR, "cannot start a thread: %s", strerror(errno));
        return EX_OSERR;
    }
    log_write(LOG_INFO, "vouch-milter %s listens on %s%s", vouch_version(),
              address_describe(&setup->address, words, sizeof words),
              settings->monitor ? ", monitor mode" : "");
    return 0;
}

/* From here on in the daemon. */
static int live(const struct options *options, struct vouch_config *config,
                const struct setup *setup)
{
    struct socket_file file = {.path = ""};
    int status;

    if (!signals_prepare()) {
        log_write(LOG_ERR, "cannot handle signals: %s", strerror(errno));
        return EX_OSERR;
    }
    status = start(options, config, setup, &file);
    if (status == 0) {
        log_started();
        process_ready(options->foreground);
        status = control_wait();
        log_write(LOG_INFO, "stopped");
    }
    socket_remove(&file);
    pidfile_remove(vouch_config_settings(config)->pid_file);
    return status;
}

static int run(const struct options *options)
{
    struct reload_source source = source_of(options);
    struct vouch_config *config;
    struct setup setup;
    int status;

    log_open(LOG_MAIL, options->foreground, options->verbose);
    tell_default(options);
    if ((status = reload_read(&source, reload_log_problem, &config)) != 0)
        return status;
    status = setup_find(vouch_config_settings(config), &setup);
    if (status == 0) {
        log_open(setup.facility, options->foreground, options->verbose);
        if (!options->foreground)
            status = process_daemonize();
    }
    if (status == 0)
        status = live(options, config, &setup);
    vouch_config_release(config);
    return status;
}

int main(int argc, char **argv)
{
    struct options options;
    int status = options_read(argc, argv, &options);

    service_begin();
    if (status < 0)
        status = options.check ? check(&options) : run(&options);
    /* MTAs keep sessions open between messages, and these hold the engine with the resolver's
     * threads, which must not run into exit handlers. */
    if (gate_sessions() > 0) {
        memory_flush();
        _exit(status);
    }
    reload_stop();
    options_free(&options);
    return status;
}
