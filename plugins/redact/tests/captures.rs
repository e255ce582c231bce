//! Captures of real instrumented applications: what was planted in them does not survive, and the rest does.

mod captured;
mod support;

use captured::{read, values};
use support::standard;

/// File, and what is planted in it (percent-decoded).
const CAPTURES: &[(&str, &[&str])] = &[
    ("go-http-sql-redis.json", &["ana.quill", "987-65-4321", "tok_invented_456", "555-0177", "sig=invented"]),
    ("node-express-proto.json", &["leo.marsh", "tok_invented_123", "44-20-7946-0018"]),
    ("py-flask-newsemconv.json", &["mia.fern", "4111 1111 1111 1111", "AKIAINVENTED0000EXMPL", "1-555-0142", "987-65-4321"]),
    ("telemetrygen-http.json", &["mia.fern"]),
];

#[test]
fn nothing_that_was_planted_survives() {
    for (file, planted) in CAPTURES {
        let before = read(file);
        let shown = format!("{before:?}").replace("%40", "@").replace("%2B", "+");
        let after = format!("{:?}", standard().run(before).batch);
        for planted in *planted {
            assert!(shown.contains(planted), "{planted} is planted in {file}");
            let name = planted.split('=').next_back().unwrap();
            assert!(!after.contains(name), "{planted} is left in {file}");
        }
    }
}

/// `captures/changed.txt` lists every value that changes.
#[test]
fn the_rest_stays() {
    let mut changes = std::collections::BTreeSet::new();
    for (file, _) in CAPTURES {
        let before = read(file);
        let after = standard().run(before.clone()).batch;
        for ((key, before), (_, after)) in values(&before).into_iter().zip(values(&after)) {
            if before != after {
                changes.insert(format!("{key}: {after:?}"));
            }
        }
    }
    let shown: String = changes.iter().map(|change| format!("{change}\n")).collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/captures/changed.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, &shown).unwrap();
    }
    assert_eq!(shown, std::fs::read_to_string(path).unwrap(), "after a look at the difference: UPDATE_EXPECT=1 cargo test");
}
