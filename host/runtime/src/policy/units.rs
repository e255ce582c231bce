//! Limits in a policy, and the units that they are written in.

use std::time::Duration;

use serde_json::Value;
use spansieve_layout::MAX_DEPTH;

use super::PolicyError;
use super::yaml::{Node, NodeValue};
use crate::limits::{Limits, STACK};

/// Reads the `limits` of a plugin; what it does not name keeps its default.
pub(super) fn limits(node: &Node) -> Result<Limits, PolicyError> {
    let mut limits = Limits::default();
    let known = [
        "memory",
        "stack",
        "table_elements",
        "deadline",
        "configure",
        "save",
        "component",
        "compile",
        "edits",
        "edit_items",
        "edit_nesting",
        "log_lines",
        "log_bytes",
        "counters",
    ];
    for (key, value) in node.map(&known)? {
        match key {
            "memory" => limits.memory = bytes(value)?,
            "stack" => limits.stack = stack(value)?,
            "table_elements" => limits.table_elements = count(value)? as usize,
            "deadline" => limits.deadline = duration(value)?,
            "configure" => limits.configure = duration(value)?,
            "save" => limits.save = duration(value)?,
            "component" => limits.component = bytes(value)?,
            "compile" => limits.compile = duration(value)?,
            "edits" => limits.edits = bytes(value)?,
            "edit_items" => limits.edit_items = count(value)? as usize,
            "edit_nesting" => limits.edit_nesting = nesting(value)?,
            "log_lines" => limits.log_lines = count(value)?,
            "log_bytes" => limits.log_bytes = bytes(value)?,
            _ => limits.counters = count(value)? as usize,
        }
    }
    Ok(limits)
}

fn bytes(node: &Node) -> Result<usize, PolicyError> {
    let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("kB", 1000), ("MB", 1_000_000), ("B", 1)];
    let expected = || node.expected("a size such as 64MiB, at most 4GiB");
    let (number, unit) = split(node.text().map_err(|_| expected())?).ok_or_else(expected)?;
    let (_, factor) = units.iter().find(|(name, _)| *name == unit).ok_or_else(expected)?;
    let size = number * f64::from(*factor);
    if (1.0..=(1u64 << 32) as f64).contains(&size) { Ok(size as usize) } else { Err(expected()) }
}

fn stack(node: &Node) -> Result<usize, PolicyError> {
    let size = bytes(node)?;
    if STACK.contains(&size) { Ok(size) } else { Err(node.expected("a size from 64KiB to 1MiB")) }
}

fn nesting(node: &Node) -> Result<usize, PolicyError> {
    let depth = count(node)? as usize;
    if depth <= MAX_DEPTH { Ok(depth) } else { Err(node.expected(&format!("a whole number up to {MAX_DEPTH}"))) }
}

fn duration(node: &Node) -> Result<Duration, PolicyError> {
    let units = [("ms", 0.001), ("us", 0.000_001), ("s", 1.0)];
    let expected = || node.expected("a time such as 20ms, from 1ms to 60s");
    let (number, unit) = split(node.text().map_err(|_| expected())?).ok_or_else(expected)?;
    let (_, factor) = units.iter().find(|(name, _)| *name == unit).ok_or_else(expected)?;
    let seconds = number * factor;
    if (0.001..=60.0).contains(&seconds) { Ok(Duration::from_secs_f64(seconds)) } else { Err(expected()) }
}

fn count(node: &Node) -> Result<u32, PolicyError> {
    match &node.value {
        NodeValue::Scalar(Value::Number(number)) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
        _ => None,
    }
    .ok_or_else(|| node.expected("a whole number"))
}

fn split(text: &str) -> Option<(f64, &str)> {
    let at = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    Some((text[..at].parse().ok()?, text[at..].trim_start()))
}
