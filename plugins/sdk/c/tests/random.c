// Whatever is done to attributes by key and by row, in whatever order: the host accepts the edits, and they do the same as on a plain list.

#include "edit.h"

static uint64_t seed;

static unsigned chance(unsigned below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % below;
}

static ssv_value some(unsigned n)
{
    ssv_list list = {0}, inner = {0};
    ssv_dict map = {0};
    switch (n % 4) {
    case 0:
        return ssv_int(n);
    case 1:
        return ssv_text(ssv_format("text %u", n));
    case 2:
        ssv_push(&inner, ssv_text(ssv_format("%u", n)));
        ssv_push(&list, ssv_int(n));
        ssv_push(&list, ssv_list_value(&inner));
        ssv_push(&list, ssv_map(NULL, 0));
        return ssv_list_value(&list);
    default:
        ssv_push(&list, ssv_int(n));
        ssv_put(&map, "l", ssv_list_value(&list));
        return ssv_dict_value(&map);
    }
}

/// A plain list of attributes: what edits have to do the same as. The row is that of the batch, or `SSV_NONE`.
static struct {
    uint32_t row;
    const char *key;
    ssv_value value;
} list[32];
static size_t length;
static unsigned given;

static size_t place_of(const char *key, uint32_t row)
{
    for (size_t i = 0; i < length; i++) {
        if (key != NULL ? strcmp(list[i].key, key) == 0 : list[i].row == row) {
            return i;
        }
    }
    return SIZE_MAX;
}

static void take_out(size_t place)
{
    length--;
    memmove(&list[place], &list[place + 1], (length - place) * sizeof list[0]);
}

static void append(uint32_t row, const char *key, ssv_value value)
{
    list[length].row = row;
    list[length].key = key;
    list[length++].value = value;
}

static void edit_row(ssv_edits *edits, ssv_attr row, unsigned what, const char *key, ssv_value value, bool taken)
{
    size_t entry = place_of(NULL, row.row);
    if (what == 4) {
        ssv_set(edits, row, value);
        if (entry != SIZE_MAX) {
            list[entry].value = value;
        }
    } else if (what == 5) {
        // Two attributes of one key are another matter.
        if (!taken) {
            ssv_rename(edits, row, key);
            if (entry != SIZE_MAX) {
                list[entry].key = key;
            }
        }
    } else {
        ssv_remove(edits, row);
        if (entry != SIZE_MAX) {
            take_out(entry);
        }
    }
}

static void edit_at_random(const ssv_batch *batch, ssv_edits *edits)
{
    static const char *const keys[] = {"a", "b", "c", "d", "e", "f"};
    ssv_span span = ssv_span_at(batch, 0);
    unsigned steps = chance(12);
    for (unsigned step = 0; step < steps; step++) {
        const char *key = keys[chance(6)];
        ssv_value value = some(step + 10);
        size_t place = place_of(key, 0);
        bool taken = place != SIZE_MAX;
        unsigned what = chance(given > 0 ? 7 : 4);
        switch (what) {
        case 0:
            ssvt_check(ssv_insert(edits, span, key, value) == !taken);
            if (!taken) {
                append(SSV_NONE, key, value);
            }
            break;
        case 1:
            ssv_upsert(edits, span, key, value);
            if (taken) {
                list[place].value = value;
            } else {
                append(SSV_NONE, key, value);
            }
            break;
        case 2:
            ssvt_check(ssv_update(edits, span, key, value) == taken);
            if (taken) {
                list[place].value = value;
            }
            break;
        case 3:
            ssvt_check(ssv_remove_key(edits, span, key) == taken);
            if (taken) {
                take_out(place);
            }
            break;
        default:
            edit_row(edits, ssv_attr_at(ssv_span_attrs(span), chance(given)), what, key, value, taken);
        }
    }
}

SSVT_TEST(random_edits_do_what_they_would_do_to_a_plain_list)
{
    static const char *const keys[] = {"a", "b", "c"};
    seed = 1;
    for (int round = 0; round < 2000; round++) {
        ssvt_batch *batch = ssvt_new_batch();
        ssvt_span *span = ssvt_add_span(batch, "s");
        length = 0;
        given = chance(4);
        for (unsigned row = 0; row < given; row++) {
            ssvt_attr(span, keys[row], some(row));
            append(row, keys[row], some(row));
        }
        ssvt_span *after = edited(batch, edit_at_random)->spans[0];
        ssvt_check_int(after->attributes.count, length);
        for (size_t i = 0; i < length; i++) {
            ssvt_check_attr(after, list[i].key, list[i].value);
        }
    }
}
