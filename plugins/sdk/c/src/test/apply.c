// Edits applied to a batch, with the rules of `wit/layout.md` checked: what the host does, written for clarity.

#include <stdlib.h>

#include "test.h"

#define RULE(holds, ...) ((holds) ? (void)0 : ssv_fail("the edits break a rule of the layout", 0, __VA_ARGS__))

typedef struct {
    /// A text, not a key.
    uint32_t key;
    uint8_t kind;
    uint32_t value;
    bool removed;
} row;

typedef struct {
    uint32_t *rows;
    uint32_t count, room;
} group;

/// Batch and edits in one numbering, open to change.
typedef struct {
    const ssv_batch *batch, *edits;
    ssv_str *texts;
    bool *used;
    uint32_t text_count, int_count, double_count, bytes_count;
    row *rows;
    group *groups;
    uint32_t group_count;
    /// Values of fields, by their code.
    uint32_t *fields[SSV_FIELD_CODES];
    uint32_t *flags;
} state;

static const ssv_column_id field_columns[SSV_FIELD_CODES] = {
    [SSV_SET_SPAN_NAME] = SSV_SPAN_NAME,
    [SSV_SET_SPAN_MESSAGE] = SSV_SPAN_MESSAGE,
    [SSV_SET_SPAN_TRACESTATE] = SSV_SPAN_TRACESTATE,
    [SSV_SET_SPAN_STATUS] = SSV_SPAN_STATUS,
    [SSV_SET_SPAN_KIND] = SSV_SPAN_KIND,
    [SSV_SET_EVENT_NAME] = SSV_EVENT_NAME,
    [SSV_SET_LINK_TRACESTATE] = SSV_LINK_TRACESTATE,
    [SSV_SET_SCOPE_NAME] = SSV_SCOPE_NAME,
    [SSV_SET_SCOPE_VERSION] = SSV_SCOPE_VERSION,
    [SSV_SET_SCOPE_SCHEMA_URL] = SSV_SCOPE_SCHEMA_URL,
    [SSV_SET_RESOURCE_SCHEMA_URL] = SSV_RESOURCE_SCHEMA_URL,
};

static uint32_t count(const ssv_batch *blob, ssv_column_id column)
{
    return blob->columns[column].count;
}

static uint32_t u32(const ssv_batch *blob, ssv_column_id column, uint32_t index)
{
    return ssv_u32(blob, column, index, SSV_PLACE);
}

static uint8_t u8(const ssv_batch *blob, ssv_column_id column, uint32_t index)
{
    return ssv_u8(blob, column, index, SSV_PLACE);
}

// === batch and edits in one numbering ===

static bool is_utf8(ssv_str text)
{
    const unsigned char *at = (const unsigned char *)text.at, *end = at + text.length;
    while (at < end) {
        size_t more = *at < 0x80 ? 0 : *at >= 0xC2 && *at < 0xE0 ? 1 : *at >= 0xE0 && *at < 0xF0 ? 2 : *at >= 0xF0 && *at < 0xF5 ? 3 : 9;
        if (more == 9 || (size_t)(end - at) <= more || (*at == 0xE0 && at[1] < 0xA0) || (*at == 0xED && at[1] > 0x9F) ||
            (*at == 0xF0 && at[1] < 0x90) || (*at == 0xF4 && at[1] > 0x8F)) {
            return false;
        }
        for (at++; more > 0; more--, at++) {
            if (*at < 0x80 || *at > 0xBF) {
                return false;
            }
        }
    }
    return true;
}

static void add_to_group(group *group, uint32_t row)
{
    if (group->count == group->room) {
        uint32_t room = group->room == 0 ? 4 : group->room * 2;
        uint32_t *rows = SSV_NEW(uint32_t, room);
        if (group->count > 0) {
            memcpy(rows, group->rows, group->count * sizeof *rows);
        }
        group->rows = rows;
        group->room = room;
    }
    group->rows[group->count++] = row;
}

