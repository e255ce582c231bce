// The test vectors of `wit/vectors`, read through this SDK's views and written by its encoder: they have to say what the text beside each says.

#include <spansieve_test.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef VECTORS
#error "compile with -DVECTORS='\"path of wit/vectors\"'"
#endif

static ssv_str read_file(const char *name, const char *ending)
{
    ssv_str path = ssv_format(VECTORS "/%s.%s", name, ending);
    FILE *file = fopen(path.at, "rb");
    if (file == NULL) {
        ssvt_fail("cannot open %s", path.at);
    }
    char *text = ssv_alloc(1 << 20);
    size_t length = fread(text, 1, (1 << 20) - 1, file);
    (void)fclose(file);
    return ssv_slice(text, length);
}

static ssv_bytes blob(const char *name)
{
    ssv_str text = read_file(name, "hex");
    uint8_t *out = ssv_alloc(text.length / 2 + 1);
    size_t digits = 0;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.at[i];
        if (c == ' ' || c == '\n') {
            continue;
        }
        unsigned digit = c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10);
        out[digits / 2] = (uint8_t)((unsigned)out[digits / 2] << 4 | digit);
        digits++;
    }
    return (ssv_bytes){out, digits / 2};
}

static const char *meaning_of(const char *name)
{
    const char *text = read_file(name, "txt").at;
    const char *found = strstr(text, "\nmeaning\n");
    ssvt_check(found != NULL);
    return found + strlen("\nmeaning\n");
}

// === what a batch says, in the words of the vectors ===

static char *out;
static size_t written;

#define SAY(...) (written += (size_t)snprintf(out + written, (1 << 20) - written, __VA_ARGS__))

static ssv_str quoted(ssv_str text)
{
    ssv_value value = ssv_text_str(ssv_given(text) ? text : ssv_cstr(""));
    return ssvt_show(&value);
}

static ssv_value copied(ssv_attr attr)
{
    ssv_value value = ssv_attr_value(attr);
    if (value.kind == SSV_ARRAY) {
        ssv_list list = {0};
        SSV_EACH_ATTR(value.as.rows, item) {
            ssv_push(&list, copied(item));
        }
        return ssv_list_value(&list);
    }
    if (value.kind == SSV_MAP) {
        ssv_dict map = {0};
        SSV_EACH_ATTR(value.as.rows, item) {
            ssv_put(&map, ssv_attr_key(item), copied(item));
        }
        return ssv_dict_value(&map);
    }
    return value;
}

static void say_attributes(const char *indent, ssv_attrs attributes)
{
    SSV_EACH_ATTR(attributes, attr) {
        ssv_value value = copied(attr);
        ssv_str key = quoted(ssv_attr_key(attr)), shown = ssvt_show(&value);
        SAY("%s%.*s = %.*s\n", indent, SSV_FMT(key), SSV_FMT(shown));
    }
}

static void say_span(ssv_span span)
{
    static const uint8_t none[8] = {0};
    const uint8_t *parent = ssv_span_parent_id(span);
    SAY("  span %u: trace 0x%s, id 0x%s, parent 0x%s, ", span.index, ssv_hex(ssv_span_trace_id(span), 16).at, ssv_hex(ssv_span_id(span), 8).at,
        ssv_hex(parent == NULL ? none : parent, 8).at);
    SAY("start %llu, end %llu,\n", (unsigned long long)ssv_span_start(span), (unsigned long long)ssv_span_end(span));
    ssv_str name = quoted(ssv_span_name(span)), message = quoted(ssv_span_message(span)), state = quoted(ssv_span_tracestate(span));
    SAY("    name %.*s, kind %d, status %d, ", SSV_FMT(name), (int)ssv_span_kind(span), (int)ssv_span_status(span));
    SAY("message %.*s, tracestate %.*s,\n", SSV_FMT(message), SSV_FMT(state));
    SAY("    flags 0x%x, scope %u, dropped [%u, %u, %u]\n", ssv_span_flags(span), ssv_span_scope(span).index, ssv_span_dropped_attributes(span),
        ssv_span_dropped_events(span), ssv_span_dropped_links(span));
    say_attributes("    ", ssv_span_attrs(span));
    SSV_EACH_EVENT(span, event) {
        name = quoted(ssv_event_name(event));
        SAY("    event: name %.*s, time %llu, dropped %u\n", SSV_FMT(name), (unsigned long long)ssv_event_time(event),
            ssv_event_dropped_attributes(event));
        say_attributes("      ", ssv_event_attrs(event));
    }
    SSV_EACH_LINK(span, link) {
        state = quoted(ssv_link_tracestate(link));
        SAY("    link: trace 0x%s, id 0x%s, tracestate %.*s, flags 0x%x, dropped %u\n", ssv_hex(ssv_link_trace_id(link), 16).at,
            ssv_hex(ssv_link_span_id(link), 8).at, SSV_FMT(state), ssv_link_flags(link), ssv_link_dropped_attributes(link));
        say_attributes("      ", ssv_link_attrs(link));
    }
}

