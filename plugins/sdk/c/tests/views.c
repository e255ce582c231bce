// Views, what a policy asks for, failures, and batches that no host would write.

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

static bool ends_with(ssv_str text, const char *end)
{
    size_t length = strlen(end);
    return text.length >= length && ssv_same_bytes(text.at + text.length - length, end, length);
}

SSVT_TEST(reading_what_was_not_asked_for_names_the_place_and_the_part)
{
    ssv_str message = ssvt_failure(plugin(SSV_READ_STATUS, false, read_name), one());
    ssvt_check(strstr(message.at, "tests/views.c:") != NULL);
    ssvt_check(ends_with(message, ": the column span-name was not asked for: `configure` has to call ssv_read(setup, SSV_READ_NAME)"));
    ssvt_check(ssvt_line_at(0).level == SSV_LOG_ERROR && ssv_equal(ssvt_line_at(0).text, message));
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

// === batches that no host would write ===

static void read_rows(ssv_attrs rows, int depth)
{
    SSV_EACH_ATTR(rows, attr) {
        (void)ssv_attr_key(attr);
        ssv_value value = ssv_attr_value(attr);
        if ((value.kind == SSV_ARRAY || value.kind == SSV_MAP) && depth < 8) {
            read_rows(value.as.rows, depth + 1);
        }
    }
}

static volatile uint64_t sink;

static void read_all(const ssv_batch *batch, ssv_edits *edits)
{
    SSV_EACH_SPAN(batch, span) {
        sink += ssv_span_name(span).length + ssv_span_message(span).length + ssv_span_duration(span) + ssv_span_trace_id(span)[15];
        sink += ssv_span_is_local_root(span) + ssv_span_tracestate(span).length + ssv_span_dropped_links(span);
        read_rows(ssv_span_attrs(span), 0);
        SSV_EACH_EVENT(span, event) {
            sink += ssv_event_name(event).length;
            read_rows(ssv_event_attrs(event), 0);
        }
        SSV_EACH_LINK(span, link) {
            sink += ssv_link_tracestate(link).length + ssv_link_span_id(link)[7];
            read_rows(ssv_link_attrs(link), 0);
        }
        sink += ssv_scope_name(ssv_span_scope(span)).length;
        read_rows(ssv_resource_attrs(ssv_span_resource(span)), 0);
        ssv_upsert(edits, span, "k", ssv_text(ssv_span_name(span)));
        ssv_add(edits, span, "copy", ssv_attr_value(ssv_attr_at(ssv_span_attrs(span), 0)));
    }
    SSV_EACH_TRACE(batch, trace) {
        SSV_EACH_SPAN_OF_TRACE(trace, span) {
            sink += ssv_span_start(span);
        }
    }
    SSV_EACH_TEXT(batch, text) {
        sink += text.length == 0 ? 0 : (uint64_t)text.at[text.length - 1];
    }
    (void)ssv_find_key(batch, SSV("absent"));
}

typedef struct {
    ssvt_plugin *plugin;
    ssv_bytes blob;
} call;

static void run_blob(void *context)
{
    call *call = context;
    (void)ssvt_process(call->plugin, call->blob);
    SSV_FAIL("it was read");
}

/// Runs the policy over a copy of its own, so that a look beside it is seen, and gives how it ended.
static ssv_str end_of(ssvt_plugin *tested, ssv_bytes blob)
{
    uint8_t *copy = malloc(blob.length + (blob.length == 0));
    if (blob.length > 0) {
        memcpy(copy, blob.at, blob.length);
    }
    call call = {tested, {copy, blob.length}};
    ssv_str end = ssvt_failure_of(run_blob, &call);
    free(copy);
    return end;
}

static ssv_bytes full(void)
{
    ssvt_batch *batch = ssvt_new_batch();
    for (int i = 0; i < 3; i++) {
        ssvt_span *span = ssvt_add_span(batch, "name");
        span->message = ssv_cstr("message");
        ssvt_attr(span, "k", nested());
        ssvt_attr(span, "d", ssv_double(1));
        ssvt_attr(span, "b", ssv_raw("xy", 2));
        ssvt_attr(ssvt_add_event(span, "e"), "k", ssv_int(1));
        ssvt_attr(ssvt_add_link(span), "k", ssv_text("v"));
    }
    ssvt_end_trace(batch, SSV_FLUSH);
    return ssvt_encode(batch, NULL);
}

SSVT_TEST(a_blob_that_is_cut_is_told)
{
    ssvt_plugin *tested = plugin(UINT32_MAX, false, read_all);
    ssv_bytes blob = full();
    ssvt_check(ends_with(end_of(tested, blob), "it was read"));
    for (size_t length = 0; length < blob.length; length++) {
        ssv_bytes cut = {blob.at, length};
        ssvt_check(ssv_starts_with(end_of(tested, cut), "process: cannot read the batch: "));
    }
}

SSVT_TEST(whatever_bytes_are_in_a_blob_nothing_is_read_beside_it)
{
    ssvt_plugin *tested = plugin(UINT32_MAX, false, read_all);
    ssv_bytes blob = full();
    ssv_str copy = ssv_copy_str(ssv_slice((const char *)blob.at, blob.length));
    uint8_t *bytes = (uint8_t *)(uintptr_t)copy.at;
    blob.at = bytes;
    static const uint8_t values[] = {0, 1, 7, 0x7F, 0x80, 0xFF};
    for (size_t at = 0; at < blob.length; at++) {
        uint8_t before = bytes[at];
        for (size_t i = 0; i < SSV_COUNT_OF(values); i++) {
            bytes[at] = values[i];
            // More spans than columns hold end in a message as everything does.
            (void)end_of(tested, blob);
        }
        bytes[at] = before;
    }
    // Whole words too: indices and lengths.
    for (size_t at = 0; at + 4 <= blob.length; at += 4) {
        uint32_t before = ssv_load_u32(bytes + at), wild = UINT32_MAX - (uint32_t)(at % 3);
        memcpy(bytes + at, &wild, 4);
        (void)end_of(tested, blob);
        memcpy(bytes + at, &before, 4);
    }
}

SSVT_TEST(a_group_that_holds_itself_ends)
{
    ssvt_plugin *tested = plugin(UINT32_MAX, false, read_all);
    ssvt_batch *batch = ssvt_new_batch();
    ssvt_attr(ssvt_add_span(batch, "a"), "k", SSV_ARRAY_OF(SSV_ARRAY_OF(ssv_int(1))));
    ssv_bytes blob = ssvt_encode(batch, NULL);
    ssv_str copy = ssv_copy_str(ssv_slice((const char *)blob.at, blob.length));
    blob.at = (const uint8_t *)copy.at;
    ssv_batch view;
    ssv_layout_error error;
    ssvt_check(ssv_parse(blob, "SSVB", true, &view, &error));
    // The element of the outer array becomes the outer array.
    uint32_t itself = 1;
    memcpy((uint8_t *)(uintptr_t)view.columns[SSV_ROW_VALUE].at + 4, &itself, 4);
    ssvt_check(ends_with(end_of(tested, blob), "it was read"));
}

// === memory ===

static void take_much(const ssv_batch *batch, ssv_edits *edits)
{
    memset(ssv_alloc(10000), 1, 10000);
    ssv_span span = ssv_span_at(batch, 0);
    ssv_upsert(edits, span, "n", ssv_text(ssv_format("%llu", (unsigned long long)sink++)));
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
