// State that outlives the instance.

#include "behaviour.h"

static uint64_t last;

static bool configure(const config *given, ssv_setup *setup, ssv_error *error)
{
    (void)given, (void)setup, (void)error;
    last = 0;
    return true;
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    SSV_EACH_SPAN(batch, span) {
        ssv_upsert(edits, span, "n", ssv_int((int64_t)++last));
    }
}

static ssv_bytes save(void)
{
    ssv_str text = ssv_format("%llu", (unsigned long long)last);
    return (ssv_bytes){(const uint8_t *)text.at, text.length};
}

static bool restore(ssv_bytes state, ssv_error *error)
{
    uint64_t number = 0;
    bool is_number = state.length > 0 && state.length < 20;
    for (size_t i = 0; is_number && i < state.length; i++) {
        is_number = state.at[i] >= '0' && state.at[i] <= '9';
        number = number * 10 + (uint64_t)(state.at[i] - '0');
    }
    if (!is_number) {
        return ssv_refuse(error, "state: expected a number, found \"%.*s\"", (int)state.length, (const char *)state.at);
    }
    last = number;
    return true;
}

SSV_POLICY(state, config, configure, process, .name = "state", .about = "Numbers spans", .save = save, .restore = restore);
