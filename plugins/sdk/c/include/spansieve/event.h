/**
 * @file event.h
 * Views of the events and links of spans.
 */
#ifndef SPANSIEVE_EVENT_H
#define SPANSIEVE_EVENT_H

#include "span.h"

SSV_BEGIN

// === events ===

/** The events of a span, in order: `SSV_EACH_EVENT(span, event) { ... }`, where `event` is an #ssv_event. */
#define SSV_EACH_EVENT(of, name)                                                                                                             \
    for (ssv_event name = ssv_span_events(of), name##_end = ssv_span_events_end(of); name.index < name##_end.index; name.index++)

/** All events of a batch, those of one span after those of the span before. */
#define SSV_EACH_EVENT_OF_BATCH(of, name) for (ssv_event name = {(of), 0}; name.index < (of)->columns[SSV_EVENT_NAME].count; name.index++)

/** @cond */
#define ssv_span_events(span) ssv_span_events_in((span), SSV_PLACE)
SSV_INLINE ssv_event ssv_span_events_in(ssv_span span, ssv_place place)
{
    ssv_event event;
    event.batch = span.batch;
    event.index = ssv_start(span.batch, SSV_SPAN_EVENTS_END, span.index, place);
    return event;
}

#define ssv_span_events_end(span) ssv_span_events_end_in((span), SSV_PLACE)
SSV_INLINE ssv_event ssv_span_events_end_in(ssv_span span, ssv_place place)
{
    ssv_event event;
    event.batch = span.batch;
    event.index = ssv_u32(span.batch, SSV_SPAN_EVENTS_END, span.index, place);
    return event;
}
/** @endcond */

/** Its name. */
#define ssv_event_name(event) ssv_event_name_in((event), SSV_PLACE)
SSV_INLINE ssv_str ssv_event_name_in(ssv_event event, ssv_place place)
{
    return ssv_text_of(event.batch, ssv_u32(event.batch, SSV_EVENT_NAME, event.index, place), place);
}

/** When it happened, in Unix nanoseconds. */
#define ssv_event_time(event) ssv_event_time_in((event), SSV_PLACE)
SSV_INLINE uint64_t ssv_event_time_in(ssv_event event, ssv_place place)
{
    return ssv_u64(event.batch, SSV_EVENT_TIME, event.index, place);
}

/** How many attributes the application's SDK dropped. */
#define ssv_event_dropped_attributes(event) ssv_event_dropped_attributes_in((event), SSV_PLACE)
SSV_INLINE uint32_t ssv_event_dropped_attributes_in(ssv_event event, ssv_place place)
{
    return ssv_u32(event.batch, SSV_EVENT_DROPPED_ATTRIBUTES, event.index, place);
}

/** The group of its attributes. */
#define ssv_event_group(event) ssv_event_group_in((event), SSV_PLACE)
SSV_INLINE uint32_t ssv_event_group_in(ssv_event event, ssv_place place)
{
    return ssv_u32(event.batch, SSV_EVENT_ATTRIBUTES, event.index, place);
}

/** Its attributes. */
#define ssv_event_attrs(event) ssv_event_attrs_in((event), SSV_PLACE)
SSV_INLINE ssv_attrs ssv_event_attrs_in(ssv_event event, ssv_place place)
{
    return ssv_group(event.batch, ssv_event_group_in(event, place), place);
}

// === links ===

/** The links of a span, in order: `SSV_EACH_LINK(span, link) { ... }`, where `link` is an #ssv_link. */
#define SSV_EACH_LINK(of, name)                                                                                                              \
    for (ssv_link name = ssv_span_links(of), name##_end = ssv_span_links_end(of); name.index < name##_end.index; name.index++)

/** All links of a batch, those of one span after those of the span before. */
#define SSV_EACH_LINK_OF_BATCH(of, name) for (ssv_link name = {(of), 0}; name.index < (of)->columns[SSV_LINK_TRACE_ID].count; name.index++)

/** @cond */
#define ssv_span_links(span) ssv_span_links_in((span), SSV_PLACE)
SSV_INLINE ssv_link ssv_span_links_in(ssv_span span, ssv_place place)
{
    ssv_link link;
    link.batch = span.batch;
    link.index = ssv_start(span.batch, SSV_SPAN_LINKS_END, span.index, place);
    return link;
}

#define ssv_span_links_end(span) ssv_span_links_end_in((span), SSV_PLACE)
SSV_INLINE ssv_link ssv_span_links_end_in(ssv_span span, ssv_place place)
{
    ssv_link link;
    link.batch = span.batch;
    link.index = ssv_u32(span.batch, SSV_SPAN_LINKS_END, span.index, place);
    return link;
}
/** @endcond */

/** The 16 bytes of the linked span's trace id. */
#define ssv_link_trace_id(link) ssv_link_trace_id_in((link), SSV_PLACE)
SSV_INLINE const uint8_t *ssv_link_trace_id_in(ssv_link link, ssv_place place)
{
    return ssv_id(link.batch, SSV_LINK_TRACE_ID, 16, link.index, place);
}

/** The 8 bytes of the linked span's id. */
#define ssv_link_span_id(link) ssv_link_span_id_in((link), SSV_PLACE)
SSV_INLINE const uint8_t *ssv_link_span_id_in(ssv_link link, ssv_place place)
{
    return ssv_id(link.batch, SSV_LINK_SPAN_ID, 8, link.index, place);
}

/** Tracestate of the linked span in W3C form; absent where it has none. */
#define ssv_link_tracestate(link) ssv_link_tracestate_in((link), SSV_PLACE)
SSV_INLINE ssv_str ssv_link_tracestate_in(ssv_link link, ssv_place place)
{
    return ssv_optional_text(link.batch, SSV_LINK_TRACESTATE, link.index, place);
}

/** Flags of the linked span as in OTLP. */
#define ssv_link_flags(link) ssv_link_flags_in((link), SSV_PLACE)
SSV_INLINE uint32_t ssv_link_flags_in(ssv_link link, ssv_place place)
{
    return ssv_u32(link.batch, SSV_LINK_FLAGS, link.index, place);
}

/** How many attributes the application's SDK dropped. */
#define ssv_link_dropped_attributes(link) ssv_link_dropped_attributes_in((link), SSV_PLACE)
SSV_INLINE uint32_t ssv_link_dropped_attributes_in(ssv_link link, ssv_place place)
{
    return ssv_u32(link.batch, SSV_LINK_DROPPED_ATTRIBUTES, link.index, place);
}

/** The group of its attributes. */
#define ssv_link_group(link) ssv_link_group_in((link), SSV_PLACE)
SSV_INLINE uint32_t ssv_link_group_in(ssv_link link, ssv_place place)
{
    return ssv_u32(link.batch, SSV_LINK_ATTRIBUTES, link.index, place);
}

/** Its attributes. */
#define ssv_link_attrs(link) ssv_link_attrs_in((link), SSV_PLACE)
SSV_INLINE ssv_attrs ssv_link_attrs_in(ssv_link link, ssv_place place)
{
    return ssv_group(link.batch, ssv_link_group_in(link, place), place);
}

SSV_END

#endif
