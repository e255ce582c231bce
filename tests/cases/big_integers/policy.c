// Integers of 64 bits.

#include "behaviour.h"

static bool configure(const config *given, ssv_setup *setup, ssv_error *error)
{
    (void)given, (void)setup, (void)error;
    return true;
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    SSV_EACH_SPAN(batch, span) {
        SSV_EACH_ATTR(ssv_span_attrs(span), attr) {
            int64_t number;
            if (ssv_get_int(attr, &number)) {
                // Unsigned numbers wrap around.
                ssv_set(edits, attr, ssv_int((int64_t)((uint64_t)number + 1)));
            }
        }
    }
}

SSV_POLICY(big_integers, config, configure, process, .name = "big_integers", .about = "Adds one to each integer");
