// Views, what a policy asks for, and failures.

#include <stdlib.h>

#include "edit.h"

// === what a policy is given ===

static unsigned parts;
static bool declare, by_trace;
static void (*body)(const ssv_batch *batch, ssv_edits *edits);
static ssv_slot slot;

static bool configure(const ssv_no_config *config, ssv_setup *setup, ssv_error *error)
{
    (void)config;
    (void)error;
    if (parts != UINT32_MAX) {
        ssv_read(setup, parts);
    }
    if (declare) {
        slot = ssv_key(setup, "k");
        ssvt_check(ssv_key(setup, "l").index == 1 && ssv_key(setup, ssv_cstr("k")).index == slot.index);
    }
    if (by_trace) {
        ssv_group_by_trace(setup);
    }
    return true;
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    body(batch, edits);
}

static ssv_bytes save(void)
{
    return (ssv_bytes){(const uint8_t *)"state", 5};
}

static bool restore(ssv_bytes state, ssv_error *error)
{
    return state.length == 5 || ssv_refuse(error, "state: %zu bytes", state.length);
}

SSV_POLICY(views, ssv_no_config, configure, process, .name = "views", .about = "For tests", .save = save, .restore = restore);

static ssvt_plugin *plugin(unsigned asked, bool declared, edit *with)
{
    parts = asked;
    declare = declared;
    by_trace = false;
    body = with;
    return ssvt_configure(&views, "null");
}

static ssvt_batch *one(void)
{
    ssvt_batch *batch = ssvt_new_batch();
    ssvt_span *span = ssvt_add_span(batch, "a");
    ssvt_attr(span, "k", ssv_int(1));
    ssvt_attr(span, "t", ssv_text("text"));
    (void)ssvt_add_event(span, "e");
    return batch;
}

static void read_declared(const ssv_batch *batch, ssv_edits *edits)
{
    (void)edits;
    int64_t number = 0;
    ssvt_check(ssv_get_int(ssv_get(ssv_span_at(batch, 0), slot), &number) && number == 1);
    ssvt_check_int(ssv_column_of(batch, SSV_ROW_KEY).count, 0);
    ssvt_check_int(ssv_column_of(batch, SSV_SPAN_NAME).count, 0);
}

SSVT_TEST(declared_keys_alone_bring_values_and_nothing_else)
{
    (void)ssvt_run(plugin(SSV_READ_KEYS, true, read_declared), one());
}

SSVT_TEST(parts_become_columns)
{
    uint32_t columns[SSV_COLUMN_IDS];
    ssv_setup setup = {0};
    ssvt_check_int(ssv_setup_columns(&setup, columns), 0);
    ssv_read(&setup, SSV_READ_KEYS);
    ssvt_check_int(ssv_setup_columns(&setup, columns), 5);
    ssv_read(&setup, SSV_READ_STATUS);
    // 1 2 3 4 6 11 27 28
    ssvt_check_int(ssv_setup_columns(&setup, columns), 8);
    ssvt_check(columns[0] == 1 && columns[4] == 6 && columns[5] == 11 && columns[6] == 27 && columns[7] == 28);
    (void)ssv_key(&setup, "k");
    // 5 9 10 12
    ssvt_check_int(ssv_setup_columns(&setup, columns), 12);
    ssv_group_by_trace(&setup);
    ssvt_check_int(ssv_setup_columns(&setup, columns), 14);
}

static void read_name(const ssv_batch *batch, ssv_edits *edits)
{
    (void)edits;
    SSV_EACH_SPAN(batch, span) {
        (void)ssv_span_name(span); // line 96
    }
}

static void upsert(const ssv_batch *batch, ssv_edits *edits)
{
    ssv_upsert(edits, ssv_span_at(batch, 0), "k", ssv_int(1));
}

static void read_events(const ssv_batch *batch, ssv_edits *edits)
{
    (void)edits;
    SSV_EACH_EVENT(ssv_span_at(batch, 0), event) {
        (void)event;
    }
}

