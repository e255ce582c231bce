// Turning what was taken down into a blob.

#include "edits.h"

enum { HEADER = 48, ENTRY = 12, COLUMNS = 24 };

// === what was superseded ===

/// Keeps the elements of parallel columns whose place is not `SSV_NONE` in the first.
static uint32_t compact(uint32_t *first, uint32_t *second, uint32_t *third, uint8_t *kinds, uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (first[i] != SSV_NONE) {
            first[kept] = first[i];
            second[kept] = second[i];
            if (third != NULL) {
                third[kept] = third[i];
            }
            if (kinds != NULL) {
                kinds[kept] = kinds[i];
            }
            kept++;
        }
    }
    return kept;
}

/// Takes out new groups that no row names any more, with their rows, and numbers the others anew. Rare: a nested value was put somewhere and then
/// superseded.
static void drop_orphans(ssv_edits *edits)
{
    uint32_t base = edits->base.groups;
    bool *live = SSV_NEW(bool, edits->new_groups);
    uint32_t *number = SSV_NEW(uint32_t, edits->new_groups);
    for (uint32_t place = 0; place < edits->set.row.count; place++) {
        if (edits->set.row.at[place] != SSV_NONE && ssv_is_nested((ssv_kind)edits->set.kind.at[place])) {
            live[edits->set.value.at[place] - base] = true;
        }
    }
    // A nested group has a higher number than the one it stands in, but its rows may come earlier: go on until nothing changes.
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t place = 0; place < edits->added.count; place++) {
            uint32_t group = edits->added.group[place];
            bool stands = group != SSV_NONE && (group < base || live[group - base]);
            if (stands && ssv_is_nested((ssv_kind)edits->added.kind[place])) {
                bool *nested = &live[edits->added.value[place] - base];
                changed |= !*nested;
                *nested = true;
            }
        }
    }
    uint32_t count = 0;
    for (uint32_t group = 0; group < edits->new_groups; group++) {
        number[group] = live[group] ? base + count++ : SSV_NONE;
    }
    for (uint32_t place = 0; place < edits->added.count; place++) {
        uint32_t *group = &edits->added.group[place];
        if (*group != SSV_NONE && *group >= base) {
            *group = number[*group - base];
            edits->holes |= *group == SSV_NONE;
        }
        if (*group != SSV_NONE && ssv_is_nested((ssv_kind)edits->added.kind[place])) {
            edits->added.value[place] = number[edits->added.value[place] - base];
        }
    }
    for (uint32_t place = 0; place < edits->set.row.count; place++) {
        if (edits->set.row.at[place] != SSV_NONE && ssv_is_nested((ssv_kind)edits->set.kind.at[place])) {
            edits->set.value.at[place] = number[edits->set.value.at[place] - base];
        }
    }
    edits->new_groups = count;
}

// === the blob ===

static void put_u32(uint8_t *at, uint32_t value)
{
    memcpy(at, &value, sizeof value);
}

/// Begins a column of so many bytes and gives where they go; NULL for an empty one, which is left out.
static uint8_t *column(ssv_edits *edits, uint32_t *entries, ssv_column_id id, size_t length)
{
    if (length == 0) {
        return NULL;
    }
    uint32_t offset = edits->out.count;
    uint8_t *entry = edits->out.at + HEADER + (*entries)++ * ENTRY;
    put_u32(entry, (uint32_t)id);
    put_u32(entry + 4, offset);
    put_u32(entry + 8, (uint32_t)length);
    size_t padded = (length + 7) / 8 * 8;
    memset(edits->out.at + offset + length, 0, padded - length);
    edits->out.count += (uint32_t)padded;
    return edits->out.at + offset;
}

static void copy(ssv_edits *edits, uint32_t *entries, ssv_column_id id, const void *from, uint32_t count, size_t size)
{
    uint8_t *at = column(edits, entries, id, count * size);
    if (at != NULL) {
        memcpy(at, from, count * size);
    }
}

static void copy_decided(ssv_edits *edits, uint32_t *entries, ssv_column_id id, uint32_t decision)
{
    uint32_t count = 0, said = 0;
    for (uint32_t i = 0; i < edits->decided.count; i++) {
        (void)ssv_stamps_get(&edits->dropped, edits->decided.at[i], &said);
        count += said == decision;
    }
    uint8_t *at = column(edits, entries, id, count * sizeof count);
    for (uint32_t i = 0; at != NULL && i < edits->decided.count; i++) {
        (void)ssv_stamps_get(&edits->dropped, edits->decided.at[i], &said);
        if (said == decision) {
            put_u32(at, edits->decided.at[i]);
            at += 4;
        }
    }
}

