// A configuration of every type.

#include "behaviour.h"

static settings with;

static bool configure(const config *given, ssv_setup *setup, ssv_error *error)
{
    (void)setup, (void)error;
    with = given->with;
    return true;
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    ssv_list list = {0};
    for (size_t i = 0; i < with.list.count; i++) {
        ssv_push(&list, ssv_text(with.list.at[i]));
    }
    SSV_EACH_SPAN(batch, span) {
        ssv_upsert(edits, span, "text", ssv_text(with.text));
        ssv_upsert(edits, span, "number", ssv_int(with.number));
        ssv_upsert(edits, span, "ratio", ssv_double(with.ratio));
        ssv_upsert(edits, span, "list", ssv_list_value(&list));
        ssv_upsert(edits, span, "flag", ssv_bool(with.flag));
        ssv_upsert(edits, span, "choice", ssv_text(with.choice));
    }
}

SSV_POLICY(configuration, config, configure, process, .name = "configuration", .about = "Shows its configuration");
