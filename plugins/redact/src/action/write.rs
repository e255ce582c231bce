//! What takes the place of a find.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Action, Done, Keep, Secret, pseudonym};
use crate::detect::{self, Hit};
use crate::scan::KEY_RULE;

/// Bits of an address that a truncated one keeps.
const NETWORK: (u8, u8) = (24, 48);

/// Which action each rule takes, and what is needed to carry it out.
pub(crate) struct Writer {
    /// By number of the rule.
    actions: Vec<Action>,
    /// What hits by key rules name.
    key_actions: Vec<Action>,
    done: Done,
    /// Every action masks.
    only_masks: bool,
    /// Some action keeps a part.
    keeps_parts: bool,
}

impl Writer {
    pub(crate) fn new(replacement: &str, actions: Vec<Action>, key_actions: Vec<Action>, secret: Option<Secret>) -> Self {
        let only_masks = actions.iter().chain(&key_actions).all(|action| *action == Action::Mask);
        let keeps_parts = actions.iter().chain(&key_actions).any(|action| action.keeps_some());
        Writer { actions, key_actions, done: Done::new(replacement).with_secret(secret), only_masks, keeps_parts }
    }

    /// What was put into texts already.
    pub(crate) fn done(&self) -> &Done {
        &self.done
    }

    /// Whether every action masks, so that it need not be asked which one a hit takes.
    pub(crate) fn only_masks(&self) -> bool {
        self.only_masks
    }

    /// Whether some action keeps a part of what is found.
    pub(crate) fn keeps_parts(&self) -> bool {
        self.keeps_parts
    }

    /// What becomes of a hit that stands for itself.
    pub(crate) fn action(&self, hit: &Hit) -> Action {
        match usize::from(hit.rule) {
            KEY_RULE => self.key_actions.get(usize::from(hit.action)).copied().unwrap_or_default(),
            rule => self.actions.get(rule).copied().unwrap_or_default(),
        }
    }

    /// Writes what takes the place of `found`, which is all of something that `action` is for.
    pub(crate) fn write(&self, action: Action, found: &[u8], is_phone: bool, out: &mut Vec<u8>) {
        let replacement = self.done.replacement();
        match (action, self.done.secret()) {
            (Action::Hash, Some(secret)) => secret.hash(found, out),
            (Action::Pseudonym, Some(secret)) => pseudonym::write(secret, found, is_phone, out),
            (Action::Remove, _) => {}
            (Action::Truncate(keep), _) => {
                let kept = match (pseudonym::address(found), keep) {
                    (Some(_), _) => found,
                    (None, Some(keep)) => start(found, keep).unwrap_or(replacement),
                    (None, None) => replacement,
                };
                // The start of another text may be an address too.
                match pseudonym::address(kept) {
                    Some((address, prefix)) => out.extend_from_slice(network(address, prefix).as_bytes()),
                    None => out.extend_from_slice(kept),
                }
            }
            (Action::Partial(Keep::First(keep)), _) => {
                let kept = half(found, keep).and_then(|keep| start(found, keep)).unwrap_or_default();
                out.extend_from_slice(kept);
                out.extend_from_slice(replacement);
            }
            (Action::Partial(Keep::Last(keep)), _) => {
                let kept = half(found, keep).and_then(|keep| end(found, keep)).unwrap_or_default();
                push_replacement(replacement, out);
                out.extend_from_slice(kept);
            }
            (Action::Partial(Keep::Domain), _) => {
                let kept = pseudonym::domain(found).map_or(&[][..], |at| &found[at..]);
                push_replacement(replacement, out);
                out.extend_from_slice(kept);
            }
            (Action::Mask | Action::Hash | Action::Pseudonym, _) => push_replacement(replacement, out),
        }
    }

    /// Whether `start..end` of a text is what is left of something of which `action` has kept a part.
    pub(crate) fn is_kept(&self, action: Action, text: &[u8], start: usize, end: usize) -> bool {
        let (before, found, after) = (&text[..start], &text[start..end], &text[end..]);
        let replacement = self.done.replacement();
        let few = |part: &[u8], keep: u16| str::from_utf8(part).is_ok_and(|part| part.chars().count() <= usize::from(keep));
        match action {
            Action::Partial(Keep::Last(keep)) => {
                let rest = if before.ends_with(replacement) { Some(found) } else { found.strip_prefix(replacement) };
                rest.is_some_and(|rest| few(rest, keep))
            }
            Action::Partial(Keep::First(keep)) => {
                let rest = if after.starts_with(replacement) { Some(found) } else { found.strip_suffix(replacement) };
                rest.is_some_and(|rest| few(rest, keep))
            }
            Action::Partial(Keep::Domain) => {
                let (host, before) = match found.strip_prefix(replacement) {
                    Some(rest) => (rest, replacement),
                    None => (found, before),
                };
                let host = host.strip_prefix(b"@").or_else(|| Some(found).filter(|_| before.ends_with(b"@")));
                let before = before.strip_suffix(b"@").unwrap_or(before);
                host.is_some_and(|host| before.ends_with(replacement) && !host.contains(&b'@') && host.iter().all(|b| b.is_ascii_graphic()))
            }
            _ => false,
        }
    }
}

/// Whether a hit is by a rule that finds telephone numbers.
pub(crate) fn is_phone(hit: &Hit) -> bool {
    detect::DETECTORS.get(usize::from(hit.rule)).is_some_and(|detector| detector.name.starts_with("phone"))
}

/// Replacements that touch are one.
fn push_replacement(replacement: &[u8], out: &mut Vec<u8>) {
    if !out.ends_with(replacement) {
        out.extend_from_slice(replacement);
    }
}

/// An address without its host part, as a text. It keeps the length of its prefix if that says nothing of the host part.
fn network(address: IpAddr, prefix: Option<u8>) -> String {
    let (address, bits) = match address {
        IpAddr::V4(address) => (IpAddr::V4(ipv4_network(address)), NETWORK.0),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => (IpAddr::V6(ipv4_network(mapped).to_ipv6_mapped()), 96 + NETWORK.0),
            None => (IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> (128 - NETWORK.1) << (128 - NETWORK.1))), NETWORK.1),
        },
    };
    match prefix.filter(|prefix| *prefix <= bits) {
        Some(prefix) => format!("{address}/{prefix}"),
        None => address.to_string(),
    }
}

fn ipv4_network(address: Ipv4Addr) -> Ipv4Addr {
    Ipv4Addr::from_bits(address.to_bits() >> (32 - NETWORK.0) << (32 - NETWORK.0))
}

/// `keep`, if so many characters are not more than half of all.
fn half(found: &[u8], keep: u16) -> Option<u16> {
    let all = str::from_utf8(found).ok()?.chars().count();
    (usize::from(keep) * 2 <= all).then_some(keep)
}

/// The first characters, or all; nothing of what is no text.
fn start(found: &[u8], keep: u16) -> Option<&[u8]> {
    let text = str::from_utf8(found).ok()?;
    let end = text.char_indices().nth(usize::from(keep)).map_or(text.len(), |(at, _)| at);
    Some(&found[..end])
}

/// The last characters, or all; nothing of what is no text.
fn end(found: &[u8], keep: u16) -> Option<&[u8]> {
    let text = str::from_utf8(found).ok()?;
    let start = text.char_indices().rev().nth(usize::from(keep).checked_sub(1)?).map_or(0, |(at, _)| at);
    Some(&found[start..])
}