static void begin(state *s, const ssv_batch *batch, const ssv_batch *edits)
{
    memset(s, 0, sizeof *s);
    s->batch = batch;
    s->edits = edits;
    uint32_t old_texts = ssv_text_count(batch);
    s->text_count = old_texts + ssv_text_count(edits);
    s->texts = SSV_NEW(ssv_str, s->text_count);
    s->used = SSV_NEW(bool, s->text_count);
    for (uint32_t i = 0; i < s->text_count; i++) {
        s->texts[i] = i < old_texts ? ssv_text_at(batch, i) : ssv_text_at(edits, i - old_texts);
        RULE(is_utf8(s->texts[i]), "rule 1: text %u is not UTF-8", i);
    }
    s->int_count = count(batch, SSV_INTS) + count(edits, SSV_INTS);
    s->double_count = count(batch, SSV_DOUBLES) + count(edits, SSV_DOUBLES);
    s->bytes_count = count(batch, SSV_BYTES_END) + count(edits, SSV_BYTES_END);
    uint32_t row_count = count(batch, SSV_ROW_KIND), old_groups = count(batch, SSV_GROUP_END);
    s->rows = SSV_NEW(row, row_count + count(edits, SSV_ADD_GROUP));
    for (uint32_t i = 0; i < row_count; i++) {
        uint32_t key = u32(batch, SSV_ROW_KEY, i);
        s->rows[i] = (row){key == SSV_NONE ? SSV_NONE : u32(batch, SSV_KEYS, key), u8(batch, SSV_ROW_KIND, i), u32(batch, SSV_ROW_VALUE, i), false};
    }
    RULE(count(edits, SSV_NEW_GROUPS) <= 1, "new-groups has one element");
    s->group_count = old_groups + (count(edits, SSV_NEW_GROUPS) == 1 ? u32(edits, SSV_NEW_GROUPS, 0) : 0);
    s->groups = SSV_NEW(group, s->group_count);
    for (uint32_t i = 0, start = 0; i < old_groups; i++) {
        for (; start < u32(batch, SSV_GROUP_END, i); start++) {
            add_to_group(&s->groups[i], start);
        }
    }
    for (uint32_t code = 1; code < SSV_FIELD_CODES; code++) {
        ssv_column_id column = field_columns[code];
        s->fields[code] = SSV_NEW(uint32_t, count(batch, column));
        for (uint32_t i = 0; i < count(batch, column); i++) {
            s->fields[code][i] = ssv_column_size(column) == 1 ? u8(batch, column, i) : u32(batch, column, i);
        }
    }
    s->flags = SSV_NEW(uint32_t, batch->spans);
    for (uint32_t i = 0; i < batch->spans; i++) {
        s->flags[i] = u32(batch, SSV_SPAN_FLAGS, i);
    }
}

// === rules ===

/// Each element of a column stands there once and is below a bound. What was seen before counts too.
static void once(const state *s, ssv_column_id column, uint32_t bound, bool *seen, const char *what)
{
    for (uint32_t i = 0; i < count(s->edits, column); i++) {
        uint32_t element = u32(s->edits, column, i);
        RULE(element < bound, "rule 1: %s %u of %u", ssv_column_name(column), element, bound);
        RULE(!seen[element], "rule 2: %s at most once: %u", what, element);
        seen[element] = true;
    }
}

static void check_once(const state *s)
{
    uint32_t rows = count(s->batch, SSV_ROW_KIND), texts = ssv_text_count(s->batch);
    bool *set = SSV_NEW(bool, rows), *renamed = SSV_NEW(bool, rows), *spans = SSV_NEW(bool, s->batch->spans);
    once(s, SSV_SET_ROW, rows, set, "a row is set");
    once(s, SSV_RENAME_ROW, rows, renamed, "a row is renamed");
    bool *removed = SSV_NEW(bool, rows);
    once(s, SSV_REMOVE_ROW, rows, removed, "a row is removed");
    for (uint32_t i = 0; i < rows; i++) {
        RULE(!removed[i] || (!set[i] && !renamed[i]), "rule 2: a removed row is neither set nor renamed: %u", i);
    }
    once(s, SSV_REPLACE_TEXT, texts, SSV_NEW(bool, texts), "a text is replaced");
    once(s, SSV_DROP_SPAN, s->batch->spans, spans, "a span is dropped or kept");
    once(s, SSV_KEEP_SPAN, s->batch->spans, spans, "a span is dropped or kept");
}

