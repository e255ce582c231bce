/**
 * @file value.h
 * Values: those of a batch, and new ones for edits. Both are an #ssv_value, so what was read can be written.
 */
#ifndef SPANSIEVE_VALUE_H
#define SPANSIEVE_VALUE_H

#include "batch.h"
#include "memory.h"

SSV_BEGIN

/** A row: an attribute, or an element of an array or a map. May be absent, see ssv_has(). */
typedef struct ssv_attr {
    const ssv_batch *batch;
    /** Its index in the batch, which edits name; #SSV_NONE where there is none. */
    uint32_t row;
} ssv_attr;

/** The rows of a group: the attributes of something, or the elements of an array or a map. */
typedef struct ssv_attrs {
    const ssv_batch *batch;
    /** The group's index in the batch, which edits name. */
    uint32_t group;
    /** Its first row. */
    uint32_t start;
    /** The row after its last. */
    uint32_t end;
} ssv_attrs;

struct ssv_entry;

/** A value. Read `kind`, then the member of that kind; make new ones with ssv_text(), ssv_int() and so on. */
typedef struct ssv_value {
    ssv_kind kind;
    /** Whether an array or map was made by the policy (`items`, `entries`), rather than read from a batch (`rows`). */
    bool made;
    /** Where `kind` is #SSV_TEXT: whether the text is named by `named` alone, as ssv_bring() gave it. */
    bool by_name;
    union {
        /** #SSV_TEXT */
        ssv_str text;
        /** #SSV_TEXT, named */
        uint32_t named;
        /** #SSV_BOOL */
        bool boolean;
        /** #SSV_INT */
        int64_t integer;
        /** #SSV_DOUBLE */
        double number;
        /** #SSV_BYTES */
        ssv_bytes bytes;
        /** #SSV_ARRAY and #SSV_MAP of a batch */
        ssv_attrs rows;
        /** #SSV_ARRAY that was made */
        struct {
            const struct ssv_value *at;
            size_t count;
        } items;
        /** #SSV_MAP that was made */
        struct {
            const struct ssv_entry *at;
            size_t count;
        } entries;
    } as;
} ssv_value;

/** An entry of a map. */
typedef struct ssv_entry {
    ssv_str key;
    ssv_value value;
} ssv_entry;

/** Names a text for the time of one batch: what ssv_bring() gives. Using it costs nothing. */
typedef struct ssv_text_id {
    /** Its index: one of the batch's, or a new one. */
    uint32_t index;
} ssv_text_id;

// === new values ===

/** A value that is not set. */
SSV_INLINE ssv_value ssv_empty(void)
{
    ssv_value value;
    memset(&value, 0, sizeof value);
    return value;
}

/** A string. A text of the batch is named, any other is copied into the edits when the value is used. An absent text gives a value that is not set. */
SSV_INLINE ssv_value ssv_text_str(ssv_str text)
{
    ssv_value value = ssv_empty();
    value.kind = ssv_given(text) ? SSV_TEXT : SSV_EMPTY;
    value.as.text = text;
    return value;
}

/** A string of C. */
SSV_INLINE ssv_value ssv_text_cstr(const char *text)
{
    return ssv_text_str(ssv_cstr(text));
}

/** A text that was brought along. */
SSV_INLINE ssv_value ssv_text_named(ssv_text_id text)
{
    ssv_value value = ssv_empty();
    value.kind = SSV_TEXT;
    value.by_name = true;
    value.as.named = text.index;
    return value;
}

#ifndef __cplusplus
/** A string as a value: of a string of C, an #ssv_str or an #ssv_text_id. */
#define ssv_text(text)                                                                                                                       \
    _Generic((text), const char *: ssv_text_cstr, char *: ssv_text_cstr, ssv_str: ssv_text_str, ssv_text_id: ssv_text_named)(text)
#endif