static const char *meaning(ssv_bytes blob)
{
    ssv_batch batch;
    ssv_layout_error error;
    if (!ssv_parse(blob, "SSVB", false, &batch, &error)) {
        ssvt_fail("%s", error.message);
    }
    out = ssv_alloc(1 << 20);
    written = 0;
    SSV_EACH_RESOURCE(&batch, resource) {
        ssv_str url = quoted(ssv_resource_schema_url(resource));
        SAY("  resource %u: schema-url %.*s, dropped %u\n", resource.index, SSV_FMT(url), ssv_resource_dropped_attributes(resource));
        say_attributes("    ", ssv_resource_attrs(resource));
    }
    SSV_EACH_SCOPE(&batch, scope) {
        ssv_str name = quoted(ssv_scope_name(scope)), version = quoted(ssv_scope_version(scope)), url = quoted(ssv_scope_schema_url(scope));
        SAY("  scope %u: resource %u, name %.*s, version %.*s, schema-url %.*s, dropped %u\n", scope.index, ssv_scope_resource(scope).index,
            SSV_FMT(name), SSV_FMT(version), SSV_FMT(url), ssv_scope_dropped_attributes(scope));
        say_attributes("    ", ssv_scope_attrs(scope));
    }
    SSV_EACH_SPAN(&batch, span) {
        say_span(span);
    }
    SSV_EACH_TRACE(&batch, trace) {
        SAY("  trace %u: %u spans, reason %d\n", trace.index, ssv_trace_length(trace), (int)ssv_trace_reason(trace));
    }
    return out;
}

static const char *const names[] = {"empty", "every-field", "nested", "traces", "resource", "before-edits"};

SSVT_TEST(every_vector_says_what_its_text_says)
{
    for (size_t i = 0; i < SSV_COUNT_OF(names); i++) {
        ssvt_check_text(ssv_cstr(meaning(blob(names[i]))), meaning_of(names[i]));
    }
}

SSVT_TEST(every_vector_is_decoded_and_encoded_to_the_same)
{
    for (size_t i = 0; i < SSV_COUNT_OF(names); i++) {
        ssv_bytes once = ssvt_encode(ssvt_decode(blob(names[i])), NULL), twice = ssvt_encode(ssvt_decode(once), NULL);
        ssvt_check_text(ssv_cstr(meaning(once)), meaning_of(names[i]));
        ssvt_check(once.length == twice.length && memcmp(once.at, twice.at, once.length) == 0);
    }
}

SSVT_TEST(the_header_and_declared_keys_say_what_the_text_says)
{
    ssv_batch batch;
    ssv_layout_error error;
    double probability;
    bool loose = false;
    ssvt_check(ssv_parse(blob("every-field"), "SSVB", true, &batch, &error));
    ssvt_check(ssv_now(&batch) == 1767225600005000000u && ssv_span_count(&batch) == 1 && !ssv_is_ascii(&batch));
    ssvt_check(ssv_head_probability(&batch, &probability) && probability == 0.25);
    ssv_span span = ssv_span_at(&batch, 0);
    ssv_slot email = {0}, absent = {1};
    ssvt_check_text(ssv_attr_key(ssv_get(span, email)), "user.email");
    ssvt_check(!ssv_has(ssv_get(span, absent)));
    SSV_EACH_TEXT(&batch, text) {
        loose = loose || ssv_is(text, "named by nothing");
    }
    ssvt_check(loose);
}

SSVT_TEST(the_edits_mean_what_their_text_says)
{
    ssvt_batch *after = ssvt_apply(blob("before-edits"), blob("edits"));
    size_t kept = 0;
    for (size_t i = 0; i < after->span_count; i++) {
        if (!after->spans[i]->dropped) {
            after->spans[kept++] = after->spans[i];
        }
    }
    after->span_count = kept;
    ssvt_check_text(ssv_cstr(meaning(ssvt_encode(after, NULL))), meaning_of("edits"));
}
