//! Checking configurations against the JSON Schemas that plugins give.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

/// Checks a configuration against a schema; an empty one takes anything. It is done in a thread of its own: a schema can be made so that checking takes for
/// ever, and nothing interrupts that.
///
/// # Errors
/// With the way to what does not fit (`.keys[0]`), and how it does not.
pub(crate) fn check(schema: &str, config: &serde_json::Value, most: Duration) -> Result<(), (String, String)> {
    if schema.is_empty() {
        return Ok(());
    }
    let (reply, answer) = sync_channel(1);
    let (schema, config) = (schema.to_owned(), config.clone());
    let check = move || {
        let _ = reply.send(check_now(&schema, &config));
    };
    let ours = |message: String| Err((String::new(), message));
    if let Err(error) = std::thread::Builder::new().name("spansieve-schema".into()).spawn(check) {
        return ours(format!("can't start a thread to check it in: {error}"));
    }
    match answer.recv_timeout(most) {
        Ok(checked) => checked,
        Err(RecvTimeoutError::Timeout) => {
            ours(format!("checking it against the plugin's schema took longer than {most:?} (limits.configure)"))
        }
        Err(RecvTimeoutError::Disconnected) => ours("the plugin's schema can't be checked against".into()),
    }
}

fn check_now(schema: &str, config: &serde_json::Value) -> Result<(), (String, String)> {
    let ours = |message: String| (String::new(), message);
    let schema = serde_json::from_str(schema).map_err(|error| ours(format!("the plugin's schema is not JSON: {error}")))?;
    let validator =
        jsonschema::validator_for(&schema).map_err(|error| ours(format!("the plugin's schema is not a JSON Schema: {error}")))?;
    // No configuration at all is the plugin's to accept or refuse.
    if config.is_null() {
        return Ok(());
    }
    match validator.iter_errors(config).next() {
        None => Ok(()),
        Some(error) => {
            let mut way = String::new();
            for step in error.instance_path().to_string().split('/').skip(1) {
                let is_index = step.bytes().all(|byte| byte.is_ascii_digit());
                way.push_str(&if is_index { format!("[{step}]") } else { format!(".{step}") });
            }
            Err((way, error.to_string()))
        }
    }
}
