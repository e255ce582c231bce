//! Components, compiled and linked to the host interface: what plugins are instantiated from.

use std::collections::HashMap;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use sha2::{Digest, Sha256};
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, HasSelf, Linker};

use crate::compilers::Compilers;
use crate::engine::Engine;
use crate::host::HostState;
use crate::host::bindings::{self, PolicyPre};
use crate::limits::Limits;
use crate::shape;

/// The contract's package and version, as component imports and exports spell it.
const HOST: &str = "spansieve:policy/host@0.1.1";
const PLUGIN: &str = "spansieve:policy/plugin@0.1.1";

/// A component that fits the contract. It holds nothing of any policy, so all plugins that are made of the same bytes share one.
pub(crate) struct Compiled {
    pub(crate) engine: Engine,
    pub(crate) pre: PolicyPre<HostState>,
    /// It imports `texts`, and so wants to know whether they are ASCII.
    pub(crate) reads_texts: bool,
}

/// Digest of a component's bytes, and the size of its stack.
type Name = ([u8; 32], usize);

impl Compiled {
    /// Compiles a component, or takes it from where it is: in use already, or in the cache.
    ///
    /// # Errors
    /// When it is none, or not for this contract, or takes too long; the message says why.
    pub(crate) fn new(bytes: &[u8], limits: &Limits, compilers: &Compilers) -> Result<Arc<Compiled>, CompileError> {
        static IN_USE: Mutex<Option<HashMap<Name, Weak<Compiled>>>> = Mutex::new(None);
        let engine = Engine::shared(limits.stack).map_err(CompileError::Host)?;
        let name = (Sha256::digest(bytes).into(), engine.stack);
        let known = {
            let mut in_use = IN_USE.lock().unwrap_or_else(PoisonError::into_inner);
            in_use.get_or_insert_default().get(&name).and_then(Weak::upgrade)
        };
        if let Some(compiled) = known {
            return Ok(compiled);
        }
        let compiled = Arc::new(link(engine.clone(), &component(&engine, bytes, limits, compilers)?)?);
        let mut in_use = IN_USE.lock().unwrap_or_else(PoisonError::into_inner);
        let in_use = in_use.get_or_insert_default();
        in_use.retain(|_, compiled| compiled.strong_count() > 0);
        in_use.insert(name, Arc::downgrade(&compiled));
        Ok(compiled)
    }
}

/// Why there is no compiled component: the host's fault, or the component's.
pub(crate) enum CompileError {
    Host(String),
    Component(String),
}

impl From<String> for CompileError {
    fn from(message: String) -> Self {
        CompileError::Component(message)
    }
}

fn component(engine: &Engine, bytes: &[u8], limits: &Limits, compilers: &Compilers) -> Result<Component, CompileError> {
    if !bytes.starts_with(b"\0asm") {
        return Err(format!("not a component: {}", if bytes.is_empty() { "the file is empty" } else { "it is not WebAssembly" }).into());
    }
    if bytes.starts_with(b"\0asm\x01\0\0\0") {
        return Err("this is a core module, expected a component: build it with `spansieve build`".to_owned().into());
    }
    if bytes.len() > limits.component {
        return Err(format!("the component has {} bytes, expected at most {} (limits.component)", bytes.len(), limits.component).into());
    }
    shape::check(bytes).map_err(|reason| format!("not a component: {reason}"))?;
    if let Some(cached) = engine.cache.as_ref().and_then(|cache| cache.load(&engine.wasmtime, bytes)) {
        return Ok(cached);
    }
    let (reply, answer) = sync_channel(1);
    let pool = compilers.pool().map_err(CompileError::Host)?;
    let (compiler, bytes_to_compile) = (engine.wasmtime.clone(), bytes.to_vec());
    // The compiler can't be interrupted. In a thread of its own it is at least not waited for.
    let compile = move || {
        let _ = reply.send(pool.install(|| Component::new(&compiler, bytes_to_compile)));
    };
    std::thread::Builder::new()
        .name("spansieve-compile".into())
        .spawn(compile)
        .map_err(|error| CompileError::Host(format!("can't start a thread to compile in: {error}")))?;
    let component = match answer.recv_timeout(limits.compile) {
        Ok(compiled) => compiled.map_err(|error| format!("not a component: {error:#}"))?,
        Err(RecvTimeoutError::Timeout) => return Err(format!("compiling took longer than {:?} (limits.compile)", limits.compile).into()),
        Err(RecvTimeoutError::Disconnected) => return Err("the compiler failed on it".to_owned().into()),
    };
    if let Some(cache) = &engine.cache {
        cache.store(&engine.wasmtime, bytes, &component);
    }
    Ok(component)
}

