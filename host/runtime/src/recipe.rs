//! What the plugins of a policy are made of: the policy's entries with the contents of the files that they name.
//!
//! Everything is read once, before anything is made of it, so that a file which changes meanwhile can't give a plugin half of each.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use sha2::{Digest as _, Sha256};

use crate::builtin;
use crate::compiled::{CompileError, Compiled};
use crate::compilers::Compilers;
use crate::error::LoadErrorKind;
use crate::link::Link;
use crate::plugin::{Plugin, PluginOptions};
use crate::policy::{Component, Policy, PolicyError, PolicyPlugin};
use crate::reload::{ReloadError, ReloadStep};
use crate::secret::Secret;

/// Everything that decides what a plugin does. Plugins with equal digests do the same.
pub(crate) type Digest = [u8; 32];

/// What one plugin is made of.
pub(crate) struct Recipe<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) entry: &'a PolicyPlugin,
    component: Cow<'static, [u8]>,
    tables: BTreeMap<String, Vec<u8>>,
    secrets: BTreeMap<String, Secret>,
    pub(crate) digest: Digest,
}

impl<'a> Recipe<'a> {
    /// Reads the files that the policy's plugins name.
    ///
    /// # Errors
    /// When one can't be read.
    pub(crate) fn read(policy: &'a Policy) -> Result<Vec<Recipe<'a>>, ReloadError> {
        policy.plugins.iter().map(|entry| Recipe::read_one(policy, entry)).collect()
    }

    fn read_one(policy: &'a Policy, entry: &'a PolicyPlugin) -> Result<Recipe<'a>, ReloadError> {
        let read = |path: &Path| {
            std::fs::read(path).map_err(|error| {
                let error = PolicyError::of_file(policy, entry, path, &error);
                ReloadError::of_plugin(ReloadStep::Read, entry, error).in_file(path)
            })
        };
        let component = match &entry.component {
            Component::Builtin(name) => Cow::Borrowed(builtin::component(name).unwrap_or_default()),
            Component::File(path) => Cow::Owned(read(path)?),
        };
        let mut tables = BTreeMap::new();
        for (name, path) in &entry.tables {
            tables.insert(name.clone(), read(path)?);
        }
        let mut secrets = BTreeMap::new();
        for secret in &entry.secrets {
            let read = secret.secret(policy).map_err(|error| {
                let failed = ReloadError::of_plugin(ReloadStep::Read, entry, error);
                secret.file().into_iter().fold(failed, ReloadError::in_file)
            })?;
            secrets.insert(secret.name.clone(), read);
        }
        let digest = digest(entry, &component, &tables, &secrets);
        Ok(Recipe { policy, entry, component, tables, secrets, digest })
    }

    /// Compiles the components of all that are to be made, side by side, the largest first, and each of them function by function: compiling is
    /// most of the time that a start takes.
    pub(crate) fn compile_all(recipes: &[&Recipe<'_>], compilers: &Compilers) -> Vec<Result<Arc<Compiled>, CompileError>> {
        let mut order: Vec<usize> = (0..recipes.len()).collect();
        order.sort_by_key(|number| std::cmp::Reverse(recipes[*number].component.len()));
        let (next, results) = (AtomicUsize::new(0), recipes.iter().map(|_| OnceLock::new()).collect::<Vec<_>>());
        let work = || {
            while let Some(number) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                let recipe = recipes[*number];
                let compile = || Compiled::new(&recipe.component, &recipe.entry.limits, compilers);
                // A panic in a scoped thread would be one of the application's.
                let panicked = |_| Err(CompileError::Host("a panic in spansieve while it was compiled, which is a bug".into()));
                let _ = results[*number].set(catch_unwind(AssertUnwindSafe(compile)).unwrap_or_else(panicked));
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..compilers.threads().min(recipes.len()) {
                // Without further threads this one does all the work.
                let _ = std::thread::Builder::new().spawn_scoped(scope, work);
            }
            work();
        });
        let missing = || Err(CompileError::Host("compiling it did not end".into()));
        results.into_iter().map(|result| result.into_inner().unwrap_or_else(missing)).collect()
    }

    /// Compiles, checks and configures all plugins of a policy.
    ///
    /// # Errors
    /// When one can't be; the error says where in the policy the plugin stands.
    pub(crate) fn make_all(recipes: &[Recipe<'_>]) -> Result<Vec<Link>, ReloadError> {
        let compiled = Recipe::compile_all(&recipes.iter().collect::<Vec<_>>(), &Compilers::on_all_cores());
        recipes.iter().zip(compiled).map(|(recipe, compiled)| recipe.make(compiled)).collect()
    }

    /// Checks and configures the plugin.
    ///
    /// # Errors
    /// When it can't be, or was not compiled; the error says where in the policy the plugin stands.
    pub(crate) fn make(&self, compiled: Result<Arc<Compiled>, CompileError>) -> Result<Link, ReloadError> {
        let entry = self.entry;
        let tables: HashMap<_, _> = self.tables.iter().map(|(name, table)| (name.clone(), table.clone())).collect();
        let secrets = self.secrets.iter().map(|(name, secret)| (name.clone(), secret.clone())).collect();
        let options =
            PluginOptions { name: entry.name.clone(), config: entry.config.clone(), limits: entry.limits.clone(), tables, secrets };
        let plugin = Plugin::of_compiled(compiled, options).map_err(|error| {
            let way = if error.kind() == LoadErrorKind::Config { error.config_way() } else { "" };
            let step = match error.kind() {
                LoadErrorKind::Component | LoadErrorKind::Host => ReloadStep::Compile,
                LoadErrorKind::Config | LoadErrorKind::Guest => ReloadStep::Configure,
            };
            let failed = ReloadError::of_plugin(step, entry, PolicyError::of_plugin(self.policy, entry, way, error.to_string()));
            match (&entry.component, error.kind()) {
                (Component::File(path), LoadErrorKind::Component) => failed.in_file(path),
                _ => failed,
            }
        })?;
        Ok(Link::new(plugin, entry.on_failure, entry.shadow, self.digest))
    }
}

fn digest(entry: &PolicyPlugin, component: &[u8], tables: &BTreeMap<String, Vec<u8>>, secrets: &BTreeMap<String, Secret>) -> Digest {
    let mut digest = Sha256::new();
    let mut part = |bytes: &[u8]| {
        // With lengths, so that no two different lists of parts read the same.
        digest.update((bytes.len() as u64).to_le_bytes());
        digest.update(bytes);
    };
    part(component);
    part(entry.config.to_string().as_bytes());
    part(format!("{:?}", entry.limits).as_bytes());
    part(&[u8::from(entry.shadow)]);
    for (name, table) in tables {
        part(name.as_bytes());
        part(table);
    }
    // Plugins tell tables and secrets not apart, but the number of tables comes between, so that lists of both don't run together.
    part(&(tables.len() as u64).to_le_bytes());
    for (name, secret) in secrets {
        part(name.as_bytes());
        part(secret.reveal());
    }
    digest.finalize().into()
}
