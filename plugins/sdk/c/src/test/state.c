#include "state.h"

#include "../guest.h"

const ssv_column_id ssvt_field_columns[SSV_FIELD_CODES] = {
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

void ssvt_add_to_group(ssvt_group *group, uint32_t row)
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

void ssvt_state_begin(ssvt_state *s, const ssv_batch *batch, const ssv_batch *edits)
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
        RULE(ssv_is_utf8(s->texts[i]), "rule 1: text %u is not UTF-8", i);
    }
    s->int_count = count(batch, SSV_INTS) + count(edits, SSV_INTS);
    s->double_count = count(batch, SSV_DOUBLES) + count(edits, SSV_DOUBLES);
    s->bytes_count = count(batch, SSV_BYTES_END) + count(edits, SSV_BYTES_END);
    uint32_t row_count = count(batch, SSV_ROW_KIND), old_groups = count(batch, SSV_GROUP_END);
    s->rows = SSV_NEW(ssvt_row, row_count + count(edits, SSV_ADD_GROUP));
    for (uint32_t i = 0; i < row_count; i++) {
        uint32_t key = u32(batch, SSV_ROW_KEY, i);
        s->rows[i] = (ssvt_row){key == SSV_NONE ? SSV_NONE : u32(batch, SSV_KEYS, key), u8(batch, SSV_ROW_KIND, i), u32(batch, SSV_ROW_VALUE, i), false};
    }
    RULE(count(edits, SSV_NEW_GROUPS) <= 1, "new-groups has one element");
    s->group_count = old_groups + (count(edits, SSV_NEW_GROUPS) == 1 ? u32(edits, SSV_NEW_GROUPS, 0) : 0);
    s->groups = SSV_NEW(ssvt_group, s->group_count);
    for (uint32_t i = 0, start = 0; i < old_groups; i++) {
        for (; start < u32(batch, SSV_GROUP_END, i); start++) {
            ssvt_add_to_group(&s->groups[i], start);
        }
    }
    for (uint32_t code = 1; code < SSV_FIELD_CODES; code++) {
        ssv_column_id column = ssvt_field_columns[code];
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
