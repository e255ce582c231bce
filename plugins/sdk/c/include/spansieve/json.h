/**
 * @file json.h
 * A small reader of JSON: for tables, and what configurations are decoded with. Strict (RFC 8259), no deeper than #SSV_MAX_DEPTH; integers are exact.
 */
#ifndef SPANSIEVE_JSON_H
#define SPANSIEVE_JSON_H

#include "value.h"

SSV_BEGIN

/** What sort of thing a JSON value is. A number without fraction and exponent that fits is an integer. */
typedef enum ssv_json_kind {
    SSV_JSON_NULL,
    SSV_JSON_BOOL,
    SSV_JSON_INT,
    SSV_JSON_NUMBER,
    SSV_JSON_STRING,
    SSV_JSON_ARRAY,
    SSV_JSON_OBJECT
} ssv_json_kind;

/** A JSON value. Its memory is ssv_alloc()'s. */
typedef struct ssv_json {
    ssv_json_kind kind;
    /** The key, where it is a member of an object. */
    ssv_str key;
    union {
        /** #SSV_JSON_BOOL */
        bool boolean;
        /** #SSV_JSON_INT */
        int64_t integer;
        /** #SSV_JSON_NUMBER */
        double number;
        /** #SSV_JSON_STRING */
        ssv_str text;
        /** #SSV_JSON_ARRAY and #SSV_JSON_OBJECT: the first element or member; NULL where there is none. */
        struct ssv_json *first;
    } as;
    /** The element or member behind this one; NULL for the last. */
    struct ssv_json *next;
    /** How many elements or members it has. */
    size_t count;
} ssv_json;

struct ssv_error;

/** Reads one JSON text. NULL, and a message in `error`, where it is none. Strings have their escapes resolved. */
const ssv_json *ssv_json_read(ssv_str text, struct ssv_error *error);

/** The member of an object with this key; NULL where there is none, or it is no object. Of two with the same key the last counts. */
const ssv_json *ssv_json_get(const ssv_json *object, ssv_str key);

/** A JSON value as the value of an attribute: `null` becomes a value that is not set. */
ssv_value ssv_json_value(const ssv_json *json);

/** For each element of an array or member of an object: `SSV_EACH_JSON(array, item) { ... }`, where `item` is a pointer. Nothing for other values. */
#define SSV_EACH_JSON(of, name) for (const ssv_json *name = ssv_json_first(of); name != NULL; name = name->next)

/** @cond */
static inline const ssv_json *ssv_json_first(const ssv_json *json)
{
    return json != NULL && (json->kind == SSV_JSON_ARRAY || json->kind == SSV_JSON_OBJECT) ? json->as.first : NULL;
}

/** The nearest double to a decimal number, as JSON writes it. */
double ssv_read_double(const char *at, size_t length);
/** The shortest decimal number that reads as this double. `into` has room for 32 bytes; gives the length. */
size_t ssv_write_double(double number, char *into);
/** @endcond */

SSV_END

#endif
