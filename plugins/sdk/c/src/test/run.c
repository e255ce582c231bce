// Tests and their host: fakes in memory, and a way back out of a policy that fails.

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include "../guest.h"
#include "test.h"

struct ssvt_plugin {
    ssv_instance instance;
    struct ssvt_plugin *next;
};

typedef struct counter {
    ssv_str name;
    uint64_t sum;
    struct counter *next;
} counter;

typedef struct table {
    ssv_str name, text;
    struct table *next;
} table;

static ssvt_test *first_test, **last_test = &first_test;
static jmp_buf out_of_test, out_of_call;
static bool testing, expecting;
static ssv_str message_of_failure;

/// Of the test that runs. All but the plugins lie in the arena.
static struct {
    ssv_arena arena;
    ssvt_plugin *plugins;
    ssvt_line *lines;
    size_t line_count;
    counter *counters;
    table *tables;
} world;

void ssvt_register(ssvt_test *test)
{
    *last_test = test;
    last_test = &test->next;
}

void ssvt_fail_in(ssv_place place, const char *format, ...)
{
    ssv_arena_use(&world.arena);
    va_list arguments;
    va_start(arguments, format);
    ssv_str message = ssv_vformat(format, arguments);
    va_end(arguments);
    fprintf(stderr, "%s:%d: %.*s\n", place.file, place.line, SSV_FMT(message));
    if (!testing) {
        abort();
    }
    longjmp(out_of_test, 1);
}

// === the host ===

void ssv_host_log(ssv_level level, const char *at, size_t length)
{
    ssv_arena *before = ssv_arena_use(&world.arena);
    if (world.line_count % 64 == 0) {
        ssvt_line *grown = SSV_NEW(ssvt_line, world.line_count + 64);
        if (world.line_count > 0) {
            memcpy(grown, world.lines, world.line_count * sizeof *grown);
        }
        world.lines = grown;
    }
    world.lines[world.line_count].level = level;
    world.lines[world.line_count++].text = ssv_copy_str(ssv_slice(at, length));
    ssv_arena_use(before);
}

void ssv_host_count(const char *at, size_t length, uint64_t delta)
{
    counter *counter = world.counters;
    while (counter != NULL && !ssv_equal(counter->name, ssv_slice(at, length))) {
        counter = counter->next;
    }
    if (counter == NULL) {
        ssv_arena *before = ssv_arena_use(&world.arena);
        counter = SSV_NEW(struct counter, 1);
        counter->name = ssv_copy_str(ssv_slice(at, length));
        counter->next = world.counters;
        world.counters = counter;
        ssv_arena_use(before);
    }
    counter->sum += delta;
}

bool ssv_host_table(const char *at, size_t length, ssv_bytes *into)
{
    for (const table *table = world.tables; table != NULL; table = table->next) {
        if (ssv_equal(table->name, ssv_slice(at, length))) {
            ssv_str copy = ssv_copy_str(table->text);
            into->at = (const uint8_t *)copy.at;
            into->length = copy.length;
            return true;
        }
    }
    return false;
}

void ssv_host_fail(const char *at, size_t length)
{
    if (expecting) {
        ssv_arena_use(&world.arena);
        message_of_failure = ssv_copy_str(ssv_slice(at, length));
        longjmp(out_of_call, 1);
    }
    fprintf(stderr, "%.*s\n", (int)length, at);
    if (!testing) {
        abort();
    }
    longjmp(out_of_test, 1);
}

size_t ssvt_line_count(void)
{
    return world.line_count;
}

ssvt_line ssvt_line_at(size_t index)
{
    if (index >= world.line_count) {
        ssvt_fail("there are only %zu log lines", world.line_count);
    }
    return world.lines[index];
}

uint64_t ssvt_counter(const char *name)
{
    for (const counter *counter = world.counters; counter != NULL; counter = counter->next) {
        if (ssv_str_is(counter->name, name)) {
            return counter->sum;
        }
    }
    return 0;
}

void ssvt_set_table(const char *name, const char *text)
{
    table *table = SSV_NEW(struct table, 1);
    table->name = ssv_cstr(name);
    table->text = ssv_cstr(text);
    table->next = world.tables;
    world.tables = table;
}

// === plugins ===

static ssvt_plugin *new_plugin(const ssv_policy *policy)
{
    ssvt_plugin *plugin = calloc(1, sizeof *plugin);
    if (plugin == NULL) {
        abort();
    }
    plugin->instance.policy = policy;
    plugin->next = world.plugins;
    world.plugins = plugin;
    return plugin;
}

ssvt_plugin *ssvt_configure(const ssv_policy *policy, const char *json)
{
    ssvt_plugin *plugin = new_plugin(policy);
    ssv_error error;
    if (!ssv_instance_configure(&plugin->instance, ssv_cstr(json), &error)) {
        ssvt_fail("%s refuses %s: %.*s", policy->name, json, SSV_FMT(error.message));
    }
    return plugin;
}

