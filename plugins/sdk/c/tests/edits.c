// The edits builder: whatever is called in whatever order, the rules of the layout hold and the later edit counts.

#include <stdio.h>
#include <stdlib.h>

#include "edit.h"

ssvt_batch *edited(const ssvt_batch *before, edit *with)
{
    // On the heap, so that what goes beyond it is seen.
    static ssv_edits edits;
    ssv_bytes blob = ssvt_encode(before, NULL);
    ssv_batch batch;
    ssv_layout_error error;
    if (!ssv_parse(blob, "SSVB", true, &batch, &error)) {
        ssvt_fail("%s", error.message);
    }
    ssv_edits_begin(&edits, &batch);
    with(&batch, &edits);
    ssv_bytes out = ssv_edits_finish(&edits);
    ssv_str copy = ssv_copy_str(ssv_slice((const char *)out.at, out.length));
    out.at = (const uint8_t *)copy.at;
    ssv_edits_free(&edits);
    return ssvt_apply(blob, out);
}

ssv_value nested(void)
{
    ssv_list list = {0};
    ssv_dict map = {0};
    ssv_put(&map, "k", ssv_int(1));
    ssv_push(&list, ssv_text("a"));
    ssv_push(&list, ssv_dict_value(&map));
    return ssv_list_value(&list);
}

static void change_nothing(const ssv_batch *batch, ssv_edits *edits)
{
    ssv_span span = ssv_span_at(batch, 0);
    (void)ssv_bring(edits, "brought along but named by nothing");
    ssvt_check(!ssv_update(edits, span, "absent", ssv_int(1)));
    ssvt_check(!ssv_remove_key(edits, span, "absent"));
    ssvt_check(!ssv_insert(edits, span, "k", ssv_int(1)));
}

SSVT_TEST(nothing_to_change_is_an_empty_blob)
{
    ssvt_batch *batch = ssvt_new_batch();
    ssvt_attr(ssvt_add_span(batch, "a"), "k", ssv_text("v"));
    ssvt_check_int(edited(batch, change_nothing)->edits.length, 0);
}

static void edit_everything(const ssv_batch *batch, ssv_edits *edits)
{
    ssv_span span = ssv_span_at(batch, 0);
    ssv_upsert(edits, span, "k", ssv_text("two"));
    SSV_EACH_EVENT(span, event) {
        ssv_upsert(edits, event, "k", ssv_double(2.5));
    }
    SSV_EACH_LINK(span, link) {
        ssv_insert(edits, link, "new", ssv_bool(true));
    }
    ssv_remove_key(edits, ssv_span_scope(span), "s");
    ssv_add(edits, ssv_span_resource(span), "more",
            SSV_MAP_OF({SSV("a"), SSV_ARRAY_OF(ssv_int(1), ssv_empty(), ssv_text("x"))}, {SSV(""), ssv_raw("\xFF\0", 2)}));
}

SSVT_TEST(attributes_of_everything_are_edited_by_key)
{
    ssvt_batch *batch = ssvt_new_batch();
    ssvt_attr(batch->resources[0], "r", ssv_int(1));
    ssvt_attr(batch->scopes[0], "s", ssv_int(1));
    ssvt_span *span = ssvt_add_span(batch, "a");
    ssvt_attr(span, "k", ssv_int(1));
    ssvt_attr(ssvt_add_event(span, "e"), "k", ssv_int(1));
    ssvt_attr(ssvt_add_link(span), "k", ssv_int(1));
    ssvt_batch *after = edited(batch, edit_everything);
    ssvt_check_attr(after->spans[0], "k", ssv_text("two"));
    ssvt_check_attr(after->spans[0]->events[0], "k", ssv_double(2.5));
    ssvt_check_attr(after->spans[0]->links[0], "new", ssv_bool(true));
    ssvt_check_int(after->scopes[0]->attributes.count, 0);
    ssvt_check_text(ssvt_show(ssvt_get(after->resources[0], "more")), "{\"a\": [1, null, \"x\"], \"\": 0xff00}");
}

