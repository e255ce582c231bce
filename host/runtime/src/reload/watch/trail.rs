//! The way that a path leads, link by link.

use std::ffi::OsString;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// Links that are followed before the way is taken for a circle, as on Linux.
const MAX_LINKS: u32 = 40;

/// Everything that decides what a path leads to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Trail {
    /// Directory and name of each link on the way, and of what stands at its end. The directories are real: no part of them is a link. Where the way breaks
    /// off, the last step is the name that is missing, in the directory that would hold it.
    pub(super) steps: Vec<(PathBuf, OsString)>,
    /// What the path leads to; nothing need be there. `None` where the way breaks off before.
    pub(super) end: Option<PathBuf>,
}

impl Trail {
    /// Follows an absolute path. A mounted Kubernetes config map is why links of directories matter as much as the file's own: there
    /// `policy.yaml` leads to `..data/policy.yaml` for ever, and `..data` to another directory with each update.
    pub(super) fn of(path: &Path) -> Trail {
        let mut trail = Trail::default();
        let mut at = PathBuf::new();
        let mut ahead = parts(path);
        let mut links = 0;
        while let Some(part) = ahead.pop() {
            let name = match Path::new(&part).components().next() {
                Some(Component::Normal(name)) => name,
                // `at` has no links, so its parent is what `..` means.
                Some(Component::ParentDir) => {
                    at.pop();
                    continue;
                }
                Some(Component::CurDir) | None => continue,
                Some(start) => {
                    at.push(start);
                    continue;
                }
            };
            let here = at.join(name);
            if let Ok(leads_to) = fs::read_link(&here) {
                trail.steps.push((at.clone(), name.to_owned()));
                links += 1;
                if links > MAX_LINKS {
                    return trail;
                }
                ahead.extend(parts(&leads_to));
            } else if !ahead.is_empty() && here.is_dir() {
                at = here;
            } else {
                trail.steps.push((at, name.to_owned()));
                trail.end = ahead.is_empty().then_some(here);
                return trail;
            }
        }
        trail
    }
}

/// The parts of a path, the first one last.
fn parts(path: &Path) -> Vec<OsString> {
    path.components().rev().map(|part| part.as_os_str().to_owned()).collect()
}