/// Links a component to the host interface; that it imports anything else, or does not export what a plugin has to, is told first.
fn link(engine: Engine, component: &Component) -> Result<Compiled, String> {
    let ty = component.component_type();
    let mut reads_texts = false;
    for (import, item) in ty.imports(&engine.wasmtime) {
        if let ComponentItem::ComponentInstance(host) = &item.ty {
            reads_texts = host.exports(&engine.wasmtime).any(|(function, _)| function == "texts");
        }
        match contract_of(import, HOST) {
            Contract::Fits => {}
            Contract::Newer => {
                return Err(format!("it is made for a newer version of the contract: it imports {import}, this host offers {HOST}"));
            }
            Contract::Other => {
                return Err(format!("it is made for another version of the contract: it imports {import}, this host offers {HOST}"));
            }
            Contract::None => return Err(format!("it imports {import}; a plugin may import nothing but {HOST}")),
        }
    }
    // A newer one that imports nothing newer can do without.
    let is_plugin = |export: &str| matches!(contract_of(export, PLUGIN), Contract::Fits | Contract::Newer);
    if !ty.exports(&engine.wasmtime).any(|(export, _)| is_plugin(export)) {
        let exports: Vec<_> = ty.exports(&engine.wasmtime).map(|(name, _)| name).collect();
        let exports = if exports.is_empty() { "nothing".into() } else { exports.join(", ") };
        return Err(format!("it is not a plugin for this version of the contract: it exports {exports}, expected {PLUGIN}"));
    }
    let mut linker = Linker::new(&engine.wasmtime);
    bindings::Policy::add_to_linker::<_, HasSelf<_>>(&mut linker, |state: &mut HostState| state).map_err(|error| format!("{error:#}"))?;
    let pre = linker.instantiate_pre(component).and_then(PolicyPre::new);
    let pre = pre.map_err(|error| format!("its interfaces do not have the types of the contract: {error:#}"))?;
    Ok(Compiled { engine, pre, reads_texts })
}

/// How an interface's name stands to one of the contract's.
#[derive(Debug, PartialEq, Eq)]
enum Contract {
    /// The same, or an older one that this version promises to go on with: `0.1.0` for `0.1.1`.
    Fits,
    /// One that may have more than this version knows.
    Newer,
    /// The same interface of a version that is not compatible.
    Other,
    /// Not of the contract.
    None,
}

/// Versions are compatible as in SemVer, which is also how wasmtime finds imports and exports.
fn contract_of(name: &str, known: &str) -> Contract {
    let version = |name: &str| -> Option<[u64; 3]> {
        let numbers: Option<Vec<u64>> = name.split('.').map(|number| number.parse().ok()).collect();
        numbers?.try_into().ok()
    };
    let (Some((interface, theirs)), Some((ours, our))) = (name.split_once('@'), known.split_once('@')) else { return Contract::None };
    if interface.split('/').next() != ours.split('/').next() {
        return Contract::None;
    }
    let (Some([major, minor, patch]), Some([our_major, our_minor, our_patch])) = (version(theirs), version(our)) else {
        return Contract::Other;
    };
    let is_compatible = interface == ours && major == our_major && (major > 0 || minor == our_minor);
    match (minor, patch).cmp(&(our_minor, our_patch)) {
        _ if !is_compatible => Contract::Other,
        std::cmp::Ordering::Greater => Contract::Newer,
        _ => Contract::Fits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_the_contract_are_compatible_as_in_semver() {
        let of = |version| contract_of(&format!("a:b/host@{version}"), "a:b/host@0.1.1");
        assert_eq!(of("0.1.1"), Contract::Fits);
        assert_eq!(of("0.1.0"), Contract::Fits);
        assert_eq!(of("0.1.2"), Contract::Newer);
        assert_eq!(of("0.2.0"), Contract::Other);
        assert_eq!(of("1.1.1"), Contract::Other);
        assert_eq!(of("0.1"), Contract::Other);
        assert_eq!(contract_of("a:b/plugin@0.1.1", "a:b/host@0.1.1"), Contract::Other);
        assert_eq!(contract_of("wasi:io/streams@0.1.1", "a:b/host@0.1.1"), Contract::None);
        assert_eq!(contract_of("fetch", "a:b/host@0.1.1"), Contract::None);
        let later = |version| contract_of(&format!("a:b/host@{version}"), "a:b/host@1.2.3");
        assert_eq!((later("1.1.9"), later("1.3.0"), later("2.0.0")), (Contract::Fits, Contract::Newer, Contract::Other));
    }
}
