// What stands between the exported functions and a policy: also what native tests drive.

#ifndef SPANSIEVE_SRC_GUEST_H
#define SPANSIEVE_SRC_GUEST_H

#include <spansieve.h>

/// A policy and what it keeps. In a component there is one.
typedef struct ssv_instance {
    const ssv_policy *policy;
    bool configured;
    ssv_setup setup;
    ssv_edits edits;
    /// What `configure` and `restore` took stays; the rest is for the time of a call.
    ssv_arena arena;
} ssv_instance;

/// Fails where the policy forgot something that `describe` needs.
void ssv_instance_check(const ssv_policy *policy);

bool ssv_instance_configure(ssv_instance *instance, ssv_str json, ssv_error *error);
ssv_bytes ssv_instance_process(ssv_instance *instance, ssv_bytes batch);
ssv_bytes ssv_instance_save(ssv_instance *instance);
bool ssv_instance_restore(ssv_instance *instance, ssv_bytes state, ssv_error *error);
/// Whether a text is UTF-8.
bool ssv_is_utf8(ssv_str text);

/// The text, or a copy in which U+FFFD stands for what is not UTF-8.
ssv_str ssv_as_utf8(ssv_str text);

void ssv_instance_free(ssv_instance *instance);

#endif
