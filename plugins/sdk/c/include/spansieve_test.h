/**
 * @file spansieve_test.h
 * Native unit tests of policies, without WebAssembly: build a batch, run the policy, look at the spans after. The policy is given only what it asked for,
 * and its edits are checked as the host checks them.
 *
 * @code{.c}
 * #include <spansieve_test.h>
 *
 * extern const ssv_policy policy;
 *
 * SSVT_TEST(failed_requests_get_a_team) {
 *     ssvt_plugin *plugin = ssvt_configure(&policy, "{\"team\": \"payments\"}");
 *     ssvt_batch *batch = ssvt_new_batch();
 *     ssvt_span *span = ssvt_add_span(batch, "GET /cart");
 *     span->status = SSV_STATUS_ERROR;
 *     ssvt_attr(span, "http.route", ssv_text("/cart"));
 *     ssvt_batch *after = ssvt_run(plugin, batch);
 *     ssvt_check_attr(after->spans[0], "team", ssv_text("payments"));
 * }
 * @endcode
 *
 * Link with the policy's source, `src/` and `src/test/` of the SDK, which has `main`. Arguments of the program are names of tests; without one all run.
 * Whatever a test takes with ssv_alloc() is freed when it is over. Static variables of the policy stay: configure it anew in each test.
 */
#ifndef SPANSIEVE_TEST_H
#define SPANSIEVE_TEST_H

#include "spansieve.h"

SSV_BEGIN

// === tests ===

/** @cond */
typedef struct ssvt_test {
    const char *name;
    void (*function)(void);
    struct ssvt_test *next;
} ssvt_test;

void ssvt_register(ssvt_test *test);
SSV_NORETURN void ssvt_fail_in(ssv_place place, const char *format, ...) SSV_PRINTF(2, 3);
/** @endcond */