ssv_str ssvt_refusal(const ssv_policy *policy, const char *json)
{
    ssv_error error;
    if (ssv_instance_configure(&new_plugin(policy)->instance, ssv_cstr(json), &error)) {
        ssvt_fail("%s takes %s", policy->name, json);
    }
    return error.message;
}

ssv_bytes ssvt_process(ssvt_plugin *plugin, ssv_bytes blob)
{
    return ssv_instance_process(&plugin->instance, blob);
}

ssvt_batch *ssvt_run(ssvt_plugin *plugin, const ssvt_batch *batch)
{
    ssv_bytes edits = ssvt_process(plugin, ssvt_encode(batch, &plugin->instance.setup));
    ssv_str copy = ssv_copy_str(ssv_slice((const char *)edits.at, edits.length));
    edits.at = (const uint8_t *)copy.at;
    return ssvt_apply(ssvt_encode(batch, NULL), edits);
}

ssv_bytes ssvt_save(ssvt_plugin *plugin)
{
    ssv_bytes state = ssv_instance_save(&plugin->instance);
    ssv_str copy = ssv_copy_str(ssv_slice((const char *)state.at, state.length));
    state.at = (const uint8_t *)copy.at;
    return state;
}

bool ssvt_restore(ssvt_plugin *plugin, ssv_bytes state, ssv_str *refusal)
{
    ssv_error error;
    bool restored = ssv_instance_restore(&plugin->instance, state, &error);
    *refusal = error.message;
    return restored;
}

ssv_str ssvt_failure_of(void (*function)(void *), void *context)
{
    ssv_arena *before = ssv_arena_use(&world.arena);
    ssv_arena_use(before);
    expecting = true;
    if (setjmp(out_of_call) == 0) {
        function(context);
        expecting = false;
        ssvt_fail("expected a failure");
    }
    expecting = false;
    ssv_arena_use(before);
    return message_of_failure;
}

typedef struct {
    ssvt_plugin *plugin;
    ssv_bytes blob;
} call;

static void process(void *context)
{
    call *call = context;
    (void)ssvt_process(call->plugin, call->blob);
}

ssv_str ssvt_failure(ssvt_plugin *plugin, const ssvt_batch *batch)
{
    call call = {plugin, ssvt_encode(batch, &plugin->instance.setup)};
    return ssvt_failure_of(process, &call);
}

// === checks ===

void ssvt_check_text_in(ssv_str found, const char *expected, ssv_place place)
{
    if (!ssv_str_is(found, expected)) {
        ssvt_fail_in(place, "expected \"%s\", found \"%.*s\"", expected, SSV_FMT(found));
    }
}

void ssvt_check_int_in(int64_t found, int64_t expected, ssv_place place)
{
    if (found != expected) {
        ssvt_fail_in(place, "expected %lld, found %lld", (long long)expected, (long long)found);
    }
}

void ssvt_check_attr_in(const ssv_dict *attributes, ssv_str key, ssv_value expected, ssv_place place)
{
    const ssv_value *found = ssvt_find(attributes, key);
    ssv_str want = ssvt_show(&expected), have = found == NULL ? ssv_cstr("no such attribute") : ssvt_show(found);
    if (found == NULL || !ssvt_equal(found, &expected)) {
        ssvt_fail_in(place, "expected %.*s = %.*s, found %.*s", SSV_FMT(key), SSV_FMT(want), SSV_FMT(have));
    }
}

void ssvt_check_no_attr_in(const ssv_dict *attributes, ssv_str key, ssv_place place)
{
    const ssv_value *found = ssvt_find(attributes, key);
    if (found != NULL) {
        ssv_str have = ssvt_show(found);
        ssvt_fail_in(place, "expected no attribute %.*s, found %.*s", SSV_FMT(key), SSV_FMT(have));
    }
}

// === running tests ===

static bool run(const ssvt_test *test)
{
    memset(&world, 0, sizeof world);
    ssv_arena_use(&world.arena);
    testing = true;
    expecting = false;
    bool passed = setjmp(out_of_test) == 0;
    if (passed) {
        test->function();
    }
    testing = false;
    while (world.plugins != NULL) {
        ssvt_plugin *next = world.plugins->next;
        ssv_instance_free(&world.plugins->instance);
        free(world.plugins);
        world.plugins = next;
    }
    ssv_arena_use(NULL);
    ssv_arena_free(&world.arena);
    return passed;
}

static bool wanted(const ssvt_test *test, int count, char **names)
{
    for (int i = 1; i < count; i++) {
        if (strcmp(names[i], test->name) == 0) {
            return true;
        }
    }
    return count < 2;
}

int main(int count, char **names)
{
    int passed = 0, failed = 0;
    for (const ssvt_test *test = first_test; test != NULL; test = test->next) {
        if (wanted(test, count, names)) {
            bool ok = run(test);
            printf("%s %s\n", ok ? "ok    " : "FAILED", test->name);
            (void)fflush(stdout);
            passed += ok;
            failed += !ok;
        }
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed > 0 || passed == 0;
}
