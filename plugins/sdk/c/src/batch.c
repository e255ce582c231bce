// Reading a blob: header and directory are checked once, columns are then views that cost nothing. Values inside columns are checked where they are used.

#include <spansieve.h>

enum { HEADER = 48, ENTRY = 12 };

static bool wrong(ssv_layout_error *error, ssv_str message)
{
    size_t length = message.length < sizeof error->message - 1 ? message.length : sizeof error->message - 1;
    memcpy(error->message, message.at, length);
    error->message[length] = 0;
    return false;
}

bool ssv_parse(ssv_bytes blob, const char *magic, bool strict, ssv_batch *into, ssv_layout_error *error)
{
    memset(into, 0, sizeof *into);
    if (blob.length < HEADER) {
        return wrong(error, ssv_format("%zu bytes are no blob: its header alone has %d", blob.length, HEADER));
    }
    const uint8_t *head = blob.at;
    if (memcmp(head, magic, 4) != 0) {
        return wrong(error, ssv_format("the blob does not begin with %s", magic));
    }
    unsigned version = head[4] | (unsigned)head[5] << 8;
    if (version != SSV_LAYOUT) {
        return wrong(error, ssv_format("layout version %u, expected %u", version, SSV_LAYOUT));
    }
    uint32_t total = ssv_load_u32(head + 16), count = ssv_load_u32(head + 12);
    if (total != blob.length) {
        return wrong(error, ssv_format("header says %u bytes, blob has %zu", total, blob.length));
    }
    uint64_t first = HEADER + (uint64_t)count * ENTRY;
    if (first > blob.length) {
        return wrong(error, ssv_format("a directory of %u columns does not fit into the blob", count));
    }
    into->flags = ssv_load_u32(head + 8);
    into->spans = ssv_load_u32(head + 20);
    into->now = ssv_load_u64(head + 24);
    memcpy(&into->head_probability, head + 32, sizeof into->head_probability);
    uint32_t last = 0;
    for (const uint8_t *entry = head + HEADER; entry < head + first; entry += ENTRY) {
        uint32_t id = ssv_load_u32(entry), offset = ssv_load_u32(entry + 4), length = ssv_load_u32(entry + 8);
        if (id <= last) {
            return wrong(error, ssv_format("column id %u is not greater than the one before it", id));
        }
        last = id;
        if (offset % 8 != 0 || offset < first || (uint64_t)offset + length > blob.length) {
            return wrong(error, ssv_format("column %u at offset %u, length %u, does not lie on a multiple of 8 inside the blob", id, offset, length));
        }
        unsigned size = ssv_column_size(id);
        if (size == 0) {
            if (strict) {
                return wrong(error, ssv_format("unknown column %u", id));
            }
            continue;
        }
        if (length % size != 0) {
            return wrong(error, ssv_format("column %s has %u bytes, not a multiple of %u", ssv_column_name(id), length, size));
        }
        into->columns[id].at = head + offset;
        into->columns[id].count = length / size;
    }
    const ssv_column *ends = &into->columns[SSV_GROUP_END];
    into->rows = ends->count == 0 ? 0 : ssv_load_u32(ends->at + (size_t)(ends->count - 1) * 4);
    return true;
}

void ssv_missing(const ssv_batch *batch, ssv_column_id column, uint32_t index, ssv_place place)
{
    const char *part = ssv_part_of(column);
    if (batch->columns[column].count == 0 && column == SSV_DECLARED) {
        ssv_fail(place.file, place.line, "the column %s is not there: is the slot from ssv_key() in this policy's `configure`?", ssv_column_name(column));
    }
    if (batch->columns[column].count == 0 && part != NULL) {
        ssv_fail(place.file, place.line, "the column %s was not asked for: `configure` has to call ssv_read(setup, %s)", ssv_column_name(column), part);
    }
    ssv_fail(place.file, place.line, "no element %u in the column %s of %u", index, ssv_column_name(column), batch->columns[column].count);
}

void ssv_broken(const char *what, uint32_t index, ssv_place place)
{
    ssv_fail(place.file, place.line, "there is no %s %u here", what, index);
}

ssv_key_id ssv_find_key(const ssv_batch *batch, ssv_str key)
{
    ssv_key_id found = {SSV_NONE};
    for (uint32_t index = 0; index < ssv_key_count(batch); index++) {
        if (ssv_equal(ssv_key_at(batch, index), key)) {
            found.index = index;
            break;
        }
    }
    return found;
}
