// Every field that can be set or cleared.

#include "behaviour.h"

static bool clears;

static bool configure(const config *given, ssv_setup *setup, ssv_error *error)
{
    (void)setup, (void)error;
    clears = ssv_is(given->argument, "clear");
    return true;
}

static ssv_str louder(ssv_str text)
{
    return ssv_format("%.*s!", SSV_FMT(text));
}

static void set(const ssv_batch *batch, ssv_edits *edits)
{
    SSV_EACH_SPAN(batch, span) {
        ssv_set_name(edits, span, louder(ssv_span_name(span)));
        ssv_set_message(edits, span, louder(ssv_span_message(span)));
        ssv_set_tracestate(edits, span, "a=b");
        ssv_set_status(edits, span, ssv_span_status(span) == SSV_STATUS_ERROR ? SSV_STATUS_OK : SSV_STATUS_ERROR);
        ssv_set_kind(edits, span, SSV_CLIENT);
        SSV_EACH_EVENT(span, event) {
            ssv_set_event_name(edits, event, louder(ssv_event_name(event)));
        }
        SSV_EACH_LINK(span, link) {
            ssv_set_link_tracestate(edits, link, "c=d");
        }
    }
    SSV_EACH_SCOPE(batch, scope) {
        ssv_set_scope_name(edits, scope, louder(ssv_scope_name(scope)));
        ssv_set_scope_version(edits, scope, "2");
        ssv_set_scope_schema_url(edits, scope, "urn:scope");
    }
    SSV_EACH_RESOURCE(batch, resource) {
        ssv_set_resource_schema_url(edits, resource, "urn:resource");
    }
}

static void clear(const ssv_batch *batch, ssv_edits *edits)
{
    SSV_EACH_SPAN(batch, span) {
        ssv_clear_message(edits, span);
        ssv_clear_tracestate(edits, span);
        SSV_EACH_LINK(span, link) {
            ssv_clear_link_tracestate(edits, link);
        }
    }
    SSV_EACH_SCOPE(batch, scope) {
        ssv_clear_scope_version(edits, scope);
        ssv_clear_scope_schema_url(edits, scope);
    }
    SSV_EACH_RESOURCE(batch, resource) {
        ssv_clear_resource_schema_url(edits, resource);
    }
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    if (clears) {
        clear(batch, edits);
    } else {
        set(batch, edits);
    }
}

SSV_POLICY(edit_fields, config, configure, process, .name = "edit_fields", .about = "Sets and clears fields");
