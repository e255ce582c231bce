// Batch and edits in one numbering, open to change: what edits are applied to.

#ifndef SPANSIEVE_SRC_STATE_H
#define SPANSIEVE_SRC_STATE_H

#include "test.h"

#define RULE(holds, ...) ((holds) ? (void)0 : ssv_fail("the edits break a rule of the layout", 0, __VA_ARGS__))

typedef struct {
    /// A text, not a key.
    uint32_t key;
    uint8_t kind;
    uint32_t value;
    bool removed;
} ssvt_row;

typedef struct {
    uint32_t *rows;
    uint32_t count, room;
} ssvt_group;

/// Batch and edits in one numbering, open to change.
typedef struct {
    const ssv_batch *batch, *edits;
    ssv_str *texts;
    bool *used;
    uint32_t text_count, int_count, double_count, bytes_count;
    ssvt_row *rows;
    ssvt_group *groups;
    uint32_t group_count;
    /// Values of fields, by their code.
    uint32_t *fields[SSV_FIELD_CODES];
    uint32_t *flags;
} ssvt_state;

/// The column of each field.
extern const ssv_column_id ssvt_field_columns[SSV_FIELD_CODES];

void ssvt_state_begin(ssvt_state *s, const ssv_batch *batch, const ssv_batch *edits);
void ssvt_add_to_group(ssvt_group *group, uint32_t row);

/// The batch as it stands, as plain data.
ssvt_batch *ssvt_state_read(ssvt_state *s);

static inline uint32_t count(const ssv_batch *blob, ssv_column_id column)
{
    return blob->columns[column].count;
}

static inline uint32_t u32(const ssv_batch *blob, ssv_column_id column, uint32_t index)
{
    return ssv_u32(blob, column, index, SSV_PLACE);
}

static inline uint8_t u8(const ssv_batch *blob, ssv_column_id column, uint32_t index)
{
    return ssv_u8(blob, column, index, SSV_PLACE);
}

#endif
