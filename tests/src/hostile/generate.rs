//! Guests, or parts of them, that are too large or too odd to be written down.

use crate::guest::Guest;

/// What a function makes.
pub(super) enum Generated {
    /// A whole file, WebAssembly or not.
    Bytes(Vec<u8>),
    /// Fields of a module in WAT, which is completed as always.
    Fields(String),
}

/// Before the sections of a component.
const PREAMBLE: [u8; 8] = *b"\0asm\x0d\0\x01\0";

/// Sections of a component, by their ids.
const CORE_MODULE: u8 = 1;
const CORE_INSTANCES: u8 = 2;
const COMPONENT: u8 = 4;

/// What the header of a file names; none where there is no such thing.
pub(super) fn generate(name: &str) -> Option<Generated> {
    Some(match name {
        "nothing" => Generated::Bytes(Vec::new()),
        "random-bytes" => Generated::Bytes(random(4096)),
        "random-sections" => Generated::Bytes([&PREAMBLE[..], &random(4096)].concat()),
        "half-a-component" => Generated::Bytes(half_a_component()),
        "nested-components" => Generated::Bytes(nested_components(2_000)),
        "sixty-five-instances" => Generated::Bytes(more_instances(65)),
        "a-thousand-parameters" => Generated::Fields(wide_frames(1000)),
        "thirty-two-mebibytes-of-data" => Generated::Fields(data(32 << 20)),
        "five-thousand-functions" => Generated::Fields("(func)".repeat(5_000)),
        "a-million-functions" => Generated::Bytes(a_million_functions()),
        "deep-blocks" => Generated::Fields(deep_blocks(20_000)),
        "many-locals" => Generated::Fields(many_locals(2_000, 400)),
        _ => return None,
    })
}

/// The same bytes each time (xorshift).
fn random(len: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    std::iter::repeat_with(next).take(len).collect()
}

fn half_a_component() -> Vec<u8> {
    let mut component = Guest::idle().component();
    component.truncate(component.len() / 2);
    component
}

fn nested_components(depth: usize) -> Vec<u8> {
    // From the inside out, and the heads back to front, so that nothing is copied twice.
    let (mut reversed, mut len) = (Vec::new(), 0);
    for level in 0..depth {
        let head = if level == 0 { PREAMBLE.to_vec() } else { [&PREAMBLE[..], &[COMPONENT], &leb(len)].concat() };
        len += head.len();
        reversed.extend(head.into_iter().rev());
    }
    reversed.reverse();
    reversed
}

/// A guest that works, with so many instances of an empty module besides.
fn more_instances(instances: usize) -> Vec<u8> {
    let mut component = Guest::idle().component();
    let modules = sections(&component).filter(|section| *section == CORE_MODULE).count();
    section(&mut component, CORE_MODULE, b"\0asm\x01\0\0\0");
    // Each: to be made of a module, which one, and no arguments.
    let instance = [&[0], &leb(modules)[..], &[0]].concat();
    section(&mut component, CORE_INSTANCES, &[leb(instances), instance.repeat(instances)].concat());
    component
}

/// The ids of a component's sections.
fn sections(component: &[u8]) -> impl Iterator<Item = u8> {
    let mut rest = &component[PREAMBLE.len()..];
    std::iter::from_fn(move || {
        let (id, mut behind) = rest.split_first()?;
        let (mut len, mut shift) = (0, 0);
        loop {
            let byte = *behind.split_off_first()?;
            len |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        rest = behind.get(len..)?;
        Some(*id)
    })
}

fn section(component: &mut Vec<u8>, id: u8, content: &[u8]) {
    component.push(id);
    component.extend(leb(content.len()));
    component.extend_from_slice(content);
}

/// A length as WebAssembly has it (LEB128).
fn leb(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// A function that calls itself with so many parameters, most of which have to lie on the stack, and one that calls it first.
fn wide_frames(parameters: usize) -> String {
    let arguments: String = (0..parameters).map(|at| format!("local.get {at} ")).collect();
    let first = "i64.const 1 ".repeat(parameters);
    let types = "i64 ".repeat(parameters);
    format!(
        "(func $wide (param {types}) (result i64) {arguments} call $wide i64.const 1 i64.add)
         (func $wide_start (result i32) {first} call $wide i32.wrap_i64)"
    )
}

/// Data behind the first two mebibytes, in a memory that has room for it.
fn data(len: usize) -> String {
    let pages = (len >> 16) + 32;
    format!("(memory (export \"memory\") {pages}) (data (i32.const 0x200000) \"{}\")", "a".repeat(len))
}

/// More functions than any module may have. Written as text, since the tool that makes components refuses it too.
fn a_million_functions() -> Vec<u8> {
    let text = format!("(component (core module {}))", "(func)".repeat(1_000_001));
    wat::parse_str(text).unwrap_or_default()
}

fn deep_blocks(depth: usize) -> String {
    format!("(func {} {})", "block ".repeat(depth), "end ".repeat(depth))
}

/// A function in which every one of many variables lives through every one of many loops: compilers take long for those.
fn many_locals(locals: usize, loops: usize) -> String {
    let variables: String =
        (0..locals).map(|local| format!("local.get {local} local.get {} i64.add local.set {local} ", (local + 1) % locals)).collect();
    let body: String = (0..loops)
        .map(|at| format!("loop {} local.get {} i64.eqz br_if 0 end ", if at % 20 == 0 { &variables } else { "" }, at % locals))
        .collect();
    format!("(func (local {}) {body})", "i64 ".repeat(locals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_of_a_component_are_found() {
        let component = Guest::idle().component();
        let ids: Vec<u8> = sections(&component).collect();
        assert!(ids.contains(&CORE_MODULE) && ids.contains(&CORE_INSTANCES) && ids.iter().all(|id| *id <= 12), "{ids:?}");
    }

    #[test]
    fn lengths_have_seven_bits_a_byte() {
        assert_eq!((leb(5), leb(128), leb(624_485)), (vec![5], vec![0x80, 1], vec![0xe5, 0x8e, 0x26]));
    }
}
