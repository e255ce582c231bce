// Texts that leave are UTF-8: the component model gives a call up over a string that is not, and says nothing of whose it was.

#include "guest.h"

/// How many bytes at the beginning of `length` are one whole character; 0 where they are none.
static size_t character(const unsigned char *at, size_t length)
{
    if (*at < 0x80) {
        return 1;
    }
    size_t size = *at >= 0xC2 && *at < 0xE0 ? 2 : *at >= 0xE0 && *at < 0xF0 ? 3 : *at >= 0xF0 && *at < 0xF5 ? 4 : 0;
    if (size == 0 || size > length) {
        return 0;
    }
    // Not the longer way to write a character, no half of a surrogate pair, nothing beyond Unicode.
    unsigned char least = *at == 0xE0 ? 0xA0 : *at == 0xF0 ? 0x90 : 0x80, most = *at == 0xED ? 0x9F : *at == 0xF4 ? 0x8F : 0xBF;
    if (at[1] < least || at[1] > most) {
        return 0;
    }
    for (size_t i = 2; i < size; i++) {
        if (at[i] < 0x80 || at[i] > 0xBF) {
            return 0;
        }
    }
    return size;
}

bool ssv_is_utf8(ssv_str text)
{
    const unsigned char *at = (const unsigned char *)text.at;
    for (size_t i = 0, size; i < text.length; i += size) {
        size = character(at + i, text.length - i);
        if (size == 0) {
            return false;
        }
    }
    return true;
}

ssv_str ssv_as_utf8(ssv_str text)
{
    if (ssv_is_utf8(text)) {
        return text;
    }
    const unsigned char *at = (const unsigned char *)text.at;
    char *out = ssv_alloc_array(text.length, 3);
    size_t length = 0;
    for (size_t i = 0; i < text.length;) {
        size_t size = character(at + i, text.length - i);
        // U+FFFD for each byte that belongs to no character.
        memcpy(out + length, size == 0 ? "\xEF\xBF\xBD" : text.at + i, size == 0 ? 3 : size);
        length += size == 0 ? 3 : size;
        i += size == 0 ? 1 : size;
    }
    return ssv_slice(out, length);
}
