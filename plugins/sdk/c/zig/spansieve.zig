//! Write a spansieve policy in Zig: the C API of `include/spansieve.h` (the module `c`, made by `zig translate-c`) with Zig's idioms.
//!
//! A policy is a struct:
//!
//! ```zig
//! const ssv = @import("spansieve");
//!
//! const Owners = struct {
//!     pub const name = "owners";
//!     pub const about = "Marks failed requests with the team that looks after them";
//!     pub const Config = struct {
//!         team: []const u8,
//!         pub const docs = .{ .team = "Who looks after failed requests" };
//!     };
//!
//!     team: []const u8,
//!     route: ssv.Slot,
//!
//!     pub fn configure(config: Config, setup: ssv.Setup) ssv.Refused!Owners {
//!         setup.read(ssv.part.status | ssv.part.attributes);
//!         return .{ .team = config.team, .route = setup.key("http.route") };
//!     }
//!
//!     pub fn process(self: *Owners, batch: ssv.Batch, edits: ssv.Edits) !void {
//!         var spans = batch.spans();
//!         while (spans.next()) |span| {
//!             if (span.status() == .@"error" and span.attribute(self.route) != null) edits.upsert(span, "team", self.team);
//!         }
//!     }
//! };
//!
//! comptime {
//!     ssv.exportPolicy(Owners);
//! }
//! pub const panic = ssv.panic;
//! ```
//!
//! A member of `Config` without a default must be given. An error from `process` and a panic fail the call with a message. If there is `save`, there is `restore`:
//! `pub fn save(self: *P) []const u8` and `pub fn restore(self: *P, state: []const u8, setup: ssv.Setup) ssv.Refused!void`.

const std = @import("std");

/// The C API, for what this file does not wrap.
pub const c = @import("c");

/// Number of a declared key.
pub const Slot = c.ssv_slot;

/// Parts of a batch, for `Setup.read`.
pub const part = struct {
    pub const keys: c_uint = c.SSV_READ_KEYS;
    pub const ids: c_uint = c.SSV_READ_IDS;
    pub const times: c_uint = c.SSV_READ_TIMES;
    pub const name: c_uint = c.SSV_READ_NAME;
    pub const kind: c_uint = c.SSV_READ_KIND;
    pub const status: c_uint = c.SSV_READ_STATUS;
    pub const tracestate: c_uint = c.SSV_READ_TRACESTATE;
    pub const flags: c_uint = c.SSV_READ_FLAGS;
    pub const attributes: c_uint = c.SSV_READ_ATTRIBUTES;
    pub const events: c_uint = c.SSV_READ_EVENTS;
    pub const links: c_uint = c.SSV_READ_LINKS;
    pub const scope: c_uint = c.SSV_READ_SCOPE;
    pub const resource: c_uint = c.SSV_READ_RESOURCE;
    pub const dropped: c_uint = c.SSV_READ_DROPPED;
    pub const add: c_uint = c.SSV_READ_ADD;
};

pub const Status = enum(u8) { unset, ok, @"error" };
pub const Kind = enum(u8) { unspecified, internal, server, client, producer, consumer };
pub const Reason = enum(u8) { root_ended, timed_out, limit, flush, late };

fn here(function: [:0]const u8) c.ssv_place {
    return .{ .file = function.ptr, .line = 0 };
}

fn slice(text: c.ssv_str) []const u8 {
    return if (text.length == 0) "" else text.at[0..text.length];
}

fn optional(text: c.ssv_str) ?Text {
    return if (text.at == null) null else .{ .raw = text };
}

fn str(text: []const u8) c.ssv_str {
    return .{ .at = text.ptr, .length = text.len, .text = c.SSV_NONE };
}

/// A text of the batch. In edits it is named rather than copied.
pub const Text = struct {
    raw: c.ssv_str,

    pub fn bytes(self: Text) []const u8 {
        return slice(self.raw);
    }

    pub fn eql(self: Text, other: []const u8) bool {
        return std.mem.eql(u8, self.bytes(), other);
    }
};

