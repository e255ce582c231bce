/**
 * @file span.h
 * Views of spans and of what belongs to them. A view is a batch and an index: pass it by value, keep it no longer than the batch.
 */
#ifndef SPANSIEVE_SPAN_H
#define SPANSIEVE_SPAN_H

#include "attr.h"
#include "setup.h"

SSV_BEGIN

/** A span. */
typedef struct ssv_span {
    const ssv_batch *batch;
    /** Its index among the spans of the batch, which edits name. */
    uint32_t index;
} ssv_span;

/** An event of a span. */
typedef struct ssv_event {
    const ssv_batch *batch;
    /** Its index among the events of the batch. */
    uint32_t index;
} ssv_event;

/** A link from a span to another. */
typedef struct ssv_link {
    const ssv_batch *batch;
    /** Its index among the links of the batch. */
    uint32_t index;
} ssv_link;

/** An instrumentation scope: the library that made spans. */
typedef struct ssv_scope {
    const ssv_batch *batch;
    /** Its index among the scopes of the batch. */
    uint32_t index;
} ssv_scope;

/** A resource: what produces the telemetry. */
typedef struct ssv_resource {
    const ssv_batch *batch;
    /** Its index among the resources of the batch. */
    uint32_t index;
} ssv_resource;

/** A trace of this process, or a part of it, where spans are grouped by trace. */
typedef struct ssv_trace {
    const ssv_batch *batch;
    /** Its index among the traces of the batch. */
    uint32_t index;
} ssv_trace;

// === spans ===

/** The span at an index. */
#define ssv_span_at(batch, index) ssv_span_at_in((batch), (index), SSV_PLACE)
SSV_INLINE ssv_span ssv_span_at_in(const ssv_batch *batch, uint32_t index, ssv_place place)
{
    ssv_span span;
    if (SSV_UNLIKELY(index >= batch->spans)) {
        ssv_broken("span", index, place);
    }
    span.batch = batch;
    span.index = index;
    return span;
}

/** For each span of a batch: `SSV_EACH_SPAN(batch, span) { ... }`, where `span` is an #ssv_span. `break` and `continue` do what they do in any loop. */
#define SSV_EACH_SPAN(of, name) for (ssv_span name = {(of), 0}; name.index < (of)->spans; name.index++)

/** Its name. */
#define ssv_span_name(span) ssv_span_name_in((span), SSV_PLACE)
SSV_INLINE ssv_str ssv_span_name_in(ssv_span span, ssv_place place)
{
    return ssv_text_of(span.batch, ssv_u32(span.batch, SSV_SPAN_NAME, span.index, place), place);
}

/** Its kind; a code that OTLP does not have counts as unspecified. */
#define ssv_span_kind(span) ssv_span_kind_in((span), SSV_PLACE)
SSV_INLINE ssv_span_kind_code ssv_span_kind_in(ssv_span span, ssv_place place)
{
    uint8_t code = ssv_u8(span.batch, SSV_SPAN_KIND, span.index, place);
    return code <= SSV_CONSUMER ? (ssv_span_kind_code)code : SSV_UNSPECIFIED;
}

/** Its status; a code that OTLP does not have counts as unset. */
#define ssv_span_status(span) ssv_span_status_in((span), SSV_PLACE)
SSV_INLINE ssv_status ssv_span_status_in(ssv_span span, ssv_place place)
{
    uint8_t code = ssv_u8(span.batch, SSV_SPAN_STATUS, span.index, place);
    return code <= SSV_STATUS_ERROR ? (ssv_status)code : SSV_STATUS_UNSET;
}

/** The message of its status; absent where it has none. */
#define ssv_span_message(span) ssv_span_message_in((span), SSV_PLACE)
SSV_INLINE ssv_str ssv_span_message_in(ssv_span span, ssv_place place)
{
    return ssv_optional_text(span.batch, SSV_SPAN_MESSAGE, span.index, place);
}

/** Its tracestate in W3C form; absent where it has none. */
#define ssv_span_tracestate(span) ssv_span_tracestate_in((span), SSV_PLACE)
SSV_INLINE ssv_str ssv_span_tracestate_in(ssv_span span, ssv_place place)
{
    return ssv_optional_text(span.batch, SSV_SPAN_TRACESTATE, span.index, place);
}

