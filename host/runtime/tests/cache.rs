//! The cache of compiled plugins around the runtime: it saves time where it can be used, and nobody notices where it can't.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use spansieve_runtime::{Batch, Chain, Policy, set_cache_directory, text};
use support::{Folder, Guest, policy};

/// Each size of stack has an engine of its own, which opens the cache when it is first used; so each test has a size of its own.
fn chain(cache: &Path, stack: &str, guest: &Guest) -> Chain {
    // The directory is one for the whole process.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _lock = ONE_AT_A_TIME.lock().expect("nobody panicked");
    set_cache_directory(Some(cache));
    let folder = Folder::empty();
    let policy = policy(&folder, &[(guest, &format!("limits: {{stack: {stack}}}"))]);
    Chain::load(&Policy::from_file(policy).expect("a policy")).unwrap_or_else(|error| panic!("{error}"))
}

fn works(chain: &mut Chain) {
    let mut batch = Batch::new();
    text::parse("GET /  server\n", &mut batch).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(chain.run(&mut batch).forwarded, 1);
    assert_eq!(chain.stats().plugins()[0].failures, 0);
}

/// A guest that no other test has.
fn guest(number: u32) -> Guest {
    Guest { fields: format!("(func (export \"number\") (result i32) (i32.const {number}))"), ..Guest::idle() }
}

fn files(of: &Path) -> Vec<PathBuf> {
    fs::read_dir(of).expect("a folder").map(|file| file.expect("a file").path()).collect()
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
}

#[cfg(unix)]
#[test]
fn with_a_key_that_others_can_read_the_plugin_works_and_nothing_is_written() {
    let folder = Folder::empty();
    let cache = folder.path().join("cache");
    fs::create_dir(&cache).expect("a folder");
    set_mode(&cache, 0o700);
    fs::write(cache.join("key"), [7; 32]).expect("a key");
    set_mode(&cache.join("key"), 0o644);
    works(&mut chain(&cache, "64KiB", &guest(1)));
    assert_eq!(files(&cache), [cache.join("key")]);
}

#[cfg(unix)]
#[test]
fn with_a_directory_that_is_open_to_others_the_plugin_works_and_nothing_is_written() {
    let folder = Folder::empty();
    let cache = folder.path().join("cache");
    fs::create_dir(&cache).expect("a folder");
    set_mode(&cache, 0o777);
    works(&mut chain(&cache, "128KiB", &guest(2)));
    assert!(files(&cache).is_empty());
}

#[test]
fn a_plugin_whose_entry_was_changed_is_compiled_anew_and_works() {
    let folder = Folder::empty();
    let cache = folder.path().join("cache");
    works(&mut chain(&cache, "256KiB", &guest(3)));
    let entry = files(&cache).into_iter().find(|path| !path.ends_with("key")).expect("an entry");
    let good = fs::read(&entry).expect("an entry");
    // Were any of it run, the process would hardly survive.
    let broken: Vec<u8> = good.iter().enumerate().map(|(at, byte)| if at < 64 { *byte } else { !byte }).collect();
    fs::write(&entry, broken).expect("an entry");
    works(&mut chain(&cache, "256KiB", &guest(3)));
    assert_eq!(fs::read(&entry).expect("an entry"), good);
}

const CHILD: &str = "SPANSIEVE_TEST_CACHE";

/// Does nothing but in a process that the test below started.
#[test]
fn a_process_of_its_own() {
    let Some(cache) = std::env::var_os(CHILD) else { return };
    for number in 4..8 {
        works(&mut chain(Path::new(&cache), "512KiB", &guest(number)));
    }
}

#[test]
fn several_processes_at_once_share_a_new_directory() {
    let folder = Folder::empty();
    let cache = folder.path().join("cache");
    let program = std::env::current_exe().expect("this program has a path");
    let start = || {
        let mut command = Command::new(&program);
        command.args(["--exact", "a_process_of_its_own"]).env(CHILD, &cache).stdout(Stdio::null());
        command.spawn().expect("a process")
    };
    let processes: Vec<Child> = (0..4).map(|_| start()).collect();
    for mut process in processes {
        assert!(process.wait().expect("a process").success());
    }
    let left = files(&cache);
    assert_eq!(left.len(), 1 + 4, "one key, and an entry for each component: {left:?}");
    // What they left is what the next one finds.
    let before: Vec<_> = left.iter().map(|path| fs::read(path).expect("a file")).collect();
    assert!(start().wait().expect("a process").success());
    assert_eq!(files(&cache).iter().map(|path| fs::read(path).expect("a file")).collect::<Vec<_>>(), before);
}
