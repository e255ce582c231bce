/**
 * @file edits.h
 * What a policy wants changed.
 *
 * Whatever is called in whatever order, what comes out obeys the rules of `wit/layout.md`: of two edits of the same thing the later one counts, and a
 * removed row stays removed. Views of the batch show it as it came; edits do not change them. The same builder serves every batch, so a batch that
 * changes nothing allocates nothing.
 */
#ifndef SPANSIEVE_EDITS_H
#define SPANSIEVE_EDITS_H

#include "edits_state.h"
#include "event.h"
#include "scope.h"

SSV_BEGIN

// === texts ===

/** Brings a text along, to be used any number of times in this batch. Short texts that were brought along before are found again. */
ssv_text_id ssv_bring_str(ssv_edits *edits, ssv_str text);

/** Names a text: one of the batch by its index, any other as ssv_bring_str(). */
SSV_INLINE ssv_text_id ssv_name_str(ssv_edits *edits, ssv_str text)
{
    if (text.text < edits->base.texts) {
        const uint8_t *ends = edits->batch->columns[SSV_TEXT_END].at;
        uint32_t start = text.text == 0 ? 0 : ssv_load_u32(ends + (size_t)(text.text - 1) * 4) + 1;
        if (text.length == ssv_load_u32(ends + (size_t)text.text * 4) - start &&
            text.at == (const char *)edits->batch->columns[SSV_TEXTS].at + start) {
            ssv_text_id id = {text.text};
            return id;
        }
    }
    return ssv_bring_str(edits, text);
}

/** @cond */
SSV_INLINE ssv_text_id ssv_bring_cstr(ssv_edits *edits, const char *text)
{
    return ssv_bring_str(edits, ssv_cstr(text));
}

SSV_INLINE ssv_attrs ssv_same_attrs_in(ssv_attrs attrs, ssv_place place)
{
    (void)place;
    return attrs;
}

SSV_INLINE uint32_t ssv_same_group_in(ssv_attrs attrs, ssv_place place)
{
    (void)place;
    return attrs.group;
}

SSV_INLINE ssv_text_id ssv_name_id(ssv_edits *edits, ssv_text_id text)
{
    (void)edits;
    return text;
}
/** @endcond */

#ifndef __cplusplus
/** Brings a text along: a string of C or an #ssv_str. Once for each batch is enough, however often it is used. */
#define ssv_bring(edits, text) _Generic((text), const char *: ssv_bring_cstr, char *: ssv_bring_cstr, ssv_str: ssv_bring_str)((edits), (text))
/** @cond */
#define SSV_NAME(edits, text)                                                                                                                \
    _Generic((text), const char *: ssv_bring_cstr, char *: ssv_bring_cstr, ssv_str: ssv_name_str, ssv_text_id: ssv_name_id)((edits), (text))
#define SSV_STR_OF(text) _Generic((text), const char *: ssv_cstr, char *: ssv_cstr, ssv_str: ssv_same_str)(text)
#define SSV_ATTRS_OF(on)                                                                                                                     \
    _Generic((on),                                                                                                                           \
        ssv_attrs: ssv_same_attrs_in,                                                                                                        \
        ssv_span: ssv_span_attrs_in,                                                                                                            \
        ssv_event: ssv_event_attrs_in,                                                                                                          \
        ssv_link: ssv_link_attrs_in,                                                                                                            \
        ssv_scope: ssv_scope_attrs_in,                                                                                                          \
        ssv_resource: ssv_resource_attrs_in)((on), SSV_PLACE)
#define SSV_GROUP_OF(on)                                                                                                                     \
    _Generic((on),                                                                                                                           \
        ssv_attrs: ssv_same_group_in,                                                                                                        \
        ssv_span: ssv_span_group_in,                                                                                                            \
        ssv_event: ssv_event_group_in,                                                                                                          \
        ssv_link: ssv_link_group_in,                                                                                                            \
        ssv_scope: ssv_scope_group_in,                                                                                                          \
        ssv_resource: ssv_resource_group_in)((on), SSV_PLACE)
/** @endcond */
#endif

/** Replaces a text of the batch wherever it stands: as a key, a value, a name, anywhere. `text` must come from a view of the batch. */
void ssv_replace_text_str(ssv_edits *edits, ssv_str text, ssv_str with);

#ifndef __cplusplus
/** Replaces a text of the batch wherever it stands; what replaces it is a string of C or an #ssv_str. */
#define ssv_replace_text(edits, text, with) ssv_replace_text_str((edits), (text), SSV_STR_OF(with))
#endif

// === attributes, by key ===

/** Adds a row to a group of the batch. */
SSV_INLINE void ssv_add_to(ssv_edits *edits, uint32_t group, ssv_text_id key, ssv_value value)
{
    ssv_raw_value raw;
    if (value.kind == SSV_TEXT && value.by_name) {
        raw.kind = SSV_TEXT;
        raw.value = value.as.named;
    } else if (value.kind == SSV_BOOL) {
        raw.kind = SSV_BOOL;
        raw.value = value.as.boolean ? 1 : 0;
    } else {
        raw = ssv_edits_value(edits, &value);
    }
    ssv_edits_push(edits, group, key.index, raw);
}

