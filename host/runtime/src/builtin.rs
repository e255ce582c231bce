//! The standard plugins, embedded as built components.

/// Their names, as policies write them after `builtin:`.
pub(crate) const NAMES: [&str; 3] = ["enrich", "redact", "sample"];

/// The component of a standard plugin.
pub(crate) fn component(name: &str) -> Option<&'static [u8]> {
    match name {
        "enrich" => Some(include_bytes!("../../../plugins/prebuilt/enrich.wasm")),
        "redact" => Some(include_bytes!("../../../plugins/prebuilt/redact.wasm")),
        "sample" => Some(include_bytes!("../../../plugins/prebuilt/sample.wasm")),
        _ => None,
    }
}
