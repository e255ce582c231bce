//! Guests for tests, written as core modules in WAT and wrapped into components of the world in `wit/`, and policies in folders of their own.
//!
//! The crate in `tests/` includes this file too.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

pub mod log;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use wit_component::{ComponentEncoder, StringEncoding};
use wit_parser::{PackageId, Resolve, SourceMap, WorldId};

const WIT: [(&str, &str); 3] = [
    ("world.wit", include_str!("../../../../wit/world.wit")),
    ("host.wit", include_str!("../../../../wit/host.wit")),
    ("plugin.wit", include_str!("../../../../wit/plugin.wit")),
];

/// Where [`Guest::data`] lies in a guest's memory. What the host hands over lies from 1 MiB on, and takes the place of what it handed over before.
pub const DATA: u32 = 65_536;

/// A guest whose functions are bodies in WAT. By default it asks for every column, takes any configuration and edits nothing.
///
/// A body is what stands in the function behind its parameters, and leaves the function's result: the address of a return area. Bodies can
/// call `$reply` (address and length of a list, gives its return area), `$log`, `$count`, `$table` and `$texts`.
#[derive(Clone, Debug)]
pub struct Guest {
    /// Body of `describe`.
    pub describe: String,
    /// Body of `configure`; parameters `$config` and `$len`.
    pub configure: String,
    /// Body of `process`; parameters `$batch` and `$len`.
    pub process: String,
    /// Body of `save`.
    pub save: String,
    /// Body of `restore`; parameters `$state` and `$len`.
    pub restore: String,
    /// Fields of the module besides: globals, functions, imports come first.
    pub fields: String,
    /// Imports besides those of the contract.
    pub imports: String,
    /// Bytes at [`DATA`].
    pub data: Vec<u8>,
    /// Pages of memory at the start, at least 32.
    pub pages: u32,
    /// The layout version that it says it speaks.
    pub layout: u32,
    /// The JSON Schema that it gives.
    pub schema: String,
    /// Whether it asks for whole traces.
    pub whole_traces: bool,
}

impl Default for Guest {
    fn default() -> Self {
        Guest {
            describe: "(i32.const 64)".into(),
            configure: "(i32.const 128)".into(),
            process: "(i32.const 192)".into(),
            save: "(i32.const 256)".into(),
            restore: "(i32.const 320)".into(),
            fields: String::new(),
            imports: String::new(),
            data: Vec::new(),
            pages: 32,
            layout: 1,
            schema: String::new(),
            whole_traces: false,
        }
    }
}

impl Guest {
    /// A guest with this body of `process`.
    pub fn new(process: &str) -> Guest {
        Guest { process: process.into(), ..Guest::default() }
    }

    /// A guest that edits nothing.
    pub fn idle() -> Guest {
        Guest::default()
    }

    /// A guest that traps on every batch.
    pub fn trapping() -> Guest {
        Guest::new("unreachable")
    }

    /// A guest that never comes back.
    pub fn looping() -> Guest {
        Guest::new("(loop $for_ever (br $for_ever)) unreachable")
    }

    /// A guest that answers with these bytes, whatever it is given.
    pub fn answering(edits: impl Into<Vec<u8>>) -> Guest {
        let data = edits.into();
        Guest { process: format!("(call $reply (i32.const {DATA}) (i32.const {}))", data.len()), data, ..Guest::default() }
    }

    /// The guest as a component.
    pub fn component(&self) -> Vec<u8> {
        component(&self.module())
    }

