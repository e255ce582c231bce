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
