// Edits applied to a batch, with the rules of `wit/layout.md` checked: what the host does, written for clarity.

#include "state.h"

// === rules ===

/// Each element of a column stands there once and is below a bound. What was seen before counts too.
static void once(const ssvt_state *s, ssv_column_id column, uint32_t bound, bool *seen, const char *what)
{
    for (uint32_t i = 0; i < count(s->edits, column); i++) {
        uint32_t element = u32(s->edits, column, i);
        RULE(element < bound, "rule 1: %s %u of %u", ssv_column_name(column), element, bound);
        RULE(!seen[element], "rule 2: %s at most once: %u", what, element);
        seen[element] = true;
    }
}

static void check_once(const ssvt_state *s)
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

static void check_parallel(const ssvt_state *s)
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
static void check_value(const ssvt_state *s, uint32_t inside, uint8_t kind, uint32_t value, uint32_t *named)
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

static void apply_rows(ssvt_state *s)
{
    const ssv_batch *edits = s->edits;
    uint32_t old_rows = count(s->batch, SSV_ROW_KIND);
    uint32_t *named = SSV_NEW(uint32_t, s->group_count);
    for (uint32_t i = 0; i < count(edits, SSV_SET_ROW); i++) {
        ssvt_row *row = &s->rows[u32(edits, SSV_SET_ROW, i)];
        row->kind = u8(edits, SSV_SET_KIND, i);
        row->value = u32(edits, SSV_SET_VALUE, i);
        check_value(s, 0, row->kind, row->value, named);
    }
    for (uint32_t i = 0; i < count(edits, SSV_RENAME_ROW); i++) {
        ssvt_row *row = &s->rows[u32(edits, SSV_RENAME_ROW, i)];
        RULE(u32(edits, SSV_RENAME_KEY, i) < s->text_count, "rule 1: rename-key is a text");
        RULE(row->key != SSV_NONE, "rule 4: an element of an array has no key");
        row->key = u32(edits, SSV_RENAME_KEY, i);
    }
    for (uint32_t i = 0; i < count(edits, SSV_ADD_GROUP); i++) {
        ssvt_row *row = &s->rows[old_rows + i];
        uint32_t group = u32(edits, SSV_ADD_GROUP, i);
        row->key = u32(edits, SSV_ADD_KEY, i);
        row->kind = u8(edits, SSV_ADD_KIND, i);
        row->value = u32(edits, SSV_ADD_VALUE, i);
        RULE(group < s->group_count, "rule 1: add-group %u", group);
        RULE(row->key == SSV_NONE || row->key < s->text_count, "rule 1: add-key is a text or none");
        check_value(s, group, row->kind, row->value, named);
        ssvt_add_to_group(&s->groups[group], old_rows + i);
    }
    for (uint32_t group = count(s->batch, SSV_GROUP_END); group < s->group_count; group++) {
        RULE(named[group] == 1, "rule 3: new group %u is named %u times", group, named[group]);
    }
    for (uint32_t i = 0; i < count(edits, SSV_REMOVE_ROW); i++) {
        s->rows[u32(edits, SSV_REMOVE_ROW, i)].removed = true;
    }
}

static void apply_fields(ssvt_state *s)
{
    bool *seen[SSV_FIELD_CODES] = {NULL};
    for (uint32_t i = 0; i < count(s->edits, SSV_FIELD_CODE); i++) {
        uint32_t code = u8(s->edits, SSV_FIELD_CODE, i), index = u32(s->edits, SSV_FIELD_INDEX, i), value = u32(s->edits, SSV_FIELD_VALUE, i);
        RULE(code >= 1 && code < SSV_FIELD_CODES, "field code %u", code);
        uint32_t bound = count(s->batch, ssvt_field_columns[code]);
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

static void apply_texts(ssvt_state *s)
{
    uint32_t old = ssv_text_count(s->batch);
    for (uint32_t i = 0; i < count(s->edits, SSV_REPLACE_TEXT); i++) {
        uint32_t with = u32(s->edits, SSV_REPLACE_WITH, i);
        RULE(with >= old && with < s->text_count, "rule 2: a text is replaced with a new one, not %u", with);
        s->texts[u32(s->edits, SSV_REPLACE_TEXT, i)] = s->texts[with];
    }
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
    ssvt_state s;
    ssvt_state_begin(&s, &batch, &edits);
    check_parallel(&s);
    check_once(&s);
    apply_rows(&s);
    apply_fields(&s);
    apply_texts(&s);
    ssvt_batch *after = ssvt_state_read(&s);
    after->edits = edits_blob;
    return after;
}
