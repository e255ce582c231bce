//! Reading files of spans.

use std::io::{IsTerminal, Read, stdin};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use spansieve_otlp::{Input, Traces};
use spansieve_runtime::{Batch, text};

use super::{CHUNK, now_of};
use crate::warn;

/// Spans that were read.
pub(crate) enum Given {
    Otlp(Traces),
    /// All that the text form says, in one batch.
    Text(Box<Batch>),
}

/// Reads all files; standard input for `-` or where there are none. One file alone may be in the text form.
pub(crate) fn read(files: &[PathBuf]) -> Result<Given> {
    let files = if files.is_empty() { &[PathBuf::from("-")] } else { files };
    let files: Vec<_> = files.iter().map(|path| bytes(path)).collect::<Result<_>>()?;
    match files.as_slice() {
        [(origin, bytes)] if is_text(bytes) => {
            let mut batch = Batch::new();
            text::parse(str::from_utf8(bytes)?, &mut batch).map_err(|error| anyhow::anyhow!("{origin}: {error}"))?;
            batch.now = now_of(&batch);
            Ok(Given::Text(Box::new(batch)))
        }
        _ => parse(files).map(Given::Otlp),
    }
}

/// Whether this is neither JSON nor protobuf, which begins with a byte that no line of text begins with.
fn is_text(bytes: &[u8]) -> bool {
    let is_json = bytes.trim_ascii_start().starts_with(b"{");
    str::from_utf8(bytes).is_ok() && !bytes.is_empty() && !is_json && !bytes.starts_with(b"\n")
}

impl Given {
    /// The spans as an application would pass them, some at a time.
    pub(crate) fn batches(self) -> Vec<Batch> {
        let mut traces = match self {
            Given::Text(batch) => return vec![*batch],
            Given::Otlp(traces) => traces,
        };
        let chunks = traces.chunks(CHUNK);
        let encode = |chunk: &Vec<u32>| {
            let mut batch = Batch::new();
            traces.encode(chunk, &mut batch);
            batch.now = now_of(&batch);
            batch
        };
        chunks.iter().map(encode).collect()
    }
}

/// Reads what files hold, each with what it is called in messages.
fn parse(files: Vec<(String, Vec<u8>)>) -> Result<Traces> {
    let mut requests = Vec::new();
    let mut origins = Vec::new();
    for (origin, bytes) in files {
        let Input { requests: mut documents, unknown, .. } = spansieve_otlp::read(&bytes, &origin)?;
        if !unknown.is_empty() {
            let fields: Vec<_> = unknown.into_iter().collect();
            warn(&format!("{origin}: left out what OTLP does not know: {}", fields.join(", ")));
        }
        origins.extend((1..=documents.len()).map(|number| (origin.clone(), number)));
        requests.append(&mut documents);
    }
    Traces::new(requests).map_err(|bad| {
        let (origin, number) = &origins[bad.document];
        anyhow::anyhow!("{origin}: document {number}: {}: found {} bytes, expected {}", bad.path, bad.found, bad.expected)
    })
}

fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// What a file holds, or standard input, and what it is called in messages.
fn bytes(path: &Path) -> Result<(String, Vec<u8>)> {
    let origin = if is_standard_input(path) { "standard input".to_owned() } else { path.display().to_string() };
    if !is_standard_input(path) {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {origin}"))?;
        return Ok((origin, bytes));
    }
    if stdin().is_terminal() {
        bail!("no spans: name files, or pipe OTLP into standard input");
    }
    let mut bytes = Vec::new();
    stdin().lock().read_to_end(&mut bytes).context("cannot read standard input")?;
    Ok((origin, bytes))
}
