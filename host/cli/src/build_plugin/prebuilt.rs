//! The standard plugins' components, which are committed so that nobody needs a WebAssembly toolchain, and the record that says from
//! which sources they were built.

use std::collections::BTreeMap;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Built;

const RECORD: &str = "sources.json";

/// Writes the component of the plugin in `dir` to `folder` and records its sources. Answers with the file.
pub(super) fn record(folder: &Path, dir: &Path, built: &Built) -> Result<PathBuf> {
    let name = plugin_name(dir)?;
    let root = root(folder)?;
    let file = folder.join(format!("{name}.wasm"));
    super::write(&file, &built.made.component.bytes)?;
    let mut records = if folder.join(RECORD).exists() { read(folder)? } else { BTreeMap::new() };
    records.insert(
        name.clone(),
        json!({ "sources": sources(&root, &name)?, "component": sha256(&built.made.component.bytes), "rustc": built.made.toolchain }),
    );
    let mut text = serde_json::to_string_pretty(&records)?;
    text.push('\n');
    super::write(&folder.join(RECORD), text.as_bytes())?;
    Ok(file)
}

/// Fails where the committed component of the plugin in `dir` is not the one just built. Another rustc gives other bytes;
/// then the sources are compared.
pub(super) fn check_built(folder: &Path, dir: &Path, built: &Built) -> Result<()> {
    let name = plugin_name(dir)?;
    check_recorded(&root(folder)?, folder, &name)?;
    let rustc = read(folder)?[&name]["rustc"].as_str().unwrap_or_default().to_owned();
    if rustc != built.made.toolchain {
        writeln!(
            stdout(),
            "{name}.wasm: its sources are the recorded ones; not compared byte for byte, because it was built with {rustc} and this is {}",
            built.made.toolchain
        )?;
        return Ok(());
    }
    let committed = std::fs::read(folder.join(format!("{name}.wasm")))?;
    ensure!(
        committed == built.made.component.bytes,
        "{name}.wasm is not what {rustc} makes of its sources ({} bytes there, {} bytes built); build it anew with\n    {REBUILD}",
        committed.len(),
        built.made.component.bytes.len()
    );
    writeln!(stdout(), "{name}.wasm: as built, byte for byte ({} bytes, in {:.1} s)", committed.len(), built.took.as_secs_f64())?;
    Ok(())
}

const REBUILD: &str =
    "cargo run --release -p spansieve-cli -- build plugins/redact plugins/sample plugins/enrich --prebuilt plugins/prebuilt";

/// Fails where the plugin's sources, or its component, are not those of the record.
fn check_recorded(root: &Path, folder: &Path, name: &str) -> Result<()> {
    let records = read(folder)?;
    let record = records.get(name).with_context(|| format!("{RECORD} does not name {name}; build it with\n    {REBUILD}"))?;
    ensure!(
        record["sources"] == *sources(root, name)?,
        "plugins/prebuilt/{name}.wasm is stale: its sources have changed since it was built; build it anew with\n    {REBUILD}"
    );
    let component = std::fs::read(folder.join(format!("{name}.wasm")))?;
    ensure!(
        record["component"] == *sha256(&component),
        "plugins/prebuilt/{name}.wasm is not the file that {RECORD} tells of; build it anew with\n    {REBUILD}"
    );
    Ok(())
}

/// The hash of everything that a standard plugin is made of: its crate, the SDK, the layout crate, the WIT files, and what the
/// guests' workspace says about them. Tests beside `src` do not count.
fn sources(root: &Path, name: &str) -> Result<String> {
    let plugin = format!("plugins/{name}");
    let crates = [plugin.as_str(), "plugins/sdk/rust", "wit/layout"];
    let mut files = vec![root.join("plugins/Cargo.toml"), root.join("plugins/Cargo.lock")];
    for package in crates {
        files.push(root.join(package).join("Cargo.toml"));
        collect(&root.join(package).join("src"), &mut files)?;
    }
    for name in ["world", "host", "plugin"] {
        files.push(root.join(format!("wit/{name}.wit")));
    }
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        let content = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        for part in file.strip_prefix(root)?.components() {
            hash.update(part.as_os_str().as_encoded_bytes());
            hash.update([0]);
        }
        hash.update((content.len() as u64).to_le_bytes());
        hash.update(&content);
    }
    Ok(hex(&hash.finalize()))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn read(folder: &Path) -> Result<BTreeMap<String, Value>> {
    let path = folder.join(RECORD);
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not as it was written", path.display()))
}

fn plugin_name(dir: &Path) -> Result<String> {
    let dir = std::path::absolute(dir)?;
    let name = dir.file_name().and_then(|name| name.to_str()).context("the plugin's folder has no name")?;
    Ok(name.to_owned())
}

/// The project's folder, in which `plugins/prebuilt` lies.
fn root(folder: &Path) -> Result<PathBuf> {
    let folder = std::path::absolute(folder)?;
    ensure!(folder.ends_with("plugins/prebuilt"), "--prebuilt is for the project's own plugins, in plugins/prebuilt");
    folder.ancestors().nth(2).map(Path::to_owned).context("plugins/prebuilt has no project around it")
}

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_components_were_built_from_the_sources_that_are_here() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("host/cli lies in the project");
        for name in ["redact", "sample", "enrich"] {
            if let Err(error) = check_recorded(root, &root.join("plugins/prebuilt"), name) {
                panic!("{error:#}");
            }
        }
    }
}
