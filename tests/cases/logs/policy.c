// Lines in the host's log.

#include "behaviour.h"

static bool configure(const config *given, ssv_setup *setup, ssv_error *error)
{
    (void)given, (void)setup, (void)error;
    return true;
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    (void)batch, (void)edits;
    ssv_log_error("an error");
    ssv_log_warn("a warning");
    ssv_log_info("an info");
    ssv_log_debug("a debug");
}

SSV_POLICY(logs, config, configure, process, .name = "logs", .about = "Logs a line of each level");
