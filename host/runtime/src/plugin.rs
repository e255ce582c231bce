//! A plugin: compiled, configured, instantiated; and one call of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use spansieve_layout::{Column, VERSION};
use wasmtime::Store;

use crate::batch::{Batch, ColumnSet, EditBounds, Edited};
use crate::call::{MAX_MESSAGE, cause, enter};
use crate::compiled::{CompileError, Compiled};
use crate::compilers::Compilers;
use crate::error::{CallError, CallErrorKind, LoadError, LoadErrorKind, one_line};
use crate::host::bindings::{self, exports::spansieve::policy::plugin as contract};
use crate::host::{HostState, LogBudget};
use crate::limits::Limits;
use crate::schema;
use crate::secret::{Given, Secret};
use crate::stats::{PluginMetrics, PluginStats};

/// What is needed to make a plugin.
#[derive(Clone, Debug, Default)]
pub struct PluginOptions {
    /// The name that it has in the policy, in logs and statistics.
    pub name: String,
    /// Its configuration.
    pub config: serde_json::Value,
    /// What it may use.
    pub limits: Limits,
    /// Look-up tables, by the names that the plugin knows them by.
    pub tables: HashMap<String, Vec<u8>>,
    /// Secrets, by other names than those of tables; the plugin asks for them as for tables.
    pub secrets: HashMap<String, Secret>,
}

/// What a plugin says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Its own name.
    pub name: String,
    /// Its own version.
    pub version: String,
    /// One sentence.
    pub about: String,
    /// JSON Schema of its configuration, or empty.
    pub schema: String,
}

/// What a configured plugin reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interest {
    /// Ids of columns that it reads; empty means all.
    pub columns: Vec<u32>,
    /// Attribute keys whose rows the host finds for it.
    pub keys: Vec<String>,
    /// Whether it wants whole traces.
    pub whole_traces: bool,
}

/// A plugin that is ready for batches. It belongs to one thread at a time.
pub struct Plugin {
    compiled: Arc<Compiled>,
    name: Arc<str>,
    config: String,
    limits: Limits,
    given: Arc<Given>,
    log: Arc<Mutex<LogBudget>>,
    description: Description,
    interest: Interest,
    columns: ColumnSet,
    instance: Option<Instance>,
    renewal: Renewal,
    blob: Arc<Vec<u8>>,
    pub(crate) metrics: Arc<PluginMetrics>,
}

struct Instance {
    store: Store<HostState>,
    policy: bindings::Policy,
}

/// Part of the memory limit past which an instance is replaced between two batches: some language runtimes leak a little in each call.
const RENEW_AT: f64 = 0.75;

/// How long an instance serves before it may be renewed: one that always needs so much memory would be renewed after each call, for nothing. So each
/// renewal that comes soon after the last makes the next one wait twice as long.
struct Renewal {
    served: u64,
    after: u64,
}

/// Calls after which a renewal is no sign of a plugin that always needs so much, and also the longest wait.
const RENEW_CALLS: u64 = 1024;

impl Default for Renewal {
    fn default() -> Self {
        Renewal { served: 0, after: 1 }
    }
}

impl Renewal {
    /// Takes note of a call after which the instance has used most of its memory, or has not. Answers whether it is renewed.
    fn is_due(&mut self, is_large: bool) -> bool {
        self.served += 1;
        if !is_large || self.served < self.after {
            return false;
        }
        self.after = if self.served < RENEW_CALLS { (self.after * 2).min(RENEW_CALLS) } else { 1 };
        self.served = 0;
        true
    }
}

impl Plugin {
    /// Compiles a component on all cores (or takes it from the cache), asks it what it is, checks its configuration against the schema
    /// that it gives, and configures it.
    ///
    /// # Errors
    /// When the bytes are not a plugin for this version of the contract, import anything but its host interface, or the
    /// plugin refuses its configuration. The message is for the operator.
    pub fn load(component: &[u8], options: PluginOptions) -> Result<Plugin, LoadError> {
        Plugin::of_compiled(Compiled::new(component, &options.limits, &Compilers::on_all_cores()), options)
    }