/// An attribute, or an element of an array or a map.
pub const Attribute = struct {
    raw: c.ssv_attr,

    fn init(of: *const c.ssv_batch, row: u32) Attribute {
        return .{ .raw = .{ .batch = of, .row = row } };
    }

    pub fn key(self: Attribute) Text {
        return .{ .raw = c.ssv_attr_key_in(self.raw, here("Attribute.key")) };
    }

    pub fn text(self: Attribute) ?Text {
        var out: c.ssv_str = undefined;
        return if (c.ssv_get_text_in(self.raw, &out, here("Attribute.text"))) .{ .raw = out } else null;
    }

    pub fn int(self: Attribute) ?i64 {
        var out: i64 = undefined;
        return if (c.ssv_get_int_in(self.raw, &out, here("Attribute.int"))) out else null;
    }

    pub fn double(self: Attribute) ?f64 {
        var out: f64 = undefined;
        return if (c.ssv_get_double_in(self.raw, &out, here("Attribute.double"))) out else null;
    }

    pub fn boolean(self: Attribute) ?bool {
        var out: bool = undefined;
        return if (c.ssv_get_bool_in(self.raw, &out, here("Attribute.boolean"))) out else null;
    }

    /// Its value, whatever it is; see value.h.
    pub fn value(self: Attribute) c.ssv_value {
        return c.ssv_attr_value_in(self.raw, here("Attribute.value"));
    }
};

/// Goes over things with consecutive indices.
fn Iterator(comptime View: type) type {
    return struct {
        batch: *const c.ssv_batch,
        index: u32,
        end: u32,

        pub fn next(self: *@This()) ?View {
            if (self.index >= self.end) return null;
            defer self.index += 1;
            return View.init(self.batch, self.index);
        }
    };
}

/// The attributes of something, or the elements of an array or a map.
pub const Attributes = struct {
    raw: c.ssv_attrs,

    pub fn iterator(self: Attributes) Iterator(Attribute) {
        return .{ .batch = self.raw.batch, .index = self.raw.start, .end = self.raw.end };
    }

    pub fn find(self: Attributes, key: []const u8) ?Attribute {
        const found = c.ssv_find_in(self.raw, str(key), here("Attributes.find"));
        return if (c.ssv_has(found)) .{ .raw = found } else null;
    }
};

/// A span. For what is not here, call the C API with `raw`.
pub const Span = struct {
    raw: c.ssv_span,

    fn init(of: *const c.ssv_batch, at: u32) Span {
        return .{ .raw = .{ .batch = of, .index = at } };
    }

    pub fn index(self: Span) u32 {
        return self.raw.index;
    }

    pub fn name(self: Span) Text {
        return .{ .raw = c.ssv_span_name_in(self.raw, here("Span.name")) };
    }

    pub fn kind(self: Span) Kind {
        return @enumFromInt(c.ssv_span_kind_in(self.raw, here("Span.kind")));
    }

    pub fn status(self: Span) Status {
        return @enumFromInt(c.ssv_span_status_in(self.raw, here("Span.status")));
    }

    pub fn message(self: Span) ?Text {
        return optional(c.ssv_span_message_in(self.raw, here("Span.message")));
    }

    pub fn traceId(self: Span) *const [16]u8 {
        return c.ssv_span_trace_id_in(self.raw, here("Span.traceId"))[0..16];
    }

    pub fn id(self: Span) *const [8]u8 {
        return c.ssv_span_id_in(self.raw, here("Span.id"))[0..8];
    }

    /// Nanoseconds.
    pub fn duration(self: Span) u64 {
        return c.ssv_span_duration_in(self.raw, here("Span.duration"));
    }

    pub fn isSampled(self: Span) bool {
        return c.ssv_span_is_sampled_in(self.raw, here("Span.isSampled"));
    }

    pub fn isLocalRoot(self: Span) bool {
        return c.ssv_span_is_local_root_in(self.raw, here("Span.isLocalRoot"));
    }

    /// The attribute of a declared key (a `Slot`, the cheapest), or with this key.
    pub fn attribute(self: Span, key: anytype) ?Attribute {
        const found = if (@TypeOf(key) == Slot)
            c.ssv_get_slot_in(self.raw, key, here("Span.attribute"))
        else
            c.ssv_get_str_in(self.raw, str(key), here("Span.attribute"));
        return if (c.ssv_has(found)) .{ .raw = found } else null;
    }

    pub fn attributes(self: Span) Attributes {
        return .{ .raw = c.ssv_span_attrs_in(self.raw, here("Span.attributes")) };
    }

    fn group(self: Span) u32 {
        return c.ssv_span_group_in(self.raw, here("Edits.add"));
    }
};

