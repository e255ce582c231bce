// The component: what the world of `wit/` imports and exports, in the canonical ABI, by hand. Empty natively.

#include "guest.h"

#ifdef __wasm__

#include <stdlib.h>

#define EXPORT(name) __attribute__((export_name(name)))
#define PLUGIN "spansieve:policy/plugin@0.1.1#"
#define IMPORT(name) __attribute__((import_module("spansieve:policy/host@0.1.1"), import_name(name)))

// === imports ===

/// `option<list<u8>>` in memory.
typedef struct {
    uint8_t some;
    const uint8_t *at;
    size_t length;
} optional_bytes;

IMPORT("log") void import_log(int32_t level, const char *at, size_t length);
IMPORT("count") void import_count(const char *at, size_t length, uint64_t delta);
IMPORT("fail") void import_fail(const char *at, size_t length);
IMPORT("table") void import_table(const char *at, size_t length, optional_bytes *into);

void ssv_host_log(ssv_level level, const char *at, size_t length)
{
    ssv_str text = ssv_as_utf8(ssv_slice(at, length));
    import_log((int32_t)level, text.at, text.length);
}

void ssv_host_count(const char *at, size_t length, uint64_t delta)
{
    ssv_str name = ssv_as_utf8(ssv_slice(at, length));
    import_count(name.at, name.length, delta);
}

bool ssv_host_table(const char *at, size_t length, ssv_bytes *table)
{
    optional_bytes found;
    ssv_str name = ssv_as_utf8(ssv_slice(at, length));
    import_table(name.at, name.length, &found);
    if (found.some == 0) {
        return false;
    }
    table->at = found.at;
    table->length = found.length;
    return true;
}

void ssv_host_fail(const char *at, size_t length)
{
    ssv_str message = ssv_as_utf8(ssv_slice(at, length));
    import_fail(message.at, message.length);
    __builtin_trap();
}

// === memory that the host asks for ===

static ssv_instance instance;

/// While a policy runs the host asks for what an import gives, which lives as the policy's memory does. Otherwise it asks for an argument: that takes the
/// place of the one of the call before, so that memory does not grow from batch to batch.
static bool running;
static uint8_t *argument;
static size_t argument_room;

EXPORT("cabi_realloc") void *cabi_realloc(void *before, size_t size_before, size_t align, size_t size)
{
    (void)align;
    if (running || before != NULL) {
        uint8_t *at = ssv_alloc(size);
        if (before != NULL) {
            memcpy(at, before, size_before < size ? size_before : size);
        }
        return at;
    }
    if (size > argument_room) {
        // Some more than is needed: batches are of about the same size, and each new largest one would move it.
        argument_room = size + size / 4;
        // Free first: the two never have to be there at once.
        free(argument);
        argument = ssv_grow(NULL, argument_room, 1);
    }
    return argument;
}

// === exports ===

typedef struct {
    const void *at;
    size_t count;
} run;

static struct {
    run name, version, about;
    uint32_t layout;
    run schema;
} description;

static struct {
    uint8_t failed;
    union {
        struct {
            run columns, keys;
            uint8_t by_trace;
        } interest;
        run message;
    } of;
} configured;

static struct {
    uint8_t failed;
    run message;
} restored;

static run result;

static run run_of(ssv_str text)
{
    ssv_str valid = ssv_as_utf8(text);
    run run = {valid.at, valid.length};
    return run;
}

static void begin(void)
{
    running = true;
    instance.policy = ssv_no_policy_is_exported__write_SSV_EXPORT_in_one_source_file;
}

EXPORT(PLUGIN "describe") void *ssv_export_describe(void)
{
    begin();
    ssv_arena_use(&instance.arena);
    const ssv_policy *policy = instance.policy;
    ssv_instance_check(policy);
    description.name = run_of(ssv_cstr(policy->name));
    description.version = run_of(ssv_cstr(policy->version == NULL ? "0.1.0" : policy->version));
    description.about = run_of(ssv_cstr(policy->about));
    description.layout = SSV_LAYOUT;
    description.schema = run_of(ssv_schema(policy->config));
    running = false;
    return &description;
}

EXPORT(PLUGIN "configure") void *ssv_export_configure(const char *at, size_t length)
{
    static uint32_t columns[SSV_COLUMN_IDS];
    begin();
    ssv_error error;
    configured.failed = !ssv_instance_configure(&instance, ssv_slice(at, length), &error);
    if (configured.failed != 0) {
        configured.of.message = run_of(error.message);
    } else {
        run *keys = ssv_arena_take(&instance.arena, instance.setup.key_count * sizeof(run));
        for (uint32_t i = 0; i < instance.setup.key_count; i++) {
            keys[i] = run_of(instance.setup.keys[i]);
        }
        configured.of.interest.columns.at = columns;
        configured.of.interest.columns.count = ssv_setup_columns(&instance.setup, columns);
        configured.of.interest.keys.at = keys;
        configured.of.interest.keys.count = instance.setup.key_count;
        configured.of.interest.by_trace = instance.setup.by_trace;
    }
    running = false;
    return &configured;
}

EXPORT(PLUGIN "process") void *ssv_export_process(const uint8_t *at, size_t length)
{
    begin();
    ssv_bytes batch = {at, length};
    ssv_bytes edits = ssv_instance_process(&instance, batch);
    result.at = edits.at;
    result.count = edits.length;
    running = false;
    return &result;
}

EXPORT(PLUGIN "save") void *ssv_export_save(void)
{
    begin();
    ssv_bytes state = ssv_instance_save(&instance);
    result.at = state.at;
    result.count = state.length;
    running = false;
    return &result;
}

EXPORT(PLUGIN "restore") void *ssv_export_restore(const uint8_t *at, size_t length)
{
    begin();
    ssv_bytes state = {at, length};
    ssv_error error;
    restored.failed = !ssv_instance_restore(&instance, state, &error);
    restored.message = run_of(error.message);
    running = false;
    return &restored;
}

// Nothing is to be freed after a call: what was given is used again or lives on.

#endif
