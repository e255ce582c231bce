// What the sources of the edits builder share.

#ifndef SPANSIEVE_SRC_EDITS_H
#define SPANSIEVE_SRC_EDITS_H

#include <spansieve.h>

/// Memory for `count + more` elements, at least doubled.
void *ssv_grown(void *at, uint32_t *room, uint32_t count, size_t more, size_t size);

#define SSV_RESERVE(list, more)                                                                                                              \
    ((list).room - (list).count < (more)                                                                                                     \
         ? (void)((list).at = ssv_grown((list).at, &(list).room, (list).count, (more), sizeof *(list).at))                                   \
         : (void)0)

#define SSV_APPEND(list, element) (SSV_RESERVE(list, 1), (void)((list).at[(list).count++] = (element)))

void ssv_set_raw(ssv_edits *edits, uint32_t row, ssv_raw_value raw);

#endif
