// Native unit tests: `make test`.

#include <spansieve_test.h>

extern const ssv_policy policy;

SSVT_TEST(a_failed_request_gets_the_team)
{
    ssvt_plugin *plugin = ssvt_configure(&policy, "{\"team\": \"payments\"}");
    ssvt_batch *batch = ssvt_new_batch();
    ssvt_span *failed = ssvt_add_span(batch, "GET /cart");
    failed->status = SSV_STATUS_ERROR;
    ssvt_attr(failed, "http.route", ssv_text("/cart"));
    ssvt_span *fine = ssvt_add_span(batch, "GET /health");
    ssvt_attr(fine, "http.route", ssv_text("/health"));

    ssvt_batch *after = ssvt_run(plugin, batch);

    ssvt_check_attr(after->spans[0], "team", ssv_text("payments"));
    ssvt_check_no_attr(after->spans[1], "team");
}

SSVT_TEST(a_team_is_needed)
{
    ssvt_check_text(ssvt_refusal(&policy, "null"), "missing field `team`");
    ssvt_check_text(ssvt_refusal(&policy, "{\"team\": \"\"}"), "team: must not be empty");
}
