//! Where a policy says that a plugin's secrets are: never in the policy itself.

use std::path::{Path, PathBuf};

#[cfg(feature = "engine")]
use super::Policy;
use super::PolicyError;
use super::yaml::{Node, NodeValue};
#[cfg(feature = "engine")]
use crate::secret::Secret;

/// A secret of a plugin, not read yet.
#[derive(Clone, Debug)]
pub(crate) struct SecretEntry {
    pub(crate) name: String,
    source: Source,
    /// Where the policy names it, for messages.
    place: (usize, usize),
    path: String,
}

#[derive(Clone, Debug)]
enum Source {
    /// The value of an environment variable.
    Variable(String),
    /// The content of a file.
    File(PathBuf),
}

/// What else could stand there is the secret itself, so it is not told.
const EXPECTED: &str = "expected env:VARIABLE or file:PATH; the secret itself must not stand in the policy";

impl SecretEntry {
    /// Reads `secrets` of a plugin.
    pub(super) fn read_all(node: &Node, base: &Path) -> Result<Vec<SecretEntry>, PolicyError> {
        let NodeValue::Map(entries) = &node.value else {
            return Err(PolicyError::at(node.place, &node.path, "expected a map from names of secrets to env:VARIABLE or file:PATH"));
        };
        entries.iter().map(|(name, node)| SecretEntry::read(name, node, base)).collect()
    }

    fn read(name: &str, node: &Node, base: &Path) -> Result<SecretEntry, PolicyError> {
        let unexpected = || PolicyError::at(node.place, &node.path, EXPECTED);
        let text = node.text().map_err(|_| unexpected())?;
        let source = match text.split_once(':') {
            Some(("env", name)) if is_variable(name) => Source::Variable(name.to_owned()),
            Some(("file", path)) if !path.is_empty() => Source::File(base.join(path)),
            _ => return Err(unexpected()),
        };
        Ok(SecretEntry { name: name.to_owned(), source, place: node.place, path: node.path.clone() })
    }

    /// The file that it is in, if it is in one.
    pub(crate) fn file(&self) -> Option<&Path> {
        match &self.source {
            Source::Variable(_) => None,
            Source::File(path) => Some(path),
        }
    }

    /// That `tables` has its name too.
    pub(super) fn is_a_table_too(&self) -> PolicyError {
        PolicyError::at(self.place, &self.path, format!("`{}` is also the name of a table, expected distinct names", self.name))
    }

    /// The secret. A newline at the end of a file is none of it.
    ///
    /// # Errors
    /// When there is none, or it is too short.
    #[cfg(feature = "engine")]
    pub(crate) fn secret(&self, policy: &Policy) -> Result<Secret, PolicyError> {
        let fail = |message: String| PolicyError { origin: policy.origin.clone(), ..PolicyError::at(self.place, &self.path, message) };
        let least = Secret::SHORTEST;
        let (bytes, what) = match &self.source {
            Source::Variable(name) => match std::env::var_os(name) {
                Some(value) => (value.into_encoded_bytes(), format!("environment variable {name}")),
                None => return Err(fail(format!("environment variable {name} is not set, expected a secret of at least {least} bytes"))),
            },
            Source::File(path) => match std::fs::read(path) {
                Ok(bytes) => (without_newline(bytes), format!("file {}", path.display())),
                Err(error) => {
                    let message = match error.kind() {
                        std::io::ErrorKind::NotFound => format!("there is no file {}", path.display()),
                        _ => format!("can't read {}: {error}", path.display()),
                    };
                    return Err(fail(format!("{message}, expected a secret of at least {least} bytes")));
                }
            },
        };
        match bytes.len() {
            len if len < least => Err(fail(format!("{what} has {len} bytes, expected a secret of at least {least}"))),
            _ => Ok(Secret::new(bytes)),
        }
    }
}

fn is_variable(name: &str) -> bool {
    !name.is_empty() && name.bytes().enumerate().all(|(i, b)| b == b'_' || b.is_ascii_alphabetic() || i > 0 && b.is_ascii_digit())
}

#[cfg(feature = "engine")]
fn without_newline(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.ends_with(b"\n") {
        bytes.pop();
        if bytes.ends_with(b"\r") {
            bytes.pop();
        }
    }
    bytes
}