    /// The guest as a core module in WAT.
    pub fn module(&self) -> String {
        // Return areas and the strings they point to: describe at 64, configure at 128, process at 192, save at 256, restore at 320.
        let (name, version, about) = (512, 520, 528);
        let schema = 1024;
        assert!(self.schema.len() < (DATA as usize) - 1024 && self.data.len() < (1 << 20) - DATA as usize, "it fits where it lies");
        let description = words(&[name, 4, version, 5, about, 4, self.layout, schema, self.schema.len() as u32]);
        let interest = words(&[0, 8, 0, 8, 0, u32::from(self.whole_traces)]);
        format!(
            r#"(module
  (import "spansieve:policy/host@0.1.1" "log" (func $log (param i32 i32 i32)))
  (import "spansieve:policy/host@0.1.1" "count" (func $count (param i32 i32 i64)))
  (import "spansieve:policy/host@0.1.1" "table" (func $table (param i32 i32 i32)))
  (import "spansieve:policy/host@0.1.1" "texts" (func $texts (param i32)))
  {imports}
  (memory (export "memory") {pages})
  {fields}
  (data (i32.const 64) "{description}")
  (data (i32.const 128) "{interest}")
  (data (i32.const 512) "test\00\00\00\000.0.0\00\00\00test")
  (data (i32.const {schema}) "{schema_json}")
  (data (i32.const {DATA}) "{data}")
  (func $reply (param $at i32) (param $len i32) (result i32)
    (i32.store (i32.const 192) (local.get $at))
    (i32.store (i32.const 196) (local.get $len))
    (i32.const 192))
  (func (export "cabi_realloc") (param i32 i32 i32) (param $len i32) (result i32)
    (local $end i32)
    (local.set $end (i32.add (i32.const {arena}) (local.get $len)))
    (if (i32.gt_u (local.get $end) (i32.shl (memory.size) (i32.const 16)))
      (then (if (i32.eq (i32.const -1) (memory.grow (i32.sub (i32.shr_u (i32.add (local.get $end) (i32.const 65535)) (i32.const 16)) (memory.size))))
        (then unreachable))))
    (i32.const {arena}))
  (func (export "spansieve:policy/plugin@0.1.1#describe") (result i32) {describe})
  (func (export "spansieve:policy/plugin@0.1.1#configure") (param $config i32) (param $len i32) (result i32) {configure})
  (func (export "spansieve:policy/plugin@0.1.1#process") (param $batch i32) (param $len i32) (result i32) {process})
  (func (export "spansieve:policy/plugin@0.1.1#save") (result i32) {save})
  (func (export "spansieve:policy/plugin@0.1.1#restore") (param $state i32) (param $len i32) (result i32) {restore}))"#,
            imports = self.imports,
            pages = self.pages.max(32),
            fields = self.fields,
            schema_json = escaped(self.schema.as_bytes()),
            data = escaped(&self.data),
            arena = 1 << 20,
            describe = self.describe,
            configure = self.configure,
            process = self.process,
            save = self.save,
            restore = self.restore,
        )
    }
}

/// Wraps a core module in WAT into a component of the world.
///
/// # Panics
/// When it is none.
pub fn component(module: &str) -> Vec<u8> {
    let module = wat::parse_str(module).unwrap_or_else(|error| panic!("{error}"));
    let (resolve, package) = contract();
    let world = resolve.select_world(&[package], Some("policy")).expect("the world is there");
    encoded(module, &resolve, world).unwrap_or_else(|error| panic!("{error}"))
}

/// Wraps a core module into a component of any world.
///
/// # Errors
/// When the module does not have what the world asks for, or imports what it does not offer.
pub fn encoded(mut module: Vec<u8>, resolve: &Resolve, world: WorldId) -> Result<Vec<u8>, String> {
    wit_component::embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8, false)
        .map_err(|error| format!("{error:#}"))?;
    let mut encoder = ComponentEncoder::default();
    encoder.validate(true).module(&module).and_then(|encoder| encoder.encode()).map_err(|error| format!("{error:#}"))
}

/// The contract in `wit/`.
pub fn contract() -> (Resolve, PackageId) {
    let mut files = SourceMap::new();
    WIT.iter().for_each(|(name, content)| files.push_str(name, *content));
    let group = files.parse().map_err(|(_, error)| error).expect("the project's WIT parses");
    let mut resolve = Resolve::default();
    let package = resolve.push_group(group).expect("the project's WIT resolves");
    (resolve, package)
}

fn words(words: &[u32]) -> String {
    words.iter().flat_map(|word| word.to_le_bytes()).fold(String::new(), |mut out, byte| {
        let _ = write!(out, "\\{byte:02x}");
        out
    })
}

/// Bytes as a string literal of WAT holds them.
pub fn escaped(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 3), |mut out, byte| {
        let _ = write!(out, "\\{byte:02x}");
        out
    })
}

/// A folder that is there as long as this lives.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A new one, in the system's folder for temporary files.
    pub fn empty() -> Folder {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("spansieve-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Folder(path)
    }

    /// Writes a file and answers with its path.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, content).expect("a file in a temporary folder");
        path
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Writes a policy of guests, each with the rest of its entry in YAML's flow style (`on_failure: strip, limits: {deadline: 5ms}`), and answers with
/// the path of the policy file. The guests are called `a`, `b` and so on.
pub fn policy(folder: &Folder, guests: &[(&Guest, &str)]) -> PathBuf {
    let mut text = String::from("version: 1\nplugins:\n");
    for (name, (guest, rest)) in ('a'..='z').zip(guests) {
        folder.write(&format!("{name}.wasm"), guest.component());
        let comma = if rest.is_empty() { "" } else { ", " };
        let _ = writeln!(text, "  - {{name: {name}, use: 'file:./{name}.wasm'{comma}{rest}}}");
    }
    if guests.is_empty() {
        text = "{version: 1, plugins: []}".into();
    }
    folder.write("policy.yaml", text)
}

/// Writes a policy of one component, which need not be one, and answers with the path of the policy file.
pub fn policy_of_bytes(folder: &Folder, component: &[u8], rest: &str) -> PathBuf {
    folder.write("a.wasm", component);
    let comma = if rest.is_empty() { "" } else { ", " };
    folder.write("policy.yaml", format!("{{version: 1, plugins: [{{name: a, use: 'file:./a.wasm'{comma}{rest}}}]}}"))
}
