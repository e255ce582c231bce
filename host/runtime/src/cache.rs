//! Compiled components on disk.
//!
//! What lies there is native code, so an entry is run only if this user wrote it: each carries a message authentication code under a key
//! that only this user can read. An entry that was changed, was written by somebody else, or stands under another entry's name is compiled anew and
//! replaced. Nothing here can make a plugin fail: without a usable cache plugins are compiled.
//!
//! Entries are named by a hash of the component, of the compiler's version and settings and of the processor's features, so processes with different ones
//! share a directory. Files are written beside and renamed, so nobody reads half of one.

use std::fs::{self, File, OpenOptions};
use std::hash::{Hash, Hasher};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

/// What an entry starts with; another format gets another one.
const MAGIC: &[u8; 8] = b"ssievec1";
const MAC_LEN: usize = 32;
const KEY_LEN: usize = 32;
const KEY_FILE: &str = "key";
const TEMPORARY_PREFIX: &str = "new-";
const TEMPORARY: &str = ".tmp";

/// Entries that are kept; the ones that were not used for longest go first.
const ENTRIES: usize = 64;

/// A directory of compiled components.
pub(crate) struct Cache {
    directory: PathBuf,
    /// The code's computation with the key, before anything else.
    keyed: Hmac<Sha256>,
}

impl Cache {
    /// Opens the directory where it is this user's alone, and makes it and its key where they are not there.
    ///
    /// # Errors
    /// When it can't be used; the message says why.
    pub(crate) fn open(directory: &Path) -> Result<Cache, String> {
        private_directory(directory)?;
        let key_file = directory.join(KEY_FILE);
        let key = match read_key(&key_file) {
            Err(None) => {
                make_key(directory, &key_file)?;
                read_key(&key_file)
            }
            read => read,
        };
        let key = key.map_err(|reason| reason.unwrap_or_else(|| "its key vanished".into()))?;
        let keyed = Hmac::new_from_slice(&key).map_err(|error| error.to_string())?;
        Ok(Cache { directory: directory.to_owned(), keyed })
    }

    /// The compiled component, if it is there and this user wrote it.
    pub(crate) fn load(&self, engine: &Engine, component: &[u8]) -> Option<Component> {
        let name = entry_name(engine, component);
        let path = self.directory.join(&name);
        let entry = fs::read(&path).ok()?;
        let compiled = self.verified(&name, &entry).and_then(|code| deserialize(engine, code));
        if compiled.is_none() {
            tracing::warn!(entry = %path.display(), "a cached plugin was changed or is not ours; it is compiled anew");
            let _ = fs::remove_file(&path);
        } else if let Ok(file) = File::open(&path) {
            // What is used is kept; it need not be exact.
            let _ = file.set_modified(SystemTime::now());
        }
        compiled
    }

    /// Keeps a compiled component. Failing to costs time at the next start, and nothing else.
    pub(crate) fn store(&self, engine: &Engine, component: &[u8], compiled: &Component) {
        let name = entry_name(engine, component);
        let stored = compiled.serialize().map_err(|error| format!("{error:#}")).and_then(|code| {
            let mac = self.mac(&name, &code).finalize().into_bytes();
            self.write(&name, &[MAGIC, &mac, &code]).map_err(|error| error.to_string())
        });
        match stored {
            Ok(()) => self.prune(),
            Err(reason) => tracing::warn!(directory = %self.directory.display(), reason, "a compiled plugin could not be cached"),
        }
    }

