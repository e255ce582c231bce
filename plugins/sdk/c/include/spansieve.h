/**
 * @file spansieve.h
 * Write a spansieve policy in C (C11, or C++17 through `spansieve.hpp`). A policy looks at batches of spans and takes down edits:
 *
 * @code{.c}
 * #include <spansieve.h>
 *
 * typedef struct { ssv_str team; } config;
 * SSV_CONFIG(config, SSV_STRING(config, team, .required = true, .about = "Who looks after failed requests"));
 *
 * static struct { ssv_str team; ssv_slot route; } owners;
 *
 * static bool configure(const config *given, ssv_setup *setup, ssv_error *error) {
 *     (void)error;
 *     owners.team = given->team;
 *     owners.route = ssv_key(setup, "http.route");
 *     ssv_read(setup, SSV_READ_STATUS | SSV_READ_ATTRIBUTES);
 *     return true;
 * }
 *
 * static void process(const ssv_batch *batch, ssv_edits *edits) {
 *     SSV_EACH_SPAN(batch, span) {
 *         if (ssv_span_status(span) == SSV_STATUS_ERROR && ssv_has(ssv_get(span, owners.route)))
 *             ssv_upsert(edits, span, "team", ssv_text(owners.team));
 *     }
 * }
 *
 * SSV_POLICY(policy, config, configure, process,
 *     .name = "owners", .about = "Marks failed requests with the team that looks after them");
 * SSV_EXPORT(policy);
 * @endcode
 *
 * A policy may call nothing of its host but what host.h has: the same batch, configuration and state give the same edits.
 *
 * What makes a policy fast: declare the keys that it reads (ssv_key()), so that the host has found their rows before the policy runs; ask only
 * for what it reads (ssv_read()); put texts of the batch into edits as the #ssv_str that a view gave, not as a copy: they are then named,
 * not copied; bring a text that is used often along once for each batch (ssv_bring()).
 */
#ifndef SPANSIEVE_H
#define SPANSIEVE_H

#include "spansieve/base.h"
#include "spansieve/memory.h"
#include "spansieve/layout.h"
#include "spansieve/batch.h"
#include "spansieve/value.h"
#include "spansieve/attr.h"
#include "spansieve/span.h"
#include "spansieve/event.h"
#include "spansieve/scope.h"
#include "spansieve/edits.h"
#include "spansieve/setup.h"
#include "spansieve/host.h"
#include "spansieve/json.h"
#include "spansieve/config.h"
#include "spansieve/policy.h"

#endif