/** As #ssv_insert. */
bool ssv_insert_to(ssv_edits *edits, ssv_attrs on, ssv_str key, ssv_value value);
/** As #ssv_upsert. */
void ssv_upsert_to(ssv_edits *edits, ssv_attrs on, ssv_str key, ssv_value value);
/** As #ssv_update. */
bool ssv_update_to(ssv_edits *edits, ssv_attrs on, ssv_str key, ssv_value value);
/** As #ssv_remove_key. */
bool ssv_remove_from(ssv_edits *edits, ssv_attrs on, ssv_str key);

#ifndef __cplusplus
/**
 * Adds an attribute to a span, event, link, scope or resource, or to #ssv_attrs, whether or not there is one with this key: `ssv_add(edits, span, "team", ssv_text("a"))`.
 * The cheapest way, where the policy knows that there is none. The key is a string of C, an #ssv_str or an #ssv_text_id.
 */
#define ssv_add(edits, on, key, value) ssv_add_to((edits), SSV_GROUP_OF(on), SSV_NAME(edits, key), (value))
/** Adds an attribute if there is none with this key. Says whether it did. */
#define ssv_insert(edits, on, key, value) ssv_insert_to((edits), SSV_ATTRS_OF(on), SSV_STR_OF(key), (value))
/** Sets the attribute with this key, or adds it. */
#define ssv_upsert(edits, on, key, value) ssv_upsert_to((edits), SSV_ATTRS_OF(on), SSV_STR_OF(key), (value))
/** Sets the attribute with this key, if there is one. Says whether it did. */
#define ssv_update(edits, on, key, value) ssv_update_to((edits), SSV_ATTRS_OF(on), SSV_STR_OF(key), (value))
/** Removes every attribute with this key. Says whether there was one. */
#define ssv_remove_key(edits, on, key) ssv_remove_from((edits), SSV_ATTRS_OF(on), SSV_STR_OF(key))
#endif

// === rows ===

/** Changes the value of an attribute or of an element of a nested value. */
void ssv_set(ssv_edits *edits, ssv_attr attr, ssv_value value);

/** Changes the key of an attribute or of an entry of a map. */
void ssv_rename_to(ssv_edits *edits, ssv_attr attr, ssv_text_id key);

/** Removes an attribute or an element of a nested value, and what is nested in it. */
void ssv_remove(ssv_edits *edits, ssv_attr attr);

#ifndef __cplusplus
/** Changes a key; the new one is a string of C, an #ssv_str or an #ssv_text_id. */
#define ssv_rename(edits, attr, key) ssv_rename_to((edits), (attr), SSV_NAME(edits, key))
#endif

// === spans ===

/** Drops a span: it is sampled out. */
SSV_INLINE void ssv_drop(ssv_edits *edits, ssv_span span)
{
    ssv_edits_decide(edits, span.index, true);
}

/** Marks a span as sampled. One that was only recorded is exported only so. */
SSV_INLINE void ssv_keep(ssv_edits *edits, ssv_span span)
{
    ssv_edits_decide(edits, span.index, false);
}

/** Sets a span's status. */
SSV_INLINE void ssv_set_status(ssv_edits *edits, ssv_span span, ssv_status status)
{
    ssv_set_field(edits, SSV_SET_SPAN_STATUS, span.index, (uint32_t)status);
}

/** Sets a span's kind. */
SSV_INLINE void ssv_set_kind(ssv_edits *edits, ssv_span span, ssv_span_kind_code kind)
{
    ssv_set_field(edits, SSV_SET_SPAN_KIND, span.index, (uint32_t)kind);
}

/** Sets a span's name. */
SSV_INLINE void ssv_set_name_to(ssv_edits *edits, ssv_span span, ssv_text_id name)
{
    ssv_set_field(edits, SSV_SET_SPAN_NAME, span.index, name.index);
}

/** Sets the message of a span's status. */
SSV_INLINE void ssv_set_message_to(ssv_edits *edits, ssv_span span, ssv_text_id message)
{
    ssv_set_field(edits, SSV_SET_SPAN_MESSAGE, span.index, message.index);
}

/** Sets a span's tracestate. */
SSV_INLINE void ssv_set_tracestate_to(ssv_edits *edits, ssv_span span, ssv_text_id tracestate)
{
    ssv_set_field(edits, SSV_SET_SPAN_TRACESTATE, span.index, tracestate.index);
}

/** Sets an event's name. */
SSV_INLINE void ssv_set_event_name_to(ssv_edits *edits, ssv_event event, ssv_text_id name)
{
    ssv_set_field(edits, SSV_SET_EVENT_NAME, event.index, name.index);
}

/** Sets a link's tracestate. */
SSV_INLINE void ssv_set_link_tracestate_to(ssv_edits *edits, ssv_link link, ssv_text_id tracestate)
{
    ssv_set_field(edits, SSV_SET_LINK_TRACESTATE, link.index, tracestate.index);
}