    pub(crate) fn of_compiled(compiled: Result<Arc<Compiled>, CompileError>, options: PluginOptions) -> Result<Plugin, LoadError> {
        let PluginOptions { name, config, limits, tables, secrets } = options;
        let fail = |kind, message: String| LoadError::new(&name, kind, message);
        let compiled = compiled.map_err(|error| match error {
            CompileError::Host(message) => fail(LoadErrorKind::Host, message),
            CompileError::Component(message) => fail(LoadErrorKind::Component, message),
        })?;
        let name: Arc<str> = name.as_str().into();
        let mut plugin = Plugin {
            compiled,
            config: config.to_string(),
            given: Arc::new(Given::new(tables, secrets)),
            log: Arc::new(Mutex::new(LogBudget::new(&limits))),
            description: Description { name: String::new(), version: String::new(), about: String::new(), schema: String::new() },
            interest: Interest { columns: Vec::new(), keys: Vec::new(), whole_traces: false },
            columns: ColumnSet::ALL,
            instance: None,
            renewal: Renewal::default(),
            blob: Arc::default(),
            metrics: Arc::new(PluginMetrics::new(&name)),
            name,
            limits,
        };
        let fail = |kind, message: String| LoadError::new(&plugin.name, kind, message);
        plugin.description = plugin.describe().map_err(|error| fail(LoadErrorKind::Guest, error.to_string()))?;
        if let Err((way, message)) = schema::check(&plugin.description.schema, &config, plugin.limits.configure) {
            // The plugin's own message names what it expected; a schema's often only that no alternative fits.
            return Err(match plugin.configured_instance() {
                Err(error) if error.kind() == LoadErrorKind::Config => error.at(way),
                _ => fail(LoadErrorKind::Config, format!("config{way}: {message}")).at(way),
            });
        }
        let (instance, interest) = plugin.configured_instance()?;
        plugin.columns = column_set(&interest);
        plugin.interest = interest;
        plugin.instance = Some(instance);
        Ok(plugin)
    }

    /// The name that the plugin has in the policy.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the plugin says of itself.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// What the plugin reads.
    pub fn interest(&self) -> &Interest {
        &self.interest
    }

    /// What it has done so far.
    pub fn stats(&self) -> PluginStats {
        self.metrics.stats()
    }

    /// Passes a batch through the plugin and nothing else: no failure rule, no breaker, and spans that are not sampled stay. For tools that try or
    /// measure plugins; spans of a service go through a [`Chain`](crate::Chain).
    ///
    /// # Errors
    /// When the plugin fails; the batch is then as it was, and the instance is replaced before the next call.
    pub fn try_on(&mut self, batch: &mut Batch) -> Result<(), CallError> {
        self.process(batch).map(|_| ())
    }

    /// The time that a call on a batch of so many spans may take.
    pub(crate) fn deadline_for(&self, spans: usize) -> Duration {
        self.limits.deadline_for(spans)
    }

    /// Hands the batch to the plugin and applies its edits.
    ///
    /// # Errors
    /// When the plugin fails; the batch is then as it was, and the instance is replaced before the next call.
    pub(crate) fn process(&mut self, batch: &mut Batch) -> Result<Edited, CallError> {
        let started = Instant::now();
        let spans = batch.len();
        let result = self.call(batch);
        let edits = result.as_ref().map_or(0, |edited| edited.count);
        self.metrics.called(spans, started.elapsed(), edits, result.as_ref().err().map(CallError::kind));
        match &self.instance {
            _ if result.is_err() => self.instance = None,
            Some(instance) => {
                let is_large = instance.store.data().limiter.memory_used as f64 > self.limits.memory as f64 * RENEW_AT;
                if self.renewal.is_due(is_large) {
                    self.renew();
                }
            }
            None => {}
        }
        result
    }

    pub(crate) fn discard_instance(&mut self) {
        self.instance = None;
    }

    /// The plugin's state, for an instance that takes over; empty where it keeps none.
    ///
    /// # Errors
    /// When the guest fails; the instance is then not used any more.
    pub fn save(&mut self) -> Result<Vec<u8>, CallError> {
        let Some(Instance { store, policy }) = &mut self.instance else { return Ok(Vec::new()) };
        let saved = enter(&self.compiled.engine, store, self.limits.save, self.limits.edits, |store| {
            policy.spansieve_policy_plugin().call_save(store)
        });
        if saved.is_err() {
            self.instance = None;
        }
        saved
    }

