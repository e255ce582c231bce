// drop-health-checks: drops traces that are nothing but a health check.

#include <spansieve.h>

typedef struct {
    ssv_strings paths;
    ssv_strings user_agents;
    uint32_t keep_slower_than_ms;
    bool called_by_others;
} config;

// A list has no default but the empty one, so `configure` tells "not given" from "given, and empty" and `about` says what is meant.
SSV_CONFIG(config,
    SSV_STRINGS(config, paths,
        .about = "Routes or paths of health checks; a `*` at the end stands for any rest. Not given: /healthz, /livez, /readyz, /health, /metrics, "
                 "and the gRPC health service"),
    SSV_STRINGS(config, user_agents,
        .about = "How user agents that only check begin. Not given: kube-probe/, ELB-HealthChecker/, GoogleHC/, Consul Health Check"),
    SSV_INTEGER(config, keep_slower_than_ms, .otherwise.integer = 1000, .bounded = true, .minimum = 1, .maximum = 3600000,
        .about = "A check in which a span took longer is kept: it is what somebody will look for"),
    SSV_FLAG(config, called_by_others,
        .about = "Drop also where the caller has a trace of its own (a traced load balancer, a traced watchdog), whose span then has no child"));

static const char *const USUAL_PATHS[] = {"/healthz", "/livez", "/readyz", "/health", "/metrics", "grpc.health.v1.Health/*"};
static const char *const USUAL_AGENTS[] = {"kube-probe/", "ELB-HealthChecker/", "GoogleHC/", "Consul Health Check"};

typedef struct {
    ssv_str text;
    bool is_prefix;
} pattern;

typedef struct {
    pattern *at;
    size_t count;
} patterns;

// Where a path stands: the first of these that a span has is the one that counts. The last is the name of older conventions.
static const char *const PATH_KEYS[] = {"http.route", "url.path", "http.target"};
static const char *const AGENT_KEYS[] = {"user_agent.original", "http.user_agent"};

static struct {
    patterns paths, agents;
    ssv_slot path[SSV_COUNT_OF(PATH_KEYS)], agent[SSV_COUNT_OF(AGENT_KEYS)];
    uint64_t slow;
    bool called_by_others;
} self;

/// Takes a list of patterns, or the usual ones where the list is not given.
static bool take(patterns *into, const char *name, ssv_strings given, const char *const *usual, size_t usual_count, ssv_error *error)
{
    bool is_given = given.at != NULL;
    into->count = is_given ? given.count : usual_count;
    into->at = SSV_NEW(pattern, into->count);
    for (size_t i = 0; i < into->count; i++) {
        ssv_str text = is_given ? given.at[i] : ssv_cstr(usual[i]);
        const char *star = text.length > 0 ? memchr(text.at, '*', text.length) : NULL;
        if (star != NULL && star != text.at + text.length - 1) {
            return ssv_refuse(error, "%s[%zu]: a `*` may stand at the end only, found `%.*s`", name, i, SSV_FMT(text));
        }
        if (text.length == (star != NULL ? 1 : 0)) {
            return ssv_refuse(error, "%s[%zu]: expected some text, `%.*s` would match every request", name, i, SSV_FMT(text));
        }
        into->at[i] = (pattern){ssv_slice(text.at, text.length - (star != NULL)), star != NULL};
    }
    return true;
}

static bool configure(const config *config, ssv_setup *setup, ssv_error *error)
{
    if (!take(&self.paths, "paths", config->paths, USUAL_PATHS, SSV_COUNT_OF(USUAL_PATHS), error) ||
        !take(&self.agents, "user_agents", config->user_agents, USUAL_AGENTS, SSV_COUNT_OF(USUAL_AGENTS), error)) {
        return false;
    }
    for (size_t i = 0; i < self.agents.count; i++) {
        self.agents.at[i].is_prefix = true;
    }
    if (self.paths.count + self.agents.count == 0) {
        return ssv_refuse(error, "paths and user_agents are both empty: there is nothing to tell a health check by");
    }
    self.slow = (uint64_t)config->keep_slower_than_ms * 1000000;
    self.called_by_others = config->called_by_others;

    for (size_t i = 0; i < SSV_COUNT_OF(PATH_KEYS); i++) {
        self.path[i] = ssv_key(setup, PATH_KEYS[i]);
    }
    for (size_t i = 0; i < SSV_COUNT_OF(AGENT_KEYS); i++) {
        self.agent[i] = ssv_key(setup, AGENT_KEYS[i]);
    }
    // The children of a check go with it, so the host has to gather them before the policy decides.
    ssv_group_by_trace(setup);
    // Parts bring more than is needed here (trace ids, messages): of ids and status one column each is enough.
    ssv_read(setup, SSV_READ_TIMES | SSV_READ_NAME | SSV_READ_FLAGS);
    ssv_read_column(setup, SSV_SPAN_PARENT_ID);
    ssv_read_column(setup, SSV_SPAN_STATUS);
    return true;
}

