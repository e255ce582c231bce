// A batch that a function edits, for the tests of edits and views.

#ifndef SPANSIEVE_TESTS_EDIT_H
#define SPANSIEVE_TESTS_EDIT_H

#include <spansieve_test.h>

typedef void edit(const ssv_batch *batch, ssv_edits *edits);

/// Edits a batch and applies what came out.
ssvt_batch *edited(const ssvt_batch *before, edit *with);

/// `["a", {"k": 1}]`.
ssv_value nested(void);

#endif
