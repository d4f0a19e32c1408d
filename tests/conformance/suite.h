/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef CONFORMANCE_SUITE_H
#define CONFORMANCE_SUITE_H

/* suite.h - reading the public RFC 7208 test suite: YAML nodes, and its zone data as zone text. */

#include <stdbool.h>

#include <yaml.h>

#include "lib/base/text.h"

/* The node at INDEX; the text of a scalar, NULL for any other node; the value of KEY in a mapping,
 * NULL if it is none or has no such key. */
yaml_node_t *suite_node_at(yaml_document_t *document, int index);
const char *suite_scalar(const yaml_node_t *node);
yaml_node_t *suite_lookup(yaml_document_t *document, const yaml_node_t *mapping, const char *key);

/* Write ZONEDATA as the text of a zone.  SENDER_ID: its SPF records become "spf2.0/mfrom,pra". */
void suite_write_zone(struct text *text, yaml_document_t *document, const yaml_node_t *zonedata,
                      bool sender_id);

/* End the test: the suite is not what it should be. */
_Noreturn void suite_bail_out(const char *what, const char *which);

#endif
