/**
 * @file memory.h
 * Memory without `free`: what is taken in `configure` or `restore` lives as long as the plugin, what is taken in `process` or `save` until that
 * call is over. `malloc` works too, and is for what outlives a batch and is not known when the policy is configured.
 */
#ifndef SPANSIEVE_MEMORY_H
#define SPANSIEVE_MEMORY_H

#include "base.h"

SSV_BEGIN

/** Memory of `size` bytes, aligned for anything and filled with zeros. Never NULL: the policy fails where there is none left. */
void *ssv_alloc(size_t size);

/** Memory for `count` elements of a type: `T *at = SSV_NEW(T, count)`. */
#define SSV_NEW(type, count) ((type *)ssv_alloc_array((count), sizeof(type)))

/** As ssv_alloc(), for `count` times `size` bytes; too many fail rather than wrap. */
void *ssv_alloc_array(size_t count, size_t size);

/** A copy of a text, ended by a 0, so that it is a string of C where it holds none itself. */
ssv_str ssv_copy_str(ssv_str text);

/**
 * A text made as by printf: `%d %i %u %x %X %c %s %p %%` with flags `-` and `0`, width, precision and the lengths `hh h l ll z j t`; of doubles `%f`
 * with up to nine digits behind the point, and `%g`, which gives the shortest text that means the same number.
 */
ssv_str ssv_format(const char *format, ...) SSV_PRINTF(1, 2);

/** As ssv_format(), of a list of arguments. */
ssv_str ssv_vformat(const char *format, va_list arguments) SSV_PRINTF(1, 0);

/** Bytes in hexadecimal, two lower-case digits each: what ids look like. */
ssv_str ssv_hex(const uint8_t *bytes, size_t length);

/** @cond Memory that only grows, in blocks that are kept. `mark` is where what stays ends. */
typedef struct ssv_arena_block ssv_arena_block;
typedef struct ssv_arena {
    ssv_arena_block *first, *current, *mark_block;
    size_t used, mark;
} ssv_arena;

void *ssv_arena_take(ssv_arena *arena, size_t size);
void ssv_arena_keep(ssv_arena *arena);
void ssv_arena_reset(ssv_arena *arena);
void ssv_arena_free(ssv_arena *arena);
/** Makes ssv_alloc() take from an arena, and gives the one before. */
ssv_arena *ssv_arena_use(ssv_arena *arena);

/** `realloc` that fails the policy where there is no memory left. */
void *ssv_grow(void *at, size_t count, size_t size);
/** @endcond */

SSV_END

#endif
