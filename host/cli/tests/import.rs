//! What `spansieve import` prints is a policy: it loads, and finds what the rules found where they came from.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cmd/import.in");

fn spansieve(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spansieve"));
    command.env("SPANSIEVE_CACHE_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/plugins"));
    command.env("HMAC_KEY", "0123456789abcdef0123456789abcdef").env("SPANSIEVE_HASH_KEY", "fedcba9876543210");
    command.args(arguments).output().expect("the command runs")
}

/// The policy that is made of a file, in a file of its own.
fn imported(arguments: &[&str], file: &str, name: &str) -> PathBuf {
    let policy = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let file = format!("{CASES}/{file}");
    let arguments = [&["import"], arguments, &[&file, "--out", policy.to_str().expect("UTF-8")]].concat();
    let output = spansieve(&arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    policy
}

/// What comes out of the policy for spans in their text form.
fn explained(policy: &Path, spans: &str) -> String {
    let file = policy.with_extension("txt");
    std::fs::write(&file, spans).expect("written");
    let output = spansieve(&["explain", "--policy", policy.to_str().expect("UTF-8"), file.to_str().expect("UTF-8")]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn what_is_printed_goes_into_service() {
    let policies = [
        imported(&["collector"], "otelcol.yaml", "all.yaml"),
        imported(&["collector", "--name", "strict"], "otelcol.yaml", "strict.yaml"),
        imported(&["collector"], "one.yaml", "one.yaml"),
        imported(&["gitleaks"], "gitleaks.toml", "gitleaks.yaml"),
    ];
    for policy in policies {
        let output = spansieve(&["check", policy.to_str().expect("UTF-8")]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", policy.display());
    }
}

#[test]
fn rules_of_a_collector_do_here_what_they_did_there() {
    let strict = imported(&["collector", "--name", "strict"], "otelcol.yaml", "strict-works.yaml");
    let spans =
        "GET  http.request.method=\"GET\"  secret=\"x\"  safe_attribute=\"4111111111111111\"  description=\"card 4111111111111111\"\n";
    let out = explained(&strict, spans);
    let span = out.lines().next().expect("a span");
    assert!(span.starts_with(r#"GET  http.request.method="GET"  safe_attribute="4111111111111111"  description="card ****""#), "{span}");
    assert!(!span.contains("secret"), "{span}");
    let one = imported(&["collector"], "one.yaml", "one-works.yaml");
    let out = explained(&one, "GET  a=\"1 xx 2\"\n");
    assert!(out.starts_with("GET  a=\"1 [hmac:redaction:"), "{out}");
}

#[test]
fn rules_of_gitleaks_find_the_secret_and_leave_what_stands_around_it() {
    let policy = imported(&["gitleaks"], "gitleaks.toml", "gitleaks-works.yaml");
    let out = explained(
        &policy,
        "GET  a=\"use shop_a1B2c3D4e5F6g7H8; now\"  b=\"use shop_0000000000000000; now\"  c=\"use shop_example1C3D4e5F; now\"  d=\"crm: pass0123456789abcdef0123456789abcdef\"\n",
    );
    let span = out.lines().next().expect("a span");
    let expected =
        r#"GET  a="use [REDACTED]; now"  b="use shop_0000000000000000; now"  c="use shop_example1C3D4e5F; now"  d="crm: pass[REDACTED]""#;
    assert_eq!(span, expected);
}
