// Batches as plain data, and how to build them.

#include <spansieve_test.h>

#include "test.h"

static const uint64_t START = 1700000000000000000u;

void *ssvt_pointer_added(void *array, size_t *count, size_t size)
{
    void **grown = SSV_NEW(void *, *count + 1);
    if (*count > 0) {
        memcpy(grown, array, *count * sizeof *grown);
    }
    grown[(*count)++] = ssv_alloc(size);
    return grown;
}

ssvt_batch *ssvt_empty_batch(void)
{
    ssvt_batch *batch = SSV_NEW(ssvt_batch, 1);
    batch->now = START;
    batch->head_probability = (double)__builtin_nanf("");
    return batch;
}

ssvt_batch *ssvt_new_batch(void)
{
    ssvt_batch *batch = ssvt_empty_batch();
    (void)ssvt_add_resource(batch);
    (void)ssvt_add_scope(batch, "test");
    return batch;
}

ssvt_resource *ssvt_add_resource(ssvt_batch *batch)
{
    if (batch->span_count == 0 && batch->resource_count == 1) {
        batch->resource_count = 0;
    }
    batch->resources = ssvt_pointer_added(batch->resources, &batch->resource_count, sizeof(ssvt_resource));
    return batch->resources[batch->resource_count - 1];
}

ssvt_scope *ssvt_add_scope(ssvt_batch *batch, const char *name)
{
    if (batch->span_count == 0 && batch->scope_count == 1) {
        batch->scope_count = 0;
    }
    batch->scopes = ssvt_pointer_added(batch->scopes, &batch->scope_count, sizeof(ssvt_scope));
    ssvt_scope *scope = batch->scopes[batch->scope_count - 1];
    scope->name = ssv_cstr(name);
    scope->resource = batch->resource_count - 1;
    return scope;
}

ssvt_span *ssvt_add_span(ssvt_batch *batch, const char *name)
{
    if (batch->span_count % 64 == 0) {
        ssvt_span **grown = SSV_NEW(ssvt_span *, batch->span_count + 64);
        if (batch->span_count > 0) {
            memcpy(grown, batch->spans, batch->span_count * sizeof *grown);
        }
        batch->spans = grown;
    }
    ssvt_span *span = batch->spans[batch->span_count++] = SSV_NEW(ssvt_span, 1);
    memcpy(span->trace_id, "trace-id-trace-1", 16);
    memcpy(span->id, "span-id1", 8);
    span->start = START;
    span->end = START + 1000000;
    span->name = ssv_cstr(name);
    span->kind = SSV_INTERNAL;
    span->flags = SSV_FLAG_SAMPLED | SSV_FLAG_HAS_IS_REMOTE;
    span->scope = batch->scope_count - 1;
    return span;
}

void ssvt_end_trace(ssvt_batch *batch, ssv_reason reason)
{
    static const uint8_t none[8] = {0};
    size_t first = batch->trace_count == 0 ? 0 : batch->traces[batch->trace_count - 1].end;
    for (size_t i = first; i < batch->span_count; i++) {
        ssvt_span *span = batch->spans[i];
        span->trace_id[15] = (uint8_t)batch->trace_count;
        span->id[6] = (uint8_t)(i >> 8);
        span->id[7] = (uint8_t)i;
        if (i > first && memcmp(span->parent_id, none, 8) == 0) {
            memcpy(span->parent_id, batch->spans[first]->id, 8);
        }
    }
    ssvt_trace *grown = SSV_NEW(ssvt_trace, batch->trace_count + 1);
    if (batch->trace_count > 0) {
        memcpy(grown, batch->traces, batch->trace_count * sizeof *grown);
    }
    grown[batch->trace_count].end = batch->span_count;
    grown[batch->trace_count].reason = reason;
    batch->traces = grown;
    batch->trace_count++;
    batch->grouped = true;
}

ssvt_event *ssvt_add_event(ssvt_span *span, const char *name)
{
    span->events = ssvt_pointer_added(span->events, &span->event_count, sizeof(ssvt_event));
    ssvt_event *event = span->events[span->event_count - 1];
    event->name = ssv_cstr(name);
    event->time = span->start;
    return event;
}

ssvt_link *ssvt_add_link(ssvt_span *span)
{
    span->links = ssvt_pointer_added(span->links, &span->link_count, sizeof(ssvt_link));
    ssvt_link *link = span->links[span->link_count - 1];
    memcpy(link->trace_id, "trace-id-trace-2", 16);
    memcpy(link->span_id, "span-id2", 8);
    link->flags = SSV_FLAG_SAMPLED;
    return link;
}

