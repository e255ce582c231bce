// Spans that go and spans that stay.

#include "behaviour.h"

static bool configure(const config *given, ssv_setup *setup, ssv_error *error)
{
    (void)given, (void)setup, (void)error;
    return true;
}

static bool is_true(ssv_attr attr)
{
    bool value;
    return ssv_get_bool(attr, &value) && value;
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    SSV_EACH_SPAN(batch, span) {
        if (is_true(ssv_get(span, "drop"))) {
            ssv_drop(edits, span);
        } else if (is_true(ssv_get(span, "keep"))) {
            ssv_keep(edits, span);
        }
    }
}

SSV_POLICY(drop_and_keep, config, configure, process, .name = "drop_and_keep", .about = "Drops and keeps spans");
