// The behaviours of tests/cases in one component: the configuration says which one it shows.

#include "behaviour.h"

#define BEHAVIOURS(each)                                                                                                                     \
    each(read_fields) each(read_values) each(big_integers) each(raw_bytes) each(edit_fields) each(edit_attributes) each(drop_and_keep)       \
    each(nested) each(interest) each(traces) each(state) each(tables) each(counters) each(logs) each(errors) each(sizes)                     \
    each(configuration) each(cost_few) each(cost_every)

#define DECLARE(name) extern const ssv_policy name;
#define POINT_TO(name) &name,

BEHAVIOURS(DECLARE)

static const ssv_policy *const behaviours[] = {BEHAVIOURS(POINT_TO)};
static const ssv_policy *chosen;

static bool configure(const config *given, ssv_setup *setup, ssv_error *error)
{
    for (size_t i = 0; i < sizeof behaviours / sizeof behaviours[0]; i++) {
        if (ssv_is(given->behaviour, behaviours[i]->name)) {
            chosen = behaviours[i];
            return chosen->configure(given, setup, error);
        }
    }
    return ssv_refuse(error, "behaviour: there is no behaviour `%.*s`", SSV_FMT(given->behaviour));
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    chosen->process(batch, edits);
}

static ssv_bytes save(void)
{
    return chosen->save == NULL ? (ssv_bytes){NULL, 0} : chosen->save();
}

static bool restore(ssv_bytes state, ssv_error *error)
{
    return chosen->restore == NULL || chosen->restore(state, error);
}

SSV_POLICY(policy, config, configure, process,
    .name = "conformance",
    .version = "0.1.0",
    .about = "Shows how the C SDK behaves",
    .save = save,
    .restore = restore);

SSV_EXPORT(policy);
