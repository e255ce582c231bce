// Batches that no host would write: they end in a message, and nothing is read beside them.

#include <stdlib.h>

#include "edit.h"

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

static bool configure(const ssv_no_config *config, ssv_setup *setup, ssv_error *error)
{
    (void)config, (void)setup, (void)error;
    return true;
}

SSV_POLICY(reader, ssv_no_config, configure, read_all, .name = "reader", .about = "Reads everything");

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
    ssvt_plugin *tested = ssvt_configure(&reader, "null");
    ssv_bytes blob = full();
    ssvt_check(ends_with(end_of(tested, blob), "it was read"));
    for (size_t length = 0; length < blob.length; length++) {
        ssv_bytes cut = {blob.at, length};
        ssvt_check(ssv_starts_with(end_of(tested, cut), "process: cannot read the batch: "));
    }
}

SSVT_TEST(whatever_bytes_are_in_a_blob_nothing_is_read_beside_it)
{
    ssvt_plugin *tested = ssvt_configure(&reader, "null");
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
    ssvt_plugin *tested = ssvt_configure(&reader, "null");
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
