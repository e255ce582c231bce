// From plain data to a batch blob, as the host writes it.

#include <stdlib.h>

#include "test.h"

typedef struct {
    uint8_t *at;
    size_t length, room;
} buffer;

typedef struct {
    buffer column[SSV_COLUMN_IDS];
    ssv_str *keys;
    uint32_t key_count, texts, groups, rows;
    uint32_t *first_row;
} encoder;

static void put(encoder *e, ssv_column_id column, const void *at, size_t length)
{
    buffer *buffer = &e->column[column];
    if (buffer->room - buffer->length < length) {
        buffer->room = (buffer->room + length) * 2;
        buffer->at = ssv_grow(buffer->at, buffer->room, 1);
    }
    if (length > 0) {
        memcpy(buffer->at + buffer->length, at, length);
    }
    buffer->length += length;
}

static void put_u32(encoder *e, ssv_column_id column, uint32_t value)
{
    put(e, column, &value, sizeof value);
}

static void put_u64(encoder *e, ssv_column_id column, uint64_t value)
{
    put(e, column, &value, sizeof value);
}

static void put_u8(encoder *e, ssv_column_id column, uint8_t value)
{
    put(e, column, &value, sizeof value);
}

static uint32_t text(encoder *e, ssv_str text)
{
    put(e, SSV_TEXTS, text.at, text.length);
    put_u32(e, SSV_TEXT_END, (uint32_t)e->column[SSV_TEXTS].length);
    put_u8(e, SSV_TEXTS, 0xFF);
    return e->texts++;
}

static void put_text(encoder *e, ssv_column_id column, ssv_str value)
{
    put_u32(e, column, ssv_given(value) ? text(e, value) : SSV_NONE);
}

static uint32_t key(encoder *e, ssv_str key)
{
    for (uint32_t i = 0; i < e->key_count; i++) {
        if (ssv_equal(e->keys[i], key)) {
            return i;
        }
    }
    if (e->key_count % 64 == 0) {
        e->keys = ssv_grow(e->keys, e->key_count + 64, sizeof *e->keys);
    }
    e->keys[e->key_count] = key;
    put_u32(e, SSV_KEYS, text(e, key));
    return e->key_count++;
}

/// What is still to be written of a group: its elements or its entries.
typedef struct work {
    const ssv_value *values;
    const ssv_entry *entries;
    size_t count;
    struct work *next;
} work;

static work *later(const ssv_value *value)
{
    work *work = SSV_NEW(struct work, 1);
    work->values = value->kind == SSV_ARRAY ? value->as.items.at : NULL;
    work->entries = value->kind == SSV_MAP ? value->as.entries.at : NULL;
    work->count = value->kind == SSV_ARRAY ? value->as.items.count : value->as.entries.count;
    return work;
}

static uint32_t row_value(encoder *e, const ssv_value *value, work **last)
{
    switch (value->kind) {
    case SSV_EMPTY:
        return 0;
    case SSV_TEXT:
        return text(e, value->as.text);
    case SSV_BOOL:
        return value->as.boolean ? 1 : 0;
    case SSV_INT:
        put_u64(e, SSV_INTS, (uint64_t)value->as.integer);
        return (uint32_t)(e->column[SSV_INTS].length / 8) - 1;
    case SSV_DOUBLE:
        put(e, SSV_DOUBLES, &value->as.number, 8);
        return (uint32_t)(e->column[SSV_DOUBLES].length / 8) - 1;
    case SSV_BYTES:
        put(e, SSV_BYTE_STRINGS, value->as.bytes.at, value->as.bytes.length);
        put_u32(e, SSV_BYTES_END, (uint32_t)e->column[SSV_BYTE_STRINGS].length);
        return (uint32_t)(e->column[SSV_BYTES_END].length / 4) - 1;
    case SSV_ARRAY:
    case SSV_MAP:
        *last = (*last)->next = later(value);
        return e->groups++;
    }
    return 0;
}

