/**
 * @file batch.h
 * A batch of spans. Its views (value.h, span.h) read columns only where they are asked; nothing is copied.
 *
 * Reading what the policy did not ask for in `configure` fails with a message that names the part to ask for: such a policy never works, and its
 * first test says so.
 */
#ifndef SPANSIEVE_BATCH_H
#define SPANSIEVE_BATCH_H

#include "layout.h"

SSV_BEGIN

/** A column as it lies in the batch: no alignment is promised, see ssv_load_u32(). */
typedef struct ssv_column {
    /** Its first byte. */
    const uint8_t *at;
    /** How many elements it has; 0 where it was not asked for. */
    uint32_t count;
} ssv_column;

/** A batch of spans with their events, links, scopes and resources. Ask the functions below; the members are theirs. */
typedef struct ssv_batch {
    /** The columns, by #ssv_column_id. */
    ssv_column columns[SSV_COLUMN_IDS];
    /** How many spans there are. */
    uint32_t spans;
    /** Flags of the header. */
    uint32_t flags;
    /** How many rows there are. */
    uint32_t rows;
    /** Unix nanoseconds. */
    uint64_t now;
    /** Probability of the head sampler; NaN where unknown. */
    double head_probability;
} ssv_batch;

/** @cond */
SSV_NORETURN void ssv_missing(const ssv_batch *batch, ssv_column_id column, uint32_t index, ssv_place place) SSV_COLD;
SSV_NORETURN void ssv_broken(const char *what, uint32_t index, ssv_place place) SSV_COLD;

/** What is wrong with a blob, in words. */
typedef struct ssv_layout_error {
    char message[120];
} ssv_layout_error;

/** Checks header and directory of a blob: `SSVB` for a batch, `SSVE` for edits. `strict` refuses unknown columns. */
bool ssv_parse(ssv_bytes blob, const char *magic, bool strict, ssv_batch *into, ssv_layout_error *error);
/** @endcond */

// === columns as they are, for loops that want the last nanosecond ===