    /// The code in an entry, if the entry is one of this user's and has this name.
    fn verified<'a>(&self, name: &str, entry: &'a [u8]) -> Option<&'a [u8]> {
        let (mac, code) = entry.strip_prefix(MAGIC)?.split_at_checked(MAC_LEN)?;
        self.mac(name, code).verify_slice(mac).ok()?;
        Some(code)
    }

    fn mac(&self, name: &str, code: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.keyed.clone();
        mac.update(name.as_bytes());
        mac.update(code);
        mac
    }

    fn write(&self, name: &str, parts: &[&[u8]]) -> std::io::Result<()> {
        let path = temporary(&self.directory)?;
        let written = private_file(&path).and_then(|mut file| parts.iter().try_for_each(|part| file.write_all(part)));
        let moved = written.and_then(|()| fs::rename(&path, self.directory.join(name)));
        if moved.is_err() {
            let _ = fs::remove_file(&path);
        }
        moved
    }

    /// Removes the entries past [`ENTRIES`], and what processes left behind that died while they wrote.
    fn prune(&self) {
        let Ok(listing) = fs::read_dir(&self.directory) else { return };
        let mut entries = Vec::new();
        for file in listing.flatten() {
            let Ok(modified) = file.metadata().and_then(|metadata| metadata.modified()) else { continue };
            let name = file.file_name();
            let Some(name) = name.to_str() else { continue };
            // Whatever else lies there is somebody's.
            let is_entry = name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
            let is_temporary = name.strip_suffix(TEMPORARY).is_some_and(|name| name.starts_with(TEMPORARY_PREFIX));
            if is_entry {
                entries.push((modified, file.path()));
            } else if is_temporary && modified.elapsed().is_ok_and(|age| age > Duration::from_secs(3600)) {
                let _ = fs::remove_file(file.path());
            }
        }
        entries.sort_unstable();
        for (_, path) in entries.iter().rev().skip(ENTRIES) {
            let _ = fs::remove_file(path);
        }
    }
}

/// A name that tells apart everything that the code depends on.
fn entry_name(engine: &Engine, component: &[u8]) -> String {
    let mut settings = Digested(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut settings);
    let mut name = Sha256::new();
    name.update(env!("CARGO_PKG_VERSION").as_bytes());
    name.update(settings.0.finalize());
    name.update(component);
    name.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A cryptographic hash where the standard library's traits want a hasher.
struct Digested(Sha256);

impl Hasher for Digested {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0 // never asked for
    }
}

#[expect(unsafe_code, reason = "wasmtime can't check that code is its own work; the caller did")]
fn deserialize(engine: &Engine, code: &[u8]) -> Option<Component> {
    // SAFETY: `code` has to be what `Component::serialize` gave. Only `Cache::store` computes a code under the key, over just that, and only this
    // user can read the key; `Cache::verified` checked it. wasmtime itself checks that version, settings and processor fit.
    unsafe { Component::deserialize(engine, code) }.ok()
}

/// The key; the error is `None` where there is none yet.
fn read_key(path: &Path) -> Result<[u8; KEY_LEN], Option<String>> {
    let unusable = |reason: &str| Some(format!("its key {reason}"));
    let content = match fs::read(path) {
        Ok(content) => content,
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(None),
        Err(error) => return Err(unusable(&format!("can't be read: {error}"))),
    };
    ours_alone(path, 0o077).map_err(|reason| unusable(&reason))?;
    content.try_into().map_err(|_| unusable("does not have 32 bytes"))
}

fn make_key(directory: &Path, path: &Path) -> Result<(), String> {
    let mut key = [0; KEY_LEN];
    getrandom::fill(&mut key).map_err(|error| format!("no random numbers for its key: {error}"))?;
    let new = temporary(directory).map_err(|error| error.to_string())?;
    // A link is not made over a key that another process made meanwhile; that one then holds for both.
    let linked = private_file(&new).and_then(|mut file| file.write_all(&key)).and_then(|()| fs::hard_link(&new, path));
    let _ = fs::remove_file(&new);
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(format!("can't write its key: {error}")),
        _ => Ok(()),
    }
}

/// A name that nobody else has: containers share directories and have the same process ids, and one that died leaves its files behind.
fn temporary(directory: &Path) -> std::io::Result<PathBuf> {
    let mut number = [0; 16];
    getrandom::fill(&mut number).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(directory.join(format!("{TEMPORARY_PREFIX}{:032x}{TEMPORARY}", u128::from_le_bytes(number))))
}

fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn private_directory(directory: &Path) -> Result<(), String> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory).map_err(|error| error.to_string())?;
    ours_alone(directory, 0o022)
}

/// Checks that a file or directory is this user's, and that others have none of the rights in `forbidden`.
#[cfg(unix)]
fn ours_alone(path: &Path, forbidden: u32) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(path).map_err(|error| error.to_string())?;
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err("belongs to another user".into());
    }
    if metadata.mode() & forbidden != 0 {
        return Err(format!("is open to others (mode {:o}, expected {:o})", metadata.mode() & 0o777, metadata.mode() & 0o777 & !forbidden));
    }
    Ok(())
}

#[cfg(not(unix))]
fn ours_alone(_path: &Path, _forbidden: u32) -> Result<(), String> {
    Ok(())
}

#[cfg(test)]
mod tests;
