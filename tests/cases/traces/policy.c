// Whole traces, and why they are there.

#include "behaviour.h"

static bool configure(const config *given, ssv_setup *setup, ssv_error *error)
{
    (void)given, (void)error;
    ssv_group_by_trace(setup);
    ssv_read(setup, SSV_READ_ATTRIBUTES);
    return true;
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    SSV_EACH_TRACE(batch, trace) {
        if (ssv_trace_length(trace) > 0) {
            ssv_span first = ssv_trace_first(trace);
            ssv_upsert(edits, first, "spans", ssv_int(ssv_trace_length(trace)));
            ssv_upsert(edits, first, "reason", ssv_text(ssv_reason_name(ssv_trace_reason(trace))));
        }
    }
}

SSV_POLICY(traces, config, configure, process, .name = "traces", .about = "Counts the spans of traces");
