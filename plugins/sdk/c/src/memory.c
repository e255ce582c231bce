// Memory that only grows: blocks that are kept and filled again from where what stays ends.

#include <spansieve.h>
#include <stdlib.h>

struct ssv_arena_block {
    struct ssv_arena_block *next;
    size_t room;
    // Behind it: `room` bytes, aligned as malloc aligns.
    max_align_t at[];
};

enum { FIRST_BLOCK = 4096, ALIGN = sizeof(max_align_t) < 16 ? sizeof(max_align_t) : 16 };

static ssv_arena common;
static ssv_arena *current = &common;

SSV_NORETURN static void out_of_memory(size_t size)
{
    // Nothing can be formatted: that takes memory.
    static const char message[] = "out of memory: raise the plugin's limit, or keep less";
    (void)size;
    ssv_host_fail(message, sizeof message - 1);
}

void *ssv_arena_take(ssv_arena *arena, size_t size)
{
    if (size > PTRDIFF_MAX / 2) {
        out_of_memory(size);
    }
    size_t rounded = (size + ALIGN - 1) / ALIGN * ALIGN;
    while (arena->current == NULL || arena->current->room - arena->used < rounded) {
        ssv_arena_block *next = arena->current == NULL ? arena->first : arena->current->next;
        if (next == NULL || next->room < rounded) {
            // Twice as large as the block before, so that there are few; put in front of those that are too small.
            size_t room = arena->current == NULL ? FIRST_BLOCK : arena->current->room * 2;
            if (room < rounded) {
                room = rounded;
            }
            ssv_arena_block *block = malloc(sizeof(ssv_arena_block) + room);
            if (block == NULL) {
                out_of_memory(room);
            }
            block->room = room;
            block->next = next;
            *(arena->current == NULL ? &arena->first : &arena->current->next) = block;
            next = block;
        }
        arena->current = next;
        arena->used = 0;
    }
    void *at = (char *)arena->current->at + arena->used;
    arena->used += rounded;
    return memset(at, 0, rounded);
}

void ssv_arena_keep(ssv_arena *arena)
{
    arena->mark_block = arena->current;
    arena->mark = arena->used;
}

void ssv_arena_reset(ssv_arena *arena)
{
    arena->current = arena->mark_block;
    arena->used = arena->mark;
}

void ssv_arena_free(ssv_arena *arena)
{
    for (ssv_arena_block *block = arena->first; block != NULL;) {
        ssv_arena_block *next = block->next;
        free(block);
        block = next;
    }
    memset(arena, 0, sizeof *arena);
}

ssv_arena *ssv_arena_use(ssv_arena *arena)
{
    ssv_arena *before = current;
    current = arena == NULL ? &common : arena;
    return before;
}

void *ssv_alloc(size_t size)
{
    return ssv_arena_take(current, size);
}

void *ssv_alloc_array(size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        out_of_memory(SIZE_MAX);
    }
    return ssv_arena_take(current, total);
}

ssv_str ssv_copy_str(ssv_str text)
{
    char *at = ssv_alloc(text.length + 1);
    if (text.length > 0) {
        memcpy(at, text.at, text.length);
    }
    return ssv_slice(at, text.length);
}

void *ssv_grow(void *at, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        out_of_memory(SIZE_MAX);
    }
    void *grown = realloc(at, total);
    if (grown == NULL && total > 0) {
        out_of_memory(total);
    }
    return grown;
}
