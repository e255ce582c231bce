// Everything that a view of a span shows.

#include "behaviour.h"

static bool configure(const config *given, ssv_setup *setup, ssv_error *error)
{
    (void)given, (void)setup, (void)error;
    return true;
}

static ssv_value id(const uint8_t *bytes, size_t length)
{
    return bytes == NULL ? ssv_empty() : ssv_text(ssv_hex(bytes, length));
}

static ssv_value events_of(ssv_span span)
{
    ssv_list list = {0};
    SSV_EACH_EVENT(span, event) {
        ssv_dict map = {0};
        ssv_put(&map, "name", ssv_text(ssv_event_name(event)));
        ssv_put(&map, "time", ssv_int((int64_t)ssv_event_time(event)));
        ssv_put(&map, "dropped", ssv_int(ssv_event_dropped_attributes(event)));
        ssv_put(&map, "attributes", ssv_int(ssv_count_attrs(ssv_event_attrs(event))));
        ssv_push(&list, ssv_dict_value(&map));
    }
    return ssv_list_value(&list);
}

static ssv_value links_of(ssv_span span)
{
    ssv_list list = {0};
    SSV_EACH_LINK(span, link) {
        ssv_dict map = {0};
        ssv_put(&map, "trace_id", id(ssv_link_trace_id(link), 16));
        ssv_put(&map, "span_id", id(ssv_link_span_id(link), 8));
        ssv_put(&map, "tracestate", ssv_text(ssv_link_tracestate(link)));
        ssv_put(&map, "flags", ssv_int(ssv_link_flags(link)));
        ssv_put(&map, "dropped", ssv_int(ssv_link_dropped_attributes(link)));
        ssv_put(&map, "attributes", ssv_int(ssv_count_attrs(ssv_link_attrs(link))));
        ssv_push(&list, ssv_dict_value(&map));
    }
    return ssv_list_value(&list);
}

static ssv_value scope_of(ssv_span span)
{
    ssv_scope scope = ssv_span_scope(span);
    ssv_dict map = {0};
    ssv_put(&map, "name", ssv_text(ssv_scope_name(scope)));
    ssv_put(&map, "version", ssv_text(ssv_scope_version(scope)));
    ssv_put(&map, "schema_url", ssv_text(ssv_scope_schema_url(scope)));
    ssv_put(&map, "dropped", ssv_int(ssv_scope_dropped_attributes(scope)));
    ssv_put(&map, "attributes", ssv_int(ssv_count_attrs(ssv_scope_attrs(scope))));
    return ssv_dict_value(&map);
}

static ssv_value resource_of(ssv_span span)
{
    ssv_resource resource = ssv_span_resource(span);
    ssv_dict map = {0};
    ssv_put(&map, "schema_url", ssv_text(ssv_resource_schema_url(resource)));
    ssv_put(&map, "dropped", ssv_int(ssv_resource_dropped_attributes(resource)));
    ssv_put(&map, "attributes", ssv_int(ssv_count_attrs(ssv_resource_attrs(resource))));
    return ssv_dict_value(&map);
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    SSV_EACH_SPAN(batch, span) {
        double probability;
        ssv_dict seen = {0};
        ssv_put(&seen, "index", ssv_int(span.index));
        ssv_put(&seen, "trace_id", id(ssv_span_trace_id(span), 16));
        ssv_put(&seen, "id", id(ssv_span_id(span), 8));
        ssv_put(&seen, "parent_id", id(ssv_span_parent_id(span), 8));
        ssv_put(&seen, "local_root", ssv_bool(ssv_span_is_local_root(span)));
        ssv_put(&seen, "start", ssv_int((int64_t)ssv_span_start(span)));
        ssv_put(&seen, "end", ssv_int((int64_t)ssv_span_end(span)));
        ssv_put(&seen, "duration", ssv_int((int64_t)ssv_span_duration(span)));
        ssv_put(&seen, "name", ssv_text(ssv_span_name(span)));
        ssv_put(&seen, "kind", ssv_text(ssv_span_kind_name(ssv_span_kind(span))));
        ssv_put(&seen, "status", ssv_text(ssv_status_name(ssv_span_status(span))));
        ssv_put(&seen, "message", ssv_text(ssv_span_message(span)));
        ssv_put(&seen, "tracestate", ssv_text(ssv_span_tracestate(span)));
        ssv_put(&seen, "flags", ssv_int(ssv_span_flags(span)));
        ssv_put(&seen, "sampled", ssv_bool(ssv_span_is_sampled(span)));
        ssv_put(&seen, "dropped",
                SSV_ARRAY_OF(ssv_int(ssv_span_dropped_attributes(span)), ssv_int(ssv_span_dropped_events(span)), ssv_int(ssv_span_dropped_links(span))));
        ssv_put(&seen, "events", events_of(span));
        ssv_put(&seen, "links", links_of(span));
        ssv_put(&seen, "scope", scope_of(span));
        ssv_put(&seen, "resource", resource_of(span));
        ssv_put(&seen, "now", ssv_int((int64_t)ssv_now(batch)));
        ssv_put(&seen, "head_probability", ssv_head_probability(batch, &probability) ? ssv_double(probability) : ssv_empty());
        ssv_upsert(edits, span, "seen", ssv_dict_value(&seen));
    }
}

SSV_POLICY(read_fields, config, configure, process, .name = "read_fields", .about = "Shows what is read");