/** The 16 bytes of its trace id, big-endian as on the wire. ssv_hex() writes them out. */
#define ssv_span_trace_id(span) ssv_span_trace_id_in((span), SSV_PLACE)
SSV_INLINE const uint8_t *ssv_span_trace_id_in(ssv_span span, ssv_place place)
{
    return ssv_id(span.batch, SSV_SPAN_TRACE_ID, 16, span.index, place);
}

/** The 8 bytes of its id. */
#define ssv_span_id(span) ssv_span_id_in((span), SSV_PLACE)
SSV_INLINE const uint8_t *ssv_span_id_in(ssv_span span, ssv_place place)
{
    return ssv_id(span.batch, SSV_SPAN_ID, 8, span.index, place);
}

/** The 8 bytes of its parent's id; NULL where it has no parent. */
#define ssv_span_parent_id(span) ssv_span_parent_id_in((span), SSV_PLACE)
SSV_INLINE const uint8_t *ssv_span_parent_id_in(ssv_span span, ssv_place place)
{
    const uint8_t *id = ssv_id(span.batch, SSV_SPAN_PARENT_ID, 8, span.index, place);
    return ssv_load_u64(id) == 0 ? NULL : id;
}

/** Its flags as in OTLP: the W3C trace flags in bits 0 to 7. */
#define ssv_span_flags(span) ssv_span_flags_in((span), SSV_PLACE)
SSV_INLINE uint32_t ssv_span_flags_in(ssv_span span, ssv_place place)
{
    return ssv_u32(span.batch, SSV_SPAN_FLAGS, span.index, place);
}

/** Whether it is sampled. One that is not was only recorded, and is not exported unless a plugin keeps it. */
#define ssv_span_is_sampled(span) ssv_span_is_sampled_in((span), SSV_PLACE)
SSV_INLINE bool ssv_span_is_sampled_in(ssv_span span, ssv_place place)
{
    return (ssv_span_flags_in(span, place) & SSV_FLAG_SAMPLED) != 0;
}

/** Whether its parent is known to be remote. */
#define ssv_span_has_remote_parent(span) ssv_span_has_remote_parent_in((span), SSV_PLACE)
SSV_INLINE bool ssv_span_has_remote_parent_in(ssv_span span, ssv_place place)
{
    const uint32_t remote = SSV_FLAG_HAS_IS_REMOTE | SSV_FLAG_IS_REMOTE;
    return (ssv_span_flags_in(span, place) & remote) == remote && ssv_span_parent_id_in(span, place) != NULL;
}

/** Whether it is the root of its trace in this process: it has no parent, or the parent is known to be remote. */
#define ssv_span_is_local_root(span) ssv_span_is_local_root_in((span), SSV_PLACE)
SSV_INLINE bool ssv_span_is_local_root_in(ssv_span span, ssv_place place)
{
    return ssv_span_parent_id_in(span, place) == NULL || ssv_span_has_remote_parent_in(span, place);
}

/** When it started, in Unix nanoseconds. */
#define ssv_span_start(span) ssv_span_start_in((span), SSV_PLACE)
SSV_INLINE uint64_t ssv_span_start_in(ssv_span span, ssv_place place)
{
    return ssv_u64(span.batch, SSV_SPAN_START, span.index, place);
}

/** When it ended, in Unix nanoseconds. */
#define ssv_span_end(span) ssv_span_end_in((span), SSV_PLACE)
SSV_INLINE uint64_t ssv_span_end_in(ssv_span span, ssv_place place)
{
    return ssv_u64(span.batch, SSV_SPAN_END, span.index, place);
}

/** How long it took in nanoseconds; 0 where it ends before it starts. */
#define ssv_span_duration(span) ssv_span_duration_in((span), SSV_PLACE)
SSV_INLINE uint64_t ssv_span_duration_in(ssv_span span, ssv_place place)
{
    uint64_t start = ssv_span_start_in(span, place), end = ssv_span_end_in(span, place);
    return end > start ? end - start : 0;
}

