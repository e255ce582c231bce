/**
 * @file scope.h
 * Views of what spans belong to: scopes, resources, traces.
 */
#ifndef SPANSIEVE_SCOPE_H
#define SPANSIEVE_SCOPE_H

#include "span.h"

SSV_BEGIN

// === scopes ===

/** For each scope of a batch: `SSV_EACH_SCOPE(batch, scope) { ... }`, where `scope` is an #ssv_scope. */
#define SSV_EACH_SCOPE(of, name) for (ssv_scope name = {(of), 0}; name.index < (of)->columns[SSV_SCOPE_NAME].count; name.index++)

/** The instrumentation scope that made the span. */
#define ssv_span_scope(span) ssv_span_scope_in((span), SSV_PLACE)
SSV_INLINE ssv_scope ssv_span_scope_in(ssv_span span, ssv_place place)
{
    ssv_scope scope;
    scope.batch = span.batch;
    scope.index = ssv_u32(span.batch, SSV_SPAN_SCOPE, span.index, place);
    return scope;
}

/** Its name. */
#define ssv_scope_name(scope) ssv_scope_name_in((scope), SSV_PLACE)
SSV_INLINE ssv_str ssv_scope_name_in(ssv_scope scope, ssv_place place)
{
    return ssv_text_of(scope.batch, ssv_u32(scope.batch, SSV_SCOPE_NAME, scope.index, place), place);
}

/** Its version; absent where it has none. */
#define ssv_scope_version(scope) ssv_scope_version_in((scope), SSV_PLACE)
SSV_INLINE ssv_str ssv_scope_version_in(ssv_scope scope, ssv_place place)
{
    return ssv_optional_text(scope.batch, SSV_SCOPE_VERSION, scope.index, place);
}

/** Its schema URL; absent where it has none. */
#define ssv_scope_schema_url(scope) ssv_scope_schema_url_in((scope), SSV_PLACE)
SSV_INLINE ssv_str ssv_scope_schema_url_in(ssv_scope scope, ssv_place place)
{
    return ssv_optional_text(scope.batch, SSV_SCOPE_SCHEMA_URL, scope.index, place);
}

/** How many attributes the application's SDK dropped. */
#define ssv_scope_dropped_attributes(scope) ssv_scope_dropped_attributes_in((scope), SSV_PLACE)
SSV_INLINE uint32_t ssv_scope_dropped_attributes_in(ssv_scope scope, ssv_place place)
{
    return ssv_u32(scope.batch, SSV_SCOPE_DROPPED_ATTRIBUTES, scope.index, place);
}

/** The group of its attributes. */
#define ssv_scope_group(scope) ssv_scope_group_in((scope), SSV_PLACE)
SSV_INLINE uint32_t ssv_scope_group_in(ssv_scope scope, ssv_place place)
{
    return ssv_u32(scope.batch, SSV_SCOPE_ATTRIBUTES, scope.index, place);
}

/** Its attributes. */
#define ssv_scope_attrs(scope) ssv_scope_attrs_in((scope), SSV_PLACE)
SSV_INLINE ssv_attrs ssv_scope_attrs_in(ssv_scope scope, ssv_place place)
{
    return ssv_group(scope.batch, ssv_scope_group_in(scope, place), place);
}

/** The resource that it runs on. */
#define ssv_scope_resource(scope) ssv_scope_resource_in((scope), SSV_PLACE)
SSV_INLINE ssv_resource ssv_scope_resource_in(ssv_scope scope, ssv_place place)
{
    ssv_resource resource;
    resource.batch = scope.batch;
    resource.index = ssv_u32(scope.batch, SSV_SCOPE_RESOURCE, scope.index, place);
    return resource;
}

// === resources ===

/** For each resource of a batch: `SSV_EACH_RESOURCE(batch, resource) { ... }`, where `resource` is an #ssv_resource. */
#define SSV_EACH_RESOURCE(of, name)                                                                                                          \
    for (ssv_resource name = {(of), 0}; name.index < (of)->columns[SSV_RESOURCE_ATTRIBUTES].count; name.index++)

/** The resource that the span comes from. */
#define ssv_span_resource(span) ssv_span_resource_in((span), SSV_PLACE)
SSV_INLINE ssv_resource ssv_span_resource_in(ssv_span span, ssv_place place)
{
    return ssv_scope_resource_in(ssv_span_scope_in(span, place), place);
}