    /// Hands over a state that [`Plugin::save`] gave, perhaps of an older version of the plugin. Where the plugin can't use it, it starts fresh.
    ///
    /// # Errors
    /// Why it starts fresh.
    pub fn restore(&mut self, state: &[u8]) -> Result<(), String> {
        let Some(Instance { store, policy }) = &mut self.instance else { return Err("there is no instance".into()) };
        let restored = enter(&self.compiled.engine, store, self.limits.save, self.limits.edits, |store| {
            policy.spansieve_policy_plugin().call_restore(store, state)
        });
        let refused = match restored {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(message)) => one_line(&message, MAX_MESSAGE),
            Err(error) => format!("it {error}"),
        };
        // It may have taken over a part.
        self.instance = None;
        Err(refused)
    }

    /// Replaces an instance that works by a new one with the same state.
    fn renew(&mut self) {
        let name = Arc::clone(&self.name);
        let state = self.save();
        self.instance = self.fresh_instance().ok();
        let restored = match state {
            Ok(state) if state.is_empty() => Ok(()),
            Ok(state) => self.restore(&state),
            Err(error) => Err(format!("saving: it {error}")),
        };
        let fresh = restored.err();
        tracing::info!(plugin = &*name, fresh, "a plugin's instance has used most of its memory and was replaced");
    }

    fn call(&mut self, batch: &mut Batch) -> Result<Edited, CallError> {
        if self.instance.is_none() {
            self.instance = Some(self.fresh_instance()?);
            self.metrics.replaced();
        }
        let Some(Instance { store, policy }) = &mut self.instance else {
            return Err(CallError::new(CallErrorKind::Down, "no instance"));
        };
        let blob = Arc::make_mut(&mut self.blob);
        batch.blob(self.columns, &self.interest.keys, self.compiled.reads_texts, blob);
        store.data_mut().blob = Arc::clone(&self.blob);
        let deadline = self.limits.deadline_for(batch.len());
        let started = Instant::now();
        let edits = enter(&self.compiled.engine, store, deadline, self.limits.edits, |store| {
            policy.spansieve_policy_plugin().call_process(store, &self.blob)
        });
        let called = started.elapsed();
        store.data_mut().blob = Arc::default();
        self.metrics.add_counters(&mut store.data_mut().counters, self.limits.counters);
        self.metrics.set_memory(store.data().limiter.memory_used);
        let started = Instant::now();
        let bounds = EditBounds { items: self.limits.edit_items, nesting: self.limits.edit_nesting };
        let edited = edits.and_then(|edits| {
            batch.edit_within(&edits, &bounds).map_err(|error| CallError::new(CallErrorKind::Nonsense, error.to_string()))
        });
        self.metrics.spent(called, started.elapsed());
        edited
    }

    /// An instance that takes the place of another.
    fn fresh_instance(&self) -> Result<Instance, CallError> {
        let (instance, interest) = self.configured_instance().map_err(|error| CallError::new(CallErrorKind::Down, error.to_string()))?;
        if interest != self.interest {
            return Err(CallError::new(CallErrorKind::Down, "a new instance asks for other columns than the first one did"));
        }
        Ok(instance)
    }

    fn instantiate(&self) -> Result<Instance, CallError> {
        let state = HostState::new(Arc::clone(&self.name), Arc::clone(&self.given), &self.limits, Arc::clone(&self.log));
        let mut store = Store::new(&self.compiled.engine.wasmtime, state);
        store.limiter(|state| &mut state.limiter);
        store.epoch_deadline_trap();
        let instance = enter(&self.compiled.engine, &mut store, self.limits.configure, self.limits.edits, |store| {
            self.compiled.pre.instance_pre().instantiate(store)
        })?;
        // Looks the functions up, and runs none.
        let policy = bindings::Policy::new(&mut store, &instance).map_err(|error| {
            CallError::new(CallErrorKind::Nonsense, format!("its interfaces do not have the types of the contract: {}", cause(&error)))
        })?;
        Ok(Instance { store, policy })
    }

    fn describe(&self) -> Result<Description, CallError> {
        let Instance { mut store, policy } = self.instantiate()?;
        let said = enter(&self.compiled.engine, &mut store, self.limits.configure, self.limits.edits, |store| {
            policy.spansieve_policy_plugin().call_describe(store)
        })?;
        let contract::Description { name, version, about, layout, schema } = said;
        if layout != u32::from(VERSION) {
            let message = format!("the plugin speaks layout version {layout}, this host version {VERSION}");
            return Err(CallError::new(CallErrorKind::Nonsense, message));
        }
        Ok(Description { name, version, about, schema })
    }

    fn configured_instance(&self) -> Result<(Instance, Interest), LoadError> {
        let fail = |kind, message: String| LoadError::new(&self.name, kind, message);
        let mut instance = self.instantiate().map_err(|error| fail(LoadErrorKind::Guest, format!("starting: it {error}")))?;
        let Instance { store, policy } = &mut instance;
        let answer = enter(&self.compiled.engine, store, self.limits.configure, self.limits.edits, |store| {
            policy.spansieve_policy_plugin().call_configure(store, &self.config)
        });
        let contract::Interest { columns, keys, grouping } = match answer {
            Ok(Ok(interest)) => interest,
            Ok(Err(message)) => return Err(fail(LoadErrorKind::Config, format!("config: {}", one_line(&message, MAX_MESSAGE)))),
            Err(error) => return Err(fail(LoadErrorKind::Guest, format!("configuring: it {error}"))),
        };
        if keys.len() > MAX_DECLARED_KEYS {
            let message = format!("it declares {} attribute keys, expected at most {MAX_DECLARED_KEYS}", keys.len());
            return Err(fail(LoadErrorKind::Guest, message));
        }
        let whole_traces = matches!(grouping, contract::Grouping::Trace);
        Ok((instance, Interest { columns, keys, whole_traces }))
    }
}

/// More declared keys than this and their column outgrows the batch.
const MAX_DECLARED_KEYS: usize = 1024;

fn column_set(interest: &Interest) -> ColumnSet {
    if interest.columns.is_empty() {
        return ColumnSet::ALL;
    }
    let mut set = ColumnSet::NONE;
    // An id that this version does not know belongs to a newer layout, and stays empty.
    interest.columns.iter().filter_map(|id| Column::from_id(*id)).for_each(|column| set.insert(column));
    set
}