// === values ===

const ssv_value *ssvt_find(const ssv_dict *attributes, ssv_str key)
{
    for (size_t i = 0; i < attributes->count; i++) {
        if (ssv_equal(attributes->at[i].key, key)) {
            return &attributes->at[i].value;
        }
    }
    return NULL;
}

bool ssvt_equal(const ssv_value *a, const ssv_value *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    switch (a->kind) {
    case SSV_EMPTY:
        return true;
    case SSV_TEXT:
        return ssv_equal(a->as.text, b->as.text);
    case SSV_BOOL:
        return a->as.boolean == b->as.boolean;
    case SSV_INT:
        return a->as.integer == b->as.integer;
    case SSV_DOUBLE:
        return memcmp(&a->as.number, &b->as.number, sizeof a->as.number) == 0;
    case SSV_BYTES:
        return a->as.bytes.length == b->as.bytes.length && ssv_same_bytes(a->as.bytes.at, b->as.bytes.at, a->as.bytes.length);
    case SSV_ARRAY:
        for (size_t i = 0; a->as.items.count == b->as.items.count && i < a->as.items.count; i++) {
            if (!ssvt_equal(&a->as.items.at[i], &b->as.items.at[i])) {
                return false;
            }
        }
        return a->as.items.count == b->as.items.count;
    case SSV_MAP:
        for (size_t i = 0; a->as.entries.count == b->as.entries.count && i < a->as.entries.count; i++) {
            const ssv_entry *x = &a->as.entries.at[i], *y = &b->as.entries.at[i];
            if (!ssv_equal(x->key, y->key) || !ssvt_equal(&x->value, &y->value)) {
                return false;
            }
        }
        return a->as.entries.count == b->as.entries.count;
    }
    return false;
}

ssv_str ssvt_quoted(ssv_str text)
{
    char *out = ssv_alloc(text.length * 6 + 2);
    size_t length = 0;
    out[length++] = '"';
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c == '"' || c == '\\') {
            out[length++] = '\\';
            out[length++] = (char)c;
        } else if (c < 0x20) {
            memcpy(out + length, "\\u00", 4);
            out[length + 4] = "0123456789abcdef"[c >> 4];
            out[length + 5] = "0123456789abcdef"[c & 15];
            length += 6;
        } else {
            out[length++] = (char)c;
        }
    }
    out[length++] = '"';
    return ssv_slice(out, length);
}

ssv_str ssvt_show(const ssv_value *value)
{
    ssv_str all;
    switch (value->kind) {
    case SSV_EMPTY:
        return ssv_cstr("null");
    case SSV_TEXT:
        return ssvt_quoted(value->as.text);
    case SSV_BOOL:
        return ssv_cstr(value->as.boolean ? "true" : "false");
    case SSV_INT:
        return ssv_format("%lld", (long long)value->as.integer);
    case SSV_DOUBLE: {
        ssv_str text = ssv_format("%g", value->as.number);
        bool whole = true;
        for (size_t i = 0; i < text.length; i++) {
            whole = whole && (text.at[i] == '-' || (text.at[i] >= '0' && text.at[i] <= '9'));
        }
        return whole ? ssv_format("%.*s.0", SSV_FMT(text)) : text;
    }
    case SSV_BYTES:
        all = ssv_hex(value->as.bytes.at, value->as.bytes.length);
        return ssv_format("0x%.*s", SSV_FMT(all));
    case SSV_ARRAY:
        all = ssv_cstr("[");
        for (size_t i = 0; i < value->as.items.count; i++) {
            ssv_str item = ssvt_show(&value->as.items.at[i]);
            all = ssv_format("%.*s%s%.*s", SSV_FMT(all), i > 0 ? ", " : "", SSV_FMT(item));
        }
        return ssv_format("%.*s]", SSV_FMT(all));
    case SSV_MAP:
        all = ssv_cstr("{");
        for (size_t i = 0; i < value->as.entries.count; i++) {
            ssv_str key = ssvt_quoted(value->as.entries.at[i].key), item = ssvt_show(&value->as.entries.at[i].value);
            all = ssv_format("%.*s%s%.*s: %.*s", SSV_FMT(all), i > 0 ? ", " : "", SSV_FMT(key), SSV_FMT(item));
        }
        return ssv_format("%.*s}", SSV_FMT(all));
    }
    return ssv_cstr("");
}
