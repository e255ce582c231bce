//! One call into a guest, and what is told when it fails.

use std::time::Duration;

use wasmtime::{Store, Trap, WasmBacktrace};

use crate::engine::{Engine, TICK};
use crate::error::{CallError, CallErrorKind, one_line};
use crate::host::{GaveUp, HostState};

/// Characters of a message from a guest that are kept.
pub(crate) const MAX_MESSAGE: usize = 1000;

/// Characters of a function's name that are kept.
const MAX_NAME: usize = 120;

/// Runs one call into a guest, within a deadline and a bound on what it hands out.
pub(crate) fn enter<R>(
    engine: &Engine,
    store: &mut Store<HostState>,
    deadline: Duration,
    output: usize,
    call: impl FnOnce(&mut Store<HostState>) -> wasmtime::Result<R>,
) -> Result<R, CallError> {
    // One tick more, since the first may come at once.
    let ticks = (deadline.as_nanos() / TICK.as_nanos()) as u64 + 1;
    store.set_epoch_deadline(ticks);
    store.set_hostcall_fuel(output);
    store.data_mut().limiter.refused = None;
    let running = engine.running();
    let result = call(store);
    drop(running);
    result.map_err(|error| call_error(&error, store.data().limiter.refused, deadline))
}

/// What failed, and whose word it is: the guest's, or that of a limit.
fn call_error(error: &wasmtime::Error, refused: Option<&str>, deadline: Duration) -> CallError {
    let (cause, backtrace) = (cause(error), backtrace(error));
    // wasmtime has no type for these; hostile guests in the tests show that the words are still the same.
    let limit = if cause.contains("fuel allocated for hostcalls") {
        Some("edits, or what else it may return at once")
    } else if cause.contains("resource limit exceeded") {
        Some("instances, tables or memories")
    } else {
        refused
    };
    match (error.downcast_ref::<Trap>(), limit) {
        (Some(Trap::Interrupt), _) => CallError::new(CallErrorKind::Deadline, format!("longer than {deadline:?}{backtrace}")),
        (_, Some(limit)) => CallError::new(CallErrorKind::Limit, format!("{limit}; then: {cause}{backtrace}")),
        // The guest has said itself where that was.
        _ if error.is::<GaveUp>() => CallError::new(CallErrorKind::Trap, cause),
        _ => CallError::new(CallErrorKind::Trap, format!("{cause}{backtrace}")),
    }
}

/// Functions of a guest's backtrace that a message names.
const FRAMES: usize = 8;

pub(crate) fn cause(error: &wasmtime::Error) -> String {
    one_line(&error.root_cause().to_string(), MAX_MESSAGE)
}

/// Where in the guest an error happened, innermost function first. Names are those that the component carries.
fn backtrace(error: &wasmtime::Error) -> String {
    let Some(trace) = error.downcast_ref::<WasmBacktrace>() else { return String::new() };
    let frames = trace.frames().iter().take(FRAMES).map(|frame| match frame.func_name() {
        Some(name) => one_line(&format!("{:#}", rustc_demangle::demangle(name)), MAX_NAME),
        None => format!("function {}", frame.func_index()),
    });
    let frames: Vec<_> = frames.collect();
    if frames.is_empty() { String::new() } else { format!("; in {}", frames.join(" < ")) }
}
