// Taking down edits by row, by span and by field: each thing once, the later edit counts.

#include <spansieve.h>
#include <stdlib.h>

#include "edits.h"

// === memory ===

void ssv_stamps_grow(ssv_stamps *stamps, uint32_t index)
{
    uint32_t room = stamps->room < 64 ? 64 : stamps->room;
    while (room <= index) {
        room *= 2;
    }
    stamps->of = ssv_grow(stamps->of, room, sizeof *stamps->of);
    // Generation 0 is never current.
    memset(stamps->of + stamps->room, 0, (size_t)(room - stamps->room) * sizeof *stamps->of);
    stamps->room = room;
}

static void forget(ssv_stamps *stamps)
{
    if (++stamps->generation == 0) {
        if (stamps->room > 0) {
            memset(stamps->of, 0, (size_t)stamps->room * sizeof *stamps->of);
        }
        stamps->generation = 1;
    }
}

void *ssv_grown(void *at, uint32_t *room, uint32_t count, size_t more, size_t size)
{
    size_t needed = count + more, next = *room < 32 ? 32 : *room;
    while (next < needed) {
        next *= 2;
    }
    if (next > UINT32_MAX) {
        SSV_FAIL("edits of more than 4 GiB");
    }
    *room = (uint32_t)next;
    return ssv_grow(at, next, size);
}

void ssv_edits_grow_added(ssv_edits *edits)
{
    uint32_t room = edits->added.room == 0 ? 64 : edits->added.room * 2;
    edits->added.group = ssv_grow(edits->added.group, room, 4);
    edits->added.key = ssv_grow(edits->added.key, room, 4);
    edits->added.value = ssv_grow(edits->added.value, room, 4);
    edits->added.kind = ssv_grow(edits->added.kind, room, 1);
    edits->added.room = room;
}

void ssv_edits_grow_decided(ssv_edits *edits)
{
    edits->decided.at = ssv_grown(edits->decided.at, &edits->decided.room, edits->decided.count, 1, 4);
}

void ssv_edits_begin(ssv_edits *edits, const ssv_batch *batch)
{
    edits->batch = batch;
    edits->base.texts = batch->columns[SSV_TEXT_END].count;
    edits->base.ints = batch->columns[SSV_INTS].count;
    edits->base.doubles = batch->columns[SSV_DOUBLES].count;
    edits->base.bytes = batch->columns[SSV_BYTES_END].count;
    edits->base.groups = batch->columns[SSV_GROUP_END].count;
    edits->base.rows = batch->rows;
    edits->base.spans = batch->spans;
    edits->texts.count = edits->text_end.count = 0;
    edits->ints.count = edits->doubles.count = edits->bytes.count = edits->bytes_end.count = 0;
    edits->new_groups = 0;
    edits->added.count = edits->added.previous.count = 0;
    forget(&edits->added.last_of_group);
    edits->set.row.count = edits->set.kind.count = edits->set.value.count = 0;
    forget(&edits->set.place_of);
    edits->renamed.row.count = edits->renamed.key.count = 0;
    forget(&edits->renamed.place_of);
    edits->removed.count = 0;
    forget(&edits->is_removed);
    edits->replaced.text.count = edits->replaced.with.count = 0;
    forget(&edits->replaced.place_of);
    edits->decided.count = 0;
    forget(&edits->dropped);
    edits->fields.code.count = edits->fields.index.count = edits->fields.value.count = 0;
    for (size_t field = 0; field < SSV_FIELD_CODES; field++) {
        forget(&edits->fields.place_of[field]);
    }
    edits->holes = edits->orphans = false;
}

void ssv_edits_free(ssv_edits *edits)
{
    void *all[] = {edits->texts.at,         edits->text_end.at,        edits->ints.at,          edits->doubles.at,     edits->bytes.at,
                   edits->bytes_end.at,     edits->added.group,        edits->added.key,        edits->added.value,    edits->added.kind,
                   edits->added.previous.at, edits->added.last_of_group.of, edits->set.row.at,  edits->set.kind.at,    edits->set.value.at,
                   edits->set.place_of.of,  edits->renamed.row.at,     edits->renamed.key.at,   edits->renamed.place_of.of, edits->removed.at,
                   edits->is_removed.of,    edits->replaced.text.at,   edits->replaced.with.at, edits->replaced.place_of.of, edits->decided.at,
                   edits->dropped.of,       edits->fields.code.at,     edits->fields.index.at,  edits->fields.value.at, edits->out.at};
    for (size_t i = 0; i < SSV_COUNT_OF(all); i++) {
        free(all[i]);
    }
    for (size_t field = 0; field < SSV_FIELD_CODES; field++) {
        free(edits->fields.place_of[field].of);
    }
    memset(edits, 0, sizeof *edits);
}

