/**
 * @file base.h
 * Texts, bytes, and how a policy fails.
 */
#ifndef SPANSIEVE_BASE_H
#define SPANSIEVE_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "spansieve reads columns as they lie in memory, which is little-endian; big-endian machines are not supported"
#endif

/** Version of this SDK. */
#define SSV_VERSION "0.1.0"

/** Version of the layout (`wit/layout.md`) that this SDK reads and writes. */
#define SSV_LAYOUT 1u

/** Stands where a text, a key, a row is absent. */
#define SSV_NONE UINT32_MAX

/** How deep values may be nested, in a batch or by edits. */
#define SSV_MAX_DEPTH 64

#ifdef __cplusplus
#define SSV_BEGIN extern "C" {
#define SSV_END }
#define SSV_NORETURN [[noreturn]]
#else
#define SSV_BEGIN
#define SSV_END
#define SSV_NORETURN _Noreturn
#endif

/** @cond */
#define SSV_UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define SSV_COLD __attribute__((cold, noinline))
/** Small functions on the hot path. Left to itself a compiler makes calls of some of them. */
#define SSV_INLINE static inline __attribute__((always_inline))
#define SSV_PRINTF(string, first) __attribute__((format(printf, string, first)))
#define SSV_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
/** @endcond */

SSV_BEGIN

/**
 * A text: UTF-8, not ended by a 0. Texts of a batch live as long as the call that was given the batch; see memory.h for the others.
 *
 * An absent text, such as the message of a span that has none, has `at == NULL`: see ssv_given(). An empty text has not.
 */
typedef struct ssv_str {
    /** Its first byte; NULL where the text is absent. */
    const char *at;
    /** How many bytes. */
    size_t length;
    /** A hint: the text's index, where it is one of the batch. Edits check it against `at` and `length` and name the text rather than copy it. */
    uint32_t text;
} ssv_str;

/** Bytes that are not text. */
typedef struct ssv_bytes {
    /** The first byte. */
    const uint8_t *at;
    /** How many bytes. */
    size_t length;
} ssv_bytes;

#ifndef __cplusplus
/** A string literal as a text, its length known to the compiler. */
#define SSV(literal) ((ssv_str){"" literal, sizeof(literal) - 1, SSV_NONE})
#endif

/** `%.*s` of a printf-like function takes `SSV_FMT(text)`. */
#define SSV_FMT(text) (int)(text).length, (text).at

/** The text that begins at `at` and has `length` bytes. */
SSV_INLINE ssv_str ssv_slice(const char *at, size_t length)
{
    ssv_str str;
    str.at = at;
    str.length = length;
    str.text = SSV_NONE;
    return str;
}

/** A string of C, ended by a 0, as a text; NULL gives an absent one. */
SSV_INLINE ssv_str ssv_cstr(const char *string)
{
    return ssv_slice(string, string == NULL ? 0 : strlen(string));
}

/** @cond */
SSV_INLINE ssv_str ssv_same_str(ssv_str str)
{
    return str;
}
/** @endcond */

/** Whether an optional text is there. */
SSV_INLINE bool ssv_given(ssv_str text)
{
    return text.at != NULL;
}

/** Whether `length` bytes are the same. Short runs, such as keys, take no call and no loop. */
static inline bool ssv_same_bytes(const void *a, const void *b, size_t length)
{
    const unsigned char *x = (const unsigned char *)a, *y = (const unsigned char *)b;
    if (length >= 8) {
        uint64_t p, q;
        if (length > 64) {
            return memcmp(x, y, length) == 0;
        }
        for (size_t at = 0; at < length - 8; at += 8) {
            memcpy(&p, x + at, 8);
            memcpy(&q, y + at, 8);
            if (p != q) {
                return false;
            }
        }
        // The last eight, some of which were looked at already.
        memcpy(&p, x + length - 8, 8);
        memcpy(&q, y + length - 8, 8);
        return p == q;
    }
    if (length >= 4) {
        uint32_t p, q, r, s;
        memcpy(&p, x, 4);
        memcpy(&q, y, 4);
        memcpy(&r, x + length - 4, 4);
        memcpy(&s, y + length - 4, 4);
        return p == q && r == s;
    }
    return length == 0 || (x[0] == y[0] && x[length / 2] == y[length / 2] && x[length - 1] == y[length - 1]);
}

/** Whether two texts have the same bytes. An absent text equals an empty one. */
SSV_INLINE bool ssv_equal(ssv_str a, ssv_str b)
{
    return a.length == b.length && ssv_same_bytes(a.at, b.at, a.length);
}

/** Whether a text equals a string of C. */
SSV_INLINE bool ssv_str_is(ssv_str text, const char *string)
{
    return ssv_equal(text, ssv_cstr(string));
}

/** Whether a text begins with a string of C. */
SSV_INLINE bool ssv_starts_with(ssv_str text, const char *prefix)
{
    size_t length = strlen(prefix);
    return text.length >= length && ssv_same_bytes(text.at, prefix, length);
}

/** A place in the policy's source, for messages. Functions that end in `_in` take it; the macros of the same name fill it in. */
typedef struct ssv_place {
    const char *file;
    /** 0 where only the file, or what stands for it, is known. */
    int line;
} ssv_place;

#ifdef __cplusplus
/** This place. */
#define SSV_PLACE (ssv_place{__FILE__, __LINE__})
#else
/** This place. */
#define SSV_PLACE ((ssv_place){__FILE__, __LINE__})
#endif

/**
 * Gives the call up: it fails with `file:line: message`. The host then applies the plugin's failure rule to the batch, and makes a new instance.
 * Natively the test that runs fails, or expects it. Use #SSV_FAIL, which fills in the place.
 */
SSV_NORETURN void ssv_fail(const char *file, int line, const char *format, ...) SSV_PRINTF(3, 4);

/**
 * Gives up: `SSV_FAIL("%u spans are too many", n)`. The call fails with the message and the place in your source. For what must not happen; an unusable
 * configuration or state is told by ssv_refuse().
 */
#define SSV_FAIL(...) ssv_fail(__FILE__, __LINE__, __VA_ARGS__)

/** Gives up unless the condition holds, and says which one. `assert` of <assert.h> is reported as well. */
#define ssv_assert(condition) ((condition) ? (void)0 : ssv_fail(__FILE__, __LINE__, "assertion failed: %s", #condition))

SSV_END

#endif
