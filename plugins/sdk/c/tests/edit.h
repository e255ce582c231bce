// A batch that a function edits, for the tests of edits and views.

#ifndef SPANSIEVE_TESTS_EDIT_H
#define SPANSIEVE_TESTS_EDIT_H

#include <spansieve_test.h>

typedef void edit(const ssv_batch *batch, ssv_edits *edits);

/// Edits a batch and applies what came out.
ssvt_batch *edited(const ssvt_batch *before, edit *with);

/// `["a", {"k": 1}]`.
ssv_value nested(void);

static inline bool ends_with(ssv_str text, const char *end)
{
    size_t length = strlen(end);
    return text.length >= length && ssv_same_bytes(text.at + text.length - length, end, length);
}

#endif
