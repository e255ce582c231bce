/**
 * @file layout.h
 * Names for the numbers of `wit/layout.md`.
 */
#ifndef SPANSIEVE_LAYOUT_H
#define SPANSIEVE_LAYOUT_H

#include "base.h"

SSV_BEGIN

/** Columns of a batch and of edits: the first six are in both. */
typedef enum ssv_column_id {
    SSV_TEXTS = 1,
    SSV_TEXT_END = 2,
    SSV_INTS = 3,
    SSV_DOUBLES = 4,
    SSV_BYTE_STRINGS = 5,
    SSV_BYTES_END = 6,
    SSV_KEYS = 7,
    SSV_ROW_KEY = 8,
    SSV_ROW_KIND = 9,
    SSV_ROW_VALUE = 10,
    SSV_GROUP_END = 11,
    SSV_DECLARED = 12,
    SSV_SPAN_TRACE_ID = 20,
    SSV_SPAN_ID = 21,
    SSV_SPAN_PARENT_ID = 22,
    SSV_SPAN_START = 23,
    SSV_SPAN_END = 24,
    SSV_SPAN_NAME = 25,
    SSV_SPAN_KIND = 26,
    SSV_SPAN_STATUS = 27,
    SSV_SPAN_MESSAGE = 28,
    SSV_SPAN_TRACESTATE = 29,
    SSV_SPAN_FLAGS = 30,
    SSV_SPAN_SCOPE = 31,
    SSV_SPAN_ATTRIBUTES = 32,
    SSV_SPAN_EVENTS_END = 33,
    SSV_SPAN_LINKS_END = 34,
    SSV_SPAN_DROPPED_ATTRIBUTES = 35,
    SSV_SPAN_DROPPED_EVENTS = 36,
    SSV_SPAN_DROPPED_LINKS = 37,
    SSV_TRACE_END = 38,
    SSV_TRACE_REASON = 39,
    SSV_EVENT_NAME = 40,
    SSV_EVENT_TIME = 41,
    SSV_EVENT_ATTRIBUTES = 42,
    SSV_EVENT_DROPPED_ATTRIBUTES = 43,
    SSV_LINK_TRACE_ID = 50,
    SSV_LINK_SPAN_ID = 51,
    SSV_LINK_TRACESTATE = 52,
    SSV_LINK_FLAGS = 53,
    SSV_LINK_ATTRIBUTES = 54,
    SSV_LINK_DROPPED_ATTRIBUTES = 55,
    SSV_SCOPE_NAME = 60,
    SSV_SCOPE_VERSION = 61,
    SSV_SCOPE_SCHEMA_URL = 62,
    SSV_SCOPE_ATTRIBUTES = 63,
    SSV_SCOPE_DROPPED_ATTRIBUTES = 64,
    SSV_SCOPE_RESOURCE = 65,
    SSV_RESOURCE_ATTRIBUTES = 70,
    SSV_RESOURCE_SCHEMA_URL = 71,
    SSV_RESOURCE_DROPPED_ATTRIBUTES = 72,
    SSV_NEW_GROUPS = 100,
    SSV_ADD_GROUP = 101,
    SSV_ADD_KEY = 102,
    SSV_ADD_KIND = 103,
    SSV_ADD_VALUE = 104,
    SSV_SET_ROW = 110,
    SSV_SET_KIND = 111,
    SSV_SET_VALUE = 112,
    SSV_RENAME_ROW = 115,
    SSV_RENAME_KEY = 116,
    SSV_REMOVE_ROW = 118,
    SSV_REPLACE_TEXT = 120,
    SSV_REPLACE_WITH = 121,
    SSV_DROP_SPAN = 125,
    SSV_KEEP_SPAN = 126,
    SSV_FIELD_CODE = 130,
    SSV_FIELD_INDEX = 131,
    SSV_FIELD_VALUE = 132
} ssv_column_id;

