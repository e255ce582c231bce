//! What lies in the directory is run only if it is what this user's processes wrote there, under that very name.

use std::collections::BTreeSet;
use std::ops::Deref;

use super::*;

/// A directory for one test.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Place {
        let path = std::env::temp_dir().join(format!("spansieve-cache-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Place(path)
    }

    /// Everything in it but the key.
    fn entries(&self) -> BTreeSet<PathBuf> {
        let files = fs::read_dir(&self.0).unwrap().map(|file| file.unwrap().path());
        files.filter(|path| path.file_name().unwrap() != KEY_FILE).collect()
    }

    fn entry(&self) -> PathBuf {
        let entries = self.entries();
        assert_eq!(entries.len(), 1, "{entries:?}");
        entries.into_iter().next().unwrap()
    }
}

impl Deref for Place {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The bytes of a component that is told apart by its number.
fn bytes(number: u32) -> Vec<u8> {
    let text = format!("(component (core module (func (export \"number\") (result i32) (i32.const {number}))))");
    wat::parse_str(text).unwrap()
}

fn compile(engine: &Engine, number: u32) -> Component {
    Component::new(engine, bytes(number)).unwrap()
}

/// Takes a component from the cache, or compiles and stores it as the runtime does. Answers whether it was there.
fn was_there(cache: &Cache, engine: &Engine, number: u32) -> bool {
    if cache.load(engine, &bytes(number)).is_some() {
        return true;
    }
    cache.store(engine, &bytes(number), &compile(engine, number));
    false
}

#[test]
fn what_was_stored_is_found_again_by_whoever_opens_the_directory_later() {
    let (place, engine) = (Place::new("again"), Engine::default());
    assert!(!was_there(&Cache::open(&place).unwrap(), &engine, 1));
    let later = Cache::open(&place).unwrap();
    assert!(was_there(&later, &engine, 1));
    assert!(!was_there(&later, &engine, 2), "another component has its own entry");
    assert_eq!(place.entries().len(), 2);
}

#[test]
fn an_entry_that_is_not_as_it_was_written_is_not_run_but_replaced() {
    let (place, engine) = (Place::new("changed"), Engine::default());
    let cache = Cache::open(&place).unwrap();
    assert!(!was_there(&cache, &engine, 1));
    let path = place.entry();
    let good = fs::read(&path).unwrap();
    let (code, end) = (MAGIC.len() + MAC_LEN, good.len());
    let flipped = |at: usize| {
        let mut changed = good.clone();
        changed[at] ^= 1;
        changed
    };
    let changes = [
        ("its format", flipped(0)),
        ("the first byte of its code", flipped(MAGIC.len())),
        ("the last byte of its code", flipped(code - 1)),
        ("the first byte of what is run", flipped(code)),
        ("a byte in the middle", flipped(code + (end - code) / 2)),
        ("the last byte", flipped(end - 1)),
        ("a byte more", [&*good, &[0]].concat()),
        ("a byte less", good[..end - 1].to_vec()),
        ("half of it", good[..end / 2].to_vec()),
        ("nothing but the format and the code", good[..code].to_vec()),
        ("less than a code", good[..code - 1].to_vec()),
        ("the format alone", MAGIC.to_vec()),
        ("empty", Vec::new()),
        ("no code in front", good[code..].to_vec()),
        ("what wasmtime wrote, in a format without a code", compile(&engine, 1).serialize().unwrap()),
    ];
    for (what, content) in changes {
        fs::write(&path, content).unwrap();
        assert!(!was_there(&cache, &engine, 1), "{what}: it was run");
        assert_eq!(fs::read(&path).unwrap(), good, "{what}: it was not replaced");
        assert!(was_there(&cache, &engine, 1), "{what}");
    }
}

#[test]
fn an_entry_is_not_run_in_the_place_of_another() {
    let (place, engine) = (Place::new("swapped"), Engine::default());
    let cache = Cache::open(&place).unwrap();
    assert!(!was_there(&cache, &engine, 1));
    let first = place.entry();
    assert!(!was_there(&cache, &engine, 2));
    let second = place.entries().into_iter().find(|path| *path != first).unwrap();
    fs::copy(&second, &first).unwrap();
    assert!(!was_there(&cache, &engine, 1), "the other component's code is a right one, under another name");
    assert!(was_there(&cache, &engine, 1) && was_there(&cache, &engine, 2));
}

#[test]
fn an_entry_that_was_written_under_another_key_is_not_run() {
    let (ours, foreign, engine) = (Place::new("ours"), Place::new("foreign"), Engine::default());
    let cache = Cache::open(&ours).unwrap();
    assert!(!was_there(&cache, &engine, 1) && !was_there(&Cache::open(&foreign).unwrap(), &engine, 1));
    assert_eq!(ours.entry().file_name(), foreign.entry().file_name());
    fs::copy(foreign.entry(), ours.entry()).unwrap();
    assert!(!was_there(&cache, &engine, 1));
    // The same with the key itself exchanged: what is there was written under the one before.
    fs::copy(foreign.join(KEY_FILE), ours.join(KEY_FILE)).unwrap();
    let opened = Cache::open(&ours).unwrap();
    assert!(!was_there(&opened, &engine, 1) && was_there(&opened, &engine, 1));
}

#[test]
fn settings_of_the_compiler_are_part_of_the_name() {
    let (place, engine) = (Place::new("settings"), Engine::default());
    let cache = Cache::open(&place).unwrap();
    assert!(!was_there(&cache, &engine, 1));
    let mut config = wasmtime::Config::new();
    config.epoch_interruption(true);
    let other = Engine::new(&config).unwrap();
    assert!(!was_there(&cache, &other, 1));
    assert!(was_there(&cache, &engine, 1) && was_there(&cache, &other, 1));
}

#[test]
fn a_key_is_used_only_if_it_is_whole() {
    let place = Place::new("key");
    Cache::open(&place).unwrap();
    let key = fs::read(place.join(KEY_FILE)).unwrap();
    assert_eq!(key.len(), KEY_LEN);
    for content in [Vec::new(), key[1..].to_vec(), [&*key, &[0]].concat()] {
        fs::write(place.join(KEY_FILE), content).unwrap();
        assert_eq!(Cache::open(&place).err().unwrap(), "its key does not have 32 bytes");
    }
    assert!(place.entries().is_empty(), "nothing is left over of making it");
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_not_used() {
    let place = Place::new("open-key");
    Cache::open(&place).unwrap();
    for mode in [0o640, 0o604, 0o660, 0o602] {
        set_mode(&place.join(KEY_FILE), mode);
        let reason = Cache::open(&place).err().unwrap();
        assert!(reason.starts_with("its key is open to others") && reason.contains(&format!("{mode:o}")), "{reason}");
    }
    set_mode(&place.join(KEY_FILE), 0o600);
    Cache::open(&place).unwrap();
}

#[cfg(unix)]
#[test]
fn a_directory_that_others_can_write_to_is_not_used() {
    let place = Place::new("open");
    Cache::open(&place).unwrap();
    for mode in [0o770, 0o720, 0o702, 0o777, 0o1777] {
        set_mode(&place, mode);
        let reason = Cache::open(&place).err().unwrap();
        assert!(reason.starts_with("is open to others"), "{mode:o}: {reason}");
    }
    set_mode(&place, 0o755);
    Cache::open(&place).unwrap();
}

#[cfg(unix)]
#[test]
fn what_is_written_is_this_users_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (place, engine) = (Place::new("modes"), Engine::default());
    assert!(!was_there(&Cache::open(&place).unwrap(), &engine, 1));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&place), mode(&place.join(KEY_FILE)), mode(&place.entry())), (0o700, 0o600, 0o600));
}