static bool matches(const patterns *patterns, ssv_str text)
{
    for (size_t i = 0; i < patterns->count; i++) {
        const pattern *pattern = &patterns->at[i];
        size_t length = pattern->is_prefix && text.length > pattern->text.length ? pattern->text.length : text.length;
        if (ssv_equal(ssv_slice(text.at, length), pattern->text)) {
            return true;
        }
    }
    return false;
}

/// The first of some attributes that the span has, as text.
static bool first_of(ssv_span span, const ssv_slot *slots, size_t count, ssv_str *text)
{
    for (size_t i = 0; i < count; i++) {
        if (ssv_get_text(ssv_get(span, slots[i]), text)) {
            return true;
        }
    }
    return false;
}

static bool is_check(ssv_span span)
{
    ssv_str text;
    if (first_of(span, self.agent, SSV_COUNT_OF(AGENT_KEYS), &text) && matches(&self.agents, text)) {
        return true;
    }
    if (!first_of(span, self.path, SSV_COUNT_OF(PATH_KEYS), &text)) {
        text = ssv_span_name(span); // `grpc.health.v1.Health/Check` stands here
    }
    const char *query = text.length > 0 ? memchr(text.at, '?', text.length) : NULL; // `http.target` has one
    return matches(&self.paths, query != NULL ? ssv_slice(text.at, (size_t)(query - text.at)) : text);
}

typedef enum { OTHER, CHECK, FAILED, SLOW } verdict;

/// A trace is a check where every root of it is one, and nothing happened in it that somebody wants to see.
static verdict look_at(ssv_trace trace)
{
    // The first part of a late trace is gone already, with whatever was decided about it.
    if (ssv_trace_reason(trace) == SSV_LATE) {
        return OTHER;
    }
    bool has_root = false;
    SSV_EACH_SPAN_OF_TRACE(trace, span) {
        if (ssv_span_is_local_root(span)) {
            if ((!self.called_by_others && ssv_span_has_remote_parent(span)) || !is_check(span)) {
                return OTHER;
            }
            has_root = true;
        }
    }
    if (!has_root) {
        return OTHER;
    }
    SSV_EACH_SPAN_OF_TRACE(trace, span) {
        if (ssv_span_status(span) == SSV_STATUS_ERROR) {
            return FAILED;
        }
        if (ssv_span_duration(span) > self.slow) {
            return SLOW;
        }
    }
    return CHECK;
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    uint64_t traces[4] = {0}, spans = 0;
    SSV_EACH_TRACE(batch, trace) {
        verdict verdict = look_at(trace);
        traces[verdict]++;
        if (verdict == CHECK) {
            spans += ssv_trace_length(trace);
            SSV_EACH_SPAN_OF_TRACE(trace, span) {
                ssv_drop(edits, span);
            }
        }
    }
    // Once a batch, since a call of the host costs more than a look at a span; a count of 0 makes none.
    ssv_count("checks.dropped", traces[CHECK]);
    ssv_count("checks.dropped_spans", spans);
    ssv_count("checks.kept_failed", traces[FAILED]);
    ssv_count("checks.kept_slow", traces[SLOW]);
}

SSV_POLICY(policy, config, configure, process,
    .name = "drop-health-checks",
    .version = "0.1.0",
    .about = "Drops traces that are nothing but a health check");

SSV_EXPORT(policy);
