use super::*;

fn error(text: &str) -> String {
    Policy::parse(text, "policy.yaml", Path::new("")).expect_err("a bad policy").to_string()
}

#[test]
fn the_embedded_policy_can_be_read() {
    let policy = Policy::parse(STANDARD, "standard.yaml", Path::new("")).unwrap();
    assert_eq!(policy.plugins().last(), Some("redact"));
    assert!(policy.warnings().is_empty(), "{:?}", policy.warnings());
}

#[test]
fn a_file_or_variable_that_is_not_there_is_told_where_the_policy_names_it() {
    for (text, expected) in [
        (
            "version: 1\nplugins:\n  - name: mine\n    use: file:./none.wasm",
            "policy.yaml:4:10: plugins[0].use: there is no file ./none.wasm",
        ),
        (
            "version: 1\nplugins:\n  - use: builtin:redact\n    tables:\n      a: file:none.csv",
            "policy.yaml:5:10: plugins[0].tables.a: there is no file none.csv",
        ),
        (
            "version: 1\nplugins:\n  - use: builtin:redact\n    secrets:\n      k: file:none.key",
            "policy.yaml:5:10: plugins[0].secrets.k: there is no file none.key, expected a secret of at least 16 bytes",
        ),
        (
            "version: 1\nplugins:\n  - use: builtin:redact\n    secrets:\n      k: env:SPANSIEVE_NONE",
            "policy.yaml:5:10: plugins[0].secrets.k: environment variable SPANSIEVE_NONE is not set, expected a secret of at least 16 bytes",
        ),
    ] {
        let policy = Policy::parse(text, "policy.yaml", Path::new("")).unwrap();
        let error = crate::Chain::load(&policy).err().expect("it can't be loaded");
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn each_mistake_is_one_message_with_its_place() {
    let mut wrong = Vec::new();
    for (text, expected) in [
        ("", "policy.yaml:1:1: the file is empty, expected `version: 1` and `plugins:`"),
        ("version: 1\nplugins: [", "policy.yaml:3:1: not YAML: "),
        ("version: 1", "policy.yaml:1:1: plugins: missing, expected a list of plugins (an empty one passes spans on)"),
        ("version: 2\nplugins: []", "policy.yaml:1:10: version: found 2, expected 1, the only version of policies so far"),
        ("version: 1\nplugins: []\nplugs: 1", "policy.yaml:3:8: plugs: unknown key `plugs`, expected one of version, plugins, tests"),
        ("version: 1\nplugins: 5", "policy.yaml:2:10: plugins: found 5, expected a list"),
        (
            "version: 1\nplugins:\n  - use: builtin:redcat",
            "policy.yaml:3:10: plugins[0].use: found \"builtin:redcat\", expected one of builtin:enrich, builtin:redact, builtin:sample",
        ),
        (
            "version: 1\nplugins:\n  - use: builtin:redact\n    on_failure: explode",
            "policy.yaml:4:17: plugins[0].on_failure: found \"explode\", expected one of strip, pass, withhold",
        ),
        (
            "version: 1\nplugins:\n  - use: builtin:redact\n    limits: {memory: 64}",
            "policy.yaml:4:22: plugins[0].limits.memory: found 64, expected a size such as 64MiB, at most 4GiB",
        ),
        (
            "version: 1\nplugins:\n  - use: builtin:redact\n    limits: {deadline: 5h}",
            "policy.yaml:4:24: plugins[0].limits.deadline: found \"5h\", expected a time such as 20ms, from 1ms to 60s",
        ),
        (
            "version: 1\nplugins:\n  - use: builtin:redact\n  - use: builtin:redact",
            "policy.yaml:4:5: plugins[1].name: two plugins are called redact, expected distinct names",
        ),
        (
            "version: 1\nplugins:\n  - use: builtin:redact\n    secrets: [x]",
            "policy.yaml:4:14: plugins[0].secrets: expected a map from names of secrets to env:VARIABLE or file:PATH",
        ),
        (
            "version: 1\nplugins:\n  - use: builtin:redact\n    tables: {a: file:x}\n    secrets: {a: env:HOME}",
            "policy.yaml:5:18: plugins[0].secrets.a: `a` is also the name of a table, expected distinct names",
        ),
        (
            "version: 1\nplugins: []\ntests:\n  - name: x",
            "policy.yaml:4:5: tests[0]: found a map, expected a test with name, given and expect",
        ),
    ] {
        let found = error(text);
        if !found.starts_with(expected) {
            wrong.push(format!("for {text:?}\nfound    {found}\nexpected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_secret_that_stands_in_the_policy_is_refused_and_not_repeated() {
    let secret = "correct-horse-battery-staple";
    for written in [secret.to_owned(), format!("env:{secret}"), format!("[{secret}]"), format!("{{x: {secret}}}"), "'file:'".to_owned()] {
        let text = format!("version: 1\nplugins:\n  - use: builtin:redact\n    secrets: {{k: {written}}}");
        let expected =
            "policy.yaml:4:18: plugins[0].secrets.k: expected env:VARIABLE or file:PATH; the secret itself must not stand in the policy";
        assert_eq!(error(&text), expected, "for {written}");
    }
}

#[test]
fn no_policy_takes_all_of_the_stack_or_the_memory() {
    let nested =
        |depth: usize| format!("version: 1\nplugins:\n  - use: builtin:redact\n    config: {}1{}", "[".repeat(depth), "]".repeat(depth));
    // The document, the list of plugins and the plugin are around it.
    assert!(Policy::parse(&nested(61), "policy.yaml", Path::new("")).is_ok());
    assert_eq!(error(&nested(62)), "policy.yaml:4:74: nested deeper than 64");
    assert_eq!(error(&"- ".repeat(100_000)), "policy.yaml:1:129: nested deeper than 64");
    assert_eq!(error(&"? ".repeat(100_000)), "policy.yaml:1:3: expected a plain key");

    let deeper_by_aliases = (1..20).fold("a0: &a0 [[[[1]]]]".to_owned(), |text, i| format!("{text}\na{i}: &a{i} [[[[*a{}]]]]", i - 1));
    assert_eq!(error(&deeper_by_aliases), "policy.yaml:16:15: nested deeper than 64");
    let doubled_in_keys = (1..40).fold("- &a0 {k: v}".to_owned(), |text, i| format!("{text}\n- &a{i} {{? [*a{0}, *a{0}] : 1}}", i - 1));
    assert_eq!(error(&doubled_in_keys), "policy.yaml:2:10: expected a plain key");
    let copies = format!("- &a {}\n{}", "x".repeat(1000), "- *a\n".repeat(50_000));
    assert!(error(&copies).contains("more than 16 MiB of text, what aliases copy counted each time"), "{}", error(&copies));
    let paths = format!("? {}\n: [{}]", "k".repeat(100_000), "1, ".repeat(50_000));
    assert!(error(&paths).contains("more than 16 MiB of text"), "{}", error(&paths));
}

#[test]
fn a_plugin_behind_redact_is_warned_of() {
    let text = "version: 1\nplugins:\n  - use: builtin:redact\n    on_failure: pass\n  - use: builtin:enrich";
    let policy = Policy::parse(text, "policy.yaml", Path::new("")).unwrap();
    assert_eq!(policy.warnings().len(), 2, "{:?}", policy.warnings());
}

#[test]
fn limits_have_defaults_and_units() {
    let text = "version: 1\nplugins:\n  - use: builtin:redact\n    limits: {memory: 1.5MiB, deadline: 20ms, log_lines: 3}";
    let policy = Policy::parse(text, "policy.yaml", Path::new("")).unwrap();
    let limits = &policy.plugins[0].limits;
    assert_eq!((limits.memory, limits.deadline.as_millis(), limits.log_lines), (3 << 19, 20, 3));
    assert_eq!(limits.configure, Limits::default().configure);
}