#[test]
fn many_threads_open_the_same_new_directory_and_agree_on_one_key() {
    for round in 0..20 {
        let (place, engine) = (Place::new(&format!("threads-{round}")), Engine::default());
        let caches: Vec<Cache> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| Cache::open(&place).unwrap())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let writer = &caches[round % caches.len()];
        writer.store(&engine, &bytes(1), &compile(&engine, 1));
        assert!(caches.iter().all(|cache| cache.load(&engine, &bytes(1)).is_some()));
        assert_eq!(place.entries().len(), 1, "no key that was made in vain is left over");
    }
}

#[test]
fn many_threads_write_and_read_the_same_entries_at_once() {
    let (place, engine) = (Place::new("shared"), Engine::default());
    let components: Vec<_> = (0..3).map(|number| (bytes(number), compile(&engine, number))).collect();
    std::thread::scope(|scope| {
        for start in 0..4 {
            let (engine, components, place) = (&engine, &components, &place);
            scope.spawn(move || {
                let cache = Cache::open(place).unwrap();
                for round in 0..50 {
                    let (bytes, compiled) = &components[(start + round) % components.len()];
                    cache.store(engine, bytes, compiled);
                    assert!(cache.load(engine, bytes).is_some(), "an entry is replaced as a whole");
                }
            });
        }
    });
    assert_eq!(place.entries().len(), 3);
}

