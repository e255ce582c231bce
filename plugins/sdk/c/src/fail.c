// How a policy fails: the host is told what and where, and does not return.

#include <spansieve.h>

void ssv_fail(const char *file, int line, const char *format, ...)
{
    // The policy may fail because it runs out of memory, or while it fails: then there is nothing left to say it with.
    static bool failing;
    if (failing) {
        failing = false;
        ssv_host_fail("failed while failing", 20);
    }
    failing = true;
    va_list arguments;
    va_start(arguments, format);
    ssv_str message = ssv_vformat(format, arguments);
    va_end(arguments);
    ssv_str text = line > 0 ? ssv_format("%s:%d: %.*s", file, line, SSV_FMT(message)) : ssv_format("%s: %.*s", file, SSV_FMT(message));
    failing = false;
    ssv_host_fail(text.at, text.length);
}

#ifdef __wasm__
// What the C library calls where it gives up: these take the place of its own, which would trap without a word. They are weak because a linker
// that meets a use of them before this file may have taken the library's.

__attribute__((weak)) SSV_NORETURN void __assert_fail(const char *condition, const char *file, int line, const char *function);
__attribute__((weak)) SSV_NORETURN void abort(void);

void __assert_fail(const char *condition, const char *file, int line, const char *function)
{
    (void)function;
    ssv_fail(file, line, "assertion failed: %s", condition);
}

void abort(void)
{
    static const char message[] = "abort() was called";
    ssv_host_fail(message, sizeof message - 1);
}
#endif