/// A batch of spans. For what is not here, call the C API with `raw`.
pub const Batch = struct {
    raw: *const c.ssv_batch,

    pub fn len(self: Batch) u32 {
        return self.raw.spans;
    }

    pub fn spans(self: Batch) Iterator(Span) {
        return .{ .batch = self.raw, .index = 0, .end = self.raw.spans };
    }

    /// Unix nanoseconds: a policy's only clock.
    pub fn now(self: Batch) u64 {
        return self.raw.now;
    }
};

/// Takes down what is to change. For what is not here, call the C API with `raw`.
pub const Edits = struct {
    raw: *c.ssv_edits,

    /// Adds an attribute, whether or not there is one with this key.
    pub fn add(self: Edits, on: Span, key: []const u8, v: anytype) void {
        c.ssv_add_to(self.raw, on.group(), c.ssv_name_str(self.raw, str(key)), value(v));
    }

    /// Adds an attribute if there is none with this key. Says whether it did.
    pub fn insert(self: Edits, on: Span, key: []const u8, v: anytype) bool {
        return c.ssv_insert_to(self.raw, on.attributes().raw, str(key), value(v));
    }

    /// Sets the attribute with this key, or adds it.
    pub fn upsert(self: Edits, on: Span, key: []const u8, v: anytype) void {
        c.ssv_upsert_to(self.raw, on.attributes().raw, str(key), value(v));
    }

    /// Sets the attribute with this key, if there is one. Says whether it did.
    pub fn update(self: Edits, on: Span, key: []const u8, v: anytype) bool {
        return c.ssv_update_to(self.raw, on.attributes().raw, str(key), value(v));
    }

    /// Removes every attribute with this key. Says whether there was one.
    pub fn removeKey(self: Edits, on: Span, key: []const u8) bool {
        return c.ssv_remove_from(self.raw, on.attributes().raw, str(key));
    }

    pub fn set(self: Edits, row: Attribute, v: anytype) void {
        c.ssv_set(self.raw, row.raw, value(v));
    }

    pub fn rename(self: Edits, row: Attribute, key: []const u8) void {
        c.ssv_rename_to(self.raw, row.raw, c.ssv_name_str(self.raw, str(key)));
    }

    pub fn remove(self: Edits, row: Attribute) void {
        c.ssv_remove(self.raw, row.raw);
    }

    pub fn setName(self: Edits, span: Span, name: []const u8) void {
        c.ssv_set_name_to(self.raw, span.raw, c.ssv_name_str(self.raw, str(name)));
    }

    pub fn drop(self: Edits, span: Span) void {
        c.ssv_drop(self.raw, span.raw);
    }

    pub fn keep(self: Edits, span: Span) void {
        c.ssv_keep(self.raw, span.raw);
    }
};

