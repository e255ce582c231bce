//! Decisions that are remembered for spans that come late: bounded, the oldest forgotten first.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

use crate::tracestate::Weight;

/// What was decided of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It was kept, by the rule with this number or, without one, as one of the rest.
    Kept { rule: Option<u16>, weight: Weight },
    /// It was dropped.
    Dropped,
}

type Generation = HashMap<[u8; 16], Decision, BuildHasherDefault<DefaultHasher>>;

/// Two generations of decisions. When the younger is full it becomes the older, and what was the older is forgotten: so at least `capacity`
/// decisions are remembered, and at most twice as many.
#[derive(Debug)]
pub(crate) struct Memory {
    capacity: usize,
    young: Generation,
    old: Generation,
}

impl Memory {
    pub(crate) fn new(capacity: usize) -> Self {
        Memory { capacity: capacity.max(1), young: Generation::default(), old: Generation::default() }
    }

    pub(crate) fn get(&self, trace_id: &[u8; 16]) -> Option<Decision> {
        self.young.get(trace_id).or_else(|| self.old.get(trace_id)).copied()
    }

    pub(crate) fn put(&mut self, trace_id: [u8; 16], decision: Decision) {
        if self.young.len() >= self.capacity && !self.young.contains_key(&trace_id) {
            std::mem::swap(&mut self.young, &mut self.old);
            self.young.clear();
        }
        self.young.insert(trace_id, decision);
    }

    /// Writes all decisions, the same ones always in the same way. `rules` are the names of the rules by number.
    pub(crate) fn save(&self, rules: &[String]) -> Vec<u8> {
        let mut out = vec![VERSION];
        out.extend((rules.len() as u16).to_le_bytes());
        for rule in rules {
            out.extend((rule.len() as u16).to_le_bytes());
            out.extend(rule.as_bytes());
        }
        for generation in [&self.old, &self.young] {
            let mut decisions: Vec<_> = generation.iter().collect();
            decisions.sort_by_key(|(trace_id, _)| *trace_id);
            out.extend((decisions.len() as u32).to_le_bytes());
            for (trace_id, decision) in decisions {
                out.extend(trace_id);
                push(decision, &mut out);
            }
        }
        out
    }

    /// Takes decisions over that [`Memory::save`] wrote. Rules are found again by name: one that is gone leaves its traces kept, without a rule.
    ///
    /// # Errors
    /// When the bytes are of another version or cut; then nothing is taken over.
    pub(crate) fn restore(&mut self, state: &[u8], rules: &[String]) -> Result<(), String> {
        let mut read = Reader(state);
        match read.take::<1>() {
            Some([VERSION]) => {}
            Some([version]) => return Err(format!("decisions of version {version}, expected {VERSION}")),
            None => return Err("no bytes".into()),
        }
        let (old, young) = read_all(&mut read, rules).ok_or("the remembered decisions are cut short")?;
        (self.old, self.young) = (old, young);
        Ok(())
    }
}

const VERSION: u8 = 1;
const NO_RULE: u16 = u16::MAX;
const NO_RANDOM: u64 = u64::MAX;

fn push(decision: &Decision, out: &mut Vec<u8>) {
    let Decision::Kept { rule, weight } = decision else {
        out.push(0);
        return;
    };
    out.push(match weight {
        Weight::Leave => 1,
        Weight::Unknown => 2,
        Weight::Threshold { .. } => 3,
    });
    out.extend(rule.unwrap_or(NO_RULE).to_le_bytes());
    if let Weight::Threshold { th, rv } = weight {
        out.extend(th.to_le_bytes());
        out.extend(rv.unwrap_or(NO_RANDOM).to_le_bytes());
    }
}

fn read_all(read: &mut Reader<'_>, rules: &[String]) -> Option<(Generation, Generation)> {
    let count = u16::from_le_bytes(read.take()?);
    let mut number_of = Vec::new();
    for _ in 0..count {
        let len = u16::from_le_bytes(read.take()?);
        let name = read.bytes(len.into())?;
        number_of.push(rules.iter().position(|rule| rule.as_bytes() == name).map(|number| number as u16));
    }
    let old = read_generation(read, &number_of)?;
    let young = read_generation(read, &number_of)?;
    read.0.is_empty().then_some((old, young))
}

fn read_generation(read: &mut Reader<'_>, number_of: &[Option<u16>]) -> Option<Generation> {
    let mut out = Generation::default();
    for _ in 0..u32::from_le_bytes(read.take()?) {
        let trace_id = read.take()?;
        let [kind] = read.take()?;
        if kind == 0 {
            out.insert(trace_id, Decision::Dropped);
            continue;
        }
        let rule = u16::from_le_bytes(read.take()?);
        let rule = number_of.get(usize::from(rule)).copied().flatten();
        let weight = match kind {
            1 => Weight::Leave,
            2 => Weight::Unknown,
            3 => Weight::Threshold {
                th: u64::from_le_bytes(read.take()?),
                rv: Some(u64::from_le_bytes(read.take()?)).filter(|rv| *rv != NO_RANDOM),
            },
            _ => return None,
        };
        out.insert(trace_id, Decision::Kept { rule, weight });
    }
    Some(out)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*head)
    }

    fn bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> [u8; 16] {
        [n; 16]
    }

    #[test]
    fn the_oldest_are_forgotten_first_and_never_more_than_twice_the_capacity_are_held() {
        let mut memory = Memory::new(10);
        for n in 0..100 {
            memory.put(id(n), Decision::Dropped);
            assert!(memory.young.len() + memory.old.len() <= 20);
        }
        assert!((90..100).all(|n| memory.get(&id(n)).is_some()));
        assert!((0..80).all(|n| memory.get(&id(n)).is_none()));
    }

    #[test]
    fn decisions_survive_save_and_restore_and_rules_are_found_by_name() {
        let rules = ["errors".to_owned(), "slow".to_owned()];
        let mut memory = Memory::new(2);
        let kept = |rule, weight| Decision::Kept { rule, weight };
        memory.put(id(1), Decision::Dropped);
        memory.put(id(2), kept(Some(1), Weight::Threshold { th: 5, rv: Some(6) }));
        memory.put(id(3), kept(Some(0), Weight::Threshold { th: 0, rv: None }));
        memory.put(id(4), kept(None, Weight::Leave));
        let state = memory.save(&rules);

        let mut next = Memory::new(2);
        next.restore(&state, &["slow".to_owned()]).unwrap();
        assert_eq!(next.get(&id(1)), Some(Decision::Dropped));
        assert_eq!(next.get(&id(2)), Some(kept(Some(0), Weight::Threshold { th: 5, rv: Some(6) })));
        assert_eq!(next.get(&id(3)), Some(kept(None, Weight::Threshold { th: 0, rv: None })));
        assert_eq!(next.get(&id(4)), memory.get(&id(4)));
        assert_eq!(next.get(&id(5)), None);
    }

    #[test]
    fn a_state_that_is_cut_or_of_another_version_is_refused() {
        let mut memory = Memory::new(2);
        memory.put(id(1), Decision::Kept { rule: None, weight: Weight::Unknown });
        let state = memory.save(&["errors".to_owned()]);
        for len in 0..state.len() {
            assert!(Memory::new(2).restore(&state[..len], &[]).is_err(), "{len} bytes of {}", state.len());
        }
        assert!(Memory::new(2).restore(&[9], &[]).unwrap_err().contains("version 9"));
    }
}
