// A small reader of JSON.

#include <spansieve.h>

typedef struct {
    const char *at, *start, *end;
    ssv_error *error;
} reader;

static bool wrong(reader *in, const char *what)
{
    return ssv_refuse(in->error, "no JSON at byte %zu: %s", (size_t)(in->at - in->start), what);
}

static void skip_space(reader *in)
{
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\t' || *in->at == '\n' || *in->at == '\r')) {
        in->at++;
    }
}

static bool take(reader *in, char c)
{
    if (in->at < in->end && *in->at == c) {
        in->at++;
        return true;
    }
    return false;
}

static bool take_word(reader *in, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(in->end - in->at) < length || memcmp(in->at, word, length) != 0) {
        return false;
    }
    in->at += length;
    return true;
}

// === strings ===

static bool read_hex(reader *in, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++, in->at++) {
        if (in->at == in->end) {
            return wrong(in, "the text ends in a string");
        }
        char c = *in->at;
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        if (digit == 16) {
            return wrong(in, "expected four hexadecimal digits");
        }
        *code = *code << 4 | digit;
    }
    return true;
}

static size_t put_utf8(char *out, uint32_t code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(lead[more] | code >> (6 * more));
    for (size_t i = 1; i <= more; i++) {
        out[i] = (char)(0x80 | (code >> (6 * (more - i)) & 0x3F));
    }
    return more + 1;
}

