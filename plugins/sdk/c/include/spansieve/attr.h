/**
 * @file attr.h
 * Views of attributes, and of the elements of arrays and maps.
 */
#ifndef SPANSIEVE_ATTR_H
#define SPANSIEVE_ATTR_H

#include "value.h"

SSV_BEGIN

// === rows ===

/** Whether there is such an attribute. The functions that read one take an absent one only where they say so. */
SSV_INLINE bool ssv_has(ssv_attr attr)
{
    return attr.row != SSV_NONE;
}

/** The kind of its value; #SSV_EMPTY for an absent attribute and for a kind that this SDK does not know. */
#define ssv_attr_kind(attr) ssv_attr_kind_in((attr), SSV_PLACE)
SSV_INLINE ssv_kind ssv_attr_kind_in(ssv_attr attr, ssv_place place)
{
    uint8_t kind;
    if (attr.row == SSV_NONE) {
        return SSV_EMPTY;
    }
    kind = ssv_u8(attr.batch, SSV_ROW_KIND, attr.row, place);
    return kind <= SSV_MAP ? (ssv_kind)kind : SSV_EMPTY;
}

/** Its `row-value`: an index into the pool of its kind, a group, or the boolean itself. */
#define ssv_attr_raw(attr) ssv_attr_raw_in((attr), SSV_PLACE)
SSV_INLINE uint32_t ssv_attr_raw_in(ssv_attr attr, ssv_place place)
{
    return ssv_u32(attr.batch, SSV_ROW_VALUE, attr.row, place);
}

/** Index of its key, as in #ssv_key_id; #SSV_NONE for an element of an array. */
#define ssv_attr_key_index(attr) ssv_attr_key_index_in((attr), SSV_PLACE)
SSV_INLINE uint32_t ssv_attr_key_index_in(ssv_attr attr, ssv_place place)
{
    return ssv_u32(attr.batch, SSV_ROW_KEY, attr.row, place);
}

/** Its key; absent for an element of an array. */
#define ssv_attr_key(attr) ssv_attr_key_in((attr), SSV_PLACE)
SSV_INLINE ssv_str ssv_attr_key_in(ssv_attr attr, ssv_place place)
{
    uint32_t key = ssv_u32(attr.batch, SSV_ROW_KEY, attr.row, place);
    return key == SSV_NONE ? ssv_slice(NULL, 0) : ssv_key_at_in(attr.batch, key, place);
}

/** Reads a string. Gives false, and leaves `*text` alone, where the attribute is absent or of another kind; so do the functions that follow. */
#define ssv_get_text(attr, text) ssv_get_text_in((attr), (text), SSV_PLACE)
SSV_INLINE bool ssv_get_text_in(ssv_attr attr, ssv_str *text, ssv_place place)
{
    if (ssv_attr_kind_in(attr, place) != SSV_TEXT) {
        return false;
    }
    *text = ssv_text_of(attr.batch, ssv_attr_raw_in(attr, place), place);
    return true;
}

/** Reads an integer. */
#define ssv_get_int(attr, integer) ssv_get_int_in((attr), (integer), SSV_PLACE)
SSV_INLINE bool ssv_get_int_in(ssv_attr attr, int64_t *integer, ssv_place place)
{
    if (ssv_attr_kind_in(attr, place) != SSV_INT) {
        return false;
    }
    *integer = (int64_t)ssv_u64(attr.batch, SSV_INTS, ssv_attr_raw_in(attr, place), place);
    return true;
}

/** Reads a double. */
#define ssv_get_double(attr, number) ssv_get_double_in((attr), (number), SSV_PLACE)
SSV_INLINE bool ssv_get_double_in(ssv_attr attr, double *number, ssv_place place)
{
    uint64_t bits;
    if (ssv_attr_kind_in(attr, place) != SSV_DOUBLE) {
        return false;
    }
    bits = ssv_u64(attr.batch, SSV_DOUBLES, ssv_attr_raw_in(attr, place), place);
    memcpy(number, &bits, sizeof bits);
    return true;
}

