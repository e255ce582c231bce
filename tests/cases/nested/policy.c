// Values in values.

#include "behaviour.h"

static bool configure(const config *given, ssv_setup *setup, ssv_error *error)
{
    (void)given, (void)setup, (void)error;
    return true;
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    ssv_value a = SSV_ARRAY_OF(ssv_int(1), SSV_MAP_OF({SSV("b"), ssv_array(NULL, 0)}), ssv_empty(), ssv_raw("\x00\xFF", 2));
    ssv_value nested = SSV_MAP_OF({SSV("a"), a}, {SSV("c"), ssv_map(NULL, 0)}, {SSV(""), ssv_text("empty key")}, {SSV("d"), ssv_double(2.5)},
                                  {SSV("e"), ssv_bool(false)});
    SSV_EACH_SPAN(batch, span) {
        ssv_upsert(edits, span, "nested", nested);
    }
}

SSV_POLICY(nested, config, configure, process, .name = "nested", .about = "Adds a nested value");