static void check_parallel(const state *s)
{
    static const uint8_t parallel[][2] = {
        {SSV_ADD_GROUP, SSV_ADD_KEY},   {SSV_ADD_GROUP, SSV_ADD_KIND},      {SSV_ADD_GROUP, SSV_ADD_VALUE},       {SSV_SET_ROW, SSV_SET_KIND},
        {SSV_SET_ROW, SSV_SET_VALUE},   {SSV_RENAME_ROW, SSV_RENAME_KEY},   {SSV_REPLACE_TEXT, SSV_REPLACE_WITH}, {SSV_FIELD_CODE, SSV_FIELD_INDEX},
        {SSV_FIELD_CODE, SSV_FIELD_VALUE}};
    for (size_t i = 0; i < SSV_COUNT_OF(parallel); i++) {
        RULE(count(s->edits, parallel[i][0]) == count(s->edits, parallel[i][1]), "rule 1: %s and %s differ in length",
             ssv_column_name(parallel[i][0]), ssv_column_name(parallel[i][1]));
    }
}

/// A value that is put somewhere: `inside` is the group of its row, where the edits give one.
static void check_value(const state *s, uint32_t inside, uint8_t kind, uint32_t value, uint32_t *named)
{
    uint32_t old_groups = count(s->batch, SSV_GROUP_END);
    const uint32_t bounds[] = {1, s->text_count, 2, s->int_count, s->double_count, s->bytes_count, s->group_count, s->group_count};
    RULE(kind <= SSV_MAP && value < bounds[kind], "rule 1: value %u of kind %u", value, kind);
    if (kind == SSV_ARRAY || kind == SSV_MAP) {
        RULE(value >= old_groups, "rule 3: a nested value names a new group, not %u", value);
        RULE(inside < old_groups || value > inside, "rule 3: group %u in group %u", value, inside);
        RULE(named[value]++ == 0, "rule 3: group %u is named twice", value);
    }
}

// === applying ===

static void apply_rows(state *s)
{
    const ssv_batch *edits = s->edits;
    uint32_t old_rows = count(s->batch, SSV_ROW_KIND);
    uint32_t *named = SSV_NEW(uint32_t, s->group_count);
    for (uint32_t i = 0; i < count(edits, SSV_SET_ROW); i++) {
        row *row = &s->rows[u32(edits, SSV_SET_ROW, i)];
        row->kind = u8(edits, SSV_SET_KIND, i);
        row->value = u32(edits, SSV_SET_VALUE, i);
        check_value(s, 0, row->kind, row->value, named);
    }
    for (uint32_t i = 0; i < count(edits, SSV_RENAME_ROW); i++) {
        row *row = &s->rows[u32(edits, SSV_RENAME_ROW, i)];
        RULE(u32(edits, SSV_RENAME_KEY, i) < s->text_count, "rule 1: rename-key is a text");
        RULE(row->key != SSV_NONE, "rule 4: an element of an array has no key");
        row->key = u32(edits, SSV_RENAME_KEY, i);
    }
    for (uint32_t i = 0; i < count(edits, SSV_ADD_GROUP); i++) {
        row *row = &s->rows[old_rows + i];
        uint32_t group = u32(edits, SSV_ADD_GROUP, i);
        row->key = u32(edits, SSV_ADD_KEY, i);
        row->kind = u8(edits, SSV_ADD_KIND, i);
        row->value = u32(edits, SSV_ADD_VALUE, i);
        RULE(group < s->group_count, "rule 1: add-group %u", group);
        RULE(row->key == SSV_NONE || row->key < s->text_count, "rule 1: add-key is a text or none");
        check_value(s, group, row->kind, row->value, named);
        add_to_group(&s->groups[group], old_rows + i);
    }
    for (uint32_t group = count(s->batch, SSV_GROUP_END); group < s->group_count; group++) {
        RULE(named[group] == 1, "rule 3: new group %u is named %u times", group, named[group]);
    }
    for (uint32_t i = 0; i < count(edits, SSV_REMOVE_ROW); i++) {
        s->rows[u32(edits, SSV_REMOVE_ROW, i)].removed = true;
    }
}

