//! The storefront as a user runs it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

fn storefront(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_storefront"));
    command.args(args).env_remove("OTEL_EXPORTER_OTLP_ENDPOINT").env_remove("RUST_LOG");
    command.output().expect("the storefront runs")
}

fn texts(output: &Output) -> (String, String) {
    (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A policy file in the folder that cargo gives tests.
fn policy(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("the file can be written");
    path.to_string_lossy().into_owned()
}

#[test]
fn a_run_exports_nothing_personal_and_accounts_for_every_span() {
    let output = storefront(&["--requests", "130"]);
    let (out, err) = texts(&output);
    assert!(output.status.success(), "{out}\n{err}");
    assert!(out.contains("none found"), "{out}");
    assert!(out.contains("61 of 61 secrets, in 16 of 16 kinds of field"), "{out}");
    assert!(!out.contains("FAILED") && !out.contains("There was none this time"), "{out}");
    assert!(!out.contains('\x1b'), "colours without a terminal");
    let wide: Vec<&str> = out.lines().filter(|line| line.chars().count() > 110).collect();
    assert!(wide.is_empty(), "{wide:#?}");
    assert_eq!(err, "", "logs drown the report");
}

#[test]
fn a_policy_that_redacts_nothing_is_found_out() {
    let output = storefront(&["--requests", "130", "--policy", &policy("empty.yaml", "version: 1\nplugins: []\n")]);
    let (out, err) = texts(&output);
    assert_eq!(output.status.code(), Some(1), "{out}\n{err}");
    assert!(out.contains("FOUND"), "{out}");
}

#[test]
fn what_cannot_be_run_is_said_in_one_line() {
    for (args, expected) in [
        (vec!["--policy", "no-such-policy.yaml"], "no-such-policy.yaml"),
        (vec!["--requests", "0"], "expected 1 to 10000"),
        (vec!["--colour"], "--colour"),
    ] {
        let output = storefront(&args);
        let (out, err) = texts(&output);
        assert_eq!(output.status.code(), Some(2), "{out}\n{err}");
        assert!(err.contains(expected), "{err}");
        assert!(out.is_empty(), "{out}");
    }
}

#[cfg(unix)]
#[test]
fn serving_ends_at_ctrl_c_with_every_span_accounted_for() {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpStream;
    use std::process::Stdio;

    let mut command = Command::new(env!("CARGO_BIN_EXE_storefront"));
    command.args(["--serve", "--port", "0"]).env_remove("OTEL_EXPORTER_OTLP_ENDPOINT").stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the storefront runs");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let port = lines.find_map(|line| line.split_once("localhost:")?.1.split_once('/')?.0.parse::<u16>().ok()).expect("a port");

    let mut connection = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    let request = "GET /users/ada.quill@example.org HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\
                   traceparent: 00-0123456789abcdef0123456789abcdef-0123456789abcdef-01\r\n\r\n";
    connection.write_all(request.as_bytes()).expect("a request");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
    assert!(interrupted.success());
    let rest = lines.skip_while(|line| line != "shutting down").collect::<Vec<_>>().join("\n");
    assert!(child.wait().expect("it ends").success(), "{rest}");
    assert!(rest.contains("render profile of") && !rest.contains("ada.quill@example.org"), "{rest}");
    assert!(rest.contains("received 3 = forwarded 3"), "{rest}");
}
