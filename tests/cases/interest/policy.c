// Declared keys, and nothing else that was not asked for.

#include "behaviour.h"

static ssv_slot a, b;

static bool configure(const config *given, ssv_setup *setup, ssv_error *error)
{
    (void)given, (void)error;
    a = ssv_key(setup, "a");
    b = ssv_key(setup, "b");
    ssv_read(setup, SSV_READ_ATTRIBUTES);
    return true;
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    SSV_EACH_SPAN(batch, span) {
        int64_t x, y;
        bool has_a = ssv_get_int(ssv_get(span, a), &x), has_b = ssv_get_int(ssv_get(span, b), &y);
        if (has_a && has_b) {
            ssv_upsert(edits, span, "sum", ssv_int((int64_t)((uint64_t)x + (uint64_t)y)));
        } else if (has_a || has_b) {
            ssv_upsert(edits, span, "missing", ssv_text(has_a ? "b" : "a"));
        }
    }
}

SSV_POLICY(interest, config, configure, process, .name = "interest", .about = "Reads two declared keys");
