/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* The `source "x" { ... }` sections: what their texts mean, and whether they go together. */
#include "lib/policy/reader.h"

static void read_source(struct reader *reader, const struct config_source *written,
                        struct dna_source *source)
{
    struct text complaint = text_in(reader->scratch);
    int error;

    *source = written->source;
    source->name = written->title.text;
    error = dna_source_read(source, reader->arena, &complaint);
    if (error == VOUCH_OK && source->kind == DNA_KIND_OWN &&
        !reader->config->enabled[METHOD_REPUTATION]) {
        text_add(&complaint, "needs reputation { enabled = yes }");
        error = VOUCH_ERROR_CONFIG;
    }
    if (error == VOUCH_ERROR_MEMORY || text_string(&complaint) == NULL)
        reader_fail(reader, VOUCH_ERROR_MEMORY);
    else if (error != VOUCH_OK)
        reader_problem(reader, written->title.origin, "source '%s' %s",
                       reader_shown(reader, source->name), text_string(&complaint));
}

void reader_sources_finish(struct reader *reader)
{
    struct vouch_config *config = reader->config;
    struct dna_source *sources = arena_calloc(reader->arena, config->source_count, sizeof *sources);

    if (sources == NULL) {
        reader_fail(reader, VOUCH_ERROR_MEMORY);
        return;
    }
    for (size_t i = 0; i < config->source_count; i++)
        read_source(reader, &config->sources[i], &sources[i]);
    config->verify.dna.sources = sources;
    config->verify.dna.source_count = config->source_count;
}
