//! Names and element sizes of the columns, kinds of values, codes of fields.

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $text:literal, $size:literal;)*) => {
        /// A column by its id. Numbers and meanings stand in `wit/layout.md`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u32)]
        pub enum Column { $($(#[$doc])* $name = $id,)* }

        impl Column {
            /// Every column, by ascending id.
            pub const ALL: &'static [Column] = &[$(Column::$name),*];

            /// The column with this id, if this version of the layout has it.
            pub const fn from_id(id: u32) -> Option<Column> {
                match id { $($id => Some(Column::$name),)* _ => None }
            }

            /// The name that the column has in `wit/layout.md`.
            pub const fn name(self) -> &'static str {
                match self { $(Column::$name => $text,)* }
            }

            /// Bytes of one element.
            pub const fn element_size(self) -> usize {
                match self { $(Column::$name => $size,)* }
            }
        }
    };
}

columns! {
    /// All texts, each followed by 0xFF.
    Texts = 1, "texts", 1;
    /// For each text, where it ends.
    TextEnd = 2, "text-end", 4;
    /// Pool of integers.
    Ints = 3, "ints", 8;
    /// Pool of doubles.
    Doubles = 4, "doubles", 8;
    /// All byte strings, without separators.
    Bytes = 5, "bytes", 1;
    /// For each byte string, where it ends.
    BytesEnd = 6, "bytes-end", 4;
    /// For each key, its text.
    Keys = 7, "keys", 4;
    /// For each row, its key.
    RowKey = 8, "row-key", 4;
    /// For each row, its [`Kind`].
    RowKind = 9, "row-kind", 1;
    /// For each row, its value, by kind.
    RowValue = 10, "row-value", 4;
    /// For each group, the row after its last.
    GroupEnd = 11, "group-end", 4;
    /// Slot-major: the row of each declared key in each span.
    Declared = 12, "declared", 4;
    /// Trace ids, big-endian.
    SpanTraceId = 20, "span-trace-id", 16;
    /// Span ids.
    SpanId = 21, "span-id", 8;
    /// Ids of parent spans; zero where there is none.
    SpanParentId = 22, "span-parent-id", 8;
    /// Start, Unix nanoseconds.
    SpanStart = 23, "span-start", 8;
    /// End, Unix nanoseconds.
    SpanEnd = 24, "span-end", 8;
    /// Text of the name.
    SpanName = 25, "span-name", 4;
    /// Kind as in OTLP.
    SpanKind = 26, "span-kind", 1;
    /// Status code as in OTLP.
    SpanStatus = 27, "span-status", 1;
    /// Text of the status message, or none.
    SpanMessage = 28, "span-message", 4;
    /// Text of the tracestate, or none.
    SpanTracestate = 29, "span-tracestate", 4;
    /// Flags as in OTLP.
    SpanFlags = 30, "span-flags", 4;
    /// Scope index.
    SpanScope = 31, "span-scope", 4;
    /// Group of the attributes.
    SpanAttributes = 32, "span-attributes", 4;
    /// For each span, the event after its last.
    SpanEventsEnd = 33, "span-events-end", 4;
    /// For each span, the link after its last.
    SpanLinksEnd = 34, "span-links-end", 4;
    /// Attributes that the SDK dropped.
    SpanDroppedAttributes = 35, "span-dropped-attributes", 4;
    /// Events that the SDK dropped.
    SpanDroppedEvents = 36, "span-dropped-events", 4;
    /// Links that the SDK dropped.
    SpanDroppedLinks = 37, "span-dropped-links", 4;
    /// For each trace, the span after its last.
    TraceEnd = 38, "trace-end", 4;
    /// For each trace, its [`TraceReason`].
    TraceReason = 39, "trace-reason", 1;
    /// Text of the name.
    EventName = 40, "event-name", 4;
    /// Unix nanoseconds.
    EventTime = 41, "event-time", 8;
    /// Group of the attributes.
    EventAttributes = 42, "event-attributes", 4;
    /// Attributes that the SDK dropped.
    EventDroppedAttributes = 43, "event-dropped-attributes", 4;
    /// Trace ids of linked spans.
    LinkTraceId = 50, "link-trace-id", 16;
    /// Span ids of linked spans.
    LinkSpanId = 51, "link-span-id", 8;
    /// Text of the tracestate, or none.
    LinkTracestate = 52, "link-tracestate", 4;
    /// Flags as in OTLP.
    LinkFlags = 53, "link-flags", 4;
    /// Group of the attributes.
    LinkAttributes = 54, "link-attributes", 4;
    /// Attributes that the SDK dropped.
    LinkDroppedAttributes = 55, "link-dropped-attributes", 4;
    /// Text of the name.
    ScopeName = 60, "scope-name", 4;
    /// Text of the version, or none.
    ScopeVersion = 61, "scope-version", 4;
    /// Text of the schema URL, or none.
    ScopeSchemaUrl = 62, "scope-schema-url", 4;
    /// Group of the attributes.
    ScopeAttributes = 63, "scope-attributes", 4;
    /// Attributes that the SDK dropped.
    ScopeDroppedAttributes = 64, "scope-dropped-attributes", 4;
    /// Resource index.
    ScopeResource = 65, "scope-resource", 4;
    /// Group of the attributes.
    ResourceAttributes = 70, "resource-attributes", 4;
    /// Text of the schema URL, or none.
    ResourceSchemaUrl = 71, "resource-schema-url", 4;
    /// Attributes that the SDK dropped.
    ResourceDroppedAttributes = 72, "resource-dropped-attributes", 4;
    /// Edits: how many groups they create.
    NewGroups = 100, "new-groups", 4;
    /// Edits: groups of the added rows.
    AddGroup = 101, "add-group", 4;
    /// Edits: key texts of the added rows.
    AddKey = 102, "add-key", 4;
    /// Edits: kinds of the added rows.
    AddKind = 103, "add-kind", 1;
    /// Edits: values of the added rows.
    AddValue = 104, "add-value", 4;
    /// Edits: rows whose value changes.
    SetRow = 110, "set-row", 4;
    /// Edits: their new kinds.
    SetKind = 111, "set-kind", 1;
    /// Edits: their new values.
    SetValue = 112, "set-value", 4;
    /// Edits: rows whose key changes.
    RenameRow = 115, "rename-row", 4;
    /// Edits: texts of their new keys.
    RenameKey = 116, "rename-key", 4;
    /// Edits: rows to remove.
    RemoveRow = 118, "remove-row", 4;
    /// Edits: texts to replace everywhere.
    ReplaceText = 120, "replace-text", 4;
    /// Edits: the new texts that replace them.
    ReplaceWith = 121, "replace-with", 4;
    /// Edits: spans to drop.
    DropSpan = 125, "drop-span", 4;
    /// Edits: spans to mark as sampled.
    KeepSpan = 126, "keep-span", 4;
    /// Edits: [`Field`] codes.
    FieldCode = 130, "field-code", 1;
    /// Edits: of which span, event, link, scope or resource.
    FieldIndex = 131, "field-index", 4;
    /// Edits: text index, number, or none.
    FieldValue = 132, "field-value", 4;
}

macro_rules! codes {
    ($(#[$doc:meta])* $enum:ident { $($(#[$vdoc:meta])* $name:ident = $code:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $enum { $($(#[$vdoc])* $name = $code,)* }

        impl $enum {
            /// All of them, by code.
            pub const ALL: &'static [$enum] = &[$($enum::$name),*];

            /// The one with this code.
            #[inline]
            pub const fn from_code(code: u8) -> Option<$enum> {
                match code { $($code => Some($enum::$name),)* _ => None }
            }
        }
    };
}

codes! {
    /// What sort of value a row has, and so what its `row-value` means.
    Kind {
        /// A value that is not set.
        Empty = 0;
        /// A text index.
        Str = 1;
        /// 0 or 1.
        Bool = 2;
        /// An index into `ints`.
        Int = 3;
        /// An index into `doubles`.
        Double = 4;
        /// An index into the byte strings.
        Bytes = 5;
        /// A group whose rows have no key.
        Array = 6;
        /// A group.
        Map = 7;
    }
}

codes! {
    /// What the field columns of edits can set.
    Field {
        /// Text of a span's name.
        SpanName = 1;
        /// Text of a span's status message, or none.
        SpanMessage = 2;
        /// Text of a span's tracestate, or none.
        SpanTracestate = 3;
        /// A span's status code, 0 to 2.
        SpanStatus = 4;
        /// A span's kind, 0 to 5.
        SpanKind = 5;
        /// Text of an event's name.
        EventName = 6;
        /// Text of a link's tracestate, or none.
        LinkTracestate = 7;
        /// Text of a scope's name.
        ScopeName = 8;
        /// Text of a scope's version, or none.
        ScopeVersion = 9;
        /// Text of a scope's schema URL, or none.
        ScopeSchemaUrl = 10;
        /// Text of a resource's schema URL, or none.
        ResourceSchemaUrl = 11;
    }
}

codes! {
    /// Why a trace is in the batch.
    TraceReason {
        /// Its local root has ended.
        RootEnded = 0;
        /// Its local root did not end in time.
        TimedOut = 1;
        /// A limit on spans or bytes was reached.
        Limit = 2;
        /// The host is flushing or shutting down.
        Flush = 3;
        /// Spans of a trace that was already given to the plugin.
        Late = 4;
    }
}
