// Counters of the plugin's own.

#include "behaviour.h"

static bool configure(const config *given, ssv_setup *setup, ssv_error *error)
{
    (void)given, (void)setup, (void)error;
    return true;
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    (void)edits;
    uint64_t failed = 0;
    SSV_EACH_SPAN(batch, span) {
        failed += ssv_span_status(span) == SSV_STATUS_ERROR;
    }
    ssv_count("spans", ssv_span_count(batch));
    ssv_count("errors", failed); // 0 counts as nothing
}

SSV_POLICY(counters, config, configure, process, .name = "counters", .about = "Counts spans");