/** Ids of columns are below this. */
#define SSV_COLUMN_IDS 133

/** Kind of a value. The codes are those of the column `row-kind`. */
typedef enum ssv_kind {
    /** A value that is not set. */
    SSV_EMPTY = 0,
    /** A string. */
    SSV_TEXT = 1,
    /** A boolean. */
    SSV_BOOL = 2,
    /** An integer. */
    SSV_INT = 3,
    /** A double. */
    SSV_DOUBLE = 4,
    /** Bytes that are not text. */
    SSV_BYTES = 5,
    /** Values in order. */
    SSV_ARRAY = 6,
    /** Values by key. */
    SSV_MAP = 7
} ssv_kind;

/** What a span does for whom, as in OTLP. */
typedef enum ssv_span_kind_code {
    SSV_UNSPECIFIED = 0,
    SSV_INTERNAL = 1,
    SSV_SERVER = 2,
    SSV_CLIENT = 3,
    SSV_PRODUCER = 4,
    SSV_CONSUMER = 5
} ssv_span_kind_code;

/** Whether a span succeeded, as in OTLP. */
typedef enum ssv_status { SSV_STATUS_UNSET = 0, SSV_STATUS_OK = 1, SSV_STATUS_ERROR = 2 } ssv_status;

/** Why a trace is in a batch. */
typedef enum ssv_reason {
    /** Its local root has ended. */
    SSV_ROOT_ENDED = 0,
    /** Its local root has not ended in time. */
    SSV_TIMED_OUT = 1,
    /** A limit on spans or bytes was reached. */
    SSV_LIMIT = 2,
    /** Flush or shutdown. */
    SSV_FLUSH = 3,
    /** Spans of a trace that was given before. */
    SSV_LATE = 4
} ssv_reason;

/** Fields that edits set, by their code. */
typedef enum ssv_field_code {
    SSV_SET_SPAN_NAME = 1,
    SSV_SET_SPAN_MESSAGE = 2,
    SSV_SET_SPAN_TRACESTATE = 3,
    SSV_SET_SPAN_STATUS = 4,
    SSV_SET_SPAN_KIND = 5,
    SSV_SET_EVENT_NAME = 6,
    SSV_SET_LINK_TRACESTATE = 7,
    SSV_SET_SCOPE_NAME = 8,
    SSV_SET_SCOPE_VERSION = 9,
    SSV_SET_SCOPE_SCHEMA_URL = 10,
    SSV_SET_RESOURCE_SCHEMA_URL = 11
} ssv_field_code;

/** Field codes are below this. */
#define SSV_FIELD_CODES 12

/** Bit of a span's or link's flags: sampled. */
#define SSV_FLAG_SAMPLED 0x1u
/** Bit of a span's or link's flags: #SSV_FLAG_IS_REMOTE is known. */
#define SSV_FLAG_HAS_IS_REMOTE 0x100u
/** Bit of a span's or link's flags: the parent, or the linked span, is remote. */
#define SSV_FLAG_IS_REMOTE 0x200u

/** Name of a span kind in lower case, such as `server`. */
const char *ssv_span_kind_name(ssv_span_kind_code kind);
/** Name of a status in lower case: `unset`, `ok`, `error`. */
const char *ssv_status_name(ssv_status status);
/** Name of a reason: `root-ended`, `timed-out`, `limit`, `flush`, `late`. */
const char *ssv_reason_name(ssv_reason reason);
/** Name of a value's kind: `empty`, `string`, `boolean`, `integer`, `double`, `bytes`, `array`, `map`. */
const char *ssv_kind_name(ssv_kind kind);
/** Name of a column as in `wit/layout.md`, such as `span-name`; NULL for a number that is none. */
const char *ssv_column_name(unsigned column);
/** Bytes of one element of a column; 0 for a number that is none. */
unsigned ssv_column_size(unsigned column);

SSV_END

#endif
