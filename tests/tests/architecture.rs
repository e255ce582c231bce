//! The invariants of ARCHITECTURE.md that are about what is absent: looked for in the sources.

use std::path::{Path, PathBuf};

/// The sources below a folder, tests left out.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let (mut todo, mut found) = (vec![root.join(folder)], Vec::new());
    while let Some(folder) = todo.pop() {
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("an entry").path();
            if path.file_stem().is_some_and(|name| ["tests", "target", "node_modules"].iter().any(|other| name == *other)) {
                continue;
            }
            if path.is_dir() {
                todo.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source file");
                found.push((path.strip_prefix(root).expect("below it").to_owned(), text));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} has sources");
    found
}

/// Lines of a file that are code: no comments, and nothing behind the unit tests' beginning.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().take_while(|line| *line != "#[cfg(test)]").filter(|line| !line.trim_start().starts_with("//"))
}

fn files_with(folder: &str, what: &str) -> Vec<String> {
    let has = |(_, text): &&(PathBuf, String)| code(text).any(|line| line.contains(what));
    let mut files: Vec<_> = sources(folder).iter().filter(has).map(|(path, _)| path.display().to_string().replace('\\', "/")).collect();
    files.sort();
    files
}

#[test]
fn wasmtime_is_configured_in_one_place() {
    assert_eq!(files_with("host", "wasmtime::Config"), ["host/runtime/src/engine.rs"]);
    assert_eq!(files_with("host", "wasmtime::Engine::new"), ["host/runtime/src/engine.rs"]);
    let elsewhere: Vec<_> = files_with("host", "wasmtime::").into_iter().filter(|file| !file.starts_with("host/runtime/src/")).collect();
    assert_eq!(elsewhere, [""; 0]);
}

#[test]
fn no_type_of_wasmtime_and_no_generated_one_is_public() {
    for (path, text) in sources("host/runtime/src") {
        for line in code(&text) {
            let line = line.trim_start();
            let is_public = line.starts_with("pub ");
            let names = ["wasmtime", "bindings", "Store<", "Component<", "Linker", "contract::"];
            assert!(!is_public || !names.iter().any(|name| line.contains(name)), "{}: {line}", path.display());
        }
    }
}

#[test]
fn only_one_module_knows_the_sdk() {
    assert_eq!(files_with("host/runtime", "opentelemetry"), [""; 0]);
    assert_eq!(files_with("host/otlp", "opentelemetry_sdk"), [""; 0]);
    let in_processor = files_with("host/processor/src", "opentelemetry_sdk");
    assert!(!in_processor.is_empty() && in_processor.iter().all(|file| file.starts_with("host/processor/src/sdk/")), "{in_processor:?}");
    // Instruments are the API's, and the SDK need not be there for them.
    let in_processor = files_with("host/processor/src", "opentelemetry::");
    let known =
        |file: &String| file.starts_with("host/processor/src/sdk/") || file.ends_with("/metrics.rs") || file.ends_with("/handle.rs");
    assert!(in_processor.iter().all(known), "{in_processor:?}");
}

#[test]
fn unsafe_code_is_in_one_module() {
    let all: Vec<_> = ["host", "wit", "examples"].into_iter().flat_map(|folder| files_with(folder, "unsafe {")).collect();
    assert_eq!(all, ["host/runtime/src/cache.rs"]);
}

#[test]
fn the_span_path_of_the_application_takes_no_lock_but_those_it_says() {
    // `push` and `try_push` are what `on_end` runs; waiting for space is asked for by an option.
    let (_, text) = sources("host/processor/src").into_iter().find(|(path, _)| path.ends_with("queue.rs")).expect("the queue");
    let body = |function: &str| {
        let start = text.find(&format!("fn {function}(")).unwrap_or_else(|| panic!("there is {function}"));
        let end = text[start..].find("\n    }\n").expect("it ends");
        text[start..start + end].to_owned()
    };
    for function in ["push", "try_push"] {
        let body = body(function);
        for forbidden in [".lock()", "Vec::", "Box::", "format!", "thread::sleep", "recv", "File"] {
            assert!(!body.contains(forbidden), "{function} has {forbidden}");
        }
    }
}