/** Reads a number, whether an integer or a double. */
#define ssv_get_number(attr, number) ssv_get_number_in((attr), (number), SSV_PLACE)
SSV_INLINE bool ssv_get_number_in(ssv_attr attr, double *number, ssv_place place)
{
    int64_t integer;
    if (ssv_get_int_in(attr, &integer, place)) {
        *number = (double)integer;
        return true;
    }
    return ssv_get_double_in(attr, number, place);
}

/** Reads a boolean. */
#define ssv_get_bool(attr, boolean) ssv_get_bool_in((attr), (boolean), SSV_PLACE)
SSV_INLINE bool ssv_get_bool_in(ssv_attr attr, bool *boolean, ssv_place place)
{
    if (ssv_attr_kind_in(attr, place) != SSV_BOOL) {
        return false;
    }
    *boolean = ssv_attr_raw_in(attr, place) != 0;
    return true;
}

/** Reads bytes. */
#define ssv_get_bytes(attr, bytes) ssv_get_bytes_in((attr), (bytes), SSV_PLACE)
SSV_INLINE bool ssv_get_bytes_in(ssv_attr attr, ssv_bytes *bytes, ssv_place place)
{
    uint32_t index, start, end;
    if (ssv_attr_kind_in(attr, place) != SSV_BYTES) {
        return false;
    }
    index = ssv_attr_raw_in(attr, place);
    end = ssv_u32(attr.batch, SSV_BYTES_END, index, place);
    start = ssv_start(attr.batch, SSV_BYTES_END, index, place);
    if (SSV_UNLIKELY(start > end || end > attr.batch->columns[SSV_BYTE_STRINGS].count)) {
        ssv_missing(attr.batch, SSV_BYTE_STRINGS, index, place);
    }
    bytes->at = attr.batch->columns[SSV_BYTE_STRINGS].at + start;
    bytes->length = end - start;
    return true;
}

/** Whether the value is a string that equals a string of C. False where the attribute is absent. */
#define ssv_attr_is(attr, string) ssv_attr_is_in((attr), (string), SSV_PLACE)
SSV_INLINE bool ssv_attr_is_in(ssv_attr attr, const char *string, ssv_place place)
{
    ssv_str text;
    return ssv_get_text_in(attr, &text, place) && ssv_str_is(text, string);
}

#ifndef __cplusplus
/** Whether a text, or the value of an attribute that may be absent, equals a string of C: `ssv_is(ssv_span_name(span), "GET /cart")`. */
#define ssv_is(what, string) _Generic((what), ssv_attr: ssv_attr_is_in, ssv_str: ssv_str_is_in)((what), (string), SSV_PLACE)
/** @cond */
SSV_INLINE bool ssv_str_is_in(ssv_str text, const char *string, ssv_place place)
{
    (void)place;
    return ssv_str_is(text, string);
}
/** @endcond */
#endif

// === groups ===

/** The rows of the group at an index. */
SSV_INLINE ssv_attrs ssv_group(const ssv_batch *batch, uint32_t group, ssv_place place)
{
    ssv_attrs rows;
    rows.batch = batch;
    rows.group = group;
    rows.end = ssv_u32(batch, SSV_GROUP_END, group, place);
    rows.start = ssv_start(batch, SSV_GROUP_END, group, place);
    if (SSV_UNLIKELY(rows.start > rows.end || rows.end > batch->rows)) {
        ssv_broken("group", group, place);
    }
    return rows;
}

/** How many rows a group has. */
SSV_INLINE uint32_t ssv_count_attrs(ssv_attrs rows)
{
    return rows.end - rows.start;
}

