//! `spansieve inspect`: what a component is, what it asks for, and what its bytes are.

mod anatomy;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{Write as _, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde_json::Value as Json;
use spansieve_layout::Column;
use spansieve_runtime::{LoadError, LoadErrorKind, Plugin, PluginOptions};

use crate::EXIT_CODES;
use anatomy::Anatomy;

const EXAMPLES: &str = "\
Examples:
  spansieve inspect build/owners.wasm
  spansieve inspect build/owners.wasm --config '{team: payments}'    what it reads when it is configured so";

/// Show what a plugin is: its contract, imports, exports, configuration, what it reads, and where its bytes are
#[derive(clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct Args {
    /// The component
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A configuration, as YAML or JSON: what a plugin reads may depend on it
    #[arg(long, value_name = "YAML", default_value = "{}")]
    config: String,
    /// A look-up table or a secret that the plugin wants
    #[arg(long = "table", value_name = "NAME=FILE", value_parser = table)]
    tables: Vec<Table>,
}

/// A look-up table from the command line.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    name: String,
    content: Vec<u8>,
}

/// Reads `NAME=FILE`.
pub(crate) fn table(text: &str) -> Result<Table> {
    let (name, file) = text.split_once('=').context("expected NAME=FILE")?;
    let content = std::fs::read(file).with_context(|| format!("cannot read {file}"))?;
    Ok(Table { name: name.to_owned(), content })
}

/// By name, as plugins are given them.
pub(crate) fn by_name(tables: Vec<Table>) -> HashMap<String, Vec<u8>> {
    tables.into_iter().map(|table| (table.name, table.content)).collect()
}

pub(crate) fn run(args: Args) -> Result<ExitCode> {
    let bytes = std::fs::read(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let config = crate::node::yaml(&args.config).context("--config")?.json();
    let anatomy = Anatomy::of(&bytes).with_context(|| args.file.display().to_string())?;
    let mut text = format!("{}: {}\n", args.file.display(), size(bytes.len()));
    text += &anatomy.to_string();
    let loaded = match load(&bytes, config, by_name(args.tables)) {
        Ok(plugin) => {
            let about = plugin.description();
            let _ = writeln!(text, "  plugin    {} {}: {}", about.name, about.version, about.about);
            let _ = writeln!(text, "  reads     {}", reads(&plugin));
            schema(&mut text, &about.schema);
            ExitCode::SUCCESS
        }
        Err(error) if error.kind() == LoadErrorKind::Config => {
            let _ = writeln!(
                text,
                "  reads     unknown: {error}\n            give it a configuration with --config, and what it wants with --table"
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(text, "  it is no plugin that this version can run: {error}");
            ExitCode::FAILURE
        }
    };
    stdout().write_all(text.as_bytes())?;
    Ok(loaded)
}

/// What `build` says of a component: what it is, and what it reads if that can be told without a configuration.
pub(crate) fn about(component: &[u8]) -> Result<String> {
    Ok(match load(component, Json::Object(Default::default()), HashMap::new()) {
        Ok(plugin) => {
            let about = plugin.description();
            format!("  {} {}: {}\n  reads {}\n", about.name, about.version, about.about, reads(&plugin))
        }
        Err(error) if error.kind() == LoadErrorKind::Config => {
            "  what it reads depends on its configuration and tables: see `spansieve inspect --config`\n".into()
        }
        Err(error) => return Err(error).context("it was built, but can't be loaded"),
    })
}

fn load(component: &[u8], config: Json, tables: HashMap<String, Vec<u8>>) -> Result<Plugin, LoadError> {
    let options = PluginOptions { name: "it".into(), config, tables, ..PluginOptions::default() };
    Plugin::load(component, options)
}

fn reads(plugin: &Plugin) -> String {
    let interest = plugin.interest();
    let mut text = match interest.columns.len() {
        0 => "all columns".to_owned(),
        _ => {
            let name = |id: &u32| Column::from_id(*id).map_or_else(|| id.to_string(), |column| column.name().to_owned());
            format!("the columns {}", interest.columns.iter().map(name).collect::<Vec<_>>().join(", "))
        }
    };
    if !interest.keys.is_empty() {
        text += &format!("; the attributes {}", interest.keys.join(", "));
    }
    text += if interest.whole_traces { "; whole traces" } else { "; spans as they come" };
    text
}

fn schema(text: &mut String, schema: &str) {
    let pretty = serde_json::from_str::<Json>(schema).and_then(|schema| serde_json::to_string_pretty(&schema));
    match pretty {
        Ok(pretty) => {
            *text += "  schema\n";
            pretty.lines().for_each(|line| *text += &format!("    {line}\n"));
        }
        Err(_) => *text += "  schema    none: it takes no configuration\n",
    }
}

/// A number of bytes for people, and exactly.
pub(crate) fn size(bytes: usize) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB ({bytes} bytes)", bytes as f64 / 1e3),
        _ => format!("{:.2} MB ({bytes} bytes)", bytes as f64 / 1e6),
    }
}