/// A value for edits, of what Zig has for it.
pub fn value(of: anytype) c.ssv_value {
    const T = @TypeOf(of);
    if (T == c.ssv_value) return of;
    if (T == Text) return c.ssv_text_str(of.raw);
    if (T == Attribute) return of.value();
    return switch (@typeInfo(T)) {
        .bool => c.ssv_bool(of),
        .int, .comptime_int => c.ssv_int(of),
        .float, .comptime_float => c.ssv_double(of),
        .null => c.ssv_empty(),
        .optional => if (of) |some| value(some) else c.ssv_empty(),
        else => c.ssv_text_str(str(of)),
    };
}

/// A configuration or a state cannot be used; the message was given to `Setup.refuse`.
pub const Refused = error{Refused};

/// What a policy asks for while it is configured, and how it refuses.
pub const Setup = struct {
    raw: ?*c.ssv_setup,
    problem: *c.ssv_error,

    /// Asks for parts, joined with `|`.
    pub fn read(self: Setup, parts: c_uint) void {
        c.ssv_read(self.raw, parts);
    }

    pub fn key(self: Setup, name: []const u8) Slot {
        return c.ssv_key_str(self.raw, str(name));
    }

    pub fn groupByTrace(self: Setup) void {
        c.ssv_group_by_trace(self.raw);
    }

    /// `return setup.refuse("argument: not this one");`
    pub fn refuse(self: Setup, message: []const u8) Refused {
        self.problem.message = c.ssv_copy_str(str(message));
        return error.Refused;
    }
};

pub const Level = enum(c_uint) { @"error", warn, info, debug };

/// Writes a line to the host's log.
pub fn log(level: Level, comptime format: []const u8, arguments: anytype) void {
    var buffer: [1024]u8 = undefined;
    const line = std.fmt.bufPrint(&buffer, format, arguments) catch &buffer;
    c.ssv_host_log(@intFromEnum(level), line.ptr, line.len);
}

/// Counts for the host's statistics.
pub fn count(name: []const u8, delta: u64) void {
    c.ssv_count_str(str(name), delta);
}

/// The look-up table of this name, if there is one.
pub fn table(name: []const u8) ?[]const u8 {
    var found: c.ssv_bytes = undefined;
    return if (c.ssv_table_str(str(name), &found)) found.at[0..found.length] else null;
}

/// Gives the call up: it fails with this message.
pub fn fail(comptime format: []const u8, arguments: anytype) noreturn {
    var buffer: [1024]u8 = undefined;
    const message = std.fmt.bufPrint(&buffer, format, arguments) catch &buffer;
    c.ssv_host_fail(message.ptr, message.len);
}

/// What a panic does: the call fails with its message. `pub const panic = ssv.panic;` in the policy's file.
pub const panic = std.debug.FullPanic(struct {
    fn call(message: []const u8, _: ?usize) noreturn {
        fail("panic: {s}", .{message});
    }
}.call);

// === configuration ===

/// Names, types and defaults of a configuration's members. The one place that knows how this version of Zig describes a struct.
fn members(comptime Config: type) @TypeOf(@typeInfo(Config).@"struct") {
    return @typeInfo(Config).@"struct";
}

/// Where the C API decodes a member to, before it becomes one of Zig's.
const Room = extern union { text: c.ssv_str, strings: c.ssv_strings, integer: i64, number: f64, flag: bool };

fn fieldOf(comptime Config: type, comptime index: usize) c.ssv_field {
    const name = members(Config).field_names[index];
    const Member = members(Config).field_types[index];
    const default_value = members(Config).field_attrs[index].defaultValue(Member);
    var out: c.ssv_field = .{ .name = name.ptr, .offset = index * @sizeOf(Room), .required = default_value == null };
    out.type = switch (Member) {
        []const u8 => c.SSV_FIELD_STRING,
        []const []const u8 => c.SSV_FIELD_STRINGS,
        i64 => c.SSV_FIELD_INT64,
        f64 => c.SSV_FIELD_NUMBER,
        bool => c.SSV_FIELD_FLAG,
        else => @compileError("a configuration holds []const u8, []const []const u8, i64, f64 and bool; not " ++ @typeName(Member)),
    };
    if (default_value) |default| switch (Member) {
        []const u8 => out.otherwise = .{ .text = (default ++ "\x00").ptr },
        i64 => out.otherwise = .{ .integer = default },
        f64 => out.otherwise = .{ .number = default },
        bool => out.otherwise = .{ .flag = default },
        else => {},
    };
    if (@hasDecl(Config, "docs") and @hasField(@TypeOf(Config.docs), name)) out.about = @field(Config.docs, name);
    return out;
}