static void look_up(const ssv_batch *batch, ssv_edits *edits)
{
    ssv_span span = ssv_span_at(batch, 0);
    ssv_rename(edits, ssv_get(span, "old"), "new");
    ssvt_check(ssv_insert(edits, span, "old", ssv_int(2)));
    ssvt_check(!ssv_insert(edits, span, "new", ssv_int(3)));
    ssv_upsert(edits, span, "old", ssv_int(4));
    ssvt_check(ssv_remove_key(edits, span, "new"));
    ssvt_check(ssv_insert(edits, span, "new", ssv_int(5)));
    ssvt_check(ssv_remove_key(edits, span, "new"));
    ssvt_check(!ssv_remove_key(edits, span, "new"));
}

SSVT_TEST(look_ups_by_key_see_the_edits_before_them)
{
    ssvt_batch *batch = ssvt_new_batch();
    ssvt_attr(ssvt_add_span(batch, "a"), "old", ssv_int(1));
    ssvt_batch *after = edited(batch, look_up);
    ssvt_check_int(after->spans[0]->attributes.count, 1);
    ssvt_check_attr(after->spans[0], "old", ssv_int(4));
}

static void say_twice(const ssv_batch *batch, ssv_edits *edits)
{
    ssv_span a = ssv_span_at(batch, 0), b = ssv_span_at(batch, 1);
    ssv_attr row = ssv_get(a, "k");
    ssv_set(edits, row, ssv_int(2));
    ssv_set(edits, row, ssv_int(3));
    ssv_rename(edits, row, "x");
    ssv_rename(edits, row, "y");
    ssv_set_name(edits, a, "first");
    ssv_set_name(edits, a, "second");
    ssv_set_message(edits, a, "text");
    ssv_clear_message(edits, a);
    ssv_replace_text(edits, ssv_span_name(b), "c");
    ssv_replace_text(edits, ssv_span_name(b), "d");
    ssv_drop(edits, a);
    ssv_keep(edits, a);
    ssv_keep(edits, b);
    ssv_drop(edits, b);
}

SSVT_TEST(of_two_edits_of_the_same_thing_the_later_counts)
{
    ssvt_batch *batch = ssvt_new_batch();
    ssvt_attr(ssvt_add_span(batch, "a"), "k", ssv_int(1));
    ssvt_attr(ssvt_add_span(batch, "b"), "k", ssv_int(1));
    ssvt_batch *after = edited(batch, say_twice);
    ssvt_check_attr(after->spans[0], "y", ssv_int(3));
    ssvt_check_text(after->spans[0]->name, "second");
    ssvt_check(!ssv_given(after->spans[0]->message));
    ssvt_check_text(after->spans[1]->name, "d");
    ssvt_check(after->spans[0]->kept && !after->spans[0]->dropped && after->spans[1]->dropped && !after->spans[1]->kept);
}

static void remove_row(const ssv_batch *batch, ssv_edits *edits)
{
    ssv_attr row = ssv_get(ssv_span_at(batch, 0), "k");
    ssv_set(edits, row, ssv_int(2));
    ssv_rename(edits, row, "x");
    ssv_remove(edits, row);
    ssv_remove(edits, row);
    ssv_set(edits, row, SSV_ARRAY_OF(ssv_int(1)));
    ssv_rename(edits, row, "z");
}

SSVT_TEST(a_removed_row_stays_removed)
{
    ssvt_batch *batch = ssvt_new_batch();
    ssvt_span *span = ssvt_add_span(batch, "a");
    ssvt_attr(span, "k", ssv_int(1));
    ssvt_attr(span, "l", ssv_int(2));
    ssvt_batch *after = edited(batch, remove_row);
    ssvt_check_int(after->spans[0]->attributes.count, 1);
    ssvt_check_attr(after->spans[0], "l", ssv_int(2));
}

static void supersede(const ssv_batch *batch, ssv_edits *edits)
{
    ssv_span span = ssv_span_at(batch, 0);
    ssv_attr row = ssv_get(span, "k");
    ssv_set(edits, row, nested());
    ssv_upsert(edits, span, "n", nested());
    ssv_set(edits, row, nested());
    ssv_upsert(edits, span, "n", ssv_int(1));
    ssv_upsert(edits, span, "m", nested());
    ssv_remove_key(edits, span, "m");
    ssv_set(edits, ssv_get(span, "l"), nested());
    ssv_remove_key(edits, span, "l");
}

