// From a batch, with edits or without, to plain data.

#include "state.h"

static ssv_str text(ssvt_state *s, uint32_t index)
{
    if (index == SSV_NONE) {
        return ssv_slice(NULL, 0);
    }
    RULE(index < s->text_count, "text %u of %u", index, s->text_count);
    s->used[index] = true;
    return ssv_copy_str(s->texts[index]);
}

static ssv_value value(ssvt_state *s, const ssvt_row *row, int depth);

static ssv_dict entries(ssvt_state *s, uint32_t index, int depth)
{
    ssv_dict out = {0};
    RULE(index < s->group_count, "group %u of %u", index, s->group_count);
    for (uint32_t i = 0; i < s->groups[index].count; i++) {
        const ssvt_row *row = &s->rows[s->groups[index].rows[i]];
        if (!row->removed) {
            RULE(row->key != SSV_NONE, "rule 4: a row of group %u has no key", index);
            ssv_put_str(&out, text(s, row->key), value(s, row, depth));
        }
    }
    return out;
}

static ssv_value items(ssvt_state *s, uint32_t index, int depth)
{
    ssv_list out = {0};
    for (uint32_t i = 0; i < s->groups[index].count; i++) {
        const ssvt_row *row = &s->rows[s->groups[index].rows[i]];
        if (!row->removed) {
            RULE(row->key == SSV_NONE, "rule 4: a row of array %u has a key", index);
            ssv_push(&out, value(s, row, depth));
        }
    }
    return ssv_list_value(&out);
}

static ssv_attr in_blob(const ssv_batch *old, const ssv_batch *new, ssv_column_id pool, uint32_t *index)
{
    ssv_attr attr = {*index < count(old, pool) ? old : new, 0};
    *index -= attr.batch == old ? 0 : count(old, pool);
    return attr;
}

static ssv_value value(ssvt_state *s, const ssvt_row *row, int depth)
{
    RULE(depth <= SSV_MAX_DEPTH, "rule 3: nothing is nested deeper than %d", SSV_MAX_DEPTH);
    uint32_t index = row->value;
    switch ((ssv_kind)row->kind) {
    case SSV_EMPTY:
        break;
    case SSV_TEXT:
        return ssv_text(text(s, index));
    case SSV_BOOL:
        return ssv_bool(index != 0);
    case SSV_INT: {
        const ssv_batch *in = in_blob(s->batch, s->edits, SSV_INTS, &index).batch;
        return ssv_int((int64_t)ssv_u64(in, SSV_INTS, index, SSV_PLACE));
    }
    case SSV_DOUBLE: {
        const ssv_batch *in = in_blob(s->batch, s->edits, SSV_DOUBLES, &index).batch;
        uint64_t bits = ssv_u64(in, SSV_DOUBLES, index, SSV_PLACE);
        double number;
        memcpy(&number, &bits, sizeof number);
        return ssv_double(number);
    }
    case SSV_BYTES: {
        const ssv_batch *in = in_blob(s->batch, s->edits, SSV_BYTES_END, &index).batch;
        uint32_t start = ssv_start(in, SSV_BYTES_END, index, SSV_PLACE), end = u32(in, SSV_BYTES_END, index);
        RULE(start <= end && end <= count(in, SSV_BYTE_STRINGS), "byte string %u lies outside", index);
        ssv_str copy = ssv_copy_str(ssv_slice((const char *)in->columns[SSV_BYTE_STRINGS].at + start, end - start));
        return ssv_raw(copy.at, copy.length);
    }
    case SSV_ARRAY:
        return items(s, index, depth + 1);
    case SSV_MAP: {
        ssv_dict map = entries(s, index, depth + 1);
        return ssv_dict_value(&map);
    }
    }
    return ssv_empty();
}

