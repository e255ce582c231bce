//! Plugins that fail, each in its own way.

use spansieve_layout::{Column, Header, Magic, Writer};

use crate::Guest;

/// An attribute's value on which some plugins fail. It stands on few spans.
pub(super) const RARE: &str = "poison-a";

/// The same, on so many spans that there is one in each small part of a batch.
pub(super) const FREQUENT: &str = "poison-b";

/// A plugin that does something wrong.
pub(super) struct Fault {
    pub(super) name: &'static str,
    pub(super) guest: Guest,
    /// What stands in the policy besides, without the failure rule.
    pub(super) limits: &'static str,
    /// Whether a span without poison passes it unchanged, so that a policy's own tests can have it.
    pub(super) is_patient: bool,
}

/// All of them.
pub(super) fn faults() -> Vec<Fault> {
    let fault = |name, guest, limits, is_patient| Fault { name, guest, limits, is_patient };
    let trap = "unreachable";
    let forever = "(loop $for_ever (br $for_ever))";
    // More than a limit, and more than any memory has.
    let grow = "(if (i32.eq (i32.const -1) (memory.grow (i32.const 60000))) (then unreachable))";
    let lie = "(return (call $reply (i32.const 0x7ffffff0) (i32.const 0x7ffffff0)))";
    let no_batch_of = |divisor: u32| {
        let spans = "(i32.load offset=20 (local.get $batch))";
        format!(
            "(if (i32.and (i32.gt_u {spans} (i32.const 0)) (i32.eqz (i32.rem_u {spans} (i32.const {divisor})))) (then unreachable)) (i32.const 192)"
        )
    };
    vec![
        fault("traps", Guest::new(&on(RARE, trap)), "", true),
        fault("traps-much", Guest::new(&on(FREQUENT, trap)), "", true),
        fault("traps-on-all", Guest::trapping(), "", false),
        fault("traps-on-sizes", Guest::new(&no_batch_of(3)), "", false),
        fault("loops", Guest::new(&on(RARE, forever)), "deadline: 5ms", true),
        fault("loops-on-all", Guest::looping(), "deadline: 2ms", false),
        fault("grows", Guest::new(&on(RARE, grow)), "memory: 16MiB", true),
        fault("leaks", Guest::new("(drop (memory.grow (i32.const 16))) (i32.const 192)"), "memory: 16MiB", true),
        fault("lies", Guest::new(&on(RARE, lie)), "", true),
        fault("lies-of-columns", Guest::answering(header(1000, 48)), "", false),
        fault("lies-of-length", Guest::answering(header(0, u32::MAX)), "", false),
        fault("names-spans-that-are-not", Guest::answering(edits(Column::DropSpan, u32::MAX - 1)), "", false),
        fault("floods", Guest::new(FLOOD), "log_lines: 20", true),
        fault("drops", Guest { process: first_only(Column::DropSpan), ..Guest::answering(edits(Column::DropSpan, 0)) }, "", false),
        fault("keeps", Guest { process: first_only(Column::KeepSpan), ..Guest::answering(edits(Column::KeepSpan, 0)) }, "", false),
        fault("groups", Guest { whole_traces: true, ..Guest::idle() }, "", true),
        fault("groups-and-traps", Guest { whole_traces: true, ..Guest::new(&on(RARE, trap)) }, "", true),
        fault("cannot-save", Guest { save: trap.into(), ..Guest::idle() }, "", true),
        fault("saves-for-ever", Guest { save: format!("{forever} unreachable"), ..Guest::idle() }, "save: 5ms", true),
    ]
}

/// A plugin that does nothing, and is another one for each number.
pub(super) fn idle(number: u32) -> Guest {
    Guest { fields: format!("(func (export \"number\") (result i32) (i32.const {number}))"), ..Guest::idle() }
}

/// A plugin that refuses every configuration.
pub(super) fn refusing() -> Guest {
    let configure = "(i32.store (i32.const 128) (i32.const 1)) (i32.store (i32.const 132) (i32.const 512)) (i32.store (i32.const 136) (i32.const 4)) (i32.const 128)";
    Guest { configure: configure.into(), ..Guest::idle() }
}

/// A body that fails if these eight bytes stand anywhere in what it is handed.
fn on(poison: &str, failing: &str) -> String {
    let bytes = u64::from_le_bytes(poison.as_bytes().try_into().expect("poison has eight bytes"));
    format!(
        "(local $at i32) (local $end i32)
         (local.set $at (local.get $batch))
         (local.set $end (i32.sub (i32.add (local.get $batch) (local.get $len)) (i32.const 8)))
         (block $done (loop $next
           (br_if $done (i32.gt_u (local.get $at) (local.get $end)))
           (if (i64.eq (i64.load align=1 (local.get $at)) (i64.const {bytes})) (then {failing}))
           (local.set $at (i32.add (local.get $at) (i32.const 1)))
           (br $next)))
         (i32.const 192)"
    )
}

/// Logs far more than it may and counts under many names.
const FLOOD: &str = "(local $i i32)
    (loop $lines
      (call $log (i32.const 1) (i32.const 512) (i32.const 4))
      (i32.store16 (i32.const 65536) (i32.add (i32.const 0x2121) (i32.or (i32.and (local.get $i) (i32.const 63)) (i32.shl (i32.shr_u (local.get $i) (i32.const 6)) (i32.const 8)))))
      (call $count (i32.const 65536) (i32.const 2) (i64.const 1))
      (br_if $lines (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 300))))
    (i32.const 192)";

/// A body that answers with edits where the batch has a span.
fn first_only(column: Column) -> String {
    let answer = Guest::answering(edits(column, 0)).process;
    format!("(if (i32.eqz (i32.load offset=20 (local.get $batch))) (then (return (i32.const 192)))) {answer}")
}

/// Edits that name one span.
fn edits(column: Column, span: u32) -> Vec<u8> {
    let mut edits = Vec::new();
    let mut writer = Writer::new(&mut edits, &Header { magic: Magic::Edits, ..Header::default() }, 1);
    writer.elements(column, &[span]);
    writer.finish();
    edits
}

/// A header of edits that says that it has so many columns and bytes, and nothing behind it.
fn header(columns: u32, length: u32) -> Vec<u8> {
    let mut header = b"SSVE\x01\0\0\0\0\0\0\0".to_vec();
    header.extend(columns.to_le_bytes());
    header.extend(length.to_le_bytes());
    header.resize(48, 0);
    header
}