/// At least as many bytes as the blob will have, so that it is never moved while it is written.
static size_t size_bound(const ssv_edits *edits)
{
    return HEADER + COLUMNS * (ENTRY + 8) + 8 + (size_t)edits->texts.count + (size_t)edits->text_end.count * 4 +
           ((size_t)edits->ints.count + edits->doubles.count) * 8 + edits->bytes.count + (size_t)edits->bytes_end.count * 4 +
           (size_t)edits->added.count * 13 + (size_t)edits->set.row.count * 9 +
           ((size_t)edits->renamed.row.count + edits->replaced.text.count) * 8 + ((size_t)edits->removed.count + edits->decided.count) * 4 +
           (size_t)edits->fields.code.count * 9;
}

static bool is_empty(const ssv_edits *edits)
{
    return edits->added.count + edits->set.row.count + edits->renamed.row.count + edits->removed.count + edits->replaced.text.count +
               edits->decided.count + edits->fields.code.count ==
           0;
}

ssv_bytes ssv_edits_finish(ssv_edits *edits)
{
    ssv_bytes blob = {NULL, 0};
    if (edits->orphans) {
        drop_orphans(edits);
    }
    if (edits->holes) {
        edits->added.count = compact(edits->added.group, edits->added.key, edits->added.value, edits->added.kind, edits->added.count);
    }
    if (edits->removed.count > 0) {
        uint32_t set = compact(edits->set.row.at, edits->set.value.at, NULL, edits->set.kind.at, edits->set.row.count);
        edits->set.row.count = edits->set.value.count = edits->set.kind.count = set;
        uint32_t renamed = compact(edits->renamed.row.at, edits->renamed.key.at, NULL, NULL, edits->renamed.row.count);
        edits->renamed.row.count = edits->renamed.key.count = renamed;
    }
    if (is_empty(edits)) {
        return blob;
    }
    edits->out.count = 0;
    SSV_RESERVE(edits->out, size_bound(edits));
    edits->out.count = (HEADER + COLUMNS * ENTRY + 7) / 8 * 8;
    memset(edits->out.at, 0, edits->out.count);
    uint32_t entries = 0;
    copy(edits, &entries, SSV_TEXTS, edits->texts.at, edits->texts.count, 1);
    copy(edits, &entries, SSV_TEXT_END, edits->text_end.at, edits->text_end.count, 4);
    copy(edits, &entries, SSV_INTS, edits->ints.at, edits->ints.count, 8);
    copy(edits, &entries, SSV_DOUBLES, edits->doubles.at, edits->doubles.count, 8);
    copy(edits, &entries, SSV_BYTE_STRINGS, edits->bytes.at, edits->bytes.count, 1);
    copy(edits, &entries, SSV_BYTES_END, edits->bytes_end.at, edits->bytes_end.count, 4);
    copy(edits, &entries, SSV_NEW_GROUPS, &edits->new_groups, edits->new_groups > 0, 4);
    copy(edits, &entries, SSV_ADD_GROUP, edits->added.group, edits->added.count, 4);
    copy(edits, &entries, SSV_ADD_KEY, edits->added.key, edits->added.count, 4);
    copy(edits, &entries, SSV_ADD_KIND, edits->added.kind, edits->added.count, 1);
    copy(edits, &entries, SSV_ADD_VALUE, edits->added.value, edits->added.count, 4);
    copy(edits, &entries, SSV_SET_ROW, edits->set.row.at, edits->set.row.count, 4);
    copy(edits, &entries, SSV_SET_KIND, edits->set.kind.at, edits->set.kind.count, 1);
    copy(edits, &entries, SSV_SET_VALUE, edits->set.value.at, edits->set.value.count, 4);
    copy(edits, &entries, SSV_RENAME_ROW, edits->renamed.row.at, edits->renamed.row.count, 4);
    copy(edits, &entries, SSV_RENAME_KEY, edits->renamed.key.at, edits->renamed.key.count, 4);
    copy(edits, &entries, SSV_REMOVE_ROW, edits->removed.at, edits->removed.count, 4);
    copy(edits, &entries, SSV_REPLACE_TEXT, edits->replaced.text.at, edits->replaced.text.count, 4);
    copy(edits, &entries, SSV_REPLACE_WITH, edits->replaced.with.at, edits->replaced.with.count, 4);
    copy_decided(edits, &entries, SSV_DROP_SPAN, 1);
    copy_decided(edits, &entries, SSV_KEEP_SPAN, 0);
    copy(edits, &entries, SSV_FIELD_CODE, edits->fields.code.at, edits->fields.code.count, 1);
    copy(edits, &entries, SSV_FIELD_INDEX, edits->fields.index.at, edits->fields.index.count, 4);
    copy(edits, &entries, SSV_FIELD_VALUE, edits->fields.value.at, edits->fields.value.count, 4);
    uint8_t *head = edits->out.at;
    memcpy(head, "SSVE", 4);
    head[4] = SSV_LAYOUT;
    put_u32(head + 12, entries);
    put_u32(head + 16, edits->out.count);
    blob.at = head;
    blob.length = edits->out.count;
    return blob;
}
