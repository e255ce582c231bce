//! What rules of both kinds of tools have in common: patterns.

use super::analysis;
use super::go_regex::{Groups, parse, translate};
use super::policy::{Yaml, flow};

/// A pattern of which every match is found whole.
///
/// # Errors
/// With a sentence on why it can't be used.
pub(super) fn whole(pattern: &str) -> Result<String, String> {
    let pattern = translate(pattern, Groups::Name(&[]))?;
    parse(&pattern)?;
    Ok(pattern)
}

/// A pattern of which a group is found: the given one, or where that is 0 the one that holds the secret; `None` where it can't be told which that is.
///
/// # Errors
/// With a sentence on why it can't be used.
pub(super) fn group(pattern: &str, group: usize) -> Result<Option<String>, String> {
    let hir = parse(&translate(pattern, Groups::Keep)?)?;
    let all = hir.properties().explicit_captures_len();
    let groups = match group {
        0 => analysis::secret_groups(&hir),
        group if group <= all => Some(vec![group]),
        group => return Err(format!("its secret is group {group}, but the pattern has {all}")),
    };
    groups.map(|groups| translate(pattern, Groups::Name(&groups))).transpose()
}

/// What is left alone: a found part in which the pattern matches. Here it has to match all of it.
///
/// # Errors
/// With a sentence on why it can't be used.
pub(super) fn allowed(pattern: &str) -> Result<Yaml, String> {
    let pattern = whole(pattern)?;
    let anchored = analysis::is_anchored(&parse(&pattern)?);
    Ok(flow("regex", &if anchored { pattern } else { format!("(?s:.*)(?:{pattern})(?s:.*)") }))
}
