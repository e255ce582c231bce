//! On the real file system. [`owner`] says what the clock does.

mod owner;
mod without_events;

use std::thread;

use super::*;
use owner::{DEADLINE, Folder, Owner};

#[test]
fn an_edit_in_place_is_a_change_and_wakes_the_owner() {
    let folder = Folder::new();
    let mut owner = Owner::of([folder.write("policy.yaml", "one")]);
    let wakes = owner.wakes();
    folder.write("policy.yaml", "two");
    owner.changed_once();
    assert!(owner.wakes() > wakes);
    folder.write("policy.yaml", "three");
    owner.changed_once();
}

#[test]
fn a_file_that_is_truncated_and_written_later_is_one_change_and_never_half_of_one() {
    let folder = Folder::new();
    let mut owner = Owner::of([folder.write("policy.yaml", "one")]);
    folder.write("policy.yaml", "");
    owner.hears();
    assert_eq!(owner.poll(), Poll::Wait(QUIET));
    owner.now += QUIET / 2;
    assert_eq!(owner.poll(), Poll::Wait(QUIET / 2));
    folder.write("policy.yaml", "two");
    owner.hears();
    owner.now += QUIET / 2;
    assert_eq!(owner.poll(), Poll::Wait(QUIET), "it was not quiet for so long");
    owner.changed_once();
    assert_eq!(owner.watch.files[0].content, Some(content(&folder.path("policy.yaml"))));
}

#[test]
fn a_file_written_beside_and_renamed_over_is_a_change() {
    let folder = Folder::new();
    let mut owner = Owner::of([folder.write("policy.yaml", "one")]);
    for content in ["two", "three"] {
        folder.write("policy.yaml.new", content);
        folder.rename("policy.yaml.new", "policy.yaml");
        owner.changed_once();
    }
    folder.write("policy.yaml", "four");
    owner.changed_once();
}

#[test]
fn what_editors_leave_beside_changes_nothing_and_saving_by_rename_is_one_change() {
    let folder = Folder::new();
    let mut owner = Owner::of([folder.write("policy.yaml", "one")]);
    let wakes = owner.wakes();
    for name in [".policy.yaml.swp", "4913", "policy.yaml~", "other.yaml"] {
        folder.write(name, "noise");
        folder.write(name, "more noise");
        folder.remove(name);
    }
    owner.is_calm();
    if cfg!(target_os = "linux") {
        assert_eq!(owner.wakes(), wakes, "files with other names are nobody's business");
    }
    folder.rename("policy.yaml", "policy.yaml~");
    folder.write("policy.yaml", "two");
    folder.remove("policy.yaml~");
    owner.changed_once();
}

#[test]
fn a_touch_and_a_rewrite_with_the_same_content_change_nothing() {
    let folder = Folder::new();
    let path = folder.write("policy.yaml", "one");
    let mut owner = Owner::of([path.clone()]);
    let touch = || File::options().write(true).open(&path).and_then(|file| file.set_modified(SystemTime::UNIX_EPOCH));
    touch().unwrap();
    owner.hears();
    owner.is_calm();
    folder.write("policy.yaml", "one");
    owner.hears();
    owner.is_calm();
    folder.write("policy.yaml.new", "one");
    folder.rename("policy.yaml.new", "policy.yaml");
    owner.hears();
    owner.is_calm();
}

#[test]
fn reading_the_files_is_not_heard_as_something_new() {
    let folder = Folder::new();
    let path = folder.write("policy.yaml", "one");
    let mut owner = Owner::of([path.clone()]);
    let wakes = owner.wakes();
    for _ in 0..10 {
        assert_eq!(fs::read(&path).unwrap(), b"one");
    }
    owner.is_calm();
    if cfg!(target_os = "linux") {
        assert_eq!(owner.wakes(), wakes);
    }
}

#[test]
fn a_rewrite_of_the_same_length_within_one_tick_is_heard() {
    let folder = Folder::new();
    let mut owner = Owner::of([folder.write("policy.yaml", "one")]);
    folder.write("policy.yaml", "two");
    owner.hears();
    // As if the file system's clock had not moved between the last look and the write.
    assert!(owner.watch.look());
    owner.watch.directories.tell();
    owner.changed_once();
}

#[test]
fn a_deletion_is_a_change_and_so_is_the_return() {
    let folder = Folder::new();
    let mut owner = Owner::of([folder.write("policy.yaml", "one"), folder.path("not-there-yet.csv")]);
    folder.remove("policy.yaml");
    owner.changed_once();
    folder.write("policy.yaml", "one");
    owner.changed_once();
    folder.write("not-there-yet.csv", "");
    owner.changed_once();
}

#[test]
fn a_file_appears_in_folders_that_do_not_exist_at_first() {
    let folder = Folder::new();
    let mut owner = Owner::of([folder.path("a/b/policy.yaml")]);
    fs::create_dir(folder.path("a")).unwrap();
    owner.hears();
    owner.is_calm();
    folder.write("a/b/policy.yaml", "one");
    owner.changed_once();
    folder.write("a/b/policy.yaml", "two");
    owner.changed_once();
}