/** Row `index` of a group, counted from its first. */
#define ssv_attr_at(rows, index) ssv_attr_at_in((rows), (index), SSV_PLACE)
SSV_INLINE ssv_attr ssv_attr_at_in(ssv_attrs rows, uint32_t index, ssv_place place)
{
    ssv_attr attr;
    if (SSV_UNLIKELY(index >= rows.end - rows.start)) {
        ssv_broken("row", index, place);
    }
    attr.batch = rows.batch;
    attr.row = rows.start + index;
    return attr;
}

/** The first row with this key, or an absent one. Compares texts; where many groups are searched, find the key first: ssv_find_key(). */
#define ssv_find(rows, key) ssv_find_in((rows), (key), SSV_PLACE)
static inline ssv_attr ssv_find_in(ssv_attrs rows, ssv_str key, ssv_place place)
{
    ssv_attr attr;
    attr.batch = rows.batch;
    for (attr.row = rows.start; attr.row < rows.end; attr.row++) {
        if (ssv_equal(ssv_attr_key_in(attr, place), key)) {
            return attr;
        }
    }
    attr.row = SSV_NONE;
    return attr;
}

/** The first row with this key, or an absent one. */
#define ssv_find_id(rows, key) ssv_find_id_in((rows), (key), SSV_PLACE)
static inline ssv_attr ssv_find_id_in(ssv_attrs rows, ssv_key_id key, ssv_place place)
{
    ssv_attr attr;
    attr.batch = rows.batch;
    if (key.index != SSV_NONE) {
        for (attr.row = rows.start; attr.row < rows.end; attr.row++) {
            if (ssv_attr_key_index_in(attr, place) == key.index) {
                return attr;
            }
        }
    }
    attr.row = SSV_NONE;
    return attr;
}

/** For each row of a group, in order: `SSV_EACH_ATTR(ssv_span_attrs(span), attr) { ... }`, where `attr` is an #ssv_attr. */
#define SSV_EACH_ATTR(rows, name)                                                                                                            \
    for (ssv_attrs name##_all = (rows), *name##_go = &name##_all; name##_go != NULL; name##_go = NULL)                                     \
        for (ssv_attr name = {name##_all.batch, name##_all.start}; name.row < name##_all.end; name.row++)

/** The row at an index of the batch, whatever it belongs to and however deep it is nested. */
#define ssv_row_at(batch, row) ssv_row_at_in((batch), (row), SSV_PLACE)
SSV_INLINE ssv_attr ssv_row_at_in(const ssv_batch *batch, uint32_t row, ssv_place place)
{
    ssv_attr attr;
    if (SSV_UNLIKELY(row >= batch->rows)) {
        ssv_broken("row", row, place);
    }
    attr.batch = batch;
    attr.row = row;
    return attr;
}

/** For every row of a batch. */
#define SSV_EACH_ROW(of, name) for (ssv_attr name = {(of), 0}; name.row < (of)->rows; name.row++)

// === values ===

/** Its value. An absent attribute counts as empty. */
#define ssv_attr_value(attr) ssv_attr_value_in((attr), SSV_PLACE)
static inline ssv_value ssv_attr_value_in(ssv_attr attr, ssv_place place)
{
    ssv_value value = ssv_empty();
    value.kind = ssv_attr_kind_in(attr, place);
    switch (value.kind) {
    case SSV_EMPTY:
        break;
    case SSV_TEXT:
        (void)ssv_get_text_in(attr, &value.as.text, place);
        break;
    case SSV_BOOL:
        (void)ssv_get_bool_in(attr, &value.as.boolean, place);
        break;
    case SSV_INT:
        (void)ssv_get_int_in(attr, &value.as.integer, place);
        break;
    case SSV_DOUBLE:
        (void)ssv_get_double_in(attr, &value.as.number, place);
        break;
    case SSV_BYTES:
        (void)ssv_get_bytes_in(attr, &value.as.bytes, place);
        break;
    case SSV_ARRAY:
    case SSV_MAP:
        value.as.rows = ssv_group(attr.batch, ssv_attr_raw_in(attr, place), place);
        break;
    }
    return value;
}

SSV_END

#endif