/** Its schema URL; absent where it has none. */
#define ssv_resource_schema_url(resource) ssv_resource_schema_url_in((resource), SSV_PLACE)
SSV_INLINE ssv_str ssv_resource_schema_url_in(ssv_resource resource, ssv_place place)
{
    return ssv_optional_text(resource.batch, SSV_RESOURCE_SCHEMA_URL, resource.index, place);
}

/** How many attributes the application's SDK dropped. */
#define ssv_resource_dropped_attributes(resource) ssv_resource_dropped_attributes_in((resource), SSV_PLACE)
SSV_INLINE uint32_t ssv_resource_dropped_attributes_in(ssv_resource resource, ssv_place place)
{
    return ssv_u32(resource.batch, SSV_RESOURCE_DROPPED_ATTRIBUTES, resource.index, place);
}

/** The group of its attributes. */
#define ssv_resource_group(resource) ssv_resource_group_in((resource), SSV_PLACE)
SSV_INLINE uint32_t ssv_resource_group_in(ssv_resource resource, ssv_place place)
{
    return ssv_u32(resource.batch, SSV_RESOURCE_ATTRIBUTES, resource.index, place);
}

/** Its attributes. */
#define ssv_resource_attrs(resource) ssv_resource_attrs_in((resource), SSV_PLACE)
SSV_INLINE ssv_attrs ssv_resource_attrs_in(ssv_resource resource, ssv_place place)
{
    return ssv_group(resource.batch, ssv_resource_group_in(resource, place), place);
}

// === traces ===

/** How many traces there are; 0 where spans are not grouped by trace. */
SSV_INLINE uint32_t ssv_trace_count(const ssv_batch *batch)
{
    return ssv_is_grouped(batch) ? batch->columns[SSV_TRACE_END].count : 0;
}

/** For each trace of a batch that is grouped by trace: `SSV_EACH_TRACE(batch, trace) { ... }`. Together they hold every span, in order. */
#define SSV_EACH_TRACE(of, name) for (ssv_trace name = {(of), 0}; name.index < ssv_trace_count(of); name.index++)

/** Why the trace is in the batch; a reason that this SDK does not know counts as flush. */
#define ssv_trace_reason(trace) ssv_trace_reason_in((trace), SSV_PLACE)
SSV_INLINE ssv_reason ssv_trace_reason_in(ssv_trace trace, ssv_place place)
{
    uint8_t code = ssv_u8(trace.batch, SSV_TRACE_REASON, trace.index, place);
    return code <= SSV_LATE ? (ssv_reason)code : SSV_FLUSH;
}

/** The first span of a trace. Its `index` is that of ssv_trace_end()'s for a trace without spans. */
#define ssv_trace_first(trace) ssv_trace_first_in((trace), SSV_PLACE)
SSV_INLINE ssv_span ssv_trace_first_in(ssv_trace trace, ssv_place place)
{
    ssv_span span;
    span.batch = trace.batch;
    span.index = ssv_start(trace.batch, SSV_TRACE_END, trace.index, place);
    return span;
}

/** What stands behind the last span of a trace. */
#define ssv_trace_end(trace) ssv_trace_end_in((trace), SSV_PLACE)
SSV_INLINE ssv_span ssv_trace_end_in(ssv_trace trace, ssv_place place)
{
    ssv_span span;
    span.batch = trace.batch;
    span.index = ssv_u32(trace.batch, SSV_TRACE_END, trace.index, place);
    return span;
}

/** How many spans a trace has. */
#define ssv_trace_length(trace) ssv_trace_length_in((trace), SSV_PLACE)
SSV_INLINE uint32_t ssv_trace_length_in(ssv_trace trace, ssv_place place)
{
    uint32_t first = ssv_trace_first_in(trace, place).index, end = ssv_trace_end_in(trace, place).index;
    return end > first ? end - first : 0;
}

/** For each span of a trace, in order. */
#define SSV_EACH_SPAN_OF_TRACE(of, name)                                                                                                     \
    for (ssv_span name = ssv_trace_first(of), name##_end = ssv_trace_end(of); name.index < name##_end.index; name.index++)

SSV_END

#endif
