//! Policies: good ones, whose faults are all in front of redact, and ones that must never serve.

use std::path::Path;

use super::Random;
use super::guests::{self, Fault};
use crate::Folder;

/// Writes policies. Each has a number and, as its first plugin, one that is called after it.
pub struct Candidates {
    folder: Folder,
    random: Random,
    faults: Vec<Fault>,
    number: u32,
    /// Faults that the next policies get, so that each has its turn.
    turns: Vec<usize>,
}

/// What is wrong with a policy that must be refused. Every such policy has a plugin `bad-NUMBER` and no redact: if one ever served, its name would be
/// among the plugins and secrets would leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Defect {
    /// It is cut off, and so not YAML.
    NotYaml,
    /// It has a key that policies do not have.
    UnknownKey,
    /// It names a standard plugin that there is none.
    UnknownPlugin,
    /// Two plugins have the same name.
    SameName,
    /// It names a component that is not there.
    MissingComponent,
    /// Its component is garbage.
    Garbage,
    /// Its component is one, but not a plugin.
    NoPlugin,
    /// A standard plugin does not accept its configuration.
    Configuration,
    /// A plugin refuses its configuration itself.
    Refusing,
    /// One of its tests fails.
    FailingTest,
}

impl Defect {
    /// All of them.
    pub const ALL: [Defect; 10] = [
        Defect::NotYaml,
        Defect::UnknownKey,
        Defect::UnknownPlugin,
        Defect::SameName,
        Defect::MissingComponent,
        Defect::Garbage,
        Defect::NoPlugin,
        Defect::Configuration,
        Defect::Refusing,
        Defect::FailingTest,
    ];
}

impl Candidates {
    /// Writes the plugins into a folder of their own.
    pub fn new(random: Random) -> Candidates {
        let (folder, faults) = (Folder::empty(), guests::faults());
        for Fault { name, guest, .. } in &faults {
            folder.write(&format!("{name}.wasm"), guest.component());
        }
        folder.write("idle.wasm", guests::idle(0).component());
        folder.write("refusing.wasm", guests::refusing().component());
        folder.write("garbage.wasm", b"\0asm\x0d\0\x01\0garbage");
        folder.write("no-plugin.wasm", wat::parse_str("(component)").expect("a component"));
        let mut candidates = Candidates { folder, random, faults, number: 0, turns: Vec::new() };
        candidates.write_mark(0);
        candidates
    }

    /// Where the policies' relative paths start.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The bytes of the component that every good policy has as its first plugin; another one for each number.
    pub fn mark(number: u32) -> Vec<u8> {
        guests::idle(number % 4).component()
    }

    fn write_mark(&mut self, number: u32) {
        self.folder.write("mark.wasm", Candidates::mark(number));
    }

    /// A good policy with every plugin that there is, to have all of them compiled.
    pub fn of_everything(&self) -> String {
        let faults = self.faults.iter().map(|fault| entry(fault, fault.name, "pass", 0));
        let idle = (0..4).map(|number| {
            let name = format!("idle-{number}");
            self.folder.write(&format!("{name}.wasm"), Candidates::mark(number));
            format!("{{name: {name}, use: 'file:./{name}.wasm'}}")
        });
        let standard = ["enrich", "sample", "redact"].map(|name| format!("{{use: 'builtin:{name}'{}}}", config_of(name)));
        policy(&faults.chain(idle).chain(standard).collect::<Vec<_>>(), "")
    }