/** A boolean. */
SSV_INLINE ssv_value ssv_bool(bool boolean)
{
    ssv_value value = ssv_empty();
    value.kind = SSV_BOOL;
    value.as.boolean = boolean;
    return value;
}

/** An integer. */
SSV_INLINE ssv_value ssv_int(int64_t integer)
{
    ssv_value value = ssv_empty();
    value.kind = SSV_INT;
    value.as.integer = integer;
    return value;
}

/** A double. */
SSV_INLINE ssv_value ssv_double(double number)
{
    ssv_value value = ssv_empty();
    value.kind = SSV_DOUBLE;
    value.as.number = number;
    return value;
}

/** Bytes that are not text. They are copied when the value is used. */
SSV_INLINE ssv_value ssv_raw(const void *at, size_t length)
{
    ssv_value value = ssv_empty();
    value.kind = SSV_BYTES;
    value.as.bytes.at = (const uint8_t *)at;
    value.as.bytes.length = length;
    return value;
}

/** Values in order. They must be there until the value is used. */
SSV_INLINE ssv_value ssv_array(const ssv_value *items, size_t count)
{
    ssv_value value = ssv_empty();
    value.kind = SSV_ARRAY;
    value.made = true;
    value.as.items.at = items;
    value.as.items.count = count;
    return value;
}

/** Values by key. They must be there until the value is used. */
SSV_INLINE ssv_value ssv_map(const ssv_entry *entries, size_t count)
{
    ssv_value value = ssv_empty();
    value.kind = SSV_MAP;
    value.made = true;
    value.as.entries.at = entries;
    value.as.entries.count = count;
    return value;
}

#ifndef __cplusplus
/** An array of the values that are written out: `SSV_ARRAY_OF(ssv_int(1), ssv_text("two"))`. Lives as long as the block it stands in. */
#define SSV_ARRAY_OF(...) ssv_array((const ssv_value[]){__VA_ARGS__}, SSV_COUNT_OF(((const ssv_value[]){__VA_ARGS__})))
/** A map of the entries that are written out: `SSV_MAP_OF({SSV("a"), ssv_int(1)}, {SSV("b"), ssv_empty()})`. Lives as long as the block it stands in. */
#define SSV_MAP_OF(...) ssv_map((const ssv_entry[]){__VA_ARGS__}, SSV_COUNT_OF(((const ssv_entry[]){__VA_ARGS__})))
#endif

/** An array that is made value by value: `ssv_list list = {0}; ssv_push(&list, ssv_int(1));`. Its memory is ssv_alloc()'s. */
typedef struct ssv_list {
    ssv_value *at;
    size_t count, room;
} ssv_list;

/** Appends a value. */
void ssv_push(ssv_list *list, ssv_value value);

/** The list as a value. */
SSV_INLINE ssv_value ssv_list_value(const ssv_list *list)
{
    return ssv_array(list->at, list->count);
}

/** A map that is made entry by entry: `ssv_dict map = {0}; ssv_put(&map, "a", ssv_int(1));`. Its memory is ssv_alloc()'s. */
typedef struct ssv_dict {
    ssv_entry *at;
    size_t count, room;
} ssv_dict;

/** Appends an entry. A key that is there already is not looked for. */
void ssv_put_str(ssv_dict *map, ssv_str key, ssv_value value);

/** @cond */
SSV_INLINE void ssv_put_cstr(ssv_dict *map, const char *key, ssv_value value)
{
    ssv_put_str(map, ssv_cstr(key), value);
}
/** @endcond */

#ifndef __cplusplus
/** Appends an entry; the key is a string of C or an #ssv_str. */
#define ssv_put(map, key, value) _Generic((key), const char *: ssv_put_cstr, char *: ssv_put_cstr, ssv_str: ssv_put_str)((map), (key), (value))
#endif

/** The map as a value. */
SSV_INLINE ssv_value ssv_dict_value(const ssv_dict *map)
{
    return ssv_map(map->at, map->count);
}

SSV_END

#endif
