// Looks at two attributes and changes few spans: also a benchmark.

#include "behaviour.h"

static ssv_slot route, status_code;

static bool configure(const config *given, ssv_setup *setup, ssv_error *error)
{
    (void)given, (void)error;
    route = ssv_key(setup, "http.route");
    status_code = ssv_key(setup, "http.response.status_code");
    // Adding needs to know where; the attributes themselves are not read.
    ssv_read(setup, SSV_READ_ADD);
    return true;
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    SSV_EACH_SPAN(batch, span) {
        int64_t code;
        if (!ssv_get_int(ssv_get(span, status_code), &code)) {
            continue;
        }
        if (code == 200 && ssv_is(ssv_get(span, route), "/internal/stock/{sku}")) {
            ssv_add(edits, span, "cacheable", ssv_bool(true));
        } else if ((code == 204 || code == 304) && ssv_is(ssv_get(span, route), "/healthz/deep")) {
            ssv_drop(edits, span);
        }
    }
}

SSV_POLICY(cost_few, config, configure, process, .name = "cost_few", .about = "Drops probes, marks what can be cached");