/// Writes the rows of a group, then those of the groups nested in it, level by level.
static uint32_t group(encoder *e, const ssv_dict *attributes)
{
    uint32_t group = e->groups++;
    work first = {NULL, attributes->at, attributes->count, NULL}, *last = &first;
    for (const work *work = &first; work != NULL; work = work->next) {
        for (size_t i = 0; i < work->count; i++) {
            const ssv_value *value = work->entries != NULL ? &work->entries[i].value : &work->values[i];
            put_u32(e, SSV_ROW_KEY, work->entries != NULL ? key(e, work->entries[i].key) : SSV_NONE);
            put_u8(e, SSV_ROW_KIND, (uint8_t)value->kind);
            put_u32(e, SSV_ROW_VALUE, row_value(e, value, &last));
            e->rows++;
        }
        put_u32(e, SSV_GROUP_END, e->rows);
    }
    return group;
}

static void put_span(encoder *e, const ssvt_span *span)
{
    put(e, SSV_SPAN_TRACE_ID, span->trace_id, 16);
    put(e, SSV_SPAN_ID, span->id, 8);
    put(e, SSV_SPAN_PARENT_ID, span->parent_id, 8);
    put_u64(e, SSV_SPAN_START, span->start);
    put_u64(e, SSV_SPAN_END, span->end);
    put_text(e, SSV_SPAN_NAME, span->name);
    put_u8(e, SSV_SPAN_KIND, (uint8_t)span->kind);
    put_u8(e, SSV_SPAN_STATUS, (uint8_t)span->status);
    put_text(e, SSV_SPAN_MESSAGE, span->message);
    put_text(e, SSV_SPAN_TRACESTATE, span->tracestate);
    put_u32(e, SSV_SPAN_FLAGS, span->flags);
    put_u32(e, SSV_SPAN_SCOPE, (uint32_t)span->scope);
    put_u32(e, SSV_SPAN_ATTRIBUTES, group(e, &span->attributes));
    for (size_t i = 0; i < span->event_count; i++) {
        put_text(e, SSV_EVENT_NAME, span->events[i]->name);
        put_u64(e, SSV_EVENT_TIME, span->events[i]->time);
        put_u32(e, SSV_EVENT_ATTRIBUTES, group(e, &span->events[i]->attributes));
        put_u32(e, SSV_EVENT_DROPPED_ATTRIBUTES, span->events[i]->dropped_attributes);
    }
    for (size_t i = 0; i < span->link_count; i++) {
        put(e, SSV_LINK_TRACE_ID, span->links[i]->trace_id, 16);
        put(e, SSV_LINK_SPAN_ID, span->links[i]->span_id, 8);
        put_text(e, SSV_LINK_TRACESTATE, span->links[i]->tracestate);
        put_u32(e, SSV_LINK_FLAGS, span->links[i]->flags);
        put_u32(e, SSV_LINK_ATTRIBUTES, group(e, &span->links[i]->attributes));
        put_u32(e, SSV_LINK_DROPPED_ATTRIBUTES, span->links[i]->dropped_attributes);
    }
    put_u32(e, SSV_SPAN_EVENTS_END, (uint32_t)(e->column[SSV_EVENT_NAME].length / 4));
    put_u32(e, SSV_SPAN_LINKS_END, (uint32_t)(e->column[SSV_LINK_FLAGS].length / 4));
    put_u32(e, SSV_SPAN_DROPPED_ATTRIBUTES, span->dropped_attributes);
    put_u32(e, SSV_SPAN_DROPPED_EVENTS, span->dropped_events);
    put_u32(e, SSV_SPAN_DROPPED_LINKS, span->dropped_links);
}

static void put_declared(encoder *e, const ssvt_batch *batch, const ssv_setup *setup)
{
    for (uint32_t slot = 0; slot < setup->key_count; slot++) {
        for (size_t i = 0; i < batch->span_count; i++) {
            const ssv_dict *attributes = &batch->spans[i]->attributes;
            uint32_t row = SSV_NONE;
            for (size_t place = attributes->count; place-- > 0;) {
                row = ssv_equal(attributes->at[place].key, setup->keys[slot]) ? e->first_row[i] + (uint32_t)place : row;
            }
            put_u32(e, SSV_DECLARED, row);
        }
    }
}

