// A look-up table of the policy.

#include "behaviour.h"

static const ssv_json *owners;

static bool configure(const config *given, ssv_setup *setup, ssv_error *error)
{
    (void)given, (void)setup;
    ssv_bytes table;
    owners = NULL;
    if (ssv_table("owners", &table)) {
        owners = ssv_json_read(ssv_slice((const char *)table.at, table.length), error);
        return owners != NULL;
    }
    return true;
}

static ssv_value owner_of(ssv_str team)
{
    const ssv_json *entry = ssv_json_get(owners, team);
    return entry == NULL ? ssv_text("unknown") : ssv_json_value(entry);
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    SSV_EACH_SPAN(batch, span) {
        ssv_str team;
        if (owners == NULL) {
            ssv_upsert(edits, span, "owner", ssv_text("no table"));
        } else if (ssv_get_text(ssv_get(span, "team"), &team)) {
            ssv_upsert(edits, span, "owner", owner_of(team));
        }
    }
}

SSV_POLICY(tables, config, configure, process, .name = "tables", .about = "Looks owners up");