SSVT_TEST(reading_what_was_not_asked_for_names_the_place_and_the_part)
{
    ssv_str message = ssvt_failure(plugin(SSV_READ_STATUS, false, read_name), one());
    ssvt_check(strstr(message.at, "tests/views.c:") != NULL);
    ssvt_check(ends_with(message, ": the column span-name was not asked for: `configure` has to call ssv_read(setup, SSV_READ_NAME)"));
    message = ssvt_failure(plugin(SSV_READ_STATUS, true, upsert), one());
    ssvt_check(ends_with(message, "ssv_read(setup, SSV_READ_ATTRIBUTES)"));
    message = ssvt_failure(plugin(SSV_READ_STATUS, true, read_events), one());
    ssvt_check(ends_with(message, "ssv_read(setup, SSV_READ_EVENTS)"));
}

static void find_by_everything(const ssv_batch *batch, ssv_edits *edits)
{
    (void)edits;
    ssv_span span = ssv_span_at(batch, 0);
    ssv_key_id key = ssv_find_key(batch, SSV("t")), none = ssv_find_key(batch, SSV("none"));
    ssvt_check(ssv_is(ssv_get(span, key), "text") && ssv_is(ssv_get(span, "t"), "text") && ssv_is(ssv_get(span, SSV("t")), "text"));
    ssvt_check(!ssv_has(ssv_get(span, none)) && !ssv_has(ssv_get(span, "none")) && !ssv_is(ssv_get(span, "none"), "text"));
    ssvt_check(!ssv_is(ssv_get(span, "k"), "text") && ssv_attr_kind(ssv_get(span, "none")) == SSV_EMPTY);
    double number = 0;
    ssvt_check(ssv_get_number(ssv_get(span, "k"), &number) && number == 1);
    int count = 0;
    SSV_EACH_ATTR(ssv_span_attrs(span), attr) {
        (void)attr;
        if (++count == 1) {
            break;
        }
    }
    SSV_EACH_TEXT(batch, text) {
        (void)text;
        if (++count == 2) {
            break;
        }
    }
    ssvt_check_int(count, 2);
}

SSVT_TEST(attributes_are_found_by_slot_key_and_text_and_loops_can_be_left)
{
    (void)ssvt_run(plugin(UINT32_MAX, false, find_by_everything), one());
}

static void count_traces(const ssv_batch *batch, ssv_edits *edits)
{
    SSV_EACH_TRACE(batch, trace) {
        SSV_EACH_SPAN_OF_TRACE(trace, span) {
            ssv_add(edits, span, "of", ssv_int(ssv_trace_length(trace)));
        }
        ssv_add(edits, ssv_trace_first(trace), "reason", ssv_text(ssv_reason_name(ssv_trace_reason(trace))));
    }
}

SSVT_TEST(traces_hold_their_spans)
{
    ssvt_batch *batch = ssvt_new_batch();
    (void)ssvt_add_span(batch, "a");
    (void)ssvt_add_span(batch, "b");
    ssvt_end_trace(batch, SSV_LIMIT);
    (void)ssvt_add_span(batch, "c");
    ssvt_end_trace(batch, SSV_LATE);
    ssvt_plugin *tested = plugin(SSV_READ_ATTRIBUTES, false, count_traces);
    by_trace = true;
    tested = ssvt_configure(&views, "null");
    ssvt_batch *after = ssvt_run(tested, batch);
    ssvt_check_attr(after->spans[1], "of", ssv_int(2));
    ssvt_check_attr(after->spans[0], "reason", ssv_text("limit"));
    ssvt_check_attr(after->spans[2], "reason", ssv_text("late"));
    ssvt_check_no_attr(after->spans[1], "reason");
}

