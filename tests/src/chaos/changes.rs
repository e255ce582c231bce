//! Changes of the policy, one after the other, in every way in which it can change; and what has to come of each.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use spansieve::{Handle, Policy, ReloadEvent, ReloadStep, Reloaded};

use super::{Candidates, Defect, Pulse, Random};

/// How long a change may take until it is in service or refused, on a machine that is busy with something else.
const LIMIT: Duration = Duration::from_secs(28);

/// Somebody who changes a policy's files, and the policy behind their back.
pub struct Changes<'a> {
    handle: &'a Handle,
    candidates: Candidates,
    random: Random,
    events: Receiver<ReloadEvent>,
    path: PathBuf,
    mark: String,
    mark_number: u32,
    /// Ways and defects that have their turn next.
    ways: Vec<Way>,
    defects: Vec<Defect>,
    had: HashSet<Defect>,
    pulse: Pulse,
    report: Report,
}

/// What changes came to.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Good policies that went into service.
    pub reloaded: u64,
    /// Bad policies and components that were handed in one by one, and refused.
    pub bad: u64,
    /// The policies among them, by the step at which they had to be refused.
    pub bad_at: [u64; ReloadStep::ALL.len()],
    /// All refusals, by step.
    pub refused: [u64; ReloadStep::ALL.len()],
    /// Generations that were taken back because their plugins failed.
    pub rolled_back: u64,
    /// The highest generation.
    pub generation: u64,
}

#[derive(Clone, Copy, Debug)]
enum Way {
    Edit,
    EditInTwoGoes,
    Rename,
    Reload,
    Replace,
    BadEdit,
    BadRename,
    BadReload,
    BadReplace,
    BadComponent,
    MissingComponent,
    Component,
    Delete,
    Burst,
    Pause,
}

const WAYS: [Way; 15] = [
    Way::Edit,
    Way::EditInTwoGoes,
    Way::Rename,
    Way::Reload,
    Way::Replace,
    Way::BadEdit,
    Way::BadRename,
    Way::BadReload,
    Way::BadReplace,
    Way::BadComponent,
    Way::MissingComponent,
    Way::Component,
    Way::Delete,
    Way::Burst,
    Way::Pause,
];

