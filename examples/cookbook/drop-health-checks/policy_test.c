// Native unit tests: `make test`.

#include <spansieve_test.h>

extern const ssv_policy policy;

/// A request and a query below it, as one trace.
static ssvt_span *request(ssvt_batch *batch, const char *key, const char *value)
{
    ssvt_span *root = ssvt_add_span(batch, "GET");
    root->kind = SSV_SERVER;
    ssvt_attr(root, key, ssv_text(value));
    ssvt_add_span(batch, "SELECT 1");
    ssvt_end_trace(batch, SSV_ROOT_ENDED);
    return root;
}

SSVT_TEST(a_check_goes_with_its_children)
{
    ssvt_plugin *plugin = ssvt_configure(&policy, "{}");
    ssvt_batch *batch = ssvt_new_batch();
    request(batch, "http.route", "/healthz");
    request(batch, "http.route", "/cart");

    ssvt_batch *after = ssvt_run(plugin, batch);

    ssvt_check(after->spans[0]->dropped && after->spans[1]->dropped);
    ssvt_check(!after->spans[2]->dropped && !after->spans[3]->dropped);
    ssvt_check_int(ssvt_counter("checks.dropped"), 1);
    ssvt_check_int(ssvt_counter("checks.dropped_spans"), 2);
}

/// Whether a request with this attribute is dropped.
static bool drops(const char *json, const char *key, const char *value)
{
    ssvt_plugin *plugin = ssvt_configure(&policy, json);
    ssvt_batch *batch = ssvt_new_batch();
    request(batch, key, value);
    return ssvt_run(plugin, batch)->spans[0]->dropped;
}

SSVT_TEST(paths_are_exact_unless_they_end_with_a_star)
{
    ssvt_check(drops("{}", "url.path", "/health"));
    ssvt_check(!drops("{}", "url.path", "/health/of/nations"));
    ssvt_check(!drops("{}", "url.path", ""));
    ssvt_check(drops("{\"paths\": [\"/health/*\"]}", "url.path", "/health/db"));
    ssvt_check(drops("{\"paths\": [\"/health/*\"]}", "url.path", "/health/"));
    ssvt_check(!drops("{\"paths\": [\"/health/*\"]}", "url.path", "/health"));
    ssvt_check(drops("{}", "http.target", "/readyz?verbose"));
}

SSVT_TEST(an_empty_list_is_not_the_usual_one)
{
    ssvt_check(drops("{}", "user_agent.original", "kube-probe/1.31"));
    ssvt_check(!drops("{\"user_agents\": []}", "user_agent.original", "kube-probe/1.31"));
    ssvt_check(drops("{\"user_agents\": []}", "http.route", "/livez"));
}

SSVT_TEST(a_span_without_a_path_is_told_by_its_name)
{
    ssvt_plugin *plugin = ssvt_configure(&policy, "{}");
    ssvt_batch *batch = ssvt_new_batch();
    ssvt_add_span(batch, "grpc.health.v1.Health/Check");
    ssvt_end_trace(batch, SSV_ROOT_ENDED);
    ssvt_check(ssvt_run(plugin, batch)->spans[0]->dropped);
}

SSVT_TEST(an_error_or_a_slow_span_anywhere_keeps_the_whole_trace)
{
    ssvt_plugin *plugin = ssvt_configure(&policy, "{\"keep_slower_than_ms\": 5}");
    ssvt_batch *batch = ssvt_new_batch();
    request(batch, "http.route", "/readyz");
    request(batch, "http.route", "/readyz");
    batch->spans[1]->status = SSV_STATUS_ERROR;
    batch->spans[2]->end = batch->spans[2]->start + 5000001;

    ssvt_batch *after = ssvt_run(plugin, batch);

    for (size_t i = 0; i < after->span_count; i++) {
        ssvt_check(!after->spans[i]->dropped);
    }
    ssvt_check_int(ssvt_counter("checks.kept_failed"), 1);
    ssvt_check_int(ssvt_counter("checks.kept_slow"), 1);
}

SSVT_TEST(what_is_left_of_a_late_trace_stays)
{
    ssvt_plugin *plugin = ssvt_configure(&policy, "{}");
    ssvt_batch *batch = ssvt_new_batch();
    ssvt_attr(ssvt_add_span(batch, "GET"), "http.route", ssv_text("/healthz"));
    ssvt_end_trace(batch, SSV_LATE);
    ssvt_check(!ssvt_run(plugin, batch)->spans[0]->dropped);
}

SSVT_TEST(a_pattern_that_would_match_everything_is_refused)
{
    ssvt_check_text(ssvt_refusal(&policy, "{\"paths\": [\"/a\", \"*\"]}"), "paths[1]: expected some text, `*` would match every request");
    ssvt_check_text(ssvt_refusal(&policy, "{\"user_agents\": [\"\"]}"), "user_agents[0]: expected some text, `` would match every request");
    ssvt_check_text(ssvt_refusal(&policy, "{\"paths\": [\"/*/health\"]}"), "paths[0]: a `*` may stand at the end only, found `/*/health`");
    ssvt_check_text(ssvt_refusal(&policy, "{\"paths\": [], \"user_agents\": []}"),
                    "paths and user_agents are both empty: there is nothing to tell a health check by");
}
