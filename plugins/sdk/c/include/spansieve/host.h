/**
 * @file host.h
 * All that a policy may ask of its host. Natively these are fakes that `spansieve_test.h` looks into.
 */
#ifndef SPANSIEVE_HOST_H
#define SPANSIEVE_HOST_H

#include "base.h"

SSV_BEGIN

/** How much a log line matters. */
typedef enum ssv_level { SSV_LOG_ERROR = 0, SSV_LOG_WARN = 1, SSV_LOG_INFO = 2, SSV_LOG_DEBUG = 3 } ssv_level;

/** Writes one line to the host's log under the plugin's name, formatted as by ssv_format(). The host drops and counts lines over the plugin's limit. */
void ssv_log(ssv_level level, const char *format, ...) SSV_PRINTF(2, 3);

/** Something failed that the operator should look at. */
#define ssv_log_error(...) ssv_log(SSV_LOG_ERROR, __VA_ARGS__)
/** Something is wrong but was handled. */
#define ssv_log_warn(...) ssv_log(SSV_LOG_WARN, __VA_ARGS__)
/** Worth knowing. */
#define ssv_log_info(...) ssv_log(SSV_LOG_INFO, __VA_ARGS__)
/** For the plugin's author. */
#define ssv_log_debug(...) ssv_log(SSV_LOG_DEBUG, __VA_ARGS__)

/**
 * Adds `delta` to the plugin's own counter `name`, which shows up in the host's statistics. Nothing is counted where `delta` is 0. One call costs some
 * tens of nanoseconds: count in a variable, and call once a batch.
 */
void ssv_count_str(ssv_str name, uint64_t delta);

/** @cond */
static inline void ssv_count_cstr(const char *name, uint64_t delta)
{
    ssv_count_str(ssv_cstr(name), delta);
}
/** @endcond */

/**
 * The look-up table that the policy file gives the plugin under `name`, whole. Says whether there is one. Its bytes live as ssv_alloc()'s do: when
 * taken in `configure` as long as the plugin, otherwise until the call is over.
 */
bool ssv_table_str(ssv_str name, ssv_bytes *table);

/** @cond */
static inline bool ssv_table_cstr(const char *name, ssv_bytes *table)
{
    return ssv_table_str(ssv_cstr(name), table);
}
/** @endcond */

#ifndef __cplusplus
/** Counts: the name is a string of C or an #ssv_str. */
#define ssv_count(name, delta) _Generic((name), const char *: ssv_count_cstr, char *: ssv_count_cstr, ssv_str: ssv_count_str)((name), (delta))
/** Takes a table: the name is a string of C or an #ssv_str. */
#define ssv_table(name, table) _Generic((name), const char *: ssv_table_cstr, char *: ssv_table_cstr, ssv_str: ssv_table_str)((name), (table))
#endif

/** @cond What the host, or natively its fake, does. */
void ssv_host_log(ssv_level level, const char *at, size_t length);
void ssv_host_count(const char *at, size_t length, uint64_t delta);
bool ssv_host_table(const char *at, size_t length, ssv_bytes *table);
/** Gives up the call that the host is in: it fails with this message. Natively a jump back into the test. */
SSV_NORETURN void ssv_host_fail(const char *at, size_t length);
/** @endcond */

SSV_END

#endif
