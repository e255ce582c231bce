//! OTLP documents, in JSON or protobuf: any bytes are refused, or are documents that come through batches unchanged.

#![no_main]

use libfuzzer_sys::fuzz_target;
use prost::Message;
use spansieve_fuzz::{check_blob, check_text};
use spansieve_layout::{Column, Header, Magic, Writer};
use spansieve_otlp::{Request, Traces, json, read};
use spansieve_runtime::Batch;
use spansieve_runtime::fuzzing::edit;
use spansieve_runtime::text::{self, Style};

fuzz_target!(|input: &[u8]| {
    let documents = match read(input, "in") {
        Ok(input) => input.requests,
        Err(error) => return assert!(error.to_string().starts_with("in:")),
    };
    let through = |documents: &[Request], chunk: usize, edited: bool| match Traces::new(documents.to_vec()) {
        Ok(traces) => Some(pass(traces, chunk, edited)),
        Err(error) => {
            assert!(error.to_string().starts_with("document "));
            None
        }
    };
    let Some(once) = through(&documents, 1, false) else { return };
    assert!(same(&once, &documents), "without edits documents are as they were");
    let edited = through(&documents, 512, true).unwrap_or_default();
    assert!(same(&edited, &documents), "edits that change nothing change nothing");

    // As JSON, references into a dictionary are left out; so the second time must give what the first did.
    let first: Vec<String> = once.iter().map(json::write).collect();
    let again = read(first.concat().as_bytes(), "out").unwrap_or_else(|error| panic!("what was written can't be read: {error}"));
    assert!(again.unknown.is_empty());
    let second: Vec<String> = through(&again.requests, 512, false).unwrap_or_default().iter().map(json::write).collect();
    assert_eq!(first, second);
    for document in &once {
        let bytes = document.encode_to_vec();
        let again = read(&bytes, "out").unwrap_or_else(|error| panic!("what was written can't be read: {error}"));
        assert!(bytes.is_empty() || same(&again.requests, std::slice::from_ref(document)));
    }
});

/// Whether documents are equal to the last bit of a NaN.
fn same(a: &[Request], b: &[Request]) -> bool {
    a.iter().map(Message::encode_to_vec).eq(b.iter().map(Message::encode_to_vec))
}

/// Passes documents through batches, in chunks of whole traces.
fn pass(mut traces: Traces, chunk: usize, edited: bool) -> Vec<Request> {
    let mut batch = Batch::new();
    for spans in traces.chunks(chunk) {
        let image = traces.encode(&spans, &mut batch);
        check_blob(&batch.to_blob(&["a".to_owned()]));
        let _ = text::print(&batch, &Style::TERSE);
        if edited {
            check_text(&batch);
            keep_all(&mut batch);
        }
        if let Err(error) = traces.write_back(&image, &batch) {
            panic!("{error}");
        }
    }
    traces.finish()
}

/// Marks every span as sampled, which each already is: an edit that makes everything be written back and nothing different.
fn keep_all(batch: &mut Batch) {
    let spans: Vec<u32> = (0..batch.len() as u32).collect();
    let mut edits = Vec::new();
    let mut writer = Writer::new(&mut edits, &Header { magic: Magic::Edits, ..Header::default() }, 1);
    writer.elements(Column::KeepSpan, &spans);
    writer.finish();
    if let Err(message) = edit(batch, &edits) {
        panic!("{message}");
    }
}
