// Values of every kind, read and written again.

#include "behaviour.h"

static bool configure(const config *given, ssv_setup *setup, ssv_error *error)
{
    (void)given, (void)setup, (void)error;
    return true;
}

/// Reads a value as one of our own, and what is nested in it.
static ssv_value read_value(ssv_attr attr)
{
    ssv_list list = {0};
    ssv_dict map = {0};
    ssv_value value = ssv_attr_value(attr);
    switch (value.kind) {
    case SSV_TEXT:
        return ssv_text(value.as.text);
    case SSV_BOOL:
        return ssv_bool(value.as.boolean);
    case SSV_INT:
        return ssv_int(value.as.integer);
    case SSV_DOUBLE:
        return ssv_double(value.as.number);
    case SSV_BYTES:
        return ssv_raw(value.as.bytes.at, value.as.bytes.length);
    case SSV_ARRAY:
        SSV_EACH_ATTR(value.as.rows, item) {
            ssv_push(&list, read_value(item));
        }
        return ssv_list_value(&list);
    case SSV_MAP:
        SSV_EACH_ATTR(value.as.rows, entry) {
            ssv_put(&map, ssv_attr_key(entry), read_value(entry));
        }
        return ssv_dict_value(&map);
    case SSV_EMPTY:
        break;
    }
    return ssv_empty();
}

static void process(const ssv_batch *batch, ssv_edits *edits)
{
    SSV_EACH_SPAN(batch, span) {
        SSV_EACH_ATTR(ssv_span_attrs(span), attr) {
            ssv_str key = ssv_attr_key(attr);
            ssv_add(edits, span, ssv_format("copy.%.*s", SSV_FMT(key)), read_value(attr));
        }
    }
}

SSV_POLICY(read_values, config, configure, process, .name = "read_values", .about = "Copies each attribute");