    /// The next good policy, with its first plugin's name.
    pub fn good(&mut self) -> (String, String) {
        self.number += 1;
        let (random, number) = (&mut self.random, self.number);
        let mark = format!("mark-{number}");
        let mut plugins = vec![format!("{{name: {mark}, use: 'file:./mark.wasm'}}")];
        let mut is_patient = true;
        if random.chance(20) {
            plugins.push(format!("{{use: 'builtin:enrich'{}}}", config_of("enrich")));
            is_patient = false;
        }
        for _ in 0..[0, 1, 1, 1, 2, 3][random.below(6)] {
            if self.turns.is_empty() {
                self.turns = random.shuffled(&(0..self.faults.len()).collect::<Vec<_>>());
            }
            let fault = &self.faults[self.turns.pop().expect("a turn")];
            is_patient &= fault.is_patient;
            // Under the same name it is kept or replaced, under another one it is new.
            let name = if random.chance(50) { fault.name.to_owned() } else { format!("{}-{number}", fault.name) };
            if plugins.iter().any(|plugin| plugin.starts_with(&format!("{{name: {name},"))) {
                continue;
            }
            let rule = random.one(&["pass", "pass", "strip", "withhold"]);
            plugins.push(entry(fault, &name, rule, random.below(3)));
        }
        if random.chance(20) {
            plugins.push(format!("{{use: 'builtin:sample'{}}}", config_of("sample")));
            is_patient = false;
        }
        // Redact stays as it is, or is replaced.
        let lines = if random.chance(60) { 100 } else { 100 + number % 50 };
        // Now and then it has less time than a batch takes. Its test would have no more, beside everything else.
        let deadline = if random.chance(15) { "deadline: 1ms, " } else { "" };
        is_patient &= deadline.is_empty();
        plugins.push(format!("{{use: 'builtin:redact', on_failure: strip, limits: {{{deadline}log_lines: {lines}}}}}"));
        let tests = match is_patient && random.chance(30) {
            true => {
                r#", tests: [{name: hides, given: "GET /  server  user.email=\"ada@example.org\"\n", expect: "GET /  server  user.email=\"[REDACTED]\"\n"}]"#
            }
            false => "",
        };
        (policy(&plugins, tests), mark)
    }

    /// A policy that must be refused.
    pub fn bad(&mut self, defect: Defect) -> String {
        self.number += 1;
        let name = format!("bad-{}", self.number);
        let of_file = |file: &str| policy(&[format!("{{name: {name}, use: 'file:./{file}.wasm'}}")], "");
        let good_one = format!("{{name: {name}, use: 'file:./idle.wasm'}}");
        match defect {
            Defect::NotYaml => {
                let whole = of_file("idle");
                whole[..whole.len() - 2 - self.random.below(whole.len() / 2)].to_owned()
            }
            Defect::UnknownKey => policy(&[format!("{{name: {name}, use: 'file:./idle.wasm', onfailure: strip}}")], ""),
            Defect::UnknownPlugin => policy(&[good_one, "{use: 'builtin:redcat'}".to_owned()], ""),
            Defect::SameName => policy(&[good_one.clone(), good_one], ""),
            Defect::MissingComponent => of_file("missing"),
            Defect::Garbage => of_file("garbage"),
            Defect::NoPlugin => of_file("no-plugin"),
            Defect::Configuration => policy(&[good_one, "{use: 'builtin:enrich', config: {actions: [{upsert: 5}]}}".to_owned()], ""),
            Defect::Refusing => of_file("refusing"),
            Defect::FailingTest => policy(&[good_one], r#", tests: [{name: fails, given: "a\n", expect: "b\n"}]"#),
        }
    }
}

/// In one line and in braces, so that no part of it is a policy.
fn policy(plugins: &[String], tests: &str) -> String {
    format!("{{version: 1, plugins: [{}]{tests}}}\n", plugins.join(", "))
}

fn entry(fault: &Fault, name: &str, rule: &str, variant: usize) -> String {
    let Fault { name: file, limits, .. } = fault;
    let comma = if limits.is_empty() { "" } else { ", " };
    format!("{{name: {name}, use: 'file:./{file}.wasm', on_failure: {rule}, limits: {{{limits}{comma}counters: {}}}}}", 100 + variant)
}

fn config_of(standard: &str) -> &'static str {
    match standard {
        "enrich" => ", config: {actions: [{upsert: {key: team, value: blue}}]}",
        "sample" => ", config: {keep: [errors], rest: {ratio: 0.9}}",
        _ => "",
    }
}
