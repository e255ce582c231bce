//! A plugin: compiled, configured, instantiated; and one call of it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use spansieve_layout::{Column, VERSION};
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, HasSelf, Linker};
use wasmtime::{Store, Trap};

use crate::batch::{Batch, ColumnSet, Edited};
use crate::engine::{Engine, TICK};
use crate::error::{CallError, CallErrorKind, LoadError, LoadErrorKind};
use crate::host::HostState;
use crate::host::bindings::{self, PolicyPre, exports::spansieve::policy::plugin as contract};
use crate::limits::Limits;
use crate::stats::PluginMetrics;

/// The contract's package and version, as component imports and exports spell it.
const HOST: &str = "spansieve:policy/host@0.1.0";
const PLUGIN: &str = "spansieve:policy/plugin@0.1.0";

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
    engine: Engine,
    pre: PolicyPre<HostState>,
    name: Arc<str>,
    config: String,
    limits: Limits,
    tables: Arc<HashMap<String, Vec<u8>>>,
    description: Description,
    interest: Interest,
    columns: ColumnSet,
    /// It imports `texts`, and so wants to know whether they are ASCII.
    reads_texts: bool,
    instance: Option<Instance>,
    blob: Arc<Vec<u8>>,
    pub(crate) metrics: Arc<PluginMetrics>,
}

struct Instance {
    store: Store<HostState>,
    policy: bindings::Policy,
}

