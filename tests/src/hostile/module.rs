//! From a file to the bytes that the host is given.

use std::fmt::Write as _;

use super::generate::{Generated, generate};
use super::{Case, Edits};
use crate::guest::{contract, encoded, escaped};

const HOST: &str = "spansieve:policy/host@0.1.1";
const PLUGIN: &str = "spansieve:policy/plugin@0.1.1";

/// Where the edits lie in a guest's memory.
const EDITS: usize = 65_536;

/// Where what the host hands over lies, at the least.
const ARENA: usize = 1 << 20;

impl Case {
    /// The guest.
    ///
    /// # Errors
    /// When the file is not what its header says.
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        let generated = match self.generate.as_deref().map(|name| generate(name).ok_or_else(|| format!("nothing generates {name:?}"))) {
            Some(Ok(Generated::Bytes(bytes))) if self.body.trim().is_empty() => return Ok(bytes),
            Some(Ok(Generated::Bytes(_))) => return Err("nothing can stand in a file that is generated".into()),
            Some(Ok(Generated::Fields(fields))) => fields,
            Some(Err(error)) => return Err(error),
            None => String::new(),
        };
        let body = format!("{}\n{generated}", self.body);
        if ["(component", "(module"].iter().any(|whole| body.trim_start().starts_with(whole)) {
            if !self.edits.is_empty() || !self.schema.is_empty() || !self.wit.is_empty() {
                return Err("what the header adds has no place in a whole module or component".into());
            }
            return wat::parse_str(body).map_err(|error| error.to_string());
        }
        let module = wat::parse_str(self.module(&body)?).map_err(|error| error.to_string())?;
        self.component(module, &body)
    }

    /// Wraps a core module into a component that imports what the file's WIT package offers and the module asks for.
    fn component(&self, module: Vec<u8>, body: &str) -> Result<Vec<u8>, String> {
        let (mut resolve, package) = contract();
        if self.wit.is_empty() {
            let world = resolve.select_world(&[package], Some("policy")).map_err(|error| error.to_string())?;
            return encoded(module, &resolve, world);
        }
        let mut imports: Vec<_> = body.split("(import \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        imports.dedup();
        let imports = imports.iter().fold(String::new(), |mut out, import| {
            let _ = writeln!(out, "import {import};");
            out
        });
        let world = format!("package hostile:guest; world guest {{ include spansieve:policy/policy@0.1.1; {imports} }}");
        resolve.push_str("imports.wit", &self.wit).map_err(|error| format!("{error:#}"))?;
        let package = resolve.push_str("guest.wit", &world).map_err(|error| format!("{error:#}"))?;
        let world = resolve.select_world(&[package], Some("guest")).map_err(|error| error.to_string())?;
        encoded(module, &resolve, world)
    }

    /// Completes the fields of a module: host functions as `$log`, `$count`, `$table`, `$texts` and `$fail`; `$reply`, which makes the answer of a
    /// list; a memory, `cabi_realloc` and each function of the contract. What the file exports itself is left out here.
    ///
    /// The answers lie at fixed addresses: `describe` at 64, `configure` at 128, `process` at 192, `save` at 256, `restore` at 320; the
    /// texts `test` at 512 and `0.0.0` at 520. Data of the file replace what is here. What the host hands over lies from 1 MiB on.
    fn module(&self, body: &str) -> Result<String, String> {
        let mut edits = Edits::parse(&self.edits)?;
        for (at, word) in &self.patches {
            let place = edits.blob.get_mut(*at..at + 4).ok_or_else(|| format!("there is no word at {at} of the edits"))?;
            place.copy_from_slice(&word.to_le_bytes());
        }
        let relative_at = (EDITS + edits.blob.len()).next_multiple_of(8);
        let relative = edits.relative.iter().flat_map(|word| {
            let (id, size) = word.column.map_or((0, 1), |column| (column as u32, column.element_size() as u32));
            [(EDITS + word.at) as u32, id, size, word.plus as u32].into_iter().flat_map(u32::to_le_bytes)
        });
        let relative: Vec<u8> = relative.chain([0; 16]).collect();
        let arena = (relative_at + relative.len()).next_multiple_of(65_536).max(ARENA);
        let pages = arena / 65_536 + 16;
        let process = if self.edits.is_empty() {
            "(i32.const 192)".to_owned()
        } else {
            format!("(call $relate (local.get 0)) (call $reply (i32.const {EDITS}) (i32.const {}))", edits.blob.len())
        };

        let mut module = format!(
            r#"(module
  (import "{HOST}" "log" (func $log (param i32 i32 i32)))
  (import "{HOST}" "count" (func $count (param i32 i32 i64)))
  (import "{HOST}" "table" (func $table (param i32 i32 i32)))
  (import "{HOST}" "texts" (func $texts (param i32)))
  (import "{HOST}" "fail" (func $fail (param i32 i32)))
  (data (i32.const 64) "\00\02\00\00\04\00\00\00\08\02\00\00\05\00\00\00\00\02\00\00\04\00\00\00\01\00\00\00\00\04\00\00\00\00\00\00")
  (data (i32.const 128) "\00\00\00\00\08\00\00\00\00\00\00\00\08\00\00\00\00\00\00\00\00")
  (data (i32.const 512) "test\00\00\00\000.0.0")
  (data (i32.const 96) "{schema_len}")
  (data (i32.const 1024) "{schema}")
  (data (i32.const {EDITS}) "{blob}")
  (data (i32.const {relative_at}) "{relative}")
  {body}
  (func $reply (param $at i32) (param $len i32) (result i32)
    (i32.store (i32.const 192) (local.get $at))
    (i32.store (i32.const 196) (local.get $len))
    (i32.const 192))
  (global $relative i32 (i32.const {relative_at}))
  {RELATE}
"#,
            schema_len = escaped(&(self.schema.len() as u32).to_le_bytes()),
            schema = escaped(self.schema.as_bytes()),
            blob = escaped(&edits.blob),
            relative = escaped(&relative),
        );
        let realloc = format!(
            r#"(param i32 i32 i32) (param $len i32) (result i32) (local $more i32)
    (local.set $more (i32.sub (i32.shr_u (i32.add (i32.const {last}) (local.get $len)) (i32.const 16)) (memory.size)))
    (if (i32.gt_s (local.get $more) (i32.const 0))
      (then (if (i32.eq (i32.const -1) (memory.grow (local.get $more))) (then unreachable))))
    (i32.const {arena})"#,
            last = arena + 65_535
        );
        let defaults = [
            ("memory", format!("(memory (export \"memory\") {pages})")),
            ("cabi_realloc", format!("(func (export \"cabi_realloc\") {realloc})")),
            ("describe", function("describe", "(result i32) (i32.const 64)")),
            ("configure", function("configure", "(param i32 i32) (result i32) (i32.const 128)")),
            ("process", function("process", &format!("(param i32 i32) (result i32) {process}"))),
            ("save", function("save", "(result i32) (i32.const 256)")),
            ("restore", function("restore", "(param i32 i32) (result i32) (i32.const 320)")),
        ];
        for (name, default) in defaults {
            let full = if matches!(name, "memory" | "cabi_realloc") { name.to_owned() } else { format!("{PLUGIN}#{name}") };
            let is_there = body.contains(&format!("(export \"{full}\""));
            match (name, is_there) {
                ("process", true) if !self.edits.is_empty() => return Err("it has both edits and a `process`".into()),
                (_, true) => {}
                (_, false) => module += &format!("  {default}\n"),
            }
        }
        Ok(module + ")")
    }
}

