//! Making a candidate: everything that has to be right before a policy goes into service.

use crate::compilers::Compilers;
use crate::link::Link;
use crate::policy::{OnFailure, Policy};
use crate::policy_tests::run_tests;
use crate::recipe::{Digest, Recipe};

use super::{ReloadError, ReloadStep};

/// A plugin in service, as much as has to be known to see whether it can stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InService {
    pub(super) name: String,
    pub(super) digest: Digest,
    pub(super) on_failure: OnFailure,
}

/// A policy that passed every check and can go into service.
pub(super) struct Candidate {
    pub(super) places: Vec<Place>,
}

/// A place in the new chain.
pub(super) enum Place {
    /// The plugin of this name goes on, as long as it is made of this.
    Kept {
        name: String,
        digest: Digest,
        on_failure: OnFailure,
    },
    New(Box<Link>),
}

/// Reads, checks, compiles, configures and tests. Plugins that are made of the same as those in service are not made again.
///
/// # Errors
/// The step that failed, and why.
pub(super) fn prepare(policy: &Policy, in_service: &[InService]) -> Result<Candidate, ReloadError> {
    let recipes = Recipe::read(policy)?;
    let stays = |recipe: &Recipe<'_>| in_service.iter().any(|plugin| plugin.name == recipe.entry.name && plugin.digest == recipe.digest);
    // One thread: the application needs the cores, and the old policy is in service.
    let mut compiled =
        Recipe::compile_all(&recipes.iter().filter(|recipe| !stays(recipe)).collect::<Vec<_>>(), &Compilers::new(1)).into_iter();
    let mut places = Vec::with_capacity(recipes.len());
    for recipe in &recipes {
        let new = if stays(recipe) { None } else { compiled.next() };
        places.push(match new {
            Some(compiled) => Place::New(Box::new(recipe.make(compiled)?)),
            None => Place::Kept { name: recipe.entry.name.clone(), digest: recipe.digest, on_failure: recipe.entry.on_failure },
        });
    }
    let failed = |error| ReloadError::new(ReloadStep::Test, error);
    if let Some(failure) = run_tests(policy).map_err(failed)?.first() {
        return Err(failed(policy.test_failed(failure)));
    }
    Ok(Candidate { places })
}

impl Candidate {
    /// Whether it would change anything.
    pub(super) fn differs_from(&self, in_service: &[InService]) -> bool {
        let same = |(place, plugin): (&Place, &InService)| match place {
            Place::Kept { name, on_failure, .. } => *name == plugin.name && *on_failure == plugin.on_failure,
            Place::New(_) => false,
        };
        self.places.len() != in_service.len() || !self.places.iter().zip(in_service).all(same)
    }

    /// Whether every plugin that is to go on is still in service. It is not where the generation was taken back while the candidate was made.
    pub(super) fn fits(&self, links: &[Link]) -> bool {
        self.places.iter().all(|place| match place {
            Place::Kept { name, digest, .. } => links.iter().any(|link| link.plugin.name() == name && link.digest == *digest),
            Place::New(_) => true,
        })
    }
}
