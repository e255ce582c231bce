#include "guest.h"

void ssv_instance_check(const ssv_policy *policy)
{
    if (policy->name == NULL || policy->about == NULL || policy->process == NULL || policy->configure == NULL) {
        ssv_fail("SSV_POLICY", 0, "the policy %s lacks %s", policy->name == NULL ? "?" : policy->name,
                 policy->name == NULL       ? "a `.name`"
                 : policy->about == NULL    ? "an `.about`"
                 : policy->process == NULL  ? "a function `process`"
                                            : "a function `configure`");
    }
    if ((policy->save == NULL) != (policy->restore == NULL)) {
        ssv_fail("SSV_POLICY", 0, "the policy %s has only one of `.save` and `.restore`", policy->name);
    }
}

bool ssv_instance_configure(ssv_instance *instance, ssv_str json, ssv_error *error)
{
    ssv_arena *before = ssv_arena_use(&instance->arena);
    ssv_instance_check(instance->policy);
    memset(&instance->setup, 0, sizeof instance->setup);
    void *config = ssv_alloc(instance->policy->config->size);
    error->message = ssv_slice(NULL, 0);
    instance->configured = ssv_decode(json, instance->policy->config, config, error) && instance->policy->configure(config, &instance->setup, error);
    if (!instance->configured && !ssv_given(error->message)) {
        (void)ssv_refuse(error, "`configure` gave false without a message: return ssv_refuse(error, ...)");
    }
    ssv_arena_keep(&instance->arena);
    ssv_arena_use(before);
    return instance->configured;
}

ssv_bytes ssv_instance_process(ssv_instance *instance, ssv_bytes blob)
{
    ssv_arena *before = ssv_arena_use(&instance->arena);
    ssv_arena_reset(&instance->arena);
    ssv_batch batch;
    ssv_layout_error error;
    if (!instance->configured) {
        ssv_fail("process", 0, "called before `configure` had succeeded");
    }
    if (!ssv_parse(blob, "SSVB", false, &batch, &error)) {
        ssv_fail("process", 0, "cannot read the batch: %s", error.message);
    }
    ssv_edits_begin(&instance->edits, &batch);
    instance->policy->process(&batch, &instance->edits);
    ssv_bytes edits = ssv_edits_finish(&instance->edits);
    ssv_arena_use(before);
    return edits;
}

ssv_bytes ssv_instance_save(ssv_instance *instance)
{
    ssv_bytes state = {NULL, 0};
    if (instance->configured && instance->policy->save != NULL) {
        ssv_arena *before = ssv_arena_use(&instance->arena);
        ssv_arena_reset(&instance->arena);
        state = instance->policy->save();
        ssv_arena_use(before);
    }
    return state;
}

bool ssv_instance_restore(ssv_instance *instance, ssv_bytes state, ssv_error *error)
{
    ssv_arena *before = ssv_arena_use(&instance->arena);
    ssv_arena_reset(&instance->arena);
    bool restored = true;
    error->message = ssv_slice(NULL, 0);
    if (!instance->configured) {
        restored = ssv_refuse(error, "`restore` was called before `configure` had succeeded");
    } else if (instance->policy->restore != NULL) {
        restored = instance->policy->restore(state, error);
        if (!restored && !ssv_given(error->message)) {
            (void)ssv_refuse(error, "`restore` gave false without a message: return ssv_refuse(error, ...)");
        }
    }
    ssv_arena_keep(&instance->arena);
    ssv_arena_use(before);
    return restored;
}

void ssv_instance_free(ssv_instance *instance)
{
    ssv_arena_free(&instance->arena);
    ssv_edits_free(&instance->edits);
    memset(instance, 0, sizeof *instance);
}
