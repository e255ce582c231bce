// Names and sizes of what `wit/layout.md` numbers.

#include <spansieve.h>

typedef struct {
    const char *name;
    unsigned size;
} column;

static const column columns[SSV_COLUMN_IDS] = {
    [SSV_TEXTS] = {"texts", 1},
    [SSV_TEXT_END] = {"text-end", 4},
    [SSV_INTS] = {"ints", 8},
    [SSV_DOUBLES] = {"doubles", 8},
    [SSV_BYTE_STRINGS] = {"bytes", 1},
    [SSV_BYTES_END] = {"bytes-end", 4},
    [SSV_KEYS] = {"keys", 4},
    [SSV_ROW_KEY] = {"row-key", 4},
    [SSV_ROW_KIND] = {"row-kind", 1},
    [SSV_ROW_VALUE] = {"row-value", 4},
    [SSV_GROUP_END] = {"group-end", 4},
    [SSV_DECLARED] = {"declared", 4},
    [SSV_SPAN_TRACE_ID] = {"span-trace-id", 16},
    [SSV_SPAN_ID] = {"span-id", 8},
    [SSV_SPAN_PARENT_ID] = {"span-parent-id", 8},
    [SSV_SPAN_START] = {"span-start", 8},
    [SSV_SPAN_END] = {"span-end", 8},
    [SSV_SPAN_NAME] = {"span-name", 4},
    [SSV_SPAN_KIND] = {"span-kind", 1},
    [SSV_SPAN_STATUS] = {"span-status", 1},
    [SSV_SPAN_MESSAGE] = {"span-message", 4},
    [SSV_SPAN_TRACESTATE] = {"span-tracestate", 4},
    [SSV_SPAN_FLAGS] = {"span-flags", 4},
    [SSV_SPAN_SCOPE] = {"span-scope", 4},
    [SSV_SPAN_ATTRIBUTES] = {"span-attributes", 4},
    [SSV_SPAN_EVENTS_END] = {"span-events-end", 4},
    [SSV_SPAN_LINKS_END] = {"span-links-end", 4},
    [SSV_SPAN_DROPPED_ATTRIBUTES] = {"span-dropped-attributes", 4},
    [SSV_SPAN_DROPPED_EVENTS] = {"span-dropped-events", 4},
    [SSV_SPAN_DROPPED_LINKS] = {"span-dropped-links", 4},
    [SSV_TRACE_END] = {"trace-end", 4},
    [SSV_TRACE_REASON] = {"trace-reason", 1},
    [SSV_EVENT_NAME] = {"event-name", 4},
    [SSV_EVENT_TIME] = {"event-time", 8},
    [SSV_EVENT_ATTRIBUTES] = {"event-attributes", 4},
    [SSV_EVENT_DROPPED_ATTRIBUTES] = {"event-dropped-attributes", 4},
    [SSV_LINK_TRACE_ID] = {"link-trace-id", 16},
    [SSV_LINK_SPAN_ID] = {"link-span-id", 8},
    [SSV_LINK_TRACESTATE] = {"link-tracestate", 4},
    [SSV_LINK_FLAGS] = {"link-flags", 4},
    [SSV_LINK_ATTRIBUTES] = {"link-attributes", 4},
    [SSV_LINK_DROPPED_ATTRIBUTES] = {"link-dropped-attributes", 4},
    [SSV_SCOPE_NAME] = {"scope-name", 4},
    [SSV_SCOPE_VERSION] = {"scope-version", 4},
    [SSV_SCOPE_SCHEMA_URL] = {"scope-schema-url", 4},
    [SSV_SCOPE_ATTRIBUTES] = {"scope-attributes", 4},
    [SSV_SCOPE_DROPPED_ATTRIBUTES] = {"scope-dropped-attributes", 4},
    [SSV_SCOPE_RESOURCE] = {"scope-resource", 4},
    [SSV_RESOURCE_ATTRIBUTES] = {"resource-attributes", 4},
    [SSV_RESOURCE_SCHEMA_URL] = {"resource-schema-url", 4},
    [SSV_RESOURCE_DROPPED_ATTRIBUTES] = {"resource-dropped-attributes", 4},
    [SSV_NEW_GROUPS] = {"new-groups", 4},
    [SSV_ADD_GROUP] = {"add-group", 4},
    [SSV_ADD_KEY] = {"add-key", 4},
    [SSV_ADD_KIND] = {"add-kind", 1},
    [SSV_ADD_VALUE] = {"add-value", 4},
    [SSV_SET_ROW] = {"set-row", 4},
    [SSV_SET_KIND] = {"set-kind", 1},
    [SSV_SET_VALUE] = {"set-value", 4},
    [SSV_RENAME_ROW] = {"rename-row", 4},
    [SSV_RENAME_KEY] = {"rename-key", 4},
    [SSV_REMOVE_ROW] = {"remove-row", 4},
    [SSV_REPLACE_TEXT] = {"replace-text", 4},
    [SSV_REPLACE_WITH] = {"replace-with", 4},
    [SSV_DROP_SPAN] = {"drop-span", 4},
    [SSV_KEEP_SPAN] = {"keep-span", 4},
    [SSV_FIELD_CODE] = {"field-code", 1},
    [SSV_FIELD_INDEX] = {"field-index", 4},
    [SSV_FIELD_VALUE] = {"field-value", 4},
};

const char *ssv_column_name(unsigned column)
{
    return column < SSV_COLUMN_IDS ? columns[column].name : NULL;
}

unsigned ssv_column_size(unsigned column)
{
    return column < SSV_COLUMN_IDS ? columns[column].size : 0;
}

const char *ssv_span_kind_name(ssv_span_kind_code kind)
{
    static const char *const names[] = {"unspecified", "internal", "server", "client", "producer", "consumer"};
    return (unsigned)kind < SSV_COUNT_OF(names) ? names[kind] : names[0];
}

const char *ssv_status_name(ssv_status status)
{
    static const char *const names[] = {"unset", "ok", "error"};
    return (unsigned)status < SSV_COUNT_OF(names) ? names[status] : names[0];
}

const char *ssv_reason_name(ssv_reason reason)
{
    static const char *const names[] = {"root-ended", "timed-out", "limit", "flush", "late"};
    return (unsigned)reason < SSV_COUNT_OF(names) ? names[reason] : names[3];
}

const char *ssv_kind_name(ssv_kind kind)
{
    static const char *const names[] = {"empty", "string", "boolean", "integer", "double", "bytes", "array", "map"};
    return (unsigned)kind < SSV_COUNT_OF(names) ? names[kind] : names[0];
}