/** Sets a scope's name. */
SSV_INLINE void ssv_set_scope_name_to(ssv_edits *edits, ssv_scope scope, ssv_text_id name)
{
    ssv_set_field(edits, SSV_SET_SCOPE_NAME, scope.index, name.index);
}

/** Sets a scope's version. */
SSV_INLINE void ssv_set_scope_version_to(ssv_edits *edits, ssv_scope scope, ssv_text_id version)
{
    ssv_set_field(edits, SSV_SET_SCOPE_VERSION, scope.index, version.index);
}

/** Sets a scope's schema URL. */
SSV_INLINE void ssv_set_scope_schema_url_to(ssv_edits *edits, ssv_scope scope, ssv_text_id url)
{
    ssv_set_field(edits, SSV_SET_SCOPE_SCHEMA_URL, scope.index, url.index);
}

/** Sets a resource's schema URL. */
SSV_INLINE void ssv_set_resource_schema_url_to(ssv_edits *edits, ssv_resource resource, ssv_text_id url)
{
    ssv_set_field(edits, SSV_SET_RESOURCE_SCHEMA_URL, resource.index, url.index);
}

/** Clears the message of a span's status. */
SSV_INLINE void ssv_clear_message(ssv_edits *edits, ssv_span span)
{
    ssv_set_field(edits, SSV_SET_SPAN_MESSAGE, span.index, SSV_NONE);
}

/** Clears a span's tracestate. */
SSV_INLINE void ssv_clear_tracestate(ssv_edits *edits, ssv_span span)
{
    ssv_set_field(edits, SSV_SET_SPAN_TRACESTATE, span.index, SSV_NONE);
}

/** Clears a link's tracestate. */
SSV_INLINE void ssv_clear_link_tracestate(ssv_edits *edits, ssv_link link)
{
    ssv_set_field(edits, SSV_SET_LINK_TRACESTATE, link.index, SSV_NONE);
}

/** Clears a scope's version. */
SSV_INLINE void ssv_clear_scope_version(ssv_edits *edits, ssv_scope scope)
{
    ssv_set_field(edits, SSV_SET_SCOPE_VERSION, scope.index, SSV_NONE);
}

/** Clears a scope's schema URL. */
SSV_INLINE void ssv_clear_scope_schema_url(ssv_edits *edits, ssv_scope scope)
{
    ssv_set_field(edits, SSV_SET_SCOPE_SCHEMA_URL, scope.index, SSV_NONE);
}

/** Clears a resource's schema URL. */
SSV_INLINE void ssv_clear_resource_schema_url(ssv_edits *edits, ssv_resource resource)
{
    ssv_set_field(edits, SSV_SET_RESOURCE_SCHEMA_URL, resource.index, SSV_NONE);
}

#ifndef __cplusplus
/** Sets a span's name: to a string of C, an #ssv_str or an #ssv_text_id. */
#define ssv_set_name(edits, span, text) ssv_set_name_to((edits), (span), SSV_NAME(edits, text))
/** Sets the message of a span's status: to a string of C, an #ssv_str or an #ssv_text_id. */
#define ssv_set_message(edits, span, text) ssv_set_message_to((edits), (span), SSV_NAME(edits, text))
/** Sets a span's tracestate in W3C form: to a string of C, an #ssv_str or an #ssv_text_id. */
#define ssv_set_tracestate(edits, span, text) ssv_set_tracestate_to((edits), (span), SSV_NAME(edits, text))
/** Sets an event's name: to a string of C, an #ssv_str or an #ssv_text_id. */
#define ssv_set_event_name(edits, event, text) ssv_set_event_name_to((edits), (event), SSV_NAME(edits, text))
/** Sets a link's tracestate in W3C form: to a string of C, an #ssv_str or an #ssv_text_id. */
#define ssv_set_link_tracestate(edits, link, text) ssv_set_link_tracestate_to((edits), (link), SSV_NAME(edits, text))
/** Sets a scope's name: to a string of C, an #ssv_str or an #ssv_text_id. */
#define ssv_set_scope_name(edits, scope, text) ssv_set_scope_name_to((edits), (scope), SSV_NAME(edits, text))
/** Sets a scope's version: to a string of C, an #ssv_str or an #ssv_text_id. */
#define ssv_set_scope_version(edits, scope, text) ssv_set_scope_version_to((edits), (scope), SSV_NAME(edits, text))
/** Sets a scope's schema URL: to a string of C, an #ssv_str or an #ssv_text_id. */
#define ssv_set_scope_schema_url(edits, scope, text) ssv_set_scope_schema_url_to((edits), (scope), SSV_NAME(edits, text))
/** Sets a resource's schema URL: to a string of C, an #ssv_str or an #ssv_text_id. */
#define ssv_set_resource_schema_url(edits, resource, text) ssv_set_resource_schema_url_to((edits), (resource), SSV_NAME(edits, text))
#endif

SSV_END

#endif
