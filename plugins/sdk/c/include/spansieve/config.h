/**
 * @file config.h
 * The configuration of a policy: a struct, and a table that says what stands in it. The table becomes the JSON Schema that the host checks policy files
 * against, and decodes the configuration.
 *
 * @code{.c}
 * typedef struct {
 *     ssv_str team;
 *     int64_t limit;
 *     ssv_strings routes;
 * } config;
 *
 * SSV_CONFIG(config,
 *     SSV_STRING(config, team, .required = true, .about = "Who looks after failed requests"),
 *     SSV_INTEGER(config, limit, .otherwise.integer = 7),
 *     SSV_STRINGS(config, routes, .about = "Where it applies; everywhere if empty"));
 * @endcode
 */
#ifndef SPANSIEVE_CONFIG_H
#define SPANSIEVE_CONFIG_H

#include "json.h"

SSV_BEGIN

/** Why a configuration or a state cannot be used: one message for the operator. */
typedef struct ssv_error {
    /** Empty where nothing is wrong. */
    ssv_str message;
} ssv_error;

/** Says why, formatted as by ssv_format(), and gives false: `return ssv_refuse(error, "rules[%zu].key: is empty", i);` */
bool ssv_refuse(ssv_error *error, const char *format, ...) SSV_PRINTF(2, 3);

/** A list of strings in a configuration. */
typedef struct ssv_strings {
    const ssv_str *at;
    size_t count;
} ssv_strings;

/** A list of structs in a configuration: `SSV_LIST(rule) rules;`, described by #SSV_OBJECTS. */
#define SSV_LIST(type)                                                                                                                       \
    struct {                                                                                                                                 \
        const type *at;                                                                                                                      \
        size_t count;                                                                                                                        \
    }

/** @cond */
typedef enum ssv_field_type {
    SSV_FIELD_STRING,
    SSV_FIELD_STRINGS,
    SSV_FIELD_INT64,
    SSV_FIELD_INT32,
    SSV_FIELD_UINT32,
    SSV_FIELD_NUMBER,
    SSV_FIELD_FLAG,
    SSV_FIELD_CHOICE,
    SSV_FIELD_OBJECT,
    SSV_FIELD_OBJECTS,
    SSV_FIELD_ANY
} ssv_field_type;
/** @endcond */

struct ssv_shape;

/** One member of a configuration. Made by #SSV_STRING and its like; what follows the member's name there are members of this struct. */
typedef struct ssv_field {
    /** Its key. */
    const char *name;
    /** Where in the struct it lies. */
    size_t offset;
    ssv_field_type type;
    /** Whether it must be given. */
    bool required;
    /** Whether `minimum` and `maximum` hold. */
    bool bounded;
    /** For people; may be left out. */
    const char *about;
    /** What it is where it is not given: 0, false, absent or empty unless said otherwise. */
    union {
        const char *text;
        int64_t integer;
        double number;
        bool flag;
    } otherwise;
    /** Smallest and largest integer, where `bounded`. */
    int64_t minimum, maximum;
    /** The strings that are allowed, as #SSV_NAMES makes them; any where left out. The member of #SSV_CHOICE is the position of the one that is given. */
    const char *const *choices;
    /** Type of the object or of the list's elements. */
    const struct ssv_shape *shape;
} ssv_field;

/** What stands in a struct. Made by #SSV_CONFIG. */
typedef struct ssv_shape {
    size_t size;
    const ssv_field *fields;
    size_t count;
} ssv_shape;

/** The shape of no configuration. */
extern const ssv_shape ssv_no_config_shape;

/** For a policy that takes no configuration. */
typedef struct ssv_no_config {
    char unused;
} ssv_no_config;

#ifndef __cplusplus
/** Says what stands in a struct: the configuration itself, or an object in it, which must come before what holds it. */
#define SSV_CONFIG(config_type, ...)                                                                                                         \
    static const ssv_field config_type##_fields[] = {__VA_ARGS__};                                                                           \
    static const ssv_shape config_type##_shape = {sizeof(config_type), config_type##_fields, SSV_COUNT_OF(config_type##_fields)}