fn shapeOf(comptime Config: type) *const c.ssv_shape {
    const Shape = struct {
        const length = members(Config).field_names.len;
        const fields: [length]c.ssv_field = blk: {
            var all: [length]c.ssv_field = undefined;
            for (0..length) |index| all[index] = fieldOf(Config, index);
            break :blk all;
        };
        const shape: c.ssv_shape = .{ .size = (if (length == 0) 1 else length) * @sizeOf(Room), .fields = &fields, .count = length };
    };
    return &Shape.shape;
}

fn configOf(comptime Config: type, rooms: [*]const Room) Config {
    var out: Config = undefined;
    inline for (members(Config).field_names, members(Config).field_types, 0..) |name, Member, index| {
        @field(out, name) = switch (Member) {
            []const u8 => slice(rooms[index].text),
            []const []const u8 => blk: {
                const given = rooms[index].strings;
                const list: [*][]const u8 = @ptrCast(@alignCast(c.ssv_alloc_array(given.count, @sizeOf([]const u8))));
                for (0..given.count) |i| list[i] = slice(given.at[i]);
                break :blk list[0..given.count];
            },
            i64 => rooms[index].integer,
            f64 => rooms[index].number,
            bool => rooms[index].flag,
            else => unreachable,
        };
    }
    return out;
}

// === policies ===

/// Makes a struct the plugin that is built.
pub fn exportPolicy(comptime Policy: type) void {
    const Adapter = struct {
        var instance: Policy = undefined;

        fn configure(given: ?*const anyopaque, setup: ?*c.ssv_setup, problem: [*c]c.ssv_error) callconv(.c) bool {
            const rooms: [*]const Room = @ptrCast(@alignCast(given));
            instance = Policy.configure(configOf(Policy.Config, rooms), .{ .raw = setup, .problem = problem }) catch return false;
            return true;
        }

        fn process(batch: [*c]const c.ssv_batch, edits: [*c]c.ssv_edits) callconv(.c) void {
            Policy.process(&instance, .{ .raw = batch }, .{ .raw = edits }) catch |problem| {
                fail(Policy.name ++ ".process: error.{s}", .{@errorName(problem)});
            };
        }

        fn save() callconv(.c) c.ssv_bytes {
            const state: []const u8 = Policy.save(&instance);
            return .{ .at = state.ptr, .length = state.len };
        }

        fn restore(state: c.ssv_bytes, problem: [*c]c.ssv_error) callconv(.c) bool {
            const given: []const u8 = if (state.length == 0) "" else state.at[0..state.length];
            Policy.restore(&instance, given, .{ .raw = null, .problem = problem }) catch return false;
            return true;
        }

        const policy: c.ssv_policy = .{
            .name = Policy.name,
            .version = if (@hasDecl(Policy, "version")) Policy.version else "0.1.0",
            .about = Policy.about,
            .save = if (@hasDecl(Policy, "save")) save else null,
            .restore = if (@hasDecl(Policy, "save")) restore else null,
            .config = shapeOf(Policy.Config),
            .configure = configure,
            .process = process,
        };
        const exported: *const c.ssv_policy = &policy;
    };
    @export(&Adapter.exported, .{ .name = "ssv_no_policy_is_exported__write_SSV_EXPORT_in_one_source_file" });
}