static ssv_bytes join(const encoder *e, const ssvt_batch *batch, const uint32_t *columns, uint32_t count)
{
    size_t length = (48 + (size_t)count * 12 + 7) / 8 * 8, entries = 0;
    for (uint32_t i = 0; i < count; i++) {
        length += (e->column[columns[i]].length + 7) / 8 * 8;
    }
    uint8_t *out = ssv_alloc(length);
    size_t offset = (48 + (size_t)count * 12 + 7) / 8 * 8;
    for (uint32_t i = 0; i < count; i++) {
        const buffer *column = &e->column[columns[i]];
        if (column->length > 0) {
            uint32_t entry[3] = {columns[i], (uint32_t)offset, (uint32_t)column->length};
            memcpy(out + 48 + entries++ * 12, entry, sizeof entry);
            memcpy(out + offset, column->at, column->length);
            offset += (column->length + 7) / 8 * 8;
        }
    }
    uint32_t version = SSV_LAYOUT, flags = batch->grouped ? 2 : 0, spans = (uint32_t)batch->span_count;
    uint32_t head[4] = {flags, (uint32_t)entries, (uint32_t)length, spans};
    memcpy(out, "SSVB", 4);
    memcpy(out + 4, &version, 4);
    memcpy(out + 8, head, sizeof head);
    memcpy(out + 24, &batch->now, 8);
    memcpy(out + 32, &batch->head_probability, 8);
    return (ssv_bytes){out, length};
}

ssv_bytes ssvt_encode(const ssvt_batch *batch, const ssv_setup *setup)
{
    encoder encoder = {.key_count = 0}, *e = &encoder;
    e->first_row = SSV_NEW(uint32_t, batch->span_count);
    for (size_t i = 0; i < batch->span_count; i++) {
        // The rows of a span's attributes come first of all that is written for it.
        e->first_row[i] = e->rows;
        put_span(e, batch->spans[i]);
    }
    for (size_t i = 0; i < batch->scope_count; i++) {
        const ssvt_scope *scope = batch->scopes[i];
        put_text(e, SSV_SCOPE_NAME, scope->name);
        put_text(e, SSV_SCOPE_VERSION, scope->version);
        put_text(e, SSV_SCOPE_SCHEMA_URL, scope->schema_url);
        put_u32(e, SSV_SCOPE_ATTRIBUTES, group(e, &scope->attributes));
        put_u32(e, SSV_SCOPE_DROPPED_ATTRIBUTES, scope->dropped_attributes);
        put_u32(e, SSV_SCOPE_RESOURCE, (uint32_t)scope->resource);
    }
    for (size_t i = 0; i < batch->resource_count; i++) {
        put_u32(e, SSV_RESOURCE_ATTRIBUTES, group(e, &batch->resources[i]->attributes));
        put_text(e, SSV_RESOURCE_SCHEMA_URL, batch->resources[i]->schema_url);
        put_u32(e, SSV_RESOURCE_DROPPED_ATTRIBUTES, batch->resources[i]->dropped_attributes);
    }
    for (size_t i = 0; i < batch->trace_count; i++) {
        put_u32(e, SSV_TRACE_END, (uint32_t)batch->traces[i].end);
        put_u8(e, SSV_TRACE_REASON, (uint8_t)batch->traces[i].reason);
    }
    for (size_t i = 0; i < batch->loose_count; i++) {
        (void)text(e, batch->loose[i]);
    }
    uint32_t columns[SSV_COLUMN_IDS], count = 0;
    if (setup != NULL) {
        put_declared(e, batch, setup);
        count = ssv_setup_columns(setup, columns);
    }
    for (uint32_t column = 0; count == 0 && column < SSV_NEW_GROUPS; column++) {
        columns[column] = column;
    }
    ssv_bytes blob = join(e, batch, columns, count == 0 ? SSV_NEW_GROUPS : count);
    for (size_t i = 0; i < SSV_COLUMN_IDS; i++) {
        free(e->column[i].at);
    }
    free(e->keys);
    return blob;
}