/** @cond Checks the type of the member by choosing among the types that fit: others do not compile. */
#define SSV_FIELD(config_type, member, field_type, ...) {.name = #member, .offset = offsetof(config_type, member), .type = field_type, __VA_ARGS__}
#define SSV_MEMBER(config_type, member) (((config_type *)0)->member)
/** @endcond */

/** A string; the member is an #ssv_str. `.otherwise.text`, `.choices`. */
#define SSV_STRING(config_type, member, ...)                                                                                                 \
    SSV_FIELD(config_type, member, _Generic(SSV_MEMBER(config_type, member), ssv_str: SSV_FIELD_STRING), __VA_ARGS__)
/** A list of strings; the member is an #ssv_strings. `.choices`. */
#define SSV_STRINGS(config_type, member, ...)                                                                                                \
    SSV_FIELD(config_type, member, _Generic(SSV_MEMBER(config_type, member), ssv_strings: SSV_FIELD_STRINGS), __VA_ARGS__)
/** An integer; the member is an int64_t, int32_t or uint32_t. `.otherwise.integer`, `.bounded`, `.minimum`, `.maximum`. */
#define SSV_INTEGER(config_type, member, ...)                                                                                                \
    SSV_FIELD(config_type, member,                                                                                                           \
              _Generic(SSV_MEMBER(config_type, member), int64_t: SSV_FIELD_INT64, int32_t: SSV_FIELD_INT32, uint32_t: SSV_FIELD_UINT32),     \
              __VA_ARGS__)
/** A number; the member is a double. `.otherwise.number`. */
#define SSV_NUMBER(config_type, member, ...)                                                                                                 \
    SSV_FIELD(config_type, member, _Generic(SSV_MEMBER(config_type, member), double: SSV_FIELD_NUMBER), __VA_ARGS__)
/** True or false; the member is a bool. `.otherwise.flag`. */
#define SSV_FLAG(config_type, member, ...)                                                                                                   \
    SSV_FIELD(config_type, member, _Generic(SSV_MEMBER(config_type, member), bool: SSV_FIELD_FLAG), __VA_ARGS__)
/** One of some strings; the member is an `int` and becomes the string's position in `.choices`. `.otherwise.text`, else the first. */
#define SSV_CHOICE(config_type, member, ...)                                                                                                 \
    SSV_FIELD(config_type, member, _Generic(SSV_MEMBER(config_type, member), int: SSV_FIELD_CHOICE), __VA_ARGS__)
/** An object; the member is a struct with #SSV_CONFIG. Where it is not given and not required, its members are what they are if not given. */
#define SSV_OBJECT(config_type, member, member_type, ...)                                                                                    \
    SSV_FIELD(config_type, member, _Generic(SSV_MEMBER(config_type, member), member_type: SSV_FIELD_OBJECT), .shape = &member_type##_shape,  \
              __VA_ARGS__)
/** A list of objects; the member is an #SSV_LIST of a struct with #SSV_CONFIG. */
#define SSV_OBJECTS(config_type, member, member_type, ...)                                                                                   \
    SSV_FIELD(config_type, member, _Generic(SSV_MEMBER(config_type, member).at, const member_type *: SSV_FIELD_OBJECTS),                     \
              .shape = &member_type##_shape, __VA_ARGS__)
/** Anything; the member is a `const ssv_json *`, NULL where it is not given. */
#define SSV_ANY(config_type, member, ...)                                                                                                    \
    SSV_FIELD(config_type, member, _Generic(SSV_MEMBER(config_type, member), const ssv_json *: SSV_FIELD_ANY), __VA_ARGS__)
/** The strings of `.choices`. */
#define SSV_NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})
#endif

/** The JSON Schema (2020-12) of a shape as JSON text. */
ssv_str ssv_schema(const ssv_shape *shape);

/** Decodes JSON text into a struct of this shape, which is filled with zeros first. `null` counts as `{}`. */
bool ssv_decode(ssv_str json, const ssv_shape *shape, void *into, ssv_error *error);

SSV_END

#endif
