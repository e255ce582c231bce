//! The policies in the documentation load, as they stand there.

use std::path::Path;

use spansieve_runtime::{Chain, Policy};

#[test]
fn every_policy_in_a_readme_loads() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the project's folder");
    let mut found = 0;
    for file in ["README.md", "plugins/redact/README.md", "plugins/sample/README.md", "plugins/enrich/README.md"] {
        let text = std::fs::read_to_string(root.join(file)).expect(file);
        for policy in text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            let loaded = Policy::parse(policy, file, root).and_then(|policy| Chain::load(&policy));
            if let Err(error) = loaded {
                panic!("{error}\n{policy}");
            }
            found += 1;
        }
    }
    assert!(found >= 4, "{found} policies were found");
}

#[test]
fn every_example_policy_loads() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/policies");
    for entry in std::fs::read_dir(folder).expect("examples/policies") {
        let path = entry.expect("an entry").path();
        if let Err(error) = Policy::from_file(&path).and_then(|policy| Chain::load(&policy)) {
            panic!("{error}");
        }
    }
}