#[test]
fn entries_are_bounded_and_those_that_were_used_last_stay() {
    let (place, engine) = (Place::new("bounded"), Engine::default());
    let cache = Cache::open(&place).unwrap();
    let hour_ago = SystemTime::now() - Duration::from_secs(3600);
    let old: Vec<_> = (0..ENTRIES as u64 + 20)
        .map(|number| {
            let path = place.join(format!("{number:064x}"));
            let file = private_file(&path).unwrap();
            file.set_modified(hour_ago + Duration::from_secs(number)).unwrap();
            path
        })
        .collect();
    assert!(!was_there(&cache, &engine, 1));
    let left = place.entries();
    assert_eq!(left.len(), ENTRIES);
    assert!(!old[..21].iter().any(|path| left.contains(path)) && old[21..].iter().all(|path| left.contains(path)));
    assert!(was_there(&cache, &engine, 1));
    // Use keeps an entry: the one that was there first outlives younger ones.
    fs::File::open(&old[21]).unwrap().set_modified(SystemTime::now()).unwrap();
    for number in 2..10 {
        assert!(!was_there(&cache, &engine, number));
    }
    assert!(place.entries().contains(&old[21]) && !place.entries().contains(&old[22]));
    assert_eq!(place.entries().len(), ENTRIES);
}

#[test]
fn using_an_entry_keeps_it() {
    let (place, engine) = (Place::new("used"), Engine::default());
    let cache = Cache::open(&place).unwrap();
    assert!(!was_there(&cache, &engine, 1));
    let day_ago = SystemTime::now() - Duration::from_secs(86_400);
    fs::File::open(place.entry()).unwrap().set_modified(day_ago).unwrap();
    assert!(was_there(&cache, &engine, 1));
    assert!(fs::metadata(place.entry()).unwrap().modified().unwrap() > day_ago + Duration::from_secs(3600));
}

#[test]
fn what_a_process_left_behind_that_died_is_removed_later_and_nothing_of_anybody_elses() {
    let (place, engine) = (Place::new("leftovers"), Engine::default());
    let cache = Cache::open(&place).unwrap();
    let write = |name: &str, age: u64| {
        let file = private_file(&place.join(name)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
    };
    write("new-1.tmp", 7200);
    write("new-2.tmp", 60);
    // Somebody may name a directory that has other things in it.
    (0..ENTRIES + 5).for_each(|number| write(&format!("holiday-{number}.jpg"), 100_000));
    write("notes.tmp", 100_000);
    assert!(!was_there(&cache, &engine, 1));
    let left = place.entries();
    assert!(!left.contains(&place.join("new-1.tmp")), "it was left behind two hours ago");
    assert!(left.contains(&place.join("new-2.tmp")), "somebody may be writing it");
    assert_eq!(left.iter().filter(|path| path.extension().is_some_and(|extension| extension == "jpg")).count(), ENTRIES + 5);
    assert!(left.contains(&place.join("notes.tmp")) && was_there(&cache, &engine, 1));
}

#[test]
fn a_directory_that_can_not_be_made_is_a_reason_and_no_panic() {
    let place = Place::new("no-directory");
    fs::write(&*place, b"a file").unwrap();
    assert!(Cache::open(&place).is_err() && Cache::open(&place.join("below")).is_err());
    fs::remove_file(&*place).unwrap();
}

#[test]
fn a_directory_that_vanishes_costs_the_cache_and_nothing_else() {
    let (place, engine) = (Place::new("vanished"), Engine::default());
    let cache = Cache::open(&place).unwrap();
    assert!(!was_there(&cache, &engine, 1));
    fs::remove_dir_all(&*place).unwrap();
    assert!(!was_there(&cache, &engine, 1) && !was_there(&cache, &engine, 1));
}
