// Batches of any size.

#include "behaviour.h"

static bool configure(const config *given, ssv_setup *setup, ssv_error *error)
{
    (void)given, (void)setup, (void)error;
    return true;
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    SSV_EACH_SPAN(batch, span) {
        ssv_upsert(edits, span, "n", ssv_int(ssv_span_count(batch)));
    }
}

SSV_POLICY(sizes, config, configure, process, .name = "sizes", .about = "Tells the size of the batch");
