// What a policy asks for: parts become columns.

#include <spansieve.h>

// === parts ===

/// Each row: a column and the parts that bring it.
enum {
    ROWS = SSV_READ_ATTRIBUTES | SSV_READ_EVENTS | SSV_READ_LINKS | SSV_READ_SCOPE | SSV_READ_RESOURCE,
    TEXT = ROWS | SSV_READ_NAME | SSV_READ_STATUS | SSV_READ_TRACESTATE,
    /// Edits number what they bring along from where the batch ends, so these are always needed.
    ALWAYS = 1 << 30
};

typedef struct {
    uint8_t column;
    unsigned parts;
} part;

static const part parts_of[] = {
    {SSV_TEXTS, TEXT},
    {SSV_TEXT_END, ALWAYS | TEXT},
    {SSV_INTS, ALWAYS | ROWS},
    {SSV_DOUBLES, ALWAYS | ROWS},
    {SSV_BYTE_STRINGS, ROWS},
    {SSV_BYTES_END, ALWAYS | ROWS},
    {SSV_KEYS, ROWS},
    {SSV_ROW_KEY, ROWS},
    {SSV_ROW_KIND, ROWS},
    {SSV_ROW_VALUE, ROWS},
    {SSV_GROUP_END, ALWAYS | ROWS},
    {SSV_SPAN_TRACE_ID, SSV_READ_IDS},
    {SSV_SPAN_ID, SSV_READ_IDS},
    {SSV_SPAN_PARENT_ID, SSV_READ_IDS},
    {SSV_SPAN_START, SSV_READ_TIMES},
    {SSV_SPAN_END, SSV_READ_TIMES},
    {SSV_SPAN_NAME, SSV_READ_NAME},
    {SSV_SPAN_KIND, SSV_READ_KIND},
    {SSV_SPAN_STATUS, SSV_READ_STATUS},
    {SSV_SPAN_MESSAGE, SSV_READ_STATUS},
    {SSV_SPAN_TRACESTATE, SSV_READ_TRACESTATE},
    {SSV_SPAN_FLAGS, SSV_READ_FLAGS},
    {SSV_SPAN_SCOPE, SSV_READ_SCOPE | SSV_READ_RESOURCE},
    {SSV_SPAN_ATTRIBUTES, SSV_READ_ATTRIBUTES | SSV_READ_ADD},
    {SSV_SPAN_EVENTS_END, SSV_READ_EVENTS},
    {SSV_SPAN_LINKS_END, SSV_READ_LINKS},
    {SSV_SPAN_DROPPED_ATTRIBUTES, SSV_READ_DROPPED},
    {SSV_SPAN_DROPPED_EVENTS, SSV_READ_DROPPED},
    {SSV_SPAN_DROPPED_LINKS, SSV_READ_DROPPED},
    {SSV_EVENT_NAME, SSV_READ_EVENTS},
    {SSV_EVENT_TIME, SSV_READ_EVENTS},
    {SSV_EVENT_ATTRIBUTES, SSV_READ_EVENTS},
    {SSV_EVENT_DROPPED_ATTRIBUTES, SSV_READ_EVENTS},
    {SSV_LINK_TRACE_ID, SSV_READ_LINKS},
    {SSV_LINK_SPAN_ID, SSV_READ_LINKS},
    {SSV_LINK_TRACESTATE, SSV_READ_LINKS},
    {SSV_LINK_FLAGS, SSV_READ_LINKS},
    {SSV_LINK_ATTRIBUTES, SSV_READ_LINKS},
    {SSV_LINK_DROPPED_ATTRIBUTES, SSV_READ_LINKS},
    {SSV_SCOPE_NAME, SSV_READ_SCOPE},
    {SSV_SCOPE_VERSION, SSV_READ_SCOPE},
    {SSV_SCOPE_SCHEMA_URL, SSV_READ_SCOPE},
    {SSV_SCOPE_ATTRIBUTES, SSV_READ_SCOPE},
    {SSV_SCOPE_DROPPED_ATTRIBUTES, SSV_READ_SCOPE},
    {SSV_SCOPE_RESOURCE, SSV_READ_SCOPE | SSV_READ_RESOURCE},
    {SSV_RESOURCE_ATTRIBUTES, SSV_READ_RESOURCE},
    {SSV_RESOURCE_SCHEMA_URL, SSV_READ_RESOURCE},
    {SSV_RESOURCE_DROPPED_ATTRIBUTES, SSV_READ_RESOURCE},
};