static void apply_fields(state *s)
{
    bool *seen[SSV_FIELD_CODES] = {NULL};
    for (uint32_t i = 0; i < count(s->edits, SSV_FIELD_CODE); i++) {
        uint32_t code = u8(s->edits, SSV_FIELD_CODE, i), index = u32(s->edits, SSV_FIELD_INDEX, i), value = u32(s->edits, SSV_FIELD_VALUE, i);
        RULE(code >= 1 && code < SSV_FIELD_CODES, "field code %u", code);
        uint32_t bound = count(s->batch, field_columns[code]);
        RULE(index < bound, "rule 1: field-index %u of %u", index, bound);
        seen[code] = seen[code] == NULL ? SSV_NEW(bool, bound) : seen[code];
        RULE(!seen[code][index], "rule 2: a field is set at most once");
        seen[code][index] = true;
        bool name = code == SSV_SET_SPAN_NAME || code == SSV_SET_EVENT_NAME || code == SSV_SET_SCOPE_NAME;
        uint32_t most = code == SSV_SET_SPAN_STATUS ? 3 : code == SSV_SET_SPAN_KIND ? 6 : s->text_count;
        bool clears = value == SSV_NONE && !name && most == s->text_count;
        RULE(clears || value < most, "rule 1: field %u cannot be %u", code, value);
        s->fields[code][index] = value;
    }
}

static void apply_texts(state *s)
{
    uint32_t old = ssv_text_count(s->batch);
    for (uint32_t i = 0; i < count(s->edits, SSV_REPLACE_TEXT); i++) {
        uint32_t with = u32(s->edits, SSV_REPLACE_WITH, i);
        RULE(with >= old && with < s->text_count, "rule 2: a text is replaced with a new one, not %u", with);
        s->texts[u32(s->edits, SSV_REPLACE_TEXT, i)] = s->texts[with];
    }
}

// === from there to plain data ===

static ssv_str text(state *s, uint32_t index)
{
    if (index == SSV_NONE) {
        return ssv_slice(NULL, 0);
    }
    RULE(index < s->text_count, "text %u of %u", index, s->text_count);
    s->used[index] = true;
    return ssv_copy_str(s->texts[index]);
}

static ssv_value value(state *s, const row *row, int depth);

static ssv_dict entries(state *s, uint32_t index, int depth)
{
    ssv_dict out = {0};
    RULE(index < s->group_count, "group %u of %u", index, s->group_count);
    for (uint32_t i = 0; i < s->groups[index].count; i++) {
        const row *row = &s->rows[s->groups[index].rows[i]];
        if (!row->removed) {
            RULE(row->key != SSV_NONE, "rule 4: a row of group %u has no key", index);
            ssv_put_str(&out, text(s, row->key), value(s, row, depth));
        }
    }
    return out;
}

static ssv_value items(state *s, uint32_t index, int depth)
{
    ssv_list out = {0};
    for (uint32_t i = 0; i < s->groups[index].count; i++) {
        const row *row = &s->rows[s->groups[index].rows[i]];
        if (!row->removed) {
            RULE(row->key == SSV_NONE, "rule 4: a row of array %u has a key", index);
            ssv_push(&out, value(s, row, depth));
        }
    }
    return ssv_list_value(&out);
}

static ssv_attr in_blob(const ssv_batch *old, const ssv_batch *new, ssv_column_id pool, uint32_t *index)
{
    ssv_attr attr = {*index < count(old, pool) ? old : new, 0};
    *index -= attr.batch == old ? 0 : count(old, pool);
    return attr;
}