#[test]
fn the_folder_is_deleted_and_made_anew() {
    let folder = Folder::new();
    let mut owner = Owner::of([folder.write("etc/policy.yaml", "one")]);
    for content in ["two", "three"] {
        fs::remove_dir_all(folder.path("etc")).unwrap();
        owner.changed_once();
        folder.write("etc/policy.yaml", content);
        owner.changed_once();
    }
    // Nobody looks in between, and the new folder may get the old one's inode.
    fs::remove_dir_all(folder.path("etc")).unwrap();
    folder.write("etc/policy.yaml", "four");
    owner.changed_once();
    folder.write("etc/policy.yaml", "five");
    owner.changed_once();
}

// Windows refuses to rename a directory that somebody listens to.
#[cfg(unix)]
#[test]
fn the_folder_is_renamed_and_another_one_takes_its_place() {
    let folder = Folder::new();
    let mut owner = Owner::of([folder.write("etc/policy.yaml", "one")]);
    folder.write("new/policy.yaml", "two");
    folder.rename("etc", "old");
    folder.rename("new", "etc");
    owner.changed_once();
    folder.write("old/policy.yaml", "three");
    owner.is_calm();
    folder.write("etc/policy.yaml", "four");
    owner.changed_once();
    // Away and back: the same folder, though `notify` stops listening to what is moved away.
    folder.rename("etc", "away");
    folder.rename("away", "etc");
    owner.hears();
    owner.is_calm();
    folder.write("etc/policy.yaml", "five");
    owner.changed_once();
}

#[cfg(unix)]
#[test]
fn a_folder_further_up_is_renamed_which_the_next_look_finds() {
    let folder = Folder::new();
    let mut owner = Owner::of([folder.write("opt/etc/policy.yaml", "one")]);
    folder.write("new/etc/policy.yaml", "two");
    folder.rename("opt", "old");
    folder.rename("new", "opt");
    owner.now += LOOK;
    owner.changed_once();
    folder.write("opt/etc/policy.yaml", "three");
    owner.changed_once();
}

#[cfg(unix)]
#[test]
fn a_kubernetes_config_map_is_swapped_again_and_again() {
    let folder = Folder::new();
    folder.write("..2026_1/policy.yaml", "1");
    folder.link("..data", "..2026_1");
    folder.link("policy.yaml", "..data/policy.yaml");
    let mut owner = Owner::of([folder.path("policy.yaml")]);
    for number in 2..5 {
        let (old, new) = (format!("..2026_{}", number - 1), format!("..2026_{number}"));
        folder.write(&format!("{new}/policy.yaml"), &number.to_string());
        folder.link("..data_tmp", &new);
        folder.rename("..data_tmp", "..data");
        fs::remove_dir_all(folder.path(&old)).unwrap();
        owner.changed_once();
    }
    folder.write("..2026_4/policy.yaml", "edited in place");
    owner.changed_once();
}

