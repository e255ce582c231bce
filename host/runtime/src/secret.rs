//! Secrets: bytes that a plugin is given and that nothing else tells.

use std::collections::HashMap;
use std::fmt;

/// A secret that a policy gives to a plugin, such as the key of its hashes. Its `Debug` form says nothing of it, and there is no other.
///
/// Not covered: it is clear text in the memory of the process, as are the copies that instances of the plugin have.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Bytes that a secret has at least: what is shorter can be guessed.
    pub const SHORTEST: usize = 16;

    /// A secret.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Secret(bytes.into())
    }

    /// The secret itself.
    pub(crate) fn reveal(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// All that a plugin may ask for by `table`. It has no `Debug`, so that it can't end up in a message.
pub(crate) struct Given {
    tables: HashMap<String, Vec<u8>>,
    secrets: HashMap<String, Secret>,
}

impl Given {
    pub(crate) fn new(tables: HashMap<String, Vec<u8>>, secrets: HashMap<String, Secret>) -> Self {
        Given { tables, secrets }
    }

    /// The table or the secret with this name.
    pub(crate) fn find(&self, name: &str) -> Option<Vec<u8>> {
        self.tables.get(name).cloned().or_else(|| self.secrets.get(name).map(|secret| secret.reveal().to_vec()))
    }
}