/** Defines a test: `SSVT_TEST(name_of_what_holds) { ... }`. It is found by itself. */
#define SSVT_TEST(identifier)                                                                                                                \
    static void identifier(void);                                                                                                            \
    __attribute__((constructor)) static void identifier##_register(void)                                                                     \
    {                                                                                                                                        \
        static ssvt_test test = {#identifier, identifier, NULL};                                                                             \
        ssvt_register(&test);                                                                                                                \
    }                                                                                                                                        \
    static void identifier(void)

/** The test fails, with this message. */
#define ssvt_fail(...) ssvt_fail_in(SSV_PLACE, __VA_ARGS__)

/** The test fails unless the condition holds. */
#define ssvt_check(condition) ((condition) ? (void)0 : ssvt_fail("expected %s", #condition))

/** The test fails unless two texts are equal. `found` is an #ssv_str, `expected` a string of C. */
#define ssvt_check_text(found, expected) ssvt_check_text_in((found), (expected), SSV_PLACE)

/** The test fails unless two integers are equal. */
#define ssvt_check_int(found, expected) ssvt_check_int_in((int64_t)(found), (int64_t)(expected), SSV_PLACE)

/** The test fails unless what was described has the attribute with this value: `ssvt_check_attr(after->spans[0], "team", ssv_text("a"))`. */
#define ssvt_check_attr(on, key, expected) ssvt_check_attr_in(&(on)->attributes, ssv_cstr(key), (expected), SSV_PLACE)

/** The test fails if what was described has the attribute. */
#define ssvt_check_no_attr(on, key) ssvt_check_no_attr_in(&(on)->attributes, ssv_cstr(key), SSV_PLACE)

// === spans, described ===

/** An event. */
typedef struct ssvt_event {
    ssv_str name;
    uint64_t time;
    ssv_dict attributes;
    uint32_t dropped_attributes;
} ssvt_event;

/** A link. */
typedef struct ssvt_link {
    uint8_t trace_id[16], span_id[8];
    ssv_str tracestate;
    uint32_t flags;
    ssv_dict attributes;
    uint32_t dropped_attributes;
} ssvt_link;

/** A span. */
typedef struct ssvt_span {
    uint8_t trace_id[16], id[8], parent_id[8];
    uint64_t start, end;
    ssv_str name;
    ssv_span_kind_code kind;
    ssv_status status;
    ssv_str message, tracestate;
    uint32_t flags;
    ssv_dict attributes;
    ssvt_event **events;
    size_t event_count;
    ssvt_link **links;
    size_t link_count;
    uint32_t dropped_attributes, dropped_events, dropped_links;
    /** Index of its scope. */
    size_t scope;
    /** After a run: whether the policy dropped it. It is still in the batch. */
    bool dropped;
    /** After a run: whether the policy marked it as sampled. */
    bool kept;
} ssvt_span;

/** An instrumentation scope. */
typedef struct ssvt_scope {
    ssv_str name, version, schema_url;
    ssv_dict attributes;
    uint32_t dropped_attributes;
    /** Index of its resource. */
    size_t resource;
} ssvt_scope;

/** A resource. */
typedef struct ssvt_resource {
    ssv_dict attributes;
    ssv_str schema_url;
    uint32_t dropped_attributes;
} ssvt_resource;

/** A trace of a grouped batch: the spans up to `end`. */
typedef struct ssvt_trace {
    size_t end;
    ssv_reason reason;
} ssvt_trace;

/** A batch of spans. */
typedef struct ssvt_batch {
    ssvt_resource **resources;
    size_t resource_count;
    ssvt_scope **scopes;
    size_t scope_count;
    ssvt_span **spans;
    size_t span_count;
    bool grouped;
    ssvt_trace *traces;
    size_t trace_count;
    uint64_t now;
    /** NaN where unknown. */
    double head_probability;
    /** Texts that nothing names. */
    ssv_str *loose;
    size_t loose_count;
    /** After a run: the edits as the host gets them; empty where the policy changed nothing. */
    ssv_bytes edits;
} ssvt_batch;

/** An empty batch of a host that knows no head probability, with one resource and one scope. */
ssvt_batch *ssvt_new_batch(void);
/** Adds a resource, for the scopes to come. Before any span it takes the place of the one that the batch begins with. */
ssvt_resource *ssvt_add_resource(ssvt_batch *batch);
/** Adds a scope, for the spans to come. Before any span it takes the place of the one that the batch begins with. */
ssvt_scope *ssvt_add_scope(ssvt_batch *batch, const char *name);
/** Adds a sampled root span of 1 ms of kind internal. */
ssvt_span *ssvt_add_span(ssvt_batch *batch, const char *name);
/** Makes the spans since the last trace, or the beginning, a trace: all but the first get the first one as parent where they have none. */
void ssvt_end_trace(ssvt_batch *batch, ssv_reason reason);
/** Adds an event. */
ssvt_event *ssvt_add_event(ssvt_span *span, const char *name);
/** Adds a link to a span of another trace. */
ssvt_link *ssvt_add_link(ssvt_span *span);
/** Adds an attribute to a span, event, link, scope or resource. */
#define ssvt_attr(on, key, value) ssv_put_str(&(on)->attributes, ssv_cstr(key), (value))
/** The value of the first attribute with this key; NULL where there is none. */
#define ssvt_get(on, key) ssvt_find(&(on)->attributes, ssv_cstr(key))

/** @cond */
const ssv_value *ssvt_find(const ssv_dict *attributes, ssv_str key);
void ssvt_check_text_in(ssv_str found, const char *expected, ssv_place place);
void ssvt_check_int_in(int64_t found, int64_t expected, ssv_place place);
void ssvt_check_attr_in(const ssv_dict *attributes, ssv_str key, ssv_value expected, ssv_place place);
void ssvt_check_no_attr_in(const ssv_dict *attributes, ssv_str key, ssv_place place);
/** @endcond */

/** Whether two values that were made are the same, bit by bit. */
bool ssvt_equal(const ssv_value *a, const ssv_value *b);
/** A value as the text form of spans shows it. */
ssv_str ssvt_show(const ssv_value *value);

// === running ===

/** A configured policy. */
typedef struct ssvt_plugin ssvt_plugin;

/** Configures a policy, from the configuration as JSON text. The test fails where it is refused. */
ssvt_plugin *ssvt_configure(const ssv_policy *policy, const char *json);
/** The message with which the policy refuses a configuration. The test fails where it takes it. */
ssv_str ssvt_refusal(const ssv_policy *policy, const char *json);
/** Runs the policy over a batch and gives the batch after its edits. The test fails where the policy does, or an edit breaks a rule of the layout. */
ssvt_batch *ssvt_run(ssvt_plugin *plugin, const ssvt_batch *batch);
/** The message with which the policy fails on a batch. The test fails where it does not. */
ssv_str ssvt_failure(ssvt_plugin *plugin, const ssvt_batch *batch);
/** Calls the policy with a batch blob as it is and gives the edits blob. */
ssv_bytes ssvt_process(ssvt_plugin *plugin, ssv_bytes blob);
/** The policy's state, copied. */
ssv_bytes ssvt_save(ssvt_plugin *plugin);
/** Hands the policy a state. Says whether it took it, and its message if not. */
bool ssvt_restore(ssvt_plugin *plugin, ssv_bytes state, ssv_str *refusal);
/** Runs a function that has to fail by #SSV_FAIL and gives its message. The test fails where it does not. */
ssv_str ssvt_failure_of(void (*function)(void *), void *context);

// === the host ===

/** A line that was logged. */
typedef struct ssvt_line {
    ssv_level level;
    ssv_str text;
} ssvt_line;

/** How many lines were logged in this test. */
size_t ssvt_line_count(void);
/** A line that was logged in this test. */
ssvt_line ssvt_line_at(size_t index);
/** How much a policy has counted in this test. */
uint64_t ssvt_counter(const char *name);
/** Gives policies of this test a look-up table. */
void ssvt_set_table(const char *name, const char *text);

// === blobs ===

/** A batch as a blob: with the columns that `setup` asks for, or all where it is NULL. */
ssv_bytes ssvt_encode(const ssvt_batch *batch, const ssv_setup *setup);
/** A blob with every column as a batch. */
ssvt_batch *ssvt_decode(ssv_bytes blob);
/** Checks edits by the rules of `wit/layout.md` and applies them to a batch with every column. The test fails where they break one. */
ssvt_batch *ssvt_apply(ssv_bytes batch, ssv_bytes edits);

SSV_END

#endif
