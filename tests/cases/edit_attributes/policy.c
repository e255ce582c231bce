// Attributes by key, on everything that has attributes, and a text everywhere.

#include "behaviour.h"

static bool configure(const config *given, ssv_setup *setup, ssv_error *error)
{
    (void)given, (void)setup, (void)error;
    return true;
}

static void edit(ssv_edits *edits, ssv_attrs on)
{
    ssv_insert(edits, on, "inserted", ssv_text("new"));
    ssv_upsert(edits, on, "upserted", ssv_int(1));
    ssv_update(edits, on, "updated", ssv_bool(true));
    ssv_attr old = ssv_find(on, SSV("old"));
    if (ssv_has(old)) {
        ssv_rename(edits, old, "renamed");
    }
    ssv_remove_key(edits, on, "removed");
    ssv_attr set = ssv_find(on, SSV("set"));
    if (ssv_has(set)) {
        ssv_set(edits, set, ssv_double(2.5));
    }
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    SSV_EACH_SPAN(batch, span) {
        edit(edits, ssv_span_attrs(span));
        SSV_EACH_EVENT(span, event) {
            edit(edits, ssv_event_attrs(event));
        }
        SSV_EACH_LINK(span, link) {
            edit(edits, ssv_link_attrs(link));
        }
    }
    SSV_EACH_SCOPE(batch, scope) {
        edit(edits, ssv_scope_attrs(scope));
    }
    SSV_EACH_RESOURCE(batch, resource) {
        edit(edits, ssv_resource_attrs(resource));
    }
    SSV_EACH_TEXT(batch, text) {
        if (ssv_is(text, "secret")) {
            ssv_replace_text(edits, text, "[gone]");
        }
    }
}

SSV_POLICY(edit_attributes, config, configure, process, .name = "edit_attributes", .about = "Edits attributes");