SSVT_TEST(nested_values_that_were_superseded_leave_no_groups_behind)
{
    ssvt_batch *batch = ssvt_new_batch();
    ssvt_span *span = ssvt_add_span(batch, "a");
    ssvt_attr(span, "k", ssv_int(1));
    ssvt_attr(span, "l", ssv_int(2));
    ssvt_batch *after = edited(batch, supersede);
    ssvt_check_int(after->spans[0]->attributes.count, 2);
    ssvt_check_attr(after->spans[0], "k", nested());
    ssvt_check_attr(after->spans[0], "n", ssv_int(1));
}

static void copy_rows(const ssv_batch *batch, ssv_edits *edits)
{
    ssv_span a = ssv_span_at(batch, 0), b = ssv_span_at(batch, 1);
    ssv_add(edits, b, "copy", ssv_attr_value(ssv_get(a, "k")));
    ssv_add(edits, b, "text", ssv_attr_value(ssv_get(a, "s")));
    ssv_add(edits, b, ssv_span_name(a), ssv_text(ssv_span_name(a)));
    // A part of a text is not that text.
    ssv_str part = ssv_span_name(b);
    part.length--;
    ssv_add(edits, b, "part", ssv_text(part));
    SSV_EACH_ROW(batch, row) {
        int64_t number;
        if (ssv_get_int(row, &number) && number == 1) {
            ssv_set(edits, row, ssv_text("one"));
            ssv_rename(edits, row, "renamed");
        }
    }
}

SSVT_TEST(copied_attributes_bring_what_is_nested_and_elements_are_rows)
{
    ssvt_batch *batch = ssvt_new_batch();
    ssvt_span *span = ssvt_add_span(batch, "a");
    ssvt_attr(span, "k", nested());
    ssvt_attr(span, "s", ssv_text("text"));
    (void)ssvt_add_span(batch, "long name");
    ssvt_batch *after = edited(batch, copy_rows);
    ssvt_check_attr(after->spans[1], "copy", nested());
    ssvt_check_attr(after->spans[1], "text", ssv_text("text"));
    ssvt_check_attr(after->spans[1], "a", ssv_text("a"));
    ssvt_check_attr(after->spans[1], "part", ssv_text("long nam"));
    ssvt_check_text(ssvt_show(ssvt_get(after->spans[0], "k")), "[\"a\", {\"renamed\": \"one\"}]");
}

static void replace(const ssv_batch *batch, ssv_edits *edits)
{
    SSV_EACH_TEXT(batch, text) {
        if (ssv_is(text, "x")) {
            ssv_replace_text(edits, text, "[é]");
        }
    }
    ssv_span span = ssv_span_at(batch, 0);
    ssv_add(edits, span, ssv_span_name(span), ssv_int(1));
}

SSVT_TEST(a_replaced_text_is_replaced_everywhere)
{
    ssvt_batch *batch = ssvt_new_batch();
    ssvt_span *span = ssvt_add_span(batch, "x");
    span->message = ssv_cstr("x");
    ssvt_attr(span, "x", ssv_text("x"));
    ssvt_attr(span, "list", SSV_ARRAY_OF(ssv_text("x")));
    (void)ssvt_add_event(span, "x");
    ssvt_span *after = edited(batch, replace)->spans[0];
    ssvt_check_text(after->name, "[é]");
    ssvt_check_text(after->message, "[é]");
    ssvt_check_text(after->events[0]->name, "[é]");
    ssvt_check_attr(after, "[é]", ssv_text("[é]"));
    ssvt_check_attr(after, "list", SSV_ARRAY_OF(ssv_text("[é]")));
    ssvt_check_text(after->attributes.at[2].key, "[é]");
}

