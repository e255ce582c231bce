//! Secrets reach the plugin that the policy gives them to, and nothing else: no message, no log, no `Debug`.

mod support;

use std::collections::HashMap;

use spansieve_runtime::{Chain, PluginOptions, Policy, Secret};
use support::{DATA, Folder, Guest, log::log_of, policy};

const SECRET: &str = "correct-horse-battery-staple";

/// Parts of the secret that no message has by chance.
fn tells(text: &str) -> bool {
    let bytes: Vec<String> = SECRET.bytes().map(|byte| byte.to_string()).collect();
    SECRET.as_bytes().windows(6).any(|part| text.contains(str::from_utf8(part).expect("ASCII")))
        || bytes.windows(3).any(|part| text.contains(&part.join(", ")))
}

/// A guest that asks for its secret, traps if it is another one than expected, and then does as `then` says.
fn asking(then: &str) -> Guest {
    let process = format!(
        "(call $table (i32.const 512) (i32.const 4) (i32.const {DATA}))
         (if (i32.eqz (i32.load8_u (i32.const {DATA}))) (then unreachable))
         (if (i32.ne (i32.load offset=8 (i32.const {DATA})) (i32.const {length})) (then unreachable))
         (if (i32.ne (i32.load8_u (i32.load offset=4 (i32.const {DATA}))) (i32.const {first})) (then unreachable))
         {then}",
        length = SECRET.len(),
        first = SECRET.as_bytes()[0],
    );
    Guest::new(&process)
}

#[test]
fn a_secret_from_a_file_or_a_variable_reaches_the_plugin() {
    let folder = Folder::empty();
    folder.write("key", format!("{SECRET}\n"));
    let text = std::fs::read_to_string(policy(&folder, &[(&asking("(i32.const 192)"), "secrets: {test: 'file:./key'}")])).unwrap();
    let mut chain = Chain::load(&Policy::parse(&text, "policy", folder.path()).unwrap()).unwrap();
    chain.run(&mut spans());
    assert_eq!(chain.stats().plugins()[0].failures, 0);
    // Cargo sets this one for tests; it is another secret, so the guest traps.
    let text = text.replace("file:./key", "env:CARGO_MANIFEST_DIR");
    let mut chain = Chain::load(&Policy::parse(&text, "policy", folder.path()).unwrap()).unwrap();
    chain.run(&mut spans());
    assert!(chain.stats().plugins()[0].failures > 0);
}

#[test]
fn nothing_that_is_said_tells_a_secret() {
    let folder = Folder::empty();
    folder.write("key", SECRET);
    let mut said = String::new();
    let rest = "secrets: {test: 'file:./key'}";
    for guest in [asking("unreachable"), asking("(i32.const 192)"), Guest { configure: "unreachable".into(), ..asking("(i32.const 192)") }]
    {
        let policy = Policy::from_file(policy(&folder, &[(&guest, rest)])).unwrap();
        said.push_str(&format!("{policy:?}"));
        let mut told = String::new();
        let log = log_of(|| match Chain::load(&policy) {
            Ok(mut chain) => {
                chain.run(&mut spans());
                told = format!("{:?}", chain.stats().plugins());
            }
            Err(error) => told = format!("{error} {error:?}"),
        });
        said.push_str(&log);
        said.push_str(&told);
    }
    assert!(said.contains("it trapped") && said.contains("key"), "{said}");
    assert!(!tells(&said), "{said}");

    let options = PluginOptions { secrets: HashMap::from([("k".to_owned(), Secret::new(SECRET))]), ..PluginOptions::default() };
    let said = format!("{options:?} {options:#?}");
    assert!(said.contains("Secret(..)") && !tells(&said), "{said}");
    assert!(tells(&format!("{:?}", SECRET.as_bytes())) && tells(SECRET), "what would tell it is noticed");
}

fn spans() -> spansieve_runtime::Batch {
    let mut batch = spansieve_runtime::Batch::new();
    spansieve_runtime::text::parse("one  server  k=1\n", &mut batch).expect("spans");
    batch
}
