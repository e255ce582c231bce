// Changes every span: also a benchmark.

#include "behaviour.h"

static bool configure(const config *given, ssv_setup *setup, ssv_error *error)
{
    (void)given, (void)error;
    // Adding needs to know where; the attributes themselves are not read.
    ssv_read(setup, SSV_READ_ADD);
    return true;
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    ssv_text_id team = ssv_bring(edits, "team"), payments = ssv_bring(edits, "payments");
    SSV_EACH_SPAN(batch, span) {
        ssv_add(edits, span, team, ssv_text(payments));
    }
}

SSV_POLICY(cost_every, config, configure, process, .name = "cost_every", .about = "Adds an attribute to every span");