static void set_fields(const ssv_batch *batch, ssv_edits *edits)
{
    ssv_span span = ssv_span_at(batch, 0);
    ssv_set_name(edits, span, "name");
    ssv_set_message(edits, span, "message");
    ssv_set_tracestate(edits, span, "t=2");
    ssv_set_status(edits, span, SSV_STATUS_OK);
    ssv_set_kind(edits, span, SSV_CONSUMER);
    SSV_EACH_EVENT(span, event) {
        ssv_set_event_name(edits, event, "event");
    }
    SSV_EACH_LINK(span, link) {
        ssv_set_link_tracestate(edits, link, "t=3");
    }
    ssv_set_scope_name(edits, ssv_span_scope(span), "scope");
    ssv_set_scope_version(edits, ssv_span_scope(span), "9");
    ssv_set_scope_schema_url(edits, ssv_span_scope(span), "v");
    ssv_set_resource_schema_url(edits, ssv_span_resource(span), "w");
}

static void clear_fields(const ssv_batch *batch, ssv_edits *edits)
{
    ssv_span span = ssv_span_at(batch, 0);
    ssv_clear_message(edits, span);
    ssv_clear_tracestate(edits, span);
    SSV_EACH_LINK(span, link) {
        ssv_clear_link_tracestate(edits, link);
    }
    ssv_clear_scope_version(edits, ssv_span_scope(span));
    ssv_clear_scope_schema_url(edits, ssv_span_scope(span));
    ssv_clear_resource_schema_url(edits, ssv_span_resource(span));
}

SSVT_TEST(every_field_can_be_set_and_cleared)
{
    ssvt_batch *batch = ssvt_new_batch();
    ssvt_span *span = ssvt_add_span(batch, "a");
    (void)ssvt_add_event(span, "e");
    (void)ssvt_add_link(span);
    ssvt_batch *after = edited(batch, set_fields);
    span = after->spans[0];
    ssvt_check_text(span->name, "name");
    ssvt_check_text(span->message, "message");
    ssvt_check_text(span->tracestate, "t=2");
    ssvt_check(span->status == SSV_STATUS_OK && span->kind == SSV_CONSUMER);
    ssvt_check_text(span->events[0]->name, "event");
    ssvt_check_text(span->links[0]->tracestate, "t=3");
    ssvt_check_text(after->scopes[0]->name, "scope");
    ssvt_check_text(after->scopes[0]->version, "9");
    ssvt_check_text(after->scopes[0]->schema_url, "v");
    ssvt_check_text(after->resources[0]->schema_url, "w");
    after = edited(after, clear_fields);
    span = after->spans[0];
    ssvt_check(!ssv_given(span->message) && !ssv_given(span->tracestate) && !ssv_given(span->links[0]->tracestate));
    ssvt_check(!ssv_given(after->scopes[0]->version) && !ssv_given(after->scopes[0]->schema_url));
    ssvt_check(!ssv_given(after->resources[0]->schema_url));
}

static void add_to_all(const ssv_batch *batch, ssv_edits *edits)
{
    ssv_text_id team = ssv_bring(edits, "team");
    SSV_EACH_SPAN(batch, span) {
        ssv_add(edits, span, team, ssv_text("payments"));
        ssv_add(edits, span, "team", ssv_text(ssv_bring(edits, "payments")));
    }
}

SSVT_TEST(equal_new_texts_are_brought_along_once)
{
    ssvt_batch *batch = ssvt_new_batch();
    (void)ssvt_add_span(batch, "a");
    (void)ssvt_add_span(batch, "b");
    ssvt_batch *after = edited(batch, add_to_all);
    ssv_batch blob;
    ssv_layout_error error;
    ssvt_check(ssv_parse(after->edits, "SSVE", true, &blob, &error));
    ssvt_check_int(ssv_text_count(&blob), 2);
    ssvt_check_attr(after->spans[1], "team", ssv_text("payments"));
}

static void nest_deep(const ssv_batch *batch, ssv_edits *edits)
{
    ssv_value value = ssv_int(1);
    for (int i = 0; i < 70; i++) {
        ssv_value *one = SSV_NEW(ssv_value, 1);
        *one = value;
        value = ssv_array(one, 1);
    }
    ssv_add(edits, ssv_span_at(batch, 0), "deep", value);
}

SSVT_TEST(what_is_nested_too_deep_becomes_empty)
{
    ssvt_batch *batch = ssvt_new_batch();
    (void)ssvt_add_span(batch, "a");
    ssvt_check(ssvt_get(edited(batch, nest_deep)->spans[0], "deep") != NULL);
}

// === whatever is done in whatever order ===

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
