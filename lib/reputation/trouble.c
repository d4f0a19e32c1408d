/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/reputation/trouble.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/ascii.h"

bool trouble_init(struct trouble *trouble)
{
    return pthread_mutex_init(&trouble->lock, NULL) == 0;
}

void trouble_end(struct trouble *trouble)
{
    (void)pthread_mutex_destroy(&trouble->lock);
}

void trouble_say(struct trouble *trouble, const char *format, ...)
{
    char words[TROUBLE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    for (char *at = words; *at != '\0'; at++)
        if (!ascii_is_printable(*at))
            *at = '?';
    (void)pthread_mutex_lock(&trouble->lock);
    trouble->away = true;
    memcpy(trouble->words, words, sizeof words);
    (void)pthread_mutex_unlock(&trouble->lock);
}

void trouble_over(struct trouble *trouble)
{
    if (!trouble->away)
        return;
    (void)pthread_mutex_lock(&trouble->lock);
    trouble->away = false;
    (void)pthread_mutex_unlock(&trouble->lock);
}

bool trouble_tell(struct trouble *trouble, char words[TROUBLE_SIZE])
{
    bool away;

    (void)pthread_mutex_lock(&trouble->lock);
    away = trouble->away;
    memcpy(words, trouble->words, TROUBLE_SIZE);
    (void)pthread_mutex_unlock(&trouble->lock);
    return away;
}
