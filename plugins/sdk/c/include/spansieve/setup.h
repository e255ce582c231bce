/**
 * @file setup.h
 * What a policy asks of its host while it is configured.
 */
#ifndef SPANSIEVE_SETUP_H
#define SPANSIEVE_SETUP_H

#include "layout.h"

SSV_BEGIN

/** A key that the policy declared: the host has found its row in each span. */
typedef struct ssv_slot {
    /** Its number: the position of the key among the declared ones, from 0. */
    uint32_t index;
} ssv_slot;

/** Parts of a batch that a policy can ask for, joined with `|`. What a part needs of others comes with it. */
enum {
    /** Nothing but the attributes whose keys are declared. */
    SSV_READ_KEYS = 0,
    /** Trace ids, span ids, parents. */
    SSV_READ_IDS = 1 << 0,
    /** When spans start and end. */
    SSV_READ_TIMES = 1 << 1,
    /** Names of spans. */
    SSV_READ_NAME = 1 << 2,
    /** Kinds of spans. */
    SSV_READ_KIND = 1 << 3,
    /** Status and its message. */
    SSV_READ_STATUS = 1 << 4,
    /** Tracestates. */
    SSV_READ_TRACESTATE = 1 << 5,
    /** Flags: sampled, remote parent. */
    SSV_READ_FLAGS = 1 << 6,
    /** Attributes of spans: needed also to insert, upsert, update or remove one by key. */
    SSV_READ_ATTRIBUTES = 1 << 7,
    /** Events with their attributes. */
    SSV_READ_EVENTS = 1 << 8,
    /** Links with their attributes. */
    SSV_READ_LINKS = 1 << 9,
    /** Scopes with their attributes. */
    SSV_READ_SCOPE = 1 << 10,
    /** Resources with their attributes. */
    SSV_READ_RESOURCE = 1 << 11,
    /** How many attributes, events and links of spans the application's SDK dropped. */
    SSV_READ_DROPPED = 1 << 12,
    /** To add attributes to spans without looking at those that they have: `ssv_add`. */
    SSV_READ_ADD = 1 << 13
};

/** Takes down what the policy wants to be given. A policy that asks for nothing at all is given everything. */
typedef struct ssv_setup ssv_setup;

/**
 * Asks for parts of a batch: `ssv_read(setup, SSV_READ_STATUS | SSV_READ_ATTRIBUTES)`. What is not asked for is not sent, which makes the way into
 * the plugin cheaper. May be called several times; `SSV_READ_KEYS` alone asks for the declared keys and nothing else.
 */
void ssv_read(ssv_setup *setup, unsigned parts);

/** Asks for one column, as in `wit/layout.md`: for a policy that wants less than a part. May be called several times. */
void ssv_read_column(ssv_setup *setup, ssv_column_id column);

/** Declares an attribute key of spans, whose rows the host finds for the policy. The same key gives the same slot. */
ssv_slot ssv_key_str(ssv_setup *setup, ssv_str key);

/** @cond */
static inline ssv_slot ssv_key_cstr(ssv_setup *setup, const char *key)
{
    return ssv_key_str(setup, ssv_cstr(key));
}
/** @endcond */

#ifndef __cplusplus
/** Declares a key: a string of C or an #ssv_str. */
#define ssv_key(setup, key) _Generic((key), const char *: ssv_key_cstr, char *: ssv_key_cstr, ssv_str: ssv_key_str)((setup), (key))
#endif

/** Asks the host to gather whole traces of this process before it calls `process`. */
void ssv_group_by_trace(ssv_setup *setup);

/** @cond What was asked for. */
struct ssv_setup {
    bool asked, by_trace;
    bool column[SSV_COLUMN_IDS];
    ssv_str *keys;
    uint32_t key_count, key_room;
};

/** Ids of the columns to be sent, ascending, and how many; none means all. `into` has room for #SSV_COLUMN_IDS. */
uint32_t ssv_setup_columns(const ssv_setup *setup, uint32_t *into);

/** The part to ask for so that a column is sent, such as `SSV_READ_NAME`; NULL where no part has it. */
const char *ssv_part_of(ssv_column_id column);
/** @endcond */

SSV_END

#endif
