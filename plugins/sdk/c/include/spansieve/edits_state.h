/**
 * @file edits_state.h
 * What the edits of a batch are kept in, column by column, with what finds a place again. Policies use edits.h.
 */
#ifndef SPANSIEVE_EDITS_STATE_H
#define SPANSIEVE_EDITS_STATE_H

#include "batch.h"
#include "value.h"

SSV_BEGIN

/** @cond */

/** A number for each index, all forgotten at once: in each element the generation in which the number was put, above the number. */
typedef struct ssv_stamps {
    uint64_t *of;
    uint32_t room, generation;
} ssv_stamps;

void ssv_stamps_grow(ssv_stamps *stamps, uint32_t index);

SSV_INLINE bool ssv_stamps_get(const ssv_stamps *stamps, uint32_t index, uint32_t *number)
{
    if (index >= stamps->room || stamps->of[index] >> 32 != stamps->generation) {
        return false;
    }
    *number = (uint32_t)stamps->of[index];
    return true;
}

SSV_INLINE bool ssv_stamps_has(const ssv_stamps *stamps, uint32_t index)
{
    return index < stamps->room && stamps->of[index] >> 32 == stamps->generation;
}

SSV_INLINE void ssv_stamps_put(ssv_stamps *stamps, uint32_t index, uint32_t number)
{
    if (SSV_UNLIKELY(index >= stamps->room)) {
        ssv_stamps_grow(stamps, index);
    }
    stamps->of[index] = (uint64_t)stamps->generation << 32 | number;
}

/** Elements that are only appended. Not for two sorts of them: the casts are in src/edits.c. */
typedef struct ssv_u32s {
    uint32_t *at;
    uint32_t count, room;
} ssv_u32s;

typedef struct ssv_u64s {
    uint64_t *at;
    uint32_t count, room;
} ssv_u64s;

typedef struct ssv_u8s {
    uint8_t *at;
    uint32_t count, room;
} ssv_u8s;

/** Places of the table that finds short texts again. A text that is crowded out is brought along twice, which costs only bytes. */
#define SSV_RECENT 256

/** @endcond */

/** A value as the layout has it: its kind and `row-value`. */
typedef struct ssv_raw_value {
    ssv_kind kind;
    uint32_t value;
} ssv_raw_value;

/** Takes down what is to change in a batch. Its members are for the functions of this SDK. */
typedef struct ssv_edits {
    const ssv_batch *batch;
    /** How much of everything the batch has: what the edits bring along is numbered from there. */
    struct {
        uint32_t texts, ints, doubles, bytes, rows, groups, spans;
    } base;
    /** New texts, each followed by 0xFF, and where each ends. */
    ssv_u8s texts;
    ssv_u32s text_end;
    /** For some texts, by hash: their number among the new ones. Numbers of the batch before are recognised by comparing. */
    uint32_t recent[SSV_RECENT];
    ssv_u64s ints, doubles;
    ssv_u8s bytes;
    ssv_u32s bytes_end;
    uint32_t new_groups;
    /** Added rows; the group is #SSV_NONE where a row was removed again. For look-ups by key those of each group are a chain, last to first. */
    struct {
        uint32_t *group, *key, *value;
        uint8_t *kind;
        uint32_t count, room;
        ssv_u32s previous;
        ssv_stamps last_of_group;
    } added;
    /** Rows whose value changes, each once; #SSV_NONE where the row was removed later. */
    struct {
        ssv_u32s row, value;
        ssv_u8s kind;
        ssv_stamps place_of;
    } set;
    /** Rows whose key changes, each once; #SSV_NONE where the row was removed later. */
    struct {
        ssv_u32s row, key;
        ssv_stamps place_of;
    } renamed;
    ssv_u32s removed;
    ssv_stamps is_removed;
    struct {
        ssv_u32s text, with;
        ssv_stamps place_of;
    } replaced;
    /** Spans that were dropped or kept, each once, and which of the two was said last. */
    ssv_u32s decided;
    ssv_stamps dropped;
    /** Fields that are set, each once. */
    struct {
        ssv_u8s code;
        ssv_u32s index, value;
        ssv_stamps place_of[SSV_FIELD_CODES];
    } fields;
    /** An added row was removed again. */
    bool holes;
    /** A value that names new groups was superseded: they have to go before the edits are written. */
    bool orphans;
    /** The blob, in a buffer that is used again. */
    ssv_u8s out;
} ssv_edits;

/** @cond What stands between a policy and the rest of the SDK. */

/** Begins the edits of a batch; whatever was taken down before is forgotten. */
void ssv_edits_begin(ssv_edits *edits, const ssv_batch *batch);

/** The edits as a blob, which lives until the next batch begins. Nothing to change gives nothing. */
ssv_bytes ssv_edits_finish(ssv_edits *edits);

void ssv_edits_free(ssv_edits *edits);

/** Turns a value into kind and `row-value`. A nested value must then be used for exactly one row. */
ssv_raw_value ssv_edits_value(ssv_edits *edits, const ssv_value *value);

/** A text that was brought along or is one of the batch, by its index. */
ssv_str ssv_edits_text(const ssv_edits *edits, uint32_t text);

void ssv_edits_grow_added(ssv_edits *edits);
void ssv_edits_grow_decided(ssv_edits *edits);

/** Sets a field: the value is a text index, a code, or #SSV_NONE to clear it. */
void ssv_set_field(ssv_edits *edits, ssv_field_code field, uint32_t index, uint32_t value);

SSV_INLINE bool ssv_is_nested(ssv_kind kind)
{
    return kind == SSV_ARRAY || kind == SSV_MAP;
}

SSV_INLINE void ssv_edits_push(ssv_edits *edits, uint32_t group, uint32_t key, ssv_raw_value raw)
{
    uint32_t place = edits->added.count;
    if (SSV_UNLIKELY(place == edits->added.room)) {
        ssv_edits_grow_added(edits);
    }
    edits->added.group[place] = group;
    edits->added.key[place] = key;
    edits->added.value[place] = raw.value;
    edits->added.kind[place] = (uint8_t)raw.kind;
    edits->added.count = place + 1;
}

SSV_INLINE void ssv_edits_decide(ssv_edits *edits, uint32_t span, bool drop)
{
    if (SSV_UNLIKELY(span >= edits->base.spans)) {
        ssv_broken("span", span, SSV_PLACE);
    }
    if (!ssv_stamps_has(&edits->dropped, span)) {
        if (SSV_UNLIKELY(edits->decided.count == edits->decided.room)) {
            ssv_edits_grow_decided(edits);
        }
        edits->decided.at[edits->decided.count++] = span;
    }
    ssv_stamps_put(&edits->dropped, span, drop ? 1 : 0);
}

/** @endcond */

SSV_END

#endif
