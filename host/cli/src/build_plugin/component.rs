//! From a core module to a component of the world `spansieve:policy/policy`.

use crate::scratch::Scratch;
use anyhow::{Context, Result, bail, ensure};
use wasm_encoder::{ProducersField, ProducersSection, Section as _};
use wasmparser::{Parser, Payload};
use wit_component::{ComponentEncoder, DecodedWasm, StringEncoding};
use wit_parser::{Resolve, SourceMap, WorldId};

/// The contract's version.
pub(crate) const VERSION: &str = "0.1.1";
/// What a plugin may import.
pub(crate) const HOST: &str = "spansieve:policy/host@0.1.1";
/// What a plugin exports.
pub(crate) const PLUGIN: &str = "spansieve:policy/plugin@0.1.1";

const WIT: [(&str, &str); 3] = [
    ("world.wit", include_str!("../../../../wit/world.wit")),
    ("host.wit", include_str!("../../../../wit/host.wit")),
    ("plugin.wit", include_str!("../../../../wit/plugin.wit")),
];

/// Answers what a language's runtime asks WASI for, out of nothing: see the file.
const NULL_WASI: &str = include_str!("null_wasi.wat");
/// What such a runtime imports.
const WASI: &str = "wasi_snapshot_preview1";

/// A component and what it asks for.
#[derive(Debug)]
pub(crate) struct Component {
    pub(crate) bytes: Vec<u8>,
    /// The interfaces that it imports: [`HOST`], or nothing.
    pub(crate) imports: Vec<String>,
}

/// Wraps a core module. The world is embedded first, unless the module's bindings brought it along. What the runtime of its language imports
/// from WASI is answered inside the component, by [`NULL_WASI`].
///
/// # Errors
/// When the module imports anything else but [`HOST`], or does not export [`PLUGIN`].
pub(crate) fn wrap(module: &[u8]) -> Result<Component> {
    let mut module = module.to_vec();
    let (brought, _) = wit_component::metadata::decode(&module).context("this is not a WebAssembly module")?;
    if brought.is_none() {
        let version = exported_version(&module)?;
        let (resolve, world) = policy_world(version.as_deref().unwrap_or(VERSION))?;
        wit_component::embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false)?;
    }
    let null_wasi = wat::parse_str(NULL_WASI)?;
    let bytes = ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .and_then(|encoder| encoder.adapter(WASI, &null_wasi))
        .and_then(|encoder| encoder.encode())
        .with_context(|| {
            format!("the module is no plugin: it may import {HOST} only, and exports {PLUGIN}, or both of an older version")
        })?;
    let imports = check(&bytes)?;
    Ok(Component { bytes, imports })
}

impl Component {
    /// Takes a component that a language's own tool made.
    ///
    /// # Errors
    /// When it imports anything but [`HOST`], or does not export [`PLUGIN`].
    pub(super) fn of(bytes: Vec<u8>) -> Result<Component> {
        let imports = check(&bytes)?;
        Ok(Component { bytes, imports })
    }

    /// Writes down what it was made of and by what, as the convention for `producers` sections has it: compilers are told to leave that out, with
    /// everything else that is not needed.
    pub(super) fn made_of(&mut self, language: &str, tool: &str) {
        let (name, version) = tool.split_once(' ').unwrap_or((tool, ""));
        let mut producers = ProducersSection::new();
        producers.field("language", ProducersField::new().value(language, ""));
        producers.field("processed-by", ProducersField::new().value(name, version));
        producers.append_to(&mut self.bytes);
    }
}

/// Checks that a component imports nothing but [`HOST`] and exports [`PLUGIN`], of this version of the contract or an older one, and answers with what it
/// imports.
fn check(component: &[u8]) -> Result<Vec<String>> {
    let DecodedWasm::Component(resolve, world) = wit_component::decode(component)? else {
        bail!("this is a WIT package, not a component");
    };
    let names =
        |items: &mut dyn Iterator<Item = &wit_parser::WorldKey>| -> Vec<String> { items.map(|key| resolve.name_world_key(key)).collect() };
    let world = &resolve.worlds[world];
    let imports = names(&mut world.imports.keys());
    let exports = names(&mut world.exports.keys());
    if let Some(other) = imports.iter().find(|name| interface(name) != interface(HOST)) {
        bail!("it imports {other}; a plugin may import {HOST} only");
    }
    ensure!(exports.iter().any(|name| interface(name) == interface(PLUGIN)), "it does not export {PLUGIN}");
    Ok(imports)
}