impl Plugin {
    /// Compiles a component (or takes it from the cache), asks it what it is, checks its configuration against the schema
    /// that it gives, and configures it.
    ///
    /// # Errors
    /// When the bytes are not a plugin for this version of the contract, import anything but its host interface, or the
    /// plugin refuses its configuration. The message is for the operator.
    pub fn load(component: &[u8], options: PluginOptions) -> Result<Plugin, LoadError> {
        let PluginOptions { name, config, limits, tables } = options;
        let fail = |kind, message: String| LoadError::new(&name, kind, message);
        let engine = Engine::shared().map_err(|message| fail(LoadErrorKind::Host, message))?;
        let (pre, reads_texts) = compile(&engine, component).map_err(|message| fail(LoadErrorKind::Component, message))?;
        let name: Arc<str> = name.as_str().into();
        let tables = Arc::new(tables);
        let mut plugin = Plugin {
            pre,
            config: config.to_string(),
            tables,
            description: Description { name: String::new(), version: String::new(), about: String::new(), schema: String::new() },
            interest: Interest { columns: Vec::new(), keys: Vec::new(), whole_traces: false },
            columns: ColumnSet::ALL,
            reads_texts,
            instance: None,
            blob: Arc::default(),
            metrics: Arc::new(PluginMetrics::new(&name)),
            engine,
            name,
            limits,
        };
        let fail = |kind, message: String| LoadError::new(&plugin.name, kind, message);
        plugin.description = plugin.describe().map_err(|error| fail(LoadErrorKind::Guest, error.to_string()))?;
        if let Err((way, message)) = check_config(&plugin.description.schema, &config) {
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
        if result.is_err() {
            self.instance = None;
        }
        result
    }

    fn call(&mut self, batch: &mut Batch) -> Result<Edited, CallError> {
        if self.instance.is_none() {
            let (instance, interest) =
                self.configured_instance().map_err(|error| CallError::new(CallErrorKind::Down, error.to_string()))?;
            if interest != self.interest {
                return Err(CallError::new(CallErrorKind::Down, "a new instance asks for other columns than the first one did"));
            }
            self.instance = Some(instance);
        }
        let Some(Instance { store, policy }) = &mut self.instance else {
            return Err(CallError::new(CallErrorKind::Down, "no instance"));
        };
        let blob = Arc::make_mut(&mut self.blob);
        batch.blob(self.columns, &self.interest.keys, self.reads_texts, blob);
        store.data_mut().blob = Arc::clone(&self.blob);
        let deadline = self.limits.deadline_for(batch.len());
        let started = Instant::now();
        let edits = enter(&self.engine, store, deadline, self.limits.edits, |store| {
            policy.spansieve_policy_plugin().call_process(store, &self.blob)
        });
        let called = started.elapsed();
        store.data_mut().blob = Arc::default();
        self.metrics.add_counters(&mut store.data_mut().counters);
        self.metrics.set_memory(store.data().limiter.memory_used);
        let started = Instant::now();
        let edited = edits.and_then(|edits| batch.edit(&edits).map_err(|error| CallError::new(CallErrorKind::Nonsense, error.to_string())));
        self.metrics.spent(called, started.elapsed());
        edited
    }

    fn instantiate(&self) -> Result<Instance, CallError> {
        let state = HostState::new(Arc::clone(&self.name), Arc::clone(&self.tables), &self.limits);
        let mut store = Store::new(&self.engine.wasmtime, state);
        store.limiter(|state| &mut state.limiter);
        store.epoch_deadline_trap();
        let policy = enter(&self.engine, &mut store, self.limits.configure, self.limits.edits, |store| self.pre.instantiate(store))?;
        Ok(Instance { store, policy })
    }

    fn describe(&self) -> Result<Description, CallError> {
        let Instance { mut store, policy } = self.instantiate()?;
        let said = enter(&self.engine, &mut store, self.limits.configure, self.limits.edits, |store| {
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
        let answer = enter(&self.engine, store, self.limits.configure, self.limits.edits, |store| {
            policy.spansieve_policy_plugin().call_configure(store, &self.config)
        });
        let contract::Interest { columns, keys, grouping } = match answer {
            Ok(Ok(interest)) => interest,
            Ok(Err(message)) => return Err(fail(LoadErrorKind::Config, format!("config: {message}"))),
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

/// Compiles a component and links it to the host interface. Also answers whether it imports the function `texts`.
fn compile(engine: &Engine, bytes: &[u8]) -> Result<(PolicyPre<HostState>, bool), String> {
    if !bytes.starts_with(b"\0asm") {
        return Err(format!("not a component: {}", if bytes.is_empty() { "the file is empty" } else { "it is not WebAssembly" }));
    }
    if bytes.starts_with(b"\0asm\x01\0\0\0") {
        return Err("this is a core module, expected a component: build it with `spansieve build`".into());
    }
    let component = Component::new(&engine.wasmtime, bytes).map_err(|error| format!("not a component: {error:#}"))?;
    let ty = component.component_type();
    let mut reads_texts = false;
    for (import, item) in ty.imports(&engine.wasmtime) {
        if let ComponentItem::ComponentInstance(host) = &item.ty {
            reads_texts = host.exports(&engine.wasmtime).any(|(function, _)| function == "texts");
        }
        if import != HOST {
            return Err(match import.strip_prefix("spansieve:policy/") {
                Some(_) => format!("it is made for another version of the contract: it imports {import}, this host offers {HOST}"),
                None => format!("it imports {import}; a plugin may import nothing but {HOST}"),
            });
        }
    }
    if !ty.exports(&engine.wasmtime).any(|(export, _)| export == PLUGIN) {
        let exports: Vec<_> = ty.exports(&engine.wasmtime).map(|(name, _)| name).collect();
        let exports = if exports.is_empty() { "nothing".into() } else { exports.join(", ") };
        return Err(format!("it is not a plugin for this version of the contract: it exports {exports}, expected {PLUGIN}"));
    }
    let mut linker = Linker::new(&engine.wasmtime);
    bindings::Policy::add_to_linker::<_, HasSelf<_>>(&mut linker, |state: &mut HostState| state).map_err(|error| format!("{error:#}"))?;
    let pre = linker.instantiate_pre(&component).and_then(PolicyPre::new);
    let pre = pre.map_err(|error| format!("its interfaces do not have the types of the contract: {error:#}"))?;
    Ok((pre, reads_texts))
}

/// Checks a configuration against a plugin's schema. An error says where it does not fit (`.keys[0]`), and how.
fn check_config(schema: &str, config: &serde_json::Value) -> Result<(), (String, String)> {
    if schema.is_empty() {
        return Ok(());
    }
    let ours = |message: String| (String::new(), message);
    let schema = serde_json::from_str(schema).map_err(|error| ours(format!("the plugin's schema is not JSON: {error}")))?;
    let validator =
        jsonschema::validator_for(&schema).map_err(|error| ours(format!("the plugin's schema is not a JSON Schema: {error}")))?;
    // No configuration at all is the plugin's to accept or refuse.
    if config.is_null() {
        return Ok(());
    }
    match validator.iter_errors(config).next() {
        None => Ok(()),
        Some(error) => {
            let mut way = String::new();
            for step in error.instance_path().to_string().split('/').skip(1) {
                let is_index = step.bytes().all(|byte| byte.is_ascii_digit());
                way.push_str(&if is_index { format!("[{step}]") } else { format!(".{step}") });
            }
            Err((way, error.to_string()))
        }
    }
}

fn column_set(interest: &Interest) -> ColumnSet {
    if interest.columns.is_empty() {
        return ColumnSet::ALL;
    }
    let mut set = ColumnSet::NONE;
    // An id that this version does not know belongs to a newer layout, and stays empty.
    interest.columns.iter().filter_map(|id| Column::from_id(*id)).for_each(|column| set.insert(column));
    set
}

/// Runs one call into a guest, within a deadline and a bound on what it hands out.
fn enter<R>(
    engine: &Engine,
    store: &mut Store<HostState>,
    deadline: Duration,
    output: usize,
    call: impl FnOnce(&mut Store<HostState>) -> wasmtime::Result<R>,
) -> Result<R, CallError> {
    // One tick more, since the first may come at once.
    let ticks = (deadline.as_nanos() / TICK.as_nanos()) as u64 + 1;
    store.set_epoch_deadline(ticks);
    store.set_hostcall_fuel(output);
    store.data_mut().limiter.refused = None;
    let running = engine.running();
    let result = call(store);
    drop(running);
    result.map_err(|error| match (error.downcast_ref::<Trap>(), store.data().limiter.refused) {
        (Some(Trap::Interrupt), _) => CallError::new(CallErrorKind::Deadline, format!("longer than {deadline:?}")),
        (_, Some(limit)) => CallError::new(CallErrorKind::Limit, format!("{limit}; then: {error:#}")),
        _ => CallError::new(CallErrorKind::Trap, format!("{error:#}")),
    })
}