static bool read_escape(reader *in, char *out, size_t *length)
{
    static const char names[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    if (in->at == in->end) {
        return wrong(in, "the text ends in a string");
    }
    const char *name = memchr(names, *in->at, sizeof names - 1);
    if (name != NULL) {
        in->at++;
        out[(*length)++] = means[name - names];
        return true;
    }
    uint32_t code, low;
    if (!take(in, 'u')) {
        return wrong(in, "no such escape");
    }
    if (!read_hex(in, &code)) {
        return false;
    }
    if (code >= 0xD800 && code < 0xDC00) {
        if (!take_word(in, "\\u") || !read_hex(in, &low) || low < 0xDC00 || low > 0xDFFF) {
            return wrong(in, "half of a surrogate pair");
        }
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xDC00 && code < 0xE000) {
        return wrong(in, "half of a surrogate pair");
    }
    *length += put_utf8(out + *length, code);
    return true;
}

/// Behind the opening quote. What is escaped is never shorter than what it means, so the rest of the string is room enough.
static bool read_string(reader *in, ssv_str *text)
{
    const char *close = in->at;
    while (close < in->end && *close != '"') {
        close += *close == '\\' && in->end - close > 1 ? 2 : 1;
    }
    if (close == in->end) {
        in->at = in->end;
        return wrong(in, "the text ends in a string");
    }
    char *out = ssv_alloc((size_t)(close - in->at) + 1);
    size_t length = 0;
    for (;;) {
        if (take(in, '"')) {
            *text = ssv_slice(out, length);
            return true;
        }
        if (take(in, '\\')) {
            if (!read_escape(in, out, &length)) {
                return false;
            }
        } else if (in->at == in->end || (unsigned char)*in->at < 0x20) {
            return wrong(in, "a control character in a string");
        } else {
            out[length++] = *in->at++;
        }
    }
}

// === numbers ===

static bool digits(reader *in)
{
    const char *start = in->at;
    while (in->at < in->end && *in->at >= '0' && *in->at <= '9') {
        in->at++;
    }
    return in->at > start;
}

static bool read_number(reader *in, ssv_json *json)
{
    const char *start = in->at;
    bool negative = take(in, '-');
    const char *first = in->at;
    if (!digits(in) || (*first == '0' && in->at > first + 1)) {
        return wrong(in, "expected a value");
    }
    uint64_t size = 0;
    bool whole = in->at - first <= 19;
    for (const char *at = first; whole && at < in->at; at++) {
        size = size * 10 + (uint64_t)(*at - '0');
    }
    if (take(in, '.')) {
        whole = false;
        if (!digits(in)) {
            return wrong(in, "expected digits behind the point");
        }
    }
    if (take(in, 'e') || take(in, 'E')) {
        whole = false;
        if (!take(in, '-')) {
            (void)take(in, '+');
        }
        if (!digits(in)) {
            return wrong(in, "expected digits of the exponent");
        }
    }
    if (whole && size <= (uint64_t)INT64_MAX + (negative ? 1 : 0)) {
        json->kind = SSV_JSON_INT;
        json->as.integer = negative ? (int64_t)(0 - size) : (int64_t)size;
    } else {
        json->kind = SSV_JSON_NUMBER;
        json->as.number = ssv_read_double(start, (size_t)(in->at - start));
    }
    return true;
}

// === values ===

static bool read_value(reader *in, ssv_json *json, int depth);

static bool read_items(reader *in, ssv_json *json, char close, int depth)
{
    ssv_json **last = &json->as.first;
    skip_space(in);
    if (take(in, close)) {
        return true;
    }
    for (;;) {
        ssv_json *item = SSV_NEW(ssv_json, 1);
        skip_space(in);
        if (json->kind == SSV_JSON_OBJECT) {
            if (!take(in, '"')) {
                return wrong(in, "expected a key");
            }
            if (!read_string(in, &item->key)) {
                return false;
            }
            skip_space(in);
            if (!take(in, ':')) {
                return wrong(in, "expected `:`");
            }
        }
        if (!read_value(in, item, depth + 1)) {
            return false;
        }
        *last = item;
        last = &item->next;
        json->count++;
        skip_space(in);
        if (take(in, close)) {
            return true;
        }
        if (!take(in, ',')) {
            return wrong(in, close == ']' ? "expected `,` or `]`" : "expected `,` or `}`");
        }
    }
}

static bool read_value(reader *in, ssv_json *json, int depth)
{
    if (depth > SSV_MAX_DEPTH) {
        return wrong(in, "nested too deep");
    }
    skip_space(in);
    if (in->at == in->end) {
        return wrong(in, "expected a value");
    }
    if (take(in, '"')) {
        json->kind = SSV_JSON_STRING;
        return read_string(in, &json->as.text);
    }
    if (take(in, '[')) {
        json->kind = SSV_JSON_ARRAY;
        return read_items(in, json, ']', depth);
    }
    if (take(in, '{')) {
        json->kind = SSV_JSON_OBJECT;
        return read_items(in, json, '}', depth);
    }
    if (take_word(in, "null")) {
        json->kind = SSV_JSON_NULL;
        return true;
    }
    if (take_word(in, "true")) {
        json->kind = SSV_JSON_BOOL;
        json->as.boolean = true;
        return true;
    }
    if (take_word(in, "false")) {
        json->kind = SSV_JSON_BOOL;
        return true;
    }
    return read_number(in, json);
}

const ssv_json *ssv_json_read(ssv_str text, ssv_error *error)
{
    ssv_json *json = SSV_NEW(ssv_json, 1);
    reader in = {text.at, text.at, text.at + text.length, error};
    if (!read_value(&in, json, 0)) {
        return NULL;
    }
    skip_space(&in);
    if (in.at < in.end) {
        (void)wrong(&in, "expected the end");
        return NULL;
    }
    return json;
}

const ssv_json *ssv_json_get(const ssv_json *object, ssv_str key)
{
    const ssv_json *found = NULL;
    if (object != NULL && object->kind == SSV_JSON_OBJECT) {
        SSV_EACH_JSON(object, member) {
            found = ssv_equal(member->key, key) ? member : found;
        }
    }
    return found;
}

ssv_value ssv_json_value(const ssv_json *json)
{
    ssv_list list = {0};
    ssv_dict map = {0};
    switch (json->kind) {
    case SSV_JSON_NULL:
        break;
    case SSV_JSON_BOOL:
        return ssv_bool(json->as.boolean);
    case SSV_JSON_INT:
        return ssv_int(json->as.integer);
    case SSV_JSON_NUMBER:
        return ssv_double(json->as.number);
    case SSV_JSON_STRING:
        return ssv_text(json->as.text);
    case SSV_JSON_ARRAY:
        SSV_EACH_JSON(json, item) {
            ssv_push(&list, ssv_json_value(item));
        }
        return ssv_list_value(&list);
    case SSV_JSON_OBJECT:
        SSV_EACH_JSON(json, member) {
            ssv_put(&map, member->key, ssv_json_value(member));
        }
        return ssv_dict_value(&map);
    }
    return ssv_empty();
}
