// Texts and values that edits bring along.

#include "edits.h"

// === texts ===

/// Longer texts are not looked for.
enum { SHORT = 64 };

static ssv_str nth_text(const ssv_edits *edits, uint32_t number)
{
    if (number >= edits->text_end.count) {
        return ssv_slice(NULL, 0);
    }
    uint32_t start = number == 0 ? 0 : edits->text_end.at[number - 1] + 1;
    return ssv_slice((const char *)edits->texts.at + start, edits->text_end.at[number] - start);
}

/// Eight bytes a step: multiply and fold.
static uint32_t hash(const char *at, size_t length)
{
    const uint64_t factor = 0x9E3779B97F4A7C15u;
    uint64_t sum = length;
    for (; length >= 8; at += 8, length -= 8) {
        uint64_t part;
        memcpy(&part, at, 8);
        sum = ((sum << 5 | sum >> 59) ^ part) * factor;
    }
    uint64_t rest = 0;
    for (size_t i = 0; i < length; i++) {
        rest = rest << 8 | (unsigned char)at[i];
    }
    sum = ((sum << 5 | sum >> 59) ^ rest) * factor;
    return (uint32_t)(sum >> 40);
}

static ssv_text_id push_text(ssv_edits *edits, ssv_str text)
{
    ssv_text_id id = {edits->base.texts + edits->text_end.count};
    SSV_RESERVE(edits->texts, text.length + 1);
    if (text.length > 0) {
        memcpy(edits->texts.at + edits->texts.count, text.at, text.length);
    }
    edits->texts.count += (uint32_t)text.length;
    SSV_APPEND(edits->text_end, edits->texts.count);
    edits->texts.at[edits->texts.count++] = 0xFF;
    return id;
}

ssv_text_id ssv_bring_str(ssv_edits *edits, ssv_str text)
{
    if (text.length > SHORT) {
        return push_text(edits, text);
    }
    uint32_t *recent = &edits->recent[hash(text.at, text.length) % SSV_RECENT];
    ssv_str before = nth_text(edits, *recent);
    if (ssv_given(before) && ssv_equal(before, text)) {
        return (ssv_text_id){edits->base.texts + *recent};
    }
    *recent = edits->text_end.count;
    return push_text(edits, text);
}

ssv_str ssv_edits_text(const ssv_edits *edits, uint32_t text)
{
    return text < edits->base.texts ? ssv_text_at(edits->batch, text) : nth_text(edits, text - edits->base.texts);
}

void ssv_replace_text_str(ssv_edits *edits, ssv_str text, ssv_str with)
{
    if (text.text >= edits->base.texts || ssv_name_str(edits, text).index != text.text) {
        ssv_fail("ssv_replace_text", 0, "only a text that a view of this batch gave can be replaced, not \"%.*s\"", SSV_FMT(text));
    }
    uint32_t place, new_text = ssv_bring_str(edits, with).index;
    if (ssv_stamps_get(&edits->replaced.place_of, text.text, &place)) {
        edits->replaced.with.at[place] = new_text;
        return;
    }
    ssv_stamps_put(&edits->replaced.place_of, text.text, edits->replaced.text.count);
    SSV_APPEND(edits->replaced.text, text.text);
    SSV_APPEND(edits->replaced.with, new_text);
}

// === values ===

static ssv_raw_value bring(ssv_edits *edits, const ssv_value *value, int depth);

static uint32_t new_group(ssv_edits *edits)
{
    return edits->base.groups + edits->new_groups++;
}

static uint32_t bring_made(ssv_edits *edits, const ssv_value *value, int depth)
{
    uint32_t group = new_group(edits);
    if (value->kind == SSV_ARRAY) {
        for (size_t i = 0; i < value->as.items.count; i++) {
            ssv_edits_push(edits, group, SSV_NONE, bring(edits, &value->as.items.at[i], depth + 1));
        }
    } else {
        for (size_t i = 0; i < value->as.entries.count; i++) {
            uint32_t key = ssv_name_str(edits, value->as.entries.at[i].key).index;
            ssv_edits_push(edits, group, key, bring(edits, &value->as.entries.at[i].value, depth + 1));
        }
    }
    return group;
}

/// What is nested in an attribute of the batch. Strings are not copied but named again.
static uint32_t bring_rows(ssv_edits *edits, const ssv_value *value, int depth)
{
    uint32_t group = new_group(edits);
    SSV_EACH_ATTR(value->as.rows, attr) {
        uint32_t key = value->kind == SSV_ARRAY ? SSV_NONE : ssv_name_str(edits, ssv_attr_key(attr)).index;
        ssv_value item = ssv_attr_value(attr);
        ssv_edits_push(edits, group, key, bring(edits, &item, depth + 1));
    }
    return group;
}

static ssv_raw_value bring(ssv_edits *edits, const ssv_value *value, int depth)
{
    ssv_raw_value raw = {value->kind, 0};
    switch (value->kind) {
    case SSV_EMPTY:
        break;
    case SSV_TEXT:
        raw.value = value->by_name ? value->as.named : ssv_name_str(edits, value->as.text).index;
        break;
    case SSV_BOOL:
        raw.value = value->as.boolean ? 1 : 0;
        break;
    case SSV_INT:
        raw.value = edits->base.ints + edits->ints.count;
        SSV_APPEND(edits->ints, (uint64_t)value->as.integer);
        break;
    case SSV_DOUBLE: {
        uint64_t bits;
        memcpy(&bits, &value->as.number, sizeof bits);
        raw.value = edits->base.doubles + edits->doubles.count;
        SSV_APPEND(edits->doubles, bits);
        break;
    }
    case SSV_BYTES: {
        ssv_bytes bytes = value->as.bytes;
        raw.value = edits->base.bytes + edits->bytes_end.count;
        SSV_RESERVE(edits->bytes, bytes.length);
        if (bytes.length > 0) {
            memcpy(edits->bytes.at + edits->bytes.count, bytes.at, bytes.length);
        }
        edits->bytes.count += (uint32_t)bytes.length;
        SSV_APPEND(edits->bytes_end, edits->bytes.count);
        break;
    }
    case SSV_ARRAY:
    case SSV_MAP:
        // The host takes nothing deeper: it becomes empty.
        if (depth >= SSV_MAX_DEPTH) {
            raw.kind = SSV_EMPTY;
        } else {
            raw.value = value->made ? bring_made(edits, value, depth) : bring_rows(edits, value, depth);
        }
        break;
    }
    return raw;
}

ssv_raw_value ssv_edits_value(ssv_edits *edits, const ssv_value *value)
{
    return bring(edits, value, 0);
}

// === values that are made piece by piece ===

void ssv_push(ssv_list *list, ssv_value value)
{
    if (list->count == list->room) {
        size_t room = list->room == 0 ? 8 : list->room * 2;
        ssv_value *at = SSV_NEW(ssv_value, room);
        if (list->count > 0) {
            memcpy(at, list->at, list->count * sizeof *at);
        }
        list->at = at;
        list->room = room;
    }
    list->at[list->count++] = value;
}

void ssv_put_str(ssv_dict *map, ssv_str key, ssv_value value)
{
    if (map->count == map->room) {
        size_t room = map->room == 0 ? 8 : map->room * 2;
        ssv_entry *at = SSV_NEW(ssv_entry, room);
        if (map->count > 0) {
            memcpy(at, map->at, map->count * sizeof *at);
        }
        map->at = at;
        map->room = room;
    }
    map->at[map->count].key = key;
    map->at[map->count].value = value;
    map->count++;
}