/// Of `spansieve:policy/host@0.1.1`, what stands before the version.
pub(crate) fn interface(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

/// The version of the contract that a module's exports are named by: that of the SDK, which may be older than this command.
fn exported_version(module: &[u8]) -> Result<Option<String>> {
    for payload in Parser::new(0).parse_all(module) {
        let Payload::ExportSection(exports) = payload? else { continue };
        for export in exports {
            let name = export?.name;
            let version = name.strip_prefix(interface(PLUGIN)).and_then(|rest| rest.strip_prefix('@')?.split_once('#'));
            let Some((version, _)) = version else { continue };
            let compatible = |version: &str| version.rsplit_once('.').map(|(release, _)| release.to_owned());
            let patch = |version: &str| version.rsplit('.').next().and_then(|patch| patch.parse::<u32>().ok());
            ensure!(
                compatible(version) == compatible(VERSION) && patch(version) <= patch(VERSION),
                "its SDK is made for version {version} of the contract, this command for {VERSION}: use an SDK that came with it"
            );
            return Ok(Some(version.to_owned()));
        }
    }
    Ok(None)
}

/// The world, in this version or an older compatible one. What that did not have yet is there too: a module that was made for it does not ask for it.
fn policy_world(version: &str) -> Result<(Resolve, WorldId)> {
    let mut files = SourceMap::new();
    for (name, content) in WIT {
        files.push_str(name, content.replace(VERSION, version));
    }
    let group = files.parse().map_err(|(_, error)| error)?;
    let mut resolve = Resolve::default();
    let package = resolve.push_group(group)?;
    let world = resolve.select_world(&[package], Some("policy"))?;
    Ok((resolve, world))
}

/// Writes the contract's WIT files into a folder, for tools that want to read them.
pub(super) fn write_wit(folder: &Scratch) -> Result<()> {
    WIT.iter().try_for_each(|(name, content)| folder.write(name, content).map(drop))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wit_parser::ManglingAndAbi;

    /// A core module with the imports and exports of the world, whose functions trap.
    fn module() -> Vec<u8> {
        let (resolve, world) = policy_world(VERSION).expect("the project's own WIT parses");
        wit_component::dummy_module(&resolve, world, ManglingAndAbi::Legacy(wit_parser::LiftLowerAbi::Sync))
    }

    fn refusal(wat: &str) -> String {
        let module = wat::parse_str(wat).expect("the test's module parses");
        format!("{:#}", wrap(&module).expect_err("it is no plugin"))
    }

    #[test]
    fn a_module_of_the_world_becomes_a_component_that_imports_the_host_only() {
        let component = wrap(&module()).expect("it is a plugin");
        assert_eq!(component.imports, [HOST]);
        assert!(component.bytes.starts_with(b"\0asm\x0d\0\x01\0"), "a component's first bytes");
    }

    #[test]
    fn a_world_that_the_bindings_brought_along_is_not_embedded_again() {
        let mut with_world = module();
        let (resolve, world) = policy_world(VERSION).expect("the project's own WIT parses");
        wit_component::embed_component_metadata(&mut with_world, &resolve, world, StringEncoding::UTF8, false).expect("it can be embedded");
        assert_eq!(wrap(&with_world).expect("it is a plugin").bytes, wrap(&module()).expect("it is a plugin").bytes);
    }

    #[test]
    fn a_module_of_an_older_sdk_becomes_a_component_for_the_older_contract_and_one_of_a_newer_sdk_none() {
        let dummy = |version| {
            let (resolve, world) = policy_world(version).expect("a world");
            wit_component::dummy_module(&resolve, world, ManglingAndAbi::Legacy(wit_parser::LiftLowerAbi::Sync))
        };
        let imports = wrap(&dummy("0.1.0")).expect("it is a plugin").imports;
        assert_eq!(imports, [HOST.replace(VERSION, "0.1.0")]);
        for newer in ["0.1.99", "0.2.0", "1.1.1"] {
            let message = format!("{:#}", wrap(&dummy(newer)).expect_err("it is newer"));
            assert!(message.contains(&format!("version {newer} of the contract, this command for {VERSION}")), "{message}");
        }
    }

    #[test]
    fn a_module_with_another_import_is_refused_by_the_imports_name() {
        let message = refusal(r#"(module (import "env" "fetch" (func (param i32) (result i32))))"#);
        assert!(message.contains("env"), "{message}");
    }

    #[test]
    fn a_module_without_the_exports_is_refused() {
        let message = refusal("(module)");
        assert!(message.contains(PLUGIN), "{message}");
    }
}