impl<'a> Changes<'a> {
    /// Changes the policy in this file, which is in service.
    pub fn new(handle: &'a Handle, candidates: Candidates, path: &Path, random: Random, pulse: Pulse) -> Changes<'a> {
        Changes {
            events: handle.events(),
            handle,
            candidates,
            random,
            path: path.to_owned(),
            mark: String::new(),
            mark_number: 0,
            ways: Vec::new(),
            defects: Vec::new(),
            had: HashSet::new(),
            pulse,
            report: Report::default(),
        }
    }

    /// Makes one change, and waits for what comes of it.
    ///
    /// # Panics
    /// When something else comes of it.
    pub fn step(&mut self) {
        self.pulse.beat();
        self.note_events();
        if self.ways.is_empty() {
            self.ways = self.random.shuffled(&WAYS);
        }
        match self.ways.pop().unwrap_or(Way::Edit) {
            Way::Edit => self.good(|path, text| fs::write(path, text).expect("an edit")),
            Way::EditInTwoGoes => self.good(|path, text| {
                fs::write(path, &text[..text.len() / 2]).expect("an edit");
                std::thread::sleep(Duration::from_millis(5));
                fs::write(path, text).expect("an edit");
            }),
            Way::Rename => self.good(rename),
            Way::Reload => {
                let text = self.next_good();
                rename(&self.path, &text);
                // The watch may have been faster; then nothing differs.
                self.handle.reload().unwrap_or_else(|error| panic!("a good policy was refused ({}): {error}\n{text}", error.step()));
                self.hold();
            }
            Way::Replace => self.replace(),
            Way::BadEdit => self.bad(|path, text| fs::write(path, text).expect("an edit")),
            Way::BadRename => self.bad(rename),
            Way::BadReload => {
                let (defect, text) = self.next_bad();
                rename(&self.path, &text);
                let refused = self.handle.reload().err().map(|error| error.step());
                assert_eq!(refused, Some(step(defect)), "{defect:?}: {text}");
                self.was_refused(defect);
                // So that the watch has nothing more to find.
                self.good(rename);
            }
            Way::BadReplace => {
                let (defect, text) = self.next_bad();
                let refused = match Policy::parse(&text, "memory", self.candidates.folder()) {
                    Err(_) => Some(ReloadStep::Read),
                    Ok(policy) => self.handle.replace(policy).err().map(|error| error.step()),
                };
                assert_eq!(refused, Some(step(defect)), "{defect:?}: {text}");
                self.was_refused(defect);
            }
            Way::BadComponent => self.component(Some(b"\0asm\x0d\0\x01\0more garbage")),
            Way::MissingComponent => self.component(None),
            Way::Component => self.next_component(),
            Way::Delete => {
                fs::remove_file(&self.path).expect("a deletion");
                self.refused("the policy was deleted", &[ReloadStep::Read]);
                self.report.bad += 1;
                self.good(rename);
            }
            Way::Burst => self.burst(),
            Way::Pause => {
                self.handle.pause_watching();
                let text = self.next_good();
                rename(&self.path, &text);
                std::thread::sleep(Duration::from_millis(50));
                self.handle.resume_watching();
                self.in_service(&text);
            }
        }
    }

    /// Gives those defects their turn that had none, as on a slow machine.
    ///
    /// # Panics
    /// When one does not lead to a refusal.
    pub fn finish(&mut self) {
        for defect in Defect::ALL.into_iter().filter(|defect| !self.had.contains(defect)).collect::<Vec<_>>() {
            self.pulse.beat();
            self.note_events();
            self.defects.push(defect);
            self.bad(rename);
        }
    }

    /// What came of it all so far.
    pub fn report(&mut self) -> Report {
        self.note_events();
        self.report.clone()
    }

    fn next_good(&mut self) -> String {
        let (text, mark) = self.candidates.good();
        self.mark = mark;
        text
    }

    fn next_bad(&mut self) -> (Defect, String) {
        if self.defects.is_empty() {
            self.defects = self.random.shuffled(&Defect::ALL);
        }
        let defect = self.defects.pop().unwrap_or(Defect::NotYaml);
        (defect, self.candidates.bad(defect))
    }

    /// Writes a good policy, which goes into service by itself.
    fn good(&mut self, write: impl Fn(&Path, &str)) {
        let text = self.next_good();
        write(&self.path, &text);
        self.in_service(&text);
    }

    fn was_refused(&mut self, defect: Defect) {
        self.had.insert(defect);
        self.report.bad += 1;
        self.report.bad_at[step(defect) as usize] += 1;
    }

    /// Writes a bad policy, which is refused; the file is bad until the next change.
    fn bad(&mut self, write: impl Fn(&Path, &str)) {
        let (defect, text) = self.next_bad();
        write(&self.path, &text);
        self.refused(&format!("{defect:?}: {text}"), &[step(defect)]);
        self.was_refused(defect);
    }

    /// A policy that is in no file, and back to the file.
    fn replace(&mut self) {
        let text = self.next_good();
        let policy = Policy::parse(&text, "memory", self.candidates.folder()).unwrap_or_else(|error| panic!("{error}\n{text}"));
        self.handle.replace(policy).unwrap_or_else(|error| panic!("a good policy was refused ({}): {error}\n{text}", error.step()));
        self.hold();
        let text = self.next_good();
        rename(&self.path, &text);
        let policy = Policy::from_file(&self.path).unwrap_or_else(|error| panic!("{error}\n{text}"));
        self.handle.replace(policy).unwrap_or_else(|error| panic!("a good policy was refused ({}): {error}\n{text}", error.step()));
        self.hold();
    }

    /// A component that every policy has goes bad or missing, and comes back as another one.
    fn component(&mut self, garbage: Option<&[u8]>) {
        // Only a good policy in the file names it.
        self.good(rename);
        let path = self.candidates.folder().join("mark.wasm");
        match garbage {
            Some(garbage) => fs::write(&path, garbage).expect("an edit"),
            None => fs::remove_file(&path).expect("a deletion"),
        }
        self.refused("a component went bad or missing", &[ReloadStep::Read, ReloadStep::Compile]);
        self.report.bad += 1;
        self.next_component();
    }

    fn next_component(&mut self) {
        self.mark_number += 1;
        replace_file(&self.candidates.folder().join("mark.wasm"), &Candidates::mark(self.mark_number));
        if self.mark.is_empty() || !fs::read_to_string(&self.path).is_ok_and(|text| text.contains(&format!("{{name: {},", self.mark))) {
            // The policy in the file is a bad one.
            return self.good(rename);
        }
        self.in_service("the policy in the file, with another component");
    }

    /// Several changes one right after the other, good and bad; the last one counts.
    fn burst(&mut self) {
        for _ in 0..3 + self.random.below(8) {
            let text = if self.random.chance(50) { self.next_bad().1 } else { self.next_good() };
            match self.random.below(4) {
                0 => rename(&self.path, &text),
                1 => drop(fs::remove_file(&self.path)),
                2 => drop(self.handle.reload()),
                _ => fs::write(&self.path, &text).expect("an edit"),
            }
            std::thread::sleep(Duration::from_millis(self.random.below(30) as u64));
        }
        self.good(rename);
    }

    /// Lets spans pass the policy for a while.
    fn hold(&mut self) {
        let (started, before) = (Instant::now(), self.handle.stats().received);
        let least = Duration::from_millis(50 + self.random.below(150) as u64);
        while started.elapsed() < least || self.handle.stats().received < before + 1000 && started.elapsed() < 10 * least {
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until the policy with the present mark is in service.
    fn in_service(&mut self, text: &str) {
        let mark = self.mark.clone();
        let is_it = |reloaded: &Reloaded| reloaded.plugins.iter().any(|plugin| plugin.name == mark);
        self.wait_for(text, |event| matches!(event, ReloadEvent::Reloaded(reloaded) if is_it(reloaded)));
        self.hold();
    }

    fn refused(&mut self, what: &str, steps: &[ReloadStep]) {
        self.wait_for(what, |event| matches!(event, ReloadEvent::Refused { error, .. } if steps.contains(&error.step())));
        assert!(self.handle.refusal().is_some(), "{what}");
    }

    fn wait_for(&mut self, what: &str, is_it: impl Fn(&ReloadEvent) -> bool) {
        let started = Instant::now();
        let mut seen = Vec::new();
        loop {
            match self.events.recv_timeout(LIMIT.saturating_sub(started.elapsed())) {
                Ok(event) => {
                    self.note(&event);
                    if is_it(&event) {
                        return;
                    }
                    seen.push(event.to_string());
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("not within {LIMIT:?}: {what}\nmeanwhile: {seen:#?}\n{:?}", self.handle)
                }
            }
        }
    }

    fn note_events(&mut self) {
        while let Ok(event) = self.events.try_recv() {
            self.note(&event);
        }
    }

    fn note(&mut self, event: &ReloadEvent) {
        let report = &mut self.report;
        match event {
            ReloadEvent::Reloaded(reloaded) if reloaded.plugins.is_empty() => {}
            ReloadEvent::Reloaded(reloaded) => {
                report.reloaded += 1;
                assert!(reloaded.generation > report.generation, "generations increase: {event} after {}", report.generation);
                report.generation = reloaded.generation;
                assert!(!reloaded.plugins.iter().any(|plugin| plugin.name.starts_with("bad-")), "a bad policy went into service: {event}");
            }
            ReloadEvent::Refused { error, .. } => {
                assert_ne!(error.step(), ReloadStep::Swap, "a good policy could not go into service: {event}");
                report.refused[error.step() as usize] += 1;
            }
            ReloadEvent::RolledBack { .. } => report.rolled_back += 1,
            _ => {}
        }
    }
}

/// Where a policy with this defect is refused.
fn step(defect: Defect) -> ReloadStep {
    match defect {
        Defect::NotYaml | Defect::UnknownKey | Defect::UnknownPlugin | Defect::SameName | Defect::MissingComponent => ReloadStep::Read,
        Defect::Garbage | Defect::NoPlugin => ReloadStep::Compile,
        Defect::Configuration | Defect::Refusing => ReloadStep::Configure,
        Defect::FailingTest => ReloadStep::Test,
    }
}

fn rename(path: &Path, text: &str) {
    replace_file(path, text.as_bytes());
}

/// Replaces a file as a whole, as good editors do.
fn replace_file(path: &Path, content: &[u8]) {
    let new = path.with_extension("new");
    fs::write(&new, content).expect("a new file");
    fs::rename(new, path).expect("a file that is moved");
}
