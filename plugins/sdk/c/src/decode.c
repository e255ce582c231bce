// From JSON to the policy's struct, with errors that say where, what was expected and what was found.

#include <spansieve.h>

static const ssv_field no_fields[1];

const ssv_shape ssv_no_config_shape = {sizeof(ssv_no_config), no_fields, 0};

bool ssv_refuse(ssv_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    error->message = ssv_vformat(format, arguments);
    va_end(arguments);
    return false;
}

/// Where in the configuration: a key, or an index where there is none. Leads up to the whole.
typedef struct path {
    const struct path *above;
    ssv_str key;
    size_t index;
} path;

static ssv_str write_path(const path *path)
{
    if (path == NULL || path->above == NULL) {
        return path == NULL ? ssv_cstr("") : ssv_given(path->key) ? path->key : ssv_format("[%zu]", path->index);
    }
    ssv_str above = write_path(path->above);
    if (ssv_given(path->key)) {
        return ssv_format("%.*s.%.*s", SSV_FMT(above), SSV_FMT(path->key));
    }
    return ssv_format("%.*s[%zu]", SSV_FMT(above), path->index);
}

static bool wrong(ssv_error *error, const path *at, ssv_str message)
{
    if (at == NULL) {
        error->message = message;
        return false;
    }
    ssv_str path = write_path(at);
    return ssv_refuse(error, "%.*s: %.*s", SSV_FMT(path), SSV_FMT(message));
}

static bool wrong_type(ssv_error *error, const path *at, const ssv_json *found, const char *expected)
{
    ssv_str what = ssv_cstr("");
    switch (found->kind) {
    case SSV_JSON_NULL:
        what = ssv_cstr("null");
        break;
    case SSV_JSON_BOOL:
        what = ssv_format("boolean `%s`", found->as.boolean ? "true" : "false");
        break;
    case SSV_JSON_INT:
        what = ssv_format("integer `%lld`", (long long)found->as.integer);
        break;
    case SSV_JSON_NUMBER:
        what = ssv_format("floating point `%g`", found->as.number);
        break;
    case SSV_JSON_STRING:
        what = ssv_format("string \"%.*s\"", SSV_FMT(found->as.text));
        break;
    case SSV_JSON_ARRAY:
        what = ssv_cstr("sequence");
        break;
    case SSV_JSON_OBJECT:
        what = ssv_cstr("map");
        break;
    }
    return wrong(error, at, ssv_format("invalid type: %.*s, expected %s", SSV_FMT(what), expected));
}

/// `a`, `b` or `c`.
static ssv_str one_of(const char *const *names, size_t count)
{
    ssv_str all = ssv_cstr("");
    for (size_t i = 0; i < count; i++) {
        const char *join = i == 0 ? "" : i + 1 < count ? ", " : " or ";
        all = ssv_format("%.*s%s`%s`", SSV_FMT(all), join, names[i]);
    }
    return all;
}

static size_t count_names(const char *const *names)
{
    size_t count = 0;
    while (names != NULL && names[count] != NULL) {
        count++;
    }
    return count;
}

/// The position of a string among the choices. Where there are none, any will do.
static bool choose(const ssv_field *field, const ssv_json *json, const path *at, size_t *place, ssv_error *error)
{
    if (json->kind != SSV_JSON_STRING) {
        return wrong_type(error, at, json, "a string");
    }
    size_t count = count_names(field->choices);
    for (*place = 0; *place < count; ++*place) {
        if (ssv_str_is(json->as.text, field->choices[*place])) {
            return true;
        }
    }
    if (count == 0) {
        return true;
    }
    ssv_str names = one_of(field->choices, count);
    return wrong(error, at, ssv_format("unknown choice `%.*s`, expected %.*s", SSV_FMT(json->as.text), SSV_FMT(names)));
}

static bool decode_object(const ssv_shape *shape, const ssv_json *json, const path *at, char *into, ssv_error *error);

// === what is given ===

