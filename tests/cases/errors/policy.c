// How a policy refuses and how it fails.

#include "behaviour.h"

static bool fails, keeps_state;

static bool configure(const config *given, ssv_setup *setup, ssv_error *error)
{
    (void)setup;
    if (ssv_is(given->argument, "configure")) {
        return ssv_refuse(error, "argument: not this one");
    }
    fails = ssv_is(given->argument, "process");
    keeps_state = ssv_is(given->argument, "restore");
    return true;
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    (void)batch, (void)edits;
    if (fails) {
        SSV_FAIL("failed on purpose");
    }
}

static ssv_bytes save(void)
{
    return (ssv_bytes){(const uint8_t *)"x", keeps_state ? 1 : 0};
}

static bool restore(ssv_bytes state, ssv_error *error)
{
    (void)state;
    return !keeps_state || ssv_refuse(error, "state: not this one");
}

SSV_POLICY(errors, config, configure, process, .name = "errors", .about = "Refuses and fails", .save = save, .restore = restore);