static void ask(ssv_setup *setup, unsigned parts)
{
    for (size_t i = 0; i < SSV_COUNT_OF(parts_of); i++) {
        if ((parts_of[i].parts & parts) != 0) {
            setup->column[parts_of[i].column] = true;
        }
    }
}

void ssv_read(ssv_setup *setup, unsigned parts)
{
    setup->asked = true;
    ask(setup, parts & ~(unsigned)ALWAYS);
}

void ssv_read_column(ssv_setup *setup, ssv_column_id column)
{
    ssv_assert(ssv_column_size((unsigned)column) > 0 && column < SSV_NEW_GROUPS);
    setup->asked = true;
    setup->column[column] = true;
}

const char *ssv_part_of(ssv_column_id column)
{
    static const char *const names[] = {
        "SSV_READ_IDS",   "SSV_READ_TIMES",      "SSV_READ_NAME",   "SSV_READ_KIND",  "SSV_READ_STATUS", "SSV_READ_TRACESTATE", "SSV_READ_FLAGS",
        "SSV_READ_ATTRIBUTES", "SSV_READ_EVENTS", "SSV_READ_LINKS", "SSV_READ_SCOPE", "SSV_READ_RESOURCE", "SSV_READ_DROPPED",
        "SSV_READ_ADD"};
    for (size_t i = 0; i < SSV_COUNT_OF(parts_of); i++) {
        if (parts_of[i].column == column) {
            unsigned parts = parts_of[i].parts & ~(unsigned)ALWAYS;
            // Rows come with several parts: the policy most likely means attributes of spans.
            return (parts & SSV_READ_ATTRIBUTES) != 0 ? "SSV_READ_ATTRIBUTES" : names[__builtin_ctz(parts)];
        }
    }
    return column == SSV_TRACE_END || column == SSV_TRACE_REASON ? "... after ssv_group_by_trace(setup)" : NULL;
}

// === keys and traces ===

ssv_slot ssv_key_str(ssv_setup *setup, ssv_str key)
{
    ssv_slot slot = {0};
    for (; slot.index < setup->key_count; slot.index++) {
        if (ssv_equal(setup->keys[slot.index], key)) {
            return slot;
        }
    }
    if (setup->key_count == setup->key_room) {
        ssv_str *before = setup->keys;
        setup->key_room = setup->key_room == 0 ? 8 : setup->key_room * 2;
        setup->keys = SSV_NEW(ssv_str, setup->key_room);
        if (setup->key_count > 0) {
            memcpy(setup->keys, before, setup->key_count * sizeof *before);
        }
    }
    setup->keys[setup->key_count++] = ssv_copy_str(key);
    return slot;
}

void ssv_group_by_trace(ssv_setup *setup)
{
    setup->by_trace = true;
}

uint32_t ssv_setup_columns(const ssv_setup *setup, uint32_t *into)
{
    if (!setup->asked) {
        return 0;
    }
    ssv_setup whole = *setup;
    ask(&whole, ALWAYS);
    if (setup->key_count > 0) {
        // The values of rows, but neither their keys nor whose they are.
        static const uint8_t values[] = {SSV_TEXTS, SSV_INTS, SSV_DOUBLES, SSV_BYTE_STRINGS, SSV_ROW_KIND, SSV_ROW_VALUE, SSV_DECLARED};
        for (size_t i = 0; i < SSV_COUNT_OF(values); i++) {
            whole.column[values[i]] = true;
        }
    }
    whole.column[SSV_TRACE_END] |= setup->by_trace;
    whole.column[SSV_TRACE_REASON] |= setup->by_trace;
    uint32_t count = 0;
    for (uint32_t column = 0; column < SSV_COLUMN_IDS; column++) {
        if (whole.column[column]) {
            into[count++] = column;
        }
    }
    return count;
}
