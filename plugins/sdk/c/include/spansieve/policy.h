/**
 * @file policy.h
 * A policy: what a plugin does to batches of spans.
 */
#ifndef SPANSIEVE_POLICY_H
#define SPANSIEVE_POLICY_H

#include "config.h"
#include "edits.h"
#include "setup.h"

SSV_BEGIN

/**
 * A policy, made by #SSV_POLICY. The host makes an instance, configures it once, and then calls `process` for each batch, never twice at once. It may
 * replace the instance between two batches, taking the state along if there is `save`. An instance has its memory to itself: static variables
 * are the place for what a policy knows.
 */
typedef struct ssv_policy {
    /** A short name in kebab-case, such as `redact`. Needed. */
    const char *name;
    /** The plugin's own version, as in SemVer; `0.1.0` where it is left out. */
    const char *version;
    /** One sentence for people. Needed. */
    const char *about;
    /** The state to hand to the instance that takes over; empty for none. Its memory may be ssv_alloc()'s. NULL where the policy keeps no state. */
    ssv_bytes (*save)(void);
    /** Takes over a state that `save` gave, perhaps in an older version of the policy. `return ssv_refuse(error, ...)` where it cannot be used: the instance
     * starts fresh, and the operator reads why. Called after `configure`, if at all. NULL where the policy keeps no state. */
    bool (*restore)(ssv_bytes state, ssv_error *error);
    /** Set by #SSV_POLICY: the configuration's type. */
    const ssv_shape *config;
    /** Set by #SSV_POLICY: takes the configuration and says in `setup` what the policy reads. `return ssv_refuse(error, ...)` where it cannot be used. */
    bool (*configure)(const void *config, ssv_setup *setup, ssv_error *error);
    /** Set by #SSV_POLICY: looks at a batch and takes down edits. */
    void (*process)(const ssv_batch *batch, ssv_edits *edits);
} ssv_policy;

#ifndef __cplusplus
/**
 * Defines a policy: `SSV_POLICY(policy, config, configure, process, .name = "owners", .about = "Marks failed requests")`.
 *
 * `config` is a type with #SSV_CONFIG, or `ssv_no_config`. The two functions are
 * `bool configure(const config *config, ssv_setup *setup, ssv_error *error)` and `void process(const ssv_batch *batch, ssv_edits *edits)`. Behind them come
 * the other members of #ssv_policy.
 */
#define SSV_POLICY(identifier, config_type, configure_function, process_function, ...)                                                       \
    static bool identifier##_configure_any(const void *given, ssv_setup *setup, ssv_error *error)                                            \
    {                                                                                                                                        \
        bool (*const function)(const config_type *, ssv_setup *, ssv_error *) = (configure_function);                                        \
        return function((const config_type *)given, setup, error);                                                                           \
    }                                                                                                                                        \
    const ssv_policy identifier = {                                                                                                          \
        .config = &config_type##_shape, .configure = identifier##_configure_any, .process = (process_function), __VA_ARGS__}

/** Makes a policy the plugin that is built. To be used once, at the end of one source file; without it the linker names the missing symbol. */
#define SSV_EXPORT(identifier) const ssv_policy *const ssv_no_policy_is_exported__write_SSV_EXPORT_in_one_source_file = &identifier
#endif

/** @cond */
extern const ssv_policy *const ssv_no_policy_is_exported__write_SSV_EXPORT_in_one_source_file;
/** @endcond */

SSV_END

#endif