static ssv_value value(state *s, const row *row, int depth)
{
    RULE(depth <= SSV_MAX_DEPTH, "rule 3: nothing is nested deeper than %d", SSV_MAX_DEPTH);
    uint32_t index = row->value;
    switch ((ssv_kind)row->kind) {
    case SSV_EMPTY:
        break;
    case SSV_TEXT:
        return ssv_text(text(s, index));
    case SSV_BOOL:
        return ssv_bool(index != 0);
    case SSV_INT: {
        const ssv_batch *in = in_blob(s->batch, s->edits, SSV_INTS, &index).batch;
        return ssv_int((int64_t)ssv_u64(in, SSV_INTS, index, SSV_PLACE));
    }
    case SSV_DOUBLE: {
        const ssv_batch *in = in_blob(s->batch, s->edits, SSV_DOUBLES, &index).batch;
        uint64_t bits = ssv_u64(in, SSV_DOUBLES, index, SSV_PLACE);
        double number;
        memcpy(&number, &bits, sizeof number);
        return ssv_double(number);
    }
    case SSV_BYTES: {
        const ssv_batch *in = in_blob(s->batch, s->edits, SSV_BYTES_END, &index).batch;
        uint32_t start = ssv_start(in, SSV_BYTES_END, index, SSV_PLACE), end = u32(in, SSV_BYTES_END, index);
        RULE(start <= end && end <= count(in, SSV_BYTE_STRINGS), "byte string %u lies outside", index);
        ssv_str copy = ssv_copy_str(ssv_slice((const char *)in->columns[SSV_BYTE_STRINGS].at + start, end - start));
        return ssv_raw(copy.at, copy.length);
    }
    case SSV_ARRAY:
        return items(s, index, depth + 1);
    case SSV_MAP: {
        ssv_dict map = entries(s, index, depth + 1);
        return ssv_dict_value(&map);
    }
    }
    return ssv_empty();
}

static void read_span(state *s, ssvt_batch *into, uint32_t i)
{
    ssv_span from = ssv_span_at(s->batch, i);
    ssvt_span *span = ssvt_add_span(into, "");
    memcpy(span->trace_id, ssv_span_trace_id(from), 16);
    memcpy(span->id, ssv_span_id(from), 8);
    memcpy(span->parent_id, ssv_id(s->batch, SSV_SPAN_PARENT_ID, 8, i, SSV_PLACE), 8);
    span->start = ssv_span_start(from);
    span->end = ssv_span_end(from);
    span->name = text(s, s->fields[SSV_SET_SPAN_NAME][i]);
    span->kind = (ssv_span_kind_code)s->fields[SSV_SET_SPAN_KIND][i];
    span->status = (ssv_status)s->fields[SSV_SET_SPAN_STATUS][i];
    span->message = text(s, s->fields[SSV_SET_SPAN_MESSAGE][i]);
    span->tracestate = text(s, s->fields[SSV_SET_SPAN_TRACESTATE][i]);
    span->flags = s->flags[i];
    span->attributes = entries(s, ssv_span_group(from), 0);
    span->dropped_attributes = ssv_span_dropped_attributes(from);
    span->dropped_events = ssv_span_dropped_events(from);
    span->dropped_links = ssv_span_dropped_links(from);
    span->scope = ssv_span_scope(from).index;
    SSV_EACH_EVENT(from, event) {
        ssvt_event *to = ssvt_add_event(span, "");
        to->name = text(s, s->fields[SSV_SET_EVENT_NAME][event.index]);
        to->time = ssv_event_time(event);
        to->attributes = entries(s, ssv_event_group(event), 0);
        to->dropped_attributes = ssv_event_dropped_attributes(event);
    }
    SSV_EACH_LINK(from, link) {
        ssvt_link *to = ssvt_add_link(span);
        memcpy(to->trace_id, ssv_link_trace_id(link), 16);
        memcpy(to->span_id, ssv_link_span_id(link), 8);
        to->tracestate = text(s, s->fields[SSV_SET_LINK_TRACESTATE][link.index]);
        to->flags = ssv_link_flags(link);
        to->attributes = entries(s, ssv_link_group(link), 0);
        to->dropped_attributes = ssv_link_dropped_attributes(link);
    }
}