SSVT_TEST(state_and_refusals_cross)
{
    ssvt_plugin *tested = plugin(UINT32_MAX, false, read_name);
    ssv_bytes state = ssvt_save(tested), cut = {state.at, 4};
    ssv_str refusal;
    ssvt_check_int(state.length, 5);
    ssvt_check(ssvt_restore(tested, state, &refusal));
    ssvt_check(!ssvt_restore(tested, cut, &refusal));
    ssvt_check_text(refusal, "state: 4 bytes");
    ssvt_check_text(ssvt_refusal(&views, "{\"a\": 1}"), "a: unknown field `a`, there are no fields");
}

static void use_host(const ssv_batch *batch, ssv_edits *edits)
{
    (void)batch;
    (void)edits;
    ssv_bytes table;
    ssvt_check(ssv_table("there", &table) && table.length == 4 && memcmp(table.at, "text", 4) == 0);
    ssvt_check(!ssv_table("absent", &table));
    ssv_count("n", 0);
    ssv_count("n", 2);
    ssv_count("n", 3);
    ssv_log_debug("%s %d", "line", 1);
}

SSVT_TEST(the_host_is_faked)
{
    ssvt_set_table("there", "text");
    (void)ssvt_run(plugin(UINT32_MAX, false, use_host), one());
    ssvt_check_int(ssvt_counter("n"), 5);
    ssvt_check_text(ssvt_line_at(0).text, "line 1");
    ssvt_check(ssvt_line_at(0).level == SSV_LOG_DEBUG);
}

// === failures ===

static const ssv_policy nameless = {.about = "x"};
static const ssv_policy idle = {.name = "idle", .about = "x", .config = &ssv_no_config_shape};

static void configure_it(void *policy)
{
    (void)ssvt_configure(policy, "null");
}

SSVT_TEST(a_policy_that_lacks_something_is_told)
{
    ssvt_check_text(ssvt_failure_of(configure_it, (void *)(uintptr_t)&nameless), "SSV_POLICY: the policy ? lacks a `.name`");
    ssvt_check_text(ssvt_failure_of(configure_it, (void *)(uintptr_t)&idle), "SSV_POLICY: the policy idle lacks a function `process`");
}

static void assert_something(const ssv_batch *batch, ssv_edits *edits)
{
    (void)edits;
    ssv_assert(ssv_span_count(batch) > 7);
}

static void set_absent(const ssv_batch *batch, ssv_edits *edits)
{
    ssv_set(edits, ssv_get(ssv_span_at(batch, 0), "absent"), ssv_int(1));
}

static void replace_own(const ssv_batch *batch, ssv_edits *edits)
{
    (void)batch;
    ssv_replace_text(edits, ssv_cstr("mine"), "x");
}

SSVT_TEST(failures_say_what_and_where)
{
    ssvt_check(ends_with(ssvt_failure(plugin(UINT32_MAX, false, assert_something), one()), "assertion failed: ssv_span_count(batch) > 7"));
    ssvt_check_text(ssvt_failure(plugin(UINT32_MAX, false, set_absent), one()), "ssv_set: the attribute is absent: ask ssv_has() first");
    ssvt_check(ssv_starts_with(ssvt_failure(plugin(UINT32_MAX, false, replace_own), one()), "ssv_replace_text: only a text that a view"));
}

// === memory ===

static uint64_t batches;

static void take_much(const ssv_batch *batch, ssv_edits *edits)
{
    memset(ssv_alloc(10000), 1, 10000);
    ssv_span span = ssv_span_at(batch, 0);
    ssv_upsert(edits, span, "n", ssv_text(ssv_format("%llu", (unsigned long long)batches++)));
    ssv_add(edits, span, "nested", nested());
}

SSVT_TEST(a_hundred_thousand_batches_take_no_more_memory_than_ten)
{
    ssvt_plugin *tested = plugin(UINT32_MAX, false, take_much);
    ssv_bytes blob = ssvt_encode(one(), NULL);
    const void *last = NULL;
    for (int i = 0; i < 100000; i++) {
        ssv_bytes edits = ssvt_process(tested, blob);
        ssvt_check(i < 10 || edits.at == last);
        last = edits.at;
    }
}
