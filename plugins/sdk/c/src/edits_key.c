// Attributes by key, as they would stand after the edits so far.

#include "edits.h"

/// Where a key was found: a row of the batch, or one that was added.
typedef struct {
    enum { NOWHERE, ROW, ADDED } where;
    uint32_t at;
} found;

/// Takes the rows that were added since the last look-up into the chains. Who never looks up never pays.
static void chain(ssv_edits *edits)
{
    for (uint32_t place = edits->added.previous.count; place < edits->added.count; place++) {
        uint32_t group = edits->added.group[place], last = SSV_NONE;
        if (group != SSV_NONE) {
            (void)ssv_stamps_get(&edits->added.last_of_group, group, &last);
            ssv_stamps_put(&edits->added.last_of_group, group, place);
        }
        SSV_APPEND(edits->added.previous, last);
    }
}

static found find(ssv_edits *edits, ssv_attrs on, ssv_str key, const char *function)
{
    ssv_place place_of_caller = {function, 0};
    bool removed = edits->removed.count > 0, renamed = edits->renamed.row.count > 0;
    for (uint32_t row = on.start; row < on.end; row++) {
        uint32_t place;
        if (removed && ssv_stamps_has(&edits->is_removed, row)) {
            continue;
        }
        ssv_str has;
        if (renamed && ssv_stamps_get(&edits->renamed.place_of, row, &place)) {
            has = ssv_edits_text(edits, edits->renamed.key.at[place]);
        } else {
            ssv_attr attr = {on.batch, row};
            has = ssv_attr_key_in(attr, place_of_caller);
        }
        if (ssv_equal(has, key)) {
            return (found){ROW, row};
        }
    }
    chain(edits);
    uint32_t place = SSV_NONE;
    (void)ssv_stamps_get(&edits->added.last_of_group, on.group, &place);
    for (; place != SSV_NONE; place = edits->added.previous.at[place]) {
        if (edits->added.group[place] == on.group && ssv_equal(ssv_edits_text(edits, edits->added.key[place]), key)) {
            return (found){ADDED, place};
        }
    }
    return (found){NOWHERE, 0};
}

static void add(ssv_edits *edits, uint32_t group, ssv_str key, const ssv_value *value)
{
    uint32_t name = ssv_name_str(edits, key).index;
    ssv_edits_push(edits, group, name, ssv_edits_value(edits, value));
}

static void set_found(ssv_edits *edits, found found, const ssv_value *value)
{
    ssv_raw_value raw = ssv_edits_value(edits, value);
    if (found.where == ROW) {
        ssv_set_raw(edits, found.at, raw);
        return;
    }
    edits->orphans |= ssv_is_nested((ssv_kind)edits->added.kind[found.at]);
    edits->added.kind[found.at] = (uint8_t)raw.kind;
    edits->added.value[found.at] = raw.value;
}

bool ssv_insert_to(ssv_edits *edits, ssv_attrs on, ssv_str key, ssv_value value)
{
    bool absent = find(edits, on, key, "ssv_insert").where == NOWHERE;
    if (absent) {
        add(edits, on.group, key, &value);
    }
    return absent;
}

void ssv_upsert_to(ssv_edits *edits, ssv_attrs on, ssv_str key, ssv_value value)
{
    found found = find(edits, on, key, "ssv_upsert");
    if (found.where == NOWHERE) {
        add(edits, on.group, key, &value);
    } else {
        set_found(edits, found, &value);
    }
}

bool ssv_update_to(ssv_edits *edits, ssv_attrs on, ssv_str key, ssv_value value)
{
    found found = find(edits, on, key, "ssv_update");
    if (found.where != NOWHERE) {
        set_found(edits, found, &value);
    }
    return found.where != NOWHERE;
}

bool ssv_remove_from(ssv_edits *edits, ssv_attrs on, ssv_str key)
{
    bool any = false;
    for (;;) {
        found found = find(edits, on, key, "ssv_remove_key");
        switch (found.where) {
        case ROW: {
            ssv_attr attr = {on.batch, found.at};
            ssv_remove(edits, attr);
            break;
        }
        case ADDED:
            edits->orphans |= ssv_is_nested((ssv_kind)edits->added.kind[found.at]);
            edits->added.group[found.at] = SSV_NONE;
            edits->holes = true;
            break;
        case NOWHERE:
            return any;
        }
        any = true;
    }
}
