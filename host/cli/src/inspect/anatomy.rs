//! The parts of a component: imports, exports, sections, and what made it.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context, Result, bail};
use wasmparser::{Encoding, KnownCustom, Parser, Payload};
use wit_component::DecodedWasm;

use super::size;
use crate::build_plugin::component::{PLUGIN, VERSION, interface};

/// What can be told of a component without running it.
#[derive(Debug, Default)]
pub(super) struct Anatomy {
    imports: Vec<String>,
    exports: Vec<String>,
    /// Of the `producers` sections: languages, and tools with their versions.
    languages: Vec<String>,
    tools: Vec<String>,
    /// Bytes of all sections of a kind, those of all core modules together.
    sections: BTreeMap<String, usize>,
}

impl Anatomy {
    /// # Errors
    /// When the bytes are no component; the message says what they are.
    pub(super) fn of(bytes: &[u8]) -> Result<Anatomy> {
        if !bytes.starts_with(b"\0asm") {
            bail!("this is no WebAssembly");
        }
        if bytes.get(4..8) == Some(&[1, 0, 0, 0]) {
            bail!("this is a core module, not a component; `spansieve build --module` wraps it");
        }
        let DecodedWasm::Component(resolve, world) = wit_component::decode(bytes).context("this is a broken component")? else {
            bail!("this is a WIT package, not a component");
        };
        let names = |items: &wit_parser::IndexMap<wit_parser::WorldKey, wit_parser::WorldItem>| {
            let name = |(key, item): (&wit_parser::WorldKey, &wit_parser::WorldItem)| {
                let functions = match item {
                    wit_parser::WorldItem::Interface { id, .. } => resolve.interfaces[*id].functions.keys().cloned().collect::<Vec<_>>(),
                    _ => Vec::new(),
                };
                match functions.as_slice() {
                    [] => resolve.name_world_key(key),
                    functions => format!("{} ({})", resolve.name_world_key(key), functions.join(", ")),
                }
            };
            items.iter().map(name).collect()
        };
        let world = &resolve.worlds[world];
        let mut anatomy = Anatomy { imports: names(&world.imports), exports: names(&world.exports), ..Anatomy::default() };
        anatomy.read_sections(bytes)?;
        Ok(anatomy)
    }

    fn read_sections(&mut self, bytes: &[u8]) -> Result<()> {
        // Of which encoding the sections are that come: modules lie in components.
        let mut within = Vec::new();
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload?;
            match &payload {
                Payload::Version { encoding, .. } => within.push(*encoding),
                Payload::End(_) => drop(within.pop()),
                Payload::CustomSection(section) => {
                    *self.sections.entry(format!("custom {}", section.name())).or_default() += section.data().len();
                    if let KnownCustom::Producers(producers) = section.as_known() {
                        self.read_producers(producers)?;
                    }
                    continue;
                }
                _ => {}
            }
            let name = match (&payload, within.last()) {
                (Payload::CodeSectionStart { .. }, _) => "code",
                (Payload::DataSection(_), _) => "data",
                (Payload::ModuleSection { .. } | Payload::ComponentSection { .. }, _) => continue,
                (_, Some(Encoding::Module)) => "types, tables and names of modules",
                _ => "component",
            };
            if let Some((_, range)) = payload.as_section() {
                *self.sections.entry(name.to_owned()).or_default() += range.len();
            }
        }
        Ok(())
    }

    fn read_producers(&mut self, producers: wasmparser::ProducersSectionReader<'_>) -> Result<()> {
        for field in producers {
            let field = field?;
            let list = if field.name == "language" { &mut self.languages } else { &mut self.tools };
            for value in field.values {
                let value = value?;
                let told = format!("{} {}", value.name, value.version).trim().to_owned();
                if !list.contains(&told) {
                    list.push(told);
                }
            }
        }
        Ok(())
    }

    /// The version of the contract that the component is made for, where it is for one.
    fn contract(&self) -> Option<&str> {
        let names = self.exports.iter().map(|name| name.split(' ').next().unwrap_or_default());
        names.filter(|name| interface(name) == interface(PLUGIN)).find_map(|name| name.rsplit_once('@')).map(|(_, version)| version)
    }
}

impl fmt::Display for Anatomy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listed = |names: &[String], none: &str| if names.is_empty() { none.to_owned() } else { names.join(", ") };
        match self.contract() {
            Some(VERSION) => writeln!(f, "  contract  spansieve:policy {VERSION}")?,
            Some(version) => writeln!(f, "  contract  spansieve:policy {version}; this version of spansieve has {VERSION}")?,
            None => writeln!(f, "  contract  none: it exports no interface of spansieve:policy")?,
        }
        writeln!(f, "  language  {}", listed(&self.languages, "unknown"))?;
        writeln!(f, "  made by   {}", listed(&self.tools, "nobody says"))?;
        writeln!(f, "  imports   {}", listed(&self.imports, "nothing"))?;
        writeln!(f, "  exports   {}", listed(&self.exports, "nothing"))?;
        let mut sections: Vec<_> = self.sections.iter().collect();
        sections.sort_by_key(|(_, bytes)| std::cmp::Reverse(**bytes));
        for (number, (name, bytes)) in sections.into_iter().enumerate() {
            writeln!(f, "  {:9} {name}: {}", if number == 0 { "sections" } else { "" }, size(*bytes))?;
        }
        Ok(())
    }
}