static bool decode_int(const ssv_field *field, const ssv_json *json, const path *at, void *into, ssv_error *error)
{
    if (json->kind != SSV_JSON_INT) {
        return wrong_type(error, at, json, "an integer");
    }
    int64_t number = json->as.integer, least = INT64_MIN, most = INT64_MAX;
    if (field->type == SSV_FIELD_INT32) {
        least = INT32_MIN;
        most = INT32_MAX;
    } else if (field->type == SSV_FIELD_UINT32) {
        least = 0;
        most = UINT32_MAX;
    }
    least = field->bounded && field->minimum > least ? field->minimum : least;
    most = field->bounded && field->maximum < most ? field->maximum : most;
    if (number < least || number > most) {
        return wrong(error, at,
                     ssv_format("%lld is out of range, expected %lld to %lld", (long long)number, (long long)least, (long long)most));
    }
    if (field->type == SSV_FIELD_INT64) {
        memcpy(into, &number, sizeof number);
    } else {
        uint32_t narrow = (uint32_t)(uint64_t)number;
        memcpy(into, &narrow, sizeof narrow);
    }
    return true;
}

static bool decode_strings(const ssv_field *field, const ssv_json *json, const path *at, ssv_strings *into, ssv_error *error)
{
    if (json->kind != SSV_JSON_ARRAY) {
        return wrong_type(error, at, json, "a sequence");
    }
    ssv_str *strings = SSV_NEW(ssv_str, json->count);
    path here = {at, {NULL, 0, 0}, 0};
    SSV_EACH_JSON(json, item) {
        size_t place;
        if (!choose(field, item, &here, &place, error)) {
            return false;
        }
        strings[here.index++] = item->as.text;
    }
    into->at = strings;
    into->count = json->count;
    return true;
}

static bool decode_objects(const ssv_field *field, const ssv_json *json, const path *at, void *into, ssv_error *error)
{
    if (json->kind != SSV_JSON_ARRAY) {
        return wrong_type(error, at, json, "a sequence");
    }
    SSV_LIST(char) list = {ssv_alloc_array(json->count, field->shape->size), json->count};
    char *element = (char *)(uintptr_t)list.at;
    path here = {at, {NULL, 0, 0}, 0};
    SSV_EACH_JSON(json, item) {
        if (!decode_object(field->shape, item, &here, element, error)) {
            return false;
        }
        element += field->shape->size;
        here.index++;
    }
    memcpy(into, &list, sizeof list);
    return true;
}

static bool decode_field(const ssv_field *field, const ssv_json *json, const path *at, void *into, ssv_error *error)
{
    size_t place = 0;
    switch (field->type) {
    case SSV_FIELD_STRING:
        if (!choose(field, json, at, &place, error)) {
            return false;
        }
        memcpy(into, &json->as.text, sizeof json->as.text);
        return true;
    case SSV_FIELD_CHOICE: {
        if (!choose(field, json, at, &place, error)) {
            return false;
        }
        int chosen = (int)place;
        memcpy(into, &chosen, sizeof chosen);
        return true;
    }
    case SSV_FIELD_STRINGS:
        return decode_strings(field, json, at, into, error);
    case SSV_FIELD_INT64:
    case SSV_FIELD_INT32:
    case SSV_FIELD_UINT32:
        return decode_int(field, json, at, into, error);
    case SSV_FIELD_NUMBER: {
        if (json->kind != SSV_JSON_NUMBER && json->kind != SSV_JSON_INT) {
            return wrong_type(error, at, json, "a number");
        }
        double number = json->kind == SSV_JSON_INT ? (double)json->as.integer : json->as.number;
        memcpy(into, &number, sizeof number);
        return true;
    }
    case SSV_FIELD_FLAG:
        if (json->kind != SSV_JSON_BOOL) {
            return wrong_type(error, at, json, "a boolean");
        }
        memcpy(into, &json->as.boolean, sizeof json->as.boolean);
        return true;
    case SSV_FIELD_OBJECT:
        return decode_object(field->shape, json, at, into, error);
    case SSV_FIELD_OBJECTS:
        return decode_objects(field, json, at, into, error);
    case SSV_FIELD_ANY:
        memcpy(into, &json, sizeof json);
        return true;
    }
    return false;
}