static void read_span(ssvt_state *s, ssvt_batch *into, uint32_t i)
{
    ssv_span from = ssv_span_at(s->batch, i);
    ssvt_span *span = ssvt_add_span(into, "");
    memcpy(span->trace_id, ssv_span_trace_id(from), 16);
    memcpy(span->id, ssv_span_id(from), 8);
    memcpy(span->parent_id, ssv_id(s->batch, SSV_SPAN_PARENT_ID, 8, i, SSV_PLACE), 8);
    span->start = ssv_span_start(from);
    span->end = ssv_span_end(from);
    span->name = text(s, s->fields[SSV_SET_SPAN_NAME][i]);
    span->kind = (ssv_span_kind_code)s->fields[SSV_SET_SPAN_KIND][i];
    span->status = (ssv_status)s->fields[SSV_SET_SPAN_STATUS][i];
    span->message = text(s, s->fields[SSV_SET_SPAN_MESSAGE][i]);
    span->tracestate = text(s, s->fields[SSV_SET_SPAN_TRACESTATE][i]);
    span->flags = s->flags[i];
    span->attributes = entries(s, ssv_span_group(from), 0);
    span->dropped_attributes = ssv_span_dropped_attributes(from);
    span->dropped_events = ssv_span_dropped_events(from);
    span->dropped_links = ssv_span_dropped_links(from);
    span->scope = ssv_span_scope(from).index;
    SSV_EACH_EVENT(from, event) {
        ssvt_event *to = ssvt_add_event(span, "");
        to->name = text(s, s->fields[SSV_SET_EVENT_NAME][event.index]);
        to->time = ssv_event_time(event);
        to->attributes = entries(s, ssv_event_group(event), 0);
        to->dropped_attributes = ssv_event_dropped_attributes(event);
    }
    SSV_EACH_LINK(from, link) {
        ssvt_link *to = ssvt_add_link(span);
        memcpy(to->trace_id, ssv_link_trace_id(link), 16);
        memcpy(to->span_id, ssv_link_span_id(link), 8);
        to->tracestate = text(s, s->fields[SSV_SET_LINK_TRACESTATE][link.index]);
        to->flags = ssv_link_flags(link);
        to->attributes = entries(s, ssv_link_group(link), 0);
        to->dropped_attributes = ssv_link_dropped_attributes(link);
    }
}

ssvt_batch *ssvt_state_read(ssvt_state *s)
{
    ssvt_batch *into = ssvt_empty_batch();
    into->now = ssv_now(s->batch);
    into->head_probability = s->batch->head_probability;
    for (uint32_t i = 0; i < s->batch->spans; i++) {
        read_span(s, into, i);
    }
    SSV_EACH_SCOPE(s->batch, scope) {
        into->scopes = ssvt_pointer_added(into->scopes, &into->scope_count, sizeof(ssvt_scope));
        ssvt_scope *to = into->scopes[into->scope_count - 1];
        to->name = text(s, s->fields[SSV_SET_SCOPE_NAME][scope.index]);
        to->version = text(s, s->fields[SSV_SET_SCOPE_VERSION][scope.index]);
        to->schema_url = text(s, s->fields[SSV_SET_SCOPE_SCHEMA_URL][scope.index]);
        to->attributes = entries(s, ssv_scope_group(scope), 0);
        to->dropped_attributes = ssv_scope_dropped_attributes(scope);
        to->resource = ssv_scope_resource(scope).index;
    }
    SSV_EACH_RESOURCE(s->batch, resource) {
        into->resources = ssvt_pointer_added(into->resources, &into->resource_count, sizeof(ssvt_resource));
        ssvt_resource *to = into->resources[into->resource_count - 1];
        to->attributes = entries(s, ssv_resource_group(resource), 0);
        to->schema_url = text(s, s->fields[SSV_SET_RESOURCE_SCHEMA_URL][resource.index]);
        to->dropped_attributes = ssv_resource_dropped_attributes(resource);
    }
    into->grouped = ssv_is_grouped(s->batch);
    into->traces = SSV_NEW(ssvt_trace, ssv_trace_count(s->batch));
    SSV_EACH_TRACE(s->batch, trace) {
        into->traces[into->trace_count].end = ssv_trace_end(trace).index;
        into->traces[into->trace_count++].reason = ssv_trace_reason(trace);
    }
    for (uint32_t i = 0; i < count(s->edits, SSV_DROP_SPAN); i++) {
        into->spans[u32(s->edits, SSV_DROP_SPAN, i)]->dropped = true;
    }
    for (uint32_t i = 0; i < count(s->edits, SSV_KEEP_SPAN); i++) {
        ssvt_span *span = into->spans[u32(s->edits, SSV_KEEP_SPAN, i)];
        span->kept = true;
        span->flags |= SSV_FLAG_SAMPLED;
    }
    return into;
}

ssvt_batch *ssvt_decode(ssv_bytes blob)
{
    ssv_batch batch, nothing;
    ssv_layout_error error;
    memset(&nothing, 0, sizeof nothing);
    if (!ssv_parse(blob, "SSVB", false, &batch, &error)) {
        ssv_fail("the batch", 0, "%s", error.message);
    }
    ssvt_state s;
    ssvt_state_begin(&s, &batch, &nothing);
    ssvt_batch *into = ssvt_state_read(&s);
    for (uint32_t i = 0; i < ssv_key_count(&batch); i++) {
        s.used[ssv_key_at(&batch, i).text] = true;
    }
    into->loose = SSV_NEW(ssv_str, s.text_count);
    for (uint32_t i = 0; i < s.text_count; i++) {
        if (!s.used[i]) {
            into->loose[into->loose_count++] = ssv_copy_str(s.texts[i]);
        }
    }
    return into;
}
