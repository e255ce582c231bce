// {{name}}: marks failed requests with the team that looks after them.

#include <spansieve.h>

typedef struct {
    ssv_str team;
} config;

SSV_CONFIG(config,
    SSV_STRING(config, team, .required = true, .about = "Who looks after failed requests"));

static struct {
    ssv_str team;
    ssv_slot route;
} self;

/// Called once. What the policy wants to be given it has to ask for here.
static bool configure(const config *config, ssv_setup *setup, ssv_error *error)
{
    if (config->team.length == 0) {
        return ssv_refuse(error, "team: must not be empty");
    }
    self.team = config->team;
    self.route = ssv_key(setup, "http.route");
    ssv_read(setup, SSV_READ_STATUS | SSV_READ_ATTRIBUTES);
    return true;
}

/// Called for each batch of spans.
static void process(const ssv_batch *batch, ssv_edits *edits)
{
    SSV_EACH_SPAN(batch, span) {
        if (ssv_span_status(span) == SSV_STATUS_ERROR && ssv_has(ssv_get(span, self.route))) {
            ssv_upsert(edits, span, "team", ssv_text(self.team));
        }
    }
}

SSV_POLICY(policy, config, configure, process,
    .name = "{{name}}",
    .version = "0.1.0",
    .about = "Marks failed requests with the team that looks after them");

SSV_EXPORT(policy);