// === what is not given ===

static void fill(const ssv_shape *shape, char *into);

static void fill_field(const ssv_field *field, void *into)
{
    switch (field->type) {
    case SSV_FIELD_STRING: {
        ssv_str text = ssv_cstr(field->otherwise.text);
        memcpy(into, &text, sizeof text);
        return;
    }
    case SSV_FIELD_CHOICE: {
        int chosen = 0;
        for (size_t i = 0; field->otherwise.text != NULL && i < count_names(field->choices); i++) {
            chosen = strcmp(field->choices[i], field->otherwise.text) == 0 ? (int)i : chosen;
        }
        memcpy(into, &chosen, sizeof chosen);
        return;
    }
    case SSV_FIELD_INT64:
        memcpy(into, &field->otherwise.integer, sizeof field->otherwise.integer);
        return;
    case SSV_FIELD_INT32:
    case SSV_FIELD_UINT32: {
        uint32_t narrow = (uint32_t)(uint64_t)field->otherwise.integer;
        memcpy(into, &narrow, sizeof narrow);
        return;
    }
    case SSV_FIELD_NUMBER:
        memcpy(into, &field->otherwise.number, sizeof field->otherwise.number);
        return;
    case SSV_FIELD_FLAG:
        memcpy(into, &field->otherwise.flag, sizeof field->otherwise.flag);
        return;
    case SSV_FIELD_OBJECT:
        fill(field->shape, into);
        return;
    case SSV_FIELD_STRINGS:
    case SSV_FIELD_OBJECTS:
    case SSV_FIELD_ANY:
        return;
    }
}

static void fill(const ssv_shape *shape, char *into)
{
    for (size_t i = 0; i < shape->count; i++) {
        fill_field(&shape->fields[i], into + shape->fields[i].offset);
    }
}

// === objects ===

static bool unknown_key(const ssv_shape *shape, const path *at, ssv_error *error)
{
    const char **names = SSV_NEW(const char *, shape->count + 1);
    for (size_t i = 0; i < shape->count; i++) {
        names[i] = shape->fields[i].name;
    }
    if (shape->count == 0) {
        return wrong(error, at, ssv_format("unknown field `%.*s`, there are no fields", SSV_FMT(at->key)));
    }
    ssv_str all = one_of(names, shape->count);
    return wrong(error, at, ssv_format("unknown field `%.*s`, expected %.*s", SSV_FMT(at->key), SSV_FMT(all)));
}

static bool decode_object(const ssv_shape *shape, const ssv_json *json, const path *at, char *into, ssv_error *error)
{
    if (json->kind != SSV_JSON_OBJECT) {
        return wrong_type(error, at, json, "a map");
    }
    SSV_EACH_JSON(json, member) {
        path here = {at, member->key, 0};
        size_t i = 0;
        while (i < shape->count && !ssv_str_is(member->key, shape->fields[i].name)) {
            i++;
        }
        if (i == shape->count) {
            return unknown_key(shape, &here, error);
        }
        if (!decode_field(&shape->fields[i], member, &here, into + shape->fields[i].offset, error)) {
            return false;
        }
    }
    for (size_t i = 0; i < shape->count; i++) {
        const ssv_field *field = &shape->fields[i];
        if (ssv_json_get(json, ssv_cstr(field->name)) != NULL) {
            continue;
        }
        if (field->required) {
            return wrong(error, at, ssv_format("missing field `%s`", field->name));
        }
        fill_field(field, into + field->offset);
    }
    return true;
}

bool ssv_decode(ssv_str text, const ssv_shape *shape, void *into, ssv_error *error)
{
    memset(into, 0, shape->size);
    const ssv_json *json = ssv_json_read(text, error);
    if (json == NULL) {
        return false;
    }
    static const ssv_json nothing = {.kind = SSV_JSON_OBJECT};
    return decode_object(shape, json->kind == SSV_JSON_NULL ? &nothing : json, NULL, into, error);
}