#[cfg(unix)]
#[test]
fn a_link_into_another_folder_is_followed_and_so_is_a_chain_of_them() {
    let (folder, other) = (Folder::new(), Folder::new());
    let real = other.write("real.yaml", "one");
    folder.link("last.yaml", &real);
    folder.link("middle.yaml", "last.yaml");
    folder.link("policy.yaml", "middle.yaml");
    let mut owner = Owner::of([folder.path("policy.yaml")]);
    other.write("real.yaml", "two");
    owner.changed_once();

    other.write("another.yaml", "three");
    folder.link("last.new", other.path("another.yaml"));
    folder.rename("last.new", "last.yaml");
    owner.changed_once();
    other.write("real.yaml", "nobody is led here any more");
    owner.is_calm();
    other.write("another.yaml", "four");
    owner.changed_once();
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_lead_nowhere_until_one_is_replaced() {
    let folder = Folder::new();
    folder.link("policy.yaml", "other.yaml");
    folder.link("other.yaml", "policy.yaml");
    let mut owner = Owner::of([folder.path("policy.yaml")]);
    folder.remove("other.yaml");
    folder.write("other.yaml", "one");
    owner.changed_once();
}

#[cfg(unix)]
#[test]
fn a_trail_names_every_place_that_decides_where_a_path_leads() {
    let folder = Folder::new();
    let real = folder.0.canonicalize().unwrap();
    folder.write("..1/policy.yaml", "");
    folder.link("..data", "./nothing/../..1");
    folder.link("policy.yaml", "..data/policy.yaml");
    let steps = |trail: Trail| -> Vec<PathBuf> { trail.steps.into_iter().map(|(directory, name)| directory.join(name)).collect() };

    let broken = Trail::of(&real.join("policy.yaml"));
    assert_eq!(broken.end, None);
    assert_eq!(steps(broken), ["policy.yaml", "..data", "nothing"].map(|name| real.join(name)));

    fs::create_dir(real.join("nothing")).unwrap();
    let whole = Trail::of(&real.join("policy.yaml"));
    assert_eq!(whole.end, Some(real.join("..1/policy.yaml")));
    assert_eq!(steps(whole), ["policy.yaml", "..data", "..1/policy.yaml"].map(|name| real.join(name)));
}

#[test]
fn a_burst_of_writes_is_one_change() {
    let folder = Folder::new();
    let mut owner = Owner::of([folder.write("policy.yaml", "")]);
    let wakes = owner.wakes();
    for number in 0..100 {
        folder.write("policy.yaml", &"x".repeat(number));
        owner.now += Duration::from_millis(1);
        assert!(matches!(owner.poll(), Poll::Wait(_)), "after {number} ms");
    }
    assert!(owner.wakes() - wakes <= 10, "{} wakes", owner.wakes() - wakes);
    owner.changed_once();
}

#[test]
fn constant_writing_is_told_from_time_to_time_and_does_not_keep_the_owner_busy() {
    let folder = Folder::new();
    let mut owner = Owner::of([folder.write("policy.yaml", "")]);
    let (start, wakes) = (owner.now, owner.wakes());
    let (mut told, mut polls) = (Vec::new(), 0);
    while owner.now < start + 3 * MAX_WAIT {
        folder.write("policy.yaml", &"x".repeat(1 + polls));
        owner.hears();
        polls += 1;
        match owner.poll() {
            Poll::Changed => told.push(owner.now - start),
            Poll::Wait(wait) => owner.now += wait,
        }
    }
    assert!(matches!(told.len(), 2 | 3), "{told:?}");
    assert!(told[0] <= MAX_WAIT + QUIET && told[1] - told[0] >= MAX_WAIT, "{told:?}");
    let most = u32::try_from(3 * MAX_WAIT.as_millis() / QUIET.as_millis()).unwrap() + 10;
    assert!(u32::try_from(polls).unwrap() <= most, "{polls} polls");
    assert!(owner.wakes() - wakes <= 2 * most, "{} wakes", owner.wakes() - wakes);
}

#[test]
fn files_that_are_named_anew_keep_what_was_known_of_them_and_others_are_forgotten() {
    let folder = Folder::new();
    let (policy, table) = (folder.write("policy.yaml", "one"), folder.write("table.csv", "one"));
    let mut owner = Owner::of([policy.clone(), table.clone()]);
    // Changes between the reading of a policy and the naming of what it says are not missed.
    folder.write("policy.yaml", "two");
    owner.hears();
    owner.watch.set_files([policy, folder.write("sub/new.csv", "one")]);
    owner.changed_once();
    folder.write("table.csv", "two");
    owner.is_calm();
    folder.write("sub/new.csv", "two");
    owner.changed_once();
    owner.watch.set_files([table]);
    owner.is_calm();
    folder.write("policy.yaml", "three");
    folder.write("sub/new.csv", "three");
    owner.is_calm();
    folder.write("table.csv", "three");
    owner.changed_once();
}

#[test]
fn a_relative_path_means_what_it_meant_when_it_was_named() {
    let mut owner = Owner::of([PathBuf::from("no-such-policy.yaml"), PathBuf::new()]);
    let expected = std::env::current_dir().unwrap().join("no-such-policy.yaml");
    assert!(owner.watch.files.iter().any(|file| file.path == expected));
    owner.is_calm();
}

#[test]
fn a_file_that_can_not_be_read_is_tried_again_before_that_is_told() {
    let folder = Folder::new();
    let path = folder.write("policy.yaml", "one");
    let mut owner = Owner::of([path.clone()]);
    let start = owner.now;
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    owner.hears();
    assert!(owner.changes_within(DEADLINE));
    assert!(owner.now - start >= MAX_WAIT);
    fs::remove_dir(&path).unwrap();
    owner.changed_once();
}

/// As an owner does it, with nothing but the watch's own word and the real clock.
#[test]
fn an_owner_that_parks_for_as_long_as_it_is_told_sees_the_change() {
    let folder = Folder::new();
    let path = folder.write("policy.yaml", "one");
    let owner = thread::current();
    let mut watch = Watch::new(move || owner.unpark());
    watch.set_files([path]);
    let writer = thread::spawn(move || {
        for number in 0..100 {
            folder.write("policy.yaml", &format!("number {number}"));
        }
        folder
    });
    let start = Instant::now();
    let last: [u8; 32] = Sha256::digest("number 99").into();
    let mut polls = 0;
    while watch.files[0].content != Some(Ok(last)) {
        assert!(start.elapsed() < DEADLINE);
        polls += 1;
        if let Poll::Wait(wait) = watch.poll(Instant::now()) {
            thread::park_timeout(wait);
        }
    }
    assert!(polls < 1000, "{polls} polls");
    writer.join().unwrap();
}
