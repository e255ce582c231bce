// The JSON Schema (2020-12) of a configuration's shape.

#include <spansieve.h>

typedef struct {
    char *at;
    size_t count, room;
} writer;

static void put(writer *out, const char *at, size_t length)
{
    if (length > out->room - out->count) {
        size_t room = out->room * 2 + length;
        char *grown = ssv_alloc(room);
        if (out->count > 0) {
            memcpy(grown, out->at, out->count);
        }
        out->at = grown;
        out->room = room;
    }
    memcpy(out->at + out->count, at, length);
    out->count += length;
}

static void put_plain(writer *out, const char *text)
{
    put(out, text, strlen(text));
}

static void put_string(writer *out, const char *text)
{
    put(out, "\"", 1);
    for (; *text != 0; text++) {
        char escaped[8];
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            escaped[0] = '\\';
            escaped[1] = *text;
            put(out, escaped, 2);
        } else if (c < 0x20) {
            memcpy(escaped, "\\u00", 4);
            escaped[4] = "0123456789abcdef"[c >> 4];
            escaped[5] = "0123456789abcdef"[c & 15];
            put(out, escaped, 6);
        } else {
            put(out, text, 1);
        }
    }
    put(out, "\"", 1);
}

static void put_int(writer *out, const char *name, int64_t number)
{
    ssv_str text = ssv_format(",\"%s\":%lld", name, (long long)number);
    put(out, text.at, text.length);
}

static void put_choices(writer *out, const ssv_field *field)
{
    if (field->choices == NULL) {
        return;
    }
    put_plain(out, ",\"enum\":[");
    for (size_t i = 0; field->choices[i] != NULL; i++) {
        put_plain(out, i == 0 ? "" : ",");
        put_string(out, field->choices[i]);
    }
    put_plain(out, "]");
}

static void put_shape(writer *out, const ssv_shape *shape);

static void put_integer(writer *out, const ssv_field *field)
{
    put_plain(out, "\"type\":\"integer\"");
    bool int32 = field->type == SSV_FIELD_INT32, uint32 = field->type == SSV_FIELD_UINT32;
    if (field->bounded || int32 || uint32) {
        int64_t least = int32 ? INT32_MIN : uint32 ? 0 : field->minimum, most = int32 ? INT32_MAX : uint32 ? UINT32_MAX : field->maximum;
        put_int(out, "minimum", field->bounded && field->minimum > least ? field->minimum : least);
        put_int(out, "maximum", field->bounded && field->maximum < most ? field->maximum : most);
    }
    if (!field->required) {
        put_int(out, "default", field->otherwise.integer);
    }
}

static void put_type(writer *out, const ssv_field *field)
{
    switch (field->type) {
    case SSV_FIELD_STRING:
    case SSV_FIELD_CHOICE:
        put_plain(out, "\"type\":\"string\"");
        put_choices(out, field);
        const char *otherwise = field->otherwise.text;
        if (field->type == SSV_FIELD_CHOICE && otherwise == NULL && field->choices != NULL) {
            otherwise = field->choices[0];
        }
        if (!field->required && otherwise != NULL) {
            put_plain(out, ",\"default\":");
            put_string(out, otherwise);
        }
        break;
    case SSV_FIELD_STRINGS:
        put_plain(out, "\"type\":\"array\",\"items\":{\"type\":\"string\"");
        put_choices(out, field);
        put_plain(out, field->required ? "}" : "},\"default\":[]");
        break;
    case SSV_FIELD_INT64:
    case SSV_FIELD_INT32:
    case SSV_FIELD_UINT32:
        put_integer(out, field);
        break;
    case SSV_FIELD_NUMBER:
        put_plain(out, "\"type\":\"number\"");
        if (!field->required) {
            ssv_str text = ssv_format(",\"default\":%g", field->otherwise.number);
            put(out, text.at, text.length);
        }
        break;
    case SSV_FIELD_FLAG:
        put_plain(out, "\"type\":\"boolean\"");
        if (!field->required) {
            put_plain(out, field->otherwise.flag ? ",\"default\":true" : ",\"default\":false");
        }
        break;
    case SSV_FIELD_OBJECT:
        put_shape(out, field->shape);
        break;
    case SSV_FIELD_OBJECTS:
        put_plain(out, "\"type\":\"array\",\"items\":{");
        put_shape(out, field->shape);
        put_plain(out, field->required ? "}" : "},\"default\":[]");
        break;
    case SSV_FIELD_ANY:
        // The member has to be something, so that a comma may follow: `true` in words.
        put_plain(out, "\"not\":false");
        break;
    }
}

static void put_shape(writer *out, const ssv_shape *shape)
{
    put_plain(out, "\"type\":\"object\",\"properties\":{");
    for (size_t i = 0; i < shape->count; i++) {
        const ssv_field *field = &shape->fields[i];
        put_plain(out, i == 0 ? "" : ",");
        put_string(out, field->name);
        put_plain(out, ":{");
        put_type(out, field);
        if (field->about != NULL) {
            put_plain(out, ",\"description\":");
            put_string(out, field->about);
        }
        put_plain(out, "}");
    }
    put_plain(out, "},\"required\":[");
    bool first = true;
    for (size_t i = 0; i < shape->count; i++) {
        if (shape->fields[i].required) {
            put_plain(out, first ? "" : ",");
            put_string(out, shape->fields[i].name);
            first = false;
        }
    }
    put_plain(out, "],\"additionalProperties\":false");
}

ssv_str ssv_schema(const ssv_shape *shape)
{
    writer out = {NULL, 0, 0};
    if (shape->count == 0) {
        return ssv_cstr("");
    }
    put_plain(&out, "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",");
    put_shape(&out, shape);
    put_plain(&out, "}");
    return ssv_slice(out.at, out.count);
}