/** Reads a little-endian element at any address. */
SSV_INLINE uint32_t ssv_load_u32(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

/** Reads a little-endian element at any address. */
SSV_INLINE uint64_t ssv_load_u64(const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

/** A column; empty where it was not asked for. `wit/layout.md` says what it means. */
SSV_INLINE ssv_column ssv_column_of(const ssv_batch *batch, ssv_column_id column)
{
    return batch->columns[column];
}

/** @cond */
SSV_INLINE uint32_t ssv_u32(const ssv_batch *batch, ssv_column_id column, uint32_t index, ssv_place place)
{
    if (SSV_UNLIKELY(index >= batch->columns[column].count)) {
        ssv_missing(batch, column, index, place);
    }
    return ssv_load_u32(batch->columns[column].at + (size_t)index * 4);
}

SSV_INLINE uint64_t ssv_u64(const ssv_batch *batch, ssv_column_id column, uint32_t index, ssv_place place)
{
    if (SSV_UNLIKELY(index >= batch->columns[column].count)) {
        ssv_missing(batch, column, index, place);
    }
    return ssv_load_u64(batch->columns[column].at + (size_t)index * 8);
}

SSV_INLINE uint8_t ssv_u8(const ssv_batch *batch, ssv_column_id column, uint32_t index, ssv_place place)
{
    if (SSV_UNLIKELY(index >= batch->columns[column].count)) {
        ssv_missing(batch, column, index, place);
    }
    return batch->columns[column].at[index];
}

SSV_INLINE const uint8_t *ssv_id(const ssv_batch *batch, ssv_column_id column, uint32_t size, uint32_t index, ssv_place place)
{
    if (SSV_UNLIKELY(index >= batch->columns[column].count)) {
        ssv_missing(batch, column, index, place);
    }
    return batch->columns[column].at + (size_t)index * size;
}

/** Where run `index` of a column of ends starts. */
SSV_INLINE uint32_t ssv_start(const ssv_batch *batch, ssv_column_id column, uint32_t index, ssv_place place)
{
    return index == 0 ? 0 : ssv_u32(batch, column, index - 1, place);
}

SSV_INLINE ssv_str ssv_text_of(const ssv_batch *batch, uint32_t index, ssv_place place)
{
    uint32_t end = ssv_u32(batch, SSV_TEXT_END, index, place);
    uint32_t start = index == 0 ? 0 : ssv_load_u32(batch->columns[SSV_TEXT_END].at + (size_t)(index - 1) * 4) + 1;
    ssv_str text;
    if (SSV_UNLIKELY(start > end || end > batch->columns[SSV_TEXTS].count)) {
        ssv_missing(batch, SSV_TEXTS, index, place);
    }
    text.at = (const char *)batch->columns[SSV_TEXTS].at + start;
    text.length = end - start;
    text.text = index;
    return text;
}

SSV_INLINE ssv_str ssv_optional_text(const ssv_batch *batch, ssv_column_id column, uint32_t index, ssv_place place)
{
    uint32_t text = ssv_u32(batch, column, index, place);
    return text == SSV_NONE ? ssv_slice(NULL, 0) : ssv_text_of(batch, text, place);
}
/** @endcond */

// === the batch as a whole ===

/** How many spans there are. A batch may have resources and scopes but no spans. */
SSV_INLINE uint32_t ssv_span_count(const ssv_batch *batch)
{
    return batch->spans;
}

/** The time of the batch in Unix nanoseconds: a plugin's only clock. */
SSV_INLINE uint64_t ssv_now(const ssv_batch *batch)
{
    return batch->now;
}

/** The probability with which the application's head sampler samples, 0 to 1. Says whether the host knows it. */
SSV_INLINE bool ssv_head_probability(const ssv_batch *batch, double *probability)
{
    *probability = batch->head_probability;
    return batch->head_probability == batch->head_probability;
}

/** Whether every text is known to be ASCII. The host looks only for plugins that ask for texts as one string, which this SDK does not. */
SSV_INLINE bool ssv_is_ascii(const ssv_batch *batch)
{
    return (batch->flags & 1u) != 0;
}

/** Whether spans are grouped by trace. */
SSV_INLINE bool ssv_is_grouped(const ssv_batch *batch)
{
    return (batch->flags & 2u) != 0;
}

// === texts ===

/** How many texts there are. Not every one need be named by a row or a field. */
SSV_INLINE uint32_t ssv_text_count(const ssv_batch *batch)
{
    return batch->columns[SSV_TEXT_END].count;
}

/** The text at an index. */
#define ssv_text_at(batch, index) ssv_text_at_in((batch), (index), SSV_PLACE)
SSV_INLINE ssv_str ssv_text_at_in(const ssv_batch *batch, uint32_t index, ssv_place place)
{
    return ssv_text_of(batch, index, place);
}

/** For each text of a batch: `SSV_EACH_TEXT(batch, text) { ... }`, where `text` is an #ssv_str. */
#define SSV_EACH_TEXT(batch, name)                                                                                                           \
    for (uint32_t name##_at = 0, name##_in = 0; name##_in == 0 && name##_at < ssv_text_count(batch); name##_at++)                          \
        for (ssv_str name = (name##_in = 1, ssv_text_at((batch), name##_at)); name##_in != 0; name##_in = 0)

/** A distinct key of the batch. Looking for it compares numbers, not texts. Lives as long as the batch. */
typedef struct ssv_key_id {
    /** Its index among the keys, or #SSV_NONE: no attribute or map entry of the batch has this key. */
    uint32_t index;
} ssv_key_id;

/** How many distinct keys there are. */
SSV_INLINE uint32_t ssv_key_count(const ssv_batch *batch)
{
    return batch->columns[SSV_KEYS].count;
}

/** The text of the distinct key at an index. */
#define ssv_key_at(batch, index) ssv_key_at_in((batch), (index), SSV_PLACE)
SSV_INLINE ssv_str ssv_key_at_in(const ssv_batch *batch, uint32_t index, ssv_place place)
{
    return ssv_text_of(batch, ssv_u32(batch, SSV_KEYS, index, place), place);
}

/** The key with this text. Costs a look at every distinct key: do it once for each batch. */
ssv_key_id ssv_find_key(const ssv_batch *batch, ssv_str key);

SSV_END

#endif