fn function(name: &str, rest: &str) -> String {
    format!("(func (export \"{PLUGIN}#{name}\") {rest})")
}

/// Adds to words of the edits what depends on the batch. They are listed from `$relative` on: address, column, size of its elements,
/// and what is to be added besides; address 0 ends the list. The column 0 stands for the spans.
const RELATE: &str = "(func $relate (param $batch i32) (local $word i32)
    (local.set $word (global.get $relative))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (i32.load (local.get $word))))
        (i32.store (i32.load (local.get $word))
          (i32.add (i32.load offset=12 (local.get $word))
            (call $elements (local.get $batch) (i32.load offset=4 (local.get $word)) (i32.load offset=8 (local.get $word)))))
        (local.set $word (i32.add (local.get $word) (i32.const 16)))
        (br $next))))
  (func $elements (param $batch i32) (param $column i32) (param $size i32) (result i32) (local $entry i32) (local $left i32)
    (if (i32.eqz (local.get $column)) (then (return (i32.load offset=20 (local.get $batch)))))
    (local.set $entry (i32.add (local.get $batch) (i32.const 48)))
    (local.set $left (i32.load offset=12 (local.get $batch)))
    (block $none
      (loop $next
        (br_if $none (i32.eqz (local.get $left)))
        (if (i32.eq (i32.load (local.get $entry)) (local.get $column))
          (then (return (i32.div_u (i32.load offset=8 (local.get $entry)) (local.get $size)))))
        (local.set $entry (i32.add (local.get $entry) (i32.const 12)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $next)))
    (i32.const 0))";