/** How many attributes the application's SDK dropped. */
#define ssv_span_dropped_attributes(span) ssv_span_dropped_attributes_in((span), SSV_PLACE)
SSV_INLINE uint32_t ssv_span_dropped_attributes_in(ssv_span span, ssv_place place)
{
    return ssv_u32(span.batch, SSV_SPAN_DROPPED_ATTRIBUTES, span.index, place);
}

/** How many events the application's SDK dropped. */
#define ssv_span_dropped_events(span) ssv_span_dropped_events_in((span), SSV_PLACE)
SSV_INLINE uint32_t ssv_span_dropped_events_in(ssv_span span, ssv_place place)
{
    return ssv_u32(span.batch, SSV_SPAN_DROPPED_EVENTS, span.index, place);
}

/** How many links the application's SDK dropped. */
#define ssv_span_dropped_links(span) ssv_span_dropped_links_in((span), SSV_PLACE)
SSV_INLINE uint32_t ssv_span_dropped_links_in(ssv_span span, ssv_place place)
{
    return ssv_u32(span.batch, SSV_SPAN_DROPPED_LINKS, span.index, place);
}

// === attributes ===

/** The group of its attributes: what edits add to. */
#define ssv_span_group(span) ssv_span_group_in((span), SSV_PLACE)
SSV_INLINE uint32_t ssv_span_group_in(ssv_span span, ssv_place place)
{
    return ssv_u32(span.batch, SSV_SPAN_ATTRIBUTES, span.index, place);
}

/** Its attributes. */
#define ssv_span_attrs(span) ssv_span_attrs_in((span), SSV_PLACE)
SSV_INLINE ssv_attrs ssv_span_attrs_in(ssv_span span, ssv_place place)
{
    return ssv_group(span.batch, ssv_span_group_in(span, place), place);
}

/** The attribute of a key that the policy declared, or an absent one. The cheapest look-up: the host has done it. */
#define ssv_get_slot(span, slot) ssv_get_slot_in((span), (slot), SSV_PLACE)
SSV_INLINE ssv_attr ssv_get_slot_in(ssv_span span, ssv_slot slot, ssv_place place)
{
    ssv_attr attr;
    attr.batch = span.batch;
    attr.row = ssv_u32(span.batch, SSV_DECLARED, slot.index * span.batch->spans + span.index, place);
    return attr;
}

/** The first attribute with this key, or an absent one. Compares texts. */
#define ssv_get_str(span, key) ssv_get_str_in((span), (key), SSV_PLACE)
SSV_INLINE ssv_attr ssv_get_str_in(ssv_span span, ssv_str key, ssv_place place)
{
    return ssv_find_in(ssv_span_attrs_in(span, place), key, place);
}

/** @cond */
#define ssv_get_cstr(span, key) ssv_get_cstr_in((span), (key), SSV_PLACE)
SSV_INLINE ssv_attr ssv_get_cstr_in(ssv_span span, const char *key, ssv_place place)
{
    return ssv_find_in(ssv_span_attrs_in(span, place), ssv_cstr(key), place);
}
/** @endcond */

/** The first attribute with this key of the batch, or an absent one. Compares numbers. */
#define ssv_get_id(span, key) ssv_get_id_in((span), (key), SSV_PLACE)
SSV_INLINE ssv_attr ssv_get_id_in(ssv_span span, ssv_key_id key, ssv_place place)
{
    return ssv_find_id_in(ssv_span_attrs_in(span, place), key, place);
}

#ifndef __cplusplus
/** An attribute of a span, or an absent one: by a declared #ssv_slot (cheapest), an #ssv_key_id of the batch, a string of C or an #ssv_str. */
#define ssv_get(span, key)                                                                                                                   \
    _Generic((key),                                                                                                                          \
        ssv_slot: ssv_get_slot_in,                                                                                                           \
        ssv_key_id: ssv_get_id_in,                                                                                                           \
        const char *: ssv_get_cstr_in,                                                                                                       \
        char *: ssv_get_cstr_in,                                                                                                             \
        ssv_str: ssv_get_str_in)((span), (key), SSV_PLACE)
#endif

SSV_END

#endif