static ssvt_batch *read_batch(state *s)
{
    ssvt_batch *into = ssvt_empty_batch();
    into->now = ssv_now(s->batch);
    into->head_probability = s->batch->head_probability;
    for (uint32_t i = 0; i < s->batch->spans; i++) {
        read_span(s, into, i);
    }
    SSV_EACH_SCOPE(s->batch, scope) {
        into->scopes = ssvt_pointer_added(into->scopes, &into->scope_count, sizeof(ssvt_scope));
        ssvt_scope *to = into->scopes[into->scope_count - 1];
        to->name = text(s, s->fields[SSV_SET_SCOPE_NAME][scope.index]);
        to->version = text(s, s->fields[SSV_SET_SCOPE_VERSION][scope.index]);
        to->schema_url = text(s, s->fields[SSV_SET_SCOPE_SCHEMA_URL][scope.index]);
        to->attributes = entries(s, ssv_scope_group(scope), 0);
        to->dropped_attributes = ssv_scope_dropped_attributes(scope);
        to->resource = ssv_scope_resource(scope).index;
    }
    SSV_EACH_RESOURCE(s->batch, resource) {
        into->resources = ssvt_pointer_added(into->resources, &into->resource_count, sizeof(ssvt_resource));
        ssvt_resource *to = into->resources[into->resource_count - 1];
        to->attributes = entries(s, ssv_resource_group(resource), 0);
        to->schema_url = text(s, s->fields[SSV_SET_RESOURCE_SCHEMA_URL][resource.index]);
        to->dropped_attributes = ssv_resource_dropped_attributes(resource);
    }
    into->grouped = ssv_is_grouped(s->batch);
    into->traces = SSV_NEW(ssvt_trace, ssv_trace_count(s->batch));
    SSV_EACH_TRACE(s->batch, trace) {
        into->traces[into->trace_count].end = ssv_trace_end(trace).index;
        into->traces[into->trace_count++].reason = ssv_trace_reason(trace);
    }
    for (uint32_t i = 0; i < count(s->edits, SSV_DROP_SPAN); i++) {
        into->spans[u32(s->edits, SSV_DROP_SPAN, i)]->dropped = true;
    }
    for (uint32_t i = 0; i < count(s->edits, SSV_KEEP_SPAN); i++) {
        ssvt_span *span = into->spans[u32(s->edits, SSV_KEEP_SPAN, i)];
        span->kept = true;
        span->flags |= SSV_FLAG_SAMPLED;
    }
    return into;
}

ssvt_batch *ssvt_decode(ssv_bytes blob)
{
    ssv_batch batch, nothing;
    ssv_layout_error error;
    memset(&nothing, 0, sizeof nothing);
    if (!ssv_parse(blob, "SSVB", false, &batch, &error)) {
        ssv_fail("the batch", 0, "%s", error.message);
    }
    state s;
    begin(&s, &batch, &nothing);
    ssvt_batch *into = read_batch(&s);
    for (uint32_t i = 0; i < ssv_key_count(&batch); i++) {
        s.used[ssv_key_at(&batch, i).text] = true;
    }
    into->loose = SSV_NEW(ssv_str, s.text_count);
    for (uint32_t i = 0; i < s.text_count; i++) {
        if (!s.used[i]) {
            into->loose[into->loose_count++] = ssv_copy_str(s.texts[i]);
        }
    }
    return into;
}

ssvt_batch *ssvt_apply(ssv_bytes blob, ssv_bytes edits_blob)
{
    ssv_batch batch, edits;
    ssv_layout_error error;
    if (edits_blob.length == 0) {
        return ssvt_decode(blob);
    }
    if (!ssv_parse(blob, "SSVB", false, &batch, &error)) {
        ssv_fail("the batch", 0, "%s", error.message);
    }
    if (!ssv_parse(edits_blob, "SSVE", true, &edits, &error)) {
        ssv_fail("the edits", 0, "%s", error.message);
    }
    state s;
    begin(&s, &batch, &edits);
    check_parallel(&s);
    check_once(&s);
    apply_rows(&s);
    apply_fields(&s);
    apply_texts(&s);
    ssvt_batch *after = read_batch(&s);
    after->edits = edits_blob;
    return after;
}
