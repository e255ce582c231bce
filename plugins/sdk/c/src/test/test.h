// What the sources of the test helper share.

#ifndef SPANSIEVE_SRC_TEST_H
#define SPANSIEVE_SRC_TEST_H

#include <spansieve_test.h>

/// An array of pointers with one more, to `size` zeros.
void *ssvt_pointer_added(void *array, size_t *count, size_t size);

/// A batch without resource and scope.
ssvt_batch *ssvt_empty_batch(void);

/// A text as JSON writes it.
ssv_str ssvt_quoted(ssv_str text);

#endif