// === rows ===

static void check_row(const ssv_edits *edits, uint32_t row, const char *function)
{
    if (row >= edits->base.rows) {
        ssv_fail(function, 0, row == SSV_NONE ? "the attribute is absent: ask ssv_has() first" : "the row is not one of the batch");
    }
}

void ssv_set_raw(ssv_edits *edits, uint32_t row, ssv_raw_value raw)
{
    uint32_t place;
    if (ssv_stamps_has(&edits->is_removed, row)) {
        edits->orphans |= ssv_is_nested(raw.kind);
    } else if (ssv_stamps_get(&edits->set.place_of, row, &place)) {
        edits->orphans |= ssv_is_nested((ssv_kind)edits->set.kind.at[place]);
        edits->set.kind.at[place] = (uint8_t)raw.kind;
        edits->set.value.at[place] = raw.value;
    } else {
        ssv_stamps_put(&edits->set.place_of, row, edits->set.row.count);
        SSV_APPEND(edits->set.row, row);
        SSV_APPEND(edits->set.kind, (uint8_t)raw.kind);
        SSV_APPEND(edits->set.value, raw.value);
    }
}

void ssv_set(ssv_edits *edits, ssv_attr attr, ssv_value value)
{
    check_row(edits, attr.row, "ssv_set");
    ssv_set_raw(edits, attr.row, ssv_edits_value(edits, &value));
}

void ssv_rename_to(ssv_edits *edits, ssv_attr attr, ssv_text_id key)
{
    check_row(edits, attr.row, "ssv_rename");
    const ssv_column *keys = &edits->batch->columns[SSV_ROW_KEY];
    if (attr.row < keys->count && ssv_load_u32(keys->at + (size_t)attr.row * 4) == SSV_NONE) {
        ssv_fail("ssv_rename", 0, "an element of an array has no key");
    }
    uint32_t place;
    if (ssv_stamps_has(&edits->is_removed, attr.row)) {
        return;
    }
    if (ssv_stamps_get(&edits->renamed.place_of, attr.row, &place)) {
        edits->renamed.key.at[place] = key.index;
        return;
    }
    ssv_stamps_put(&edits->renamed.place_of, attr.row, edits->renamed.row.count);
    SSV_APPEND(edits->renamed.row, attr.row);
    SSV_APPEND(edits->renamed.key, key.index);
}

void ssv_remove(ssv_edits *edits, ssv_attr attr)
{
    check_row(edits, attr.row, "ssv_remove");
    uint32_t place;
    if (ssv_stamps_has(&edits->is_removed, attr.row)) {
        return;
    }
    ssv_stamps_put(&edits->is_removed, attr.row, 1);
    SSV_APPEND(edits->removed, attr.row);
    if (ssv_stamps_get(&edits->set.place_of, attr.row, &place)) {
        edits->orphans |= ssv_is_nested((ssv_kind)edits->set.kind.at[place]);
        edits->set.row.at[place] = SSV_NONE;
    }
    if (ssv_stamps_get(&edits->renamed.place_of, attr.row, &place)) {
        edits->renamed.row.at[place] = SSV_NONE;
    }
}

// === fields ===

void ssv_set_field(ssv_edits *edits, ssv_field_code field, uint32_t index, uint32_t value)
{
    ssv_stamps *place_of = &edits->fields.place_of[field];
    uint32_t place;
    if (ssv_stamps_get(place_of, index, &place)) {
        edits->fields.value.at[place] = value;
        return;
    }
    ssv_stamps_put(place_of, index, edits->fields.code.count);
    SSV_APPEND(edits->fields.code, (uint8_t)field);
    SSV_APPEND(edits->fields.index, index);
    SSV_APPEND(edits->fields.value, value);
}
