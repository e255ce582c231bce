//! The configuration as it stands in a policy file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;

/// What to do with each span and each resource.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Done in order; each sees what those before it did. Actions on resources are done first, so that spans see resources as they will be.
    pub actions: Vec<ActionConfig>,
}

/// One action: exactly one of `insert`, `update`, `upsert`, `delete`, `rename`, `copy`, `template`, `set_name`; and perhaps `when`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ActionConfig {
    /// Adds an attribute unless there is one with this key.
    pub insert: Option<Put>,
    /// Changes an attribute if there is one with this key.
    pub update: Option<Put>,
    /// Adds an attribute, or changes the one with this key.
    pub upsert: Option<Put>,
    /// Removes an attribute.
    pub delete: Option<Delete>,
    /// Gives an attribute another key. An attribute that has the new key already gives way. Does nothing where there is no `from`.
    pub rename: Option<Move>,
    /// Copies an attribute to another key, over what is there. Does nothing where there is no `from`.
    pub copy: Option<Move>,
    /// Adds or changes an attribute, its value put together from others. Does nothing where one of them is absent and has no default.
    pub template: Option<TemplateConfig>,
    /// Sets the span's name from a template, such as `${http.request.method} ${http.route}`. Does nothing where a part is absent and has no default.
    pub set_name: Option<String>,
    /// Only where all of this holds.
    pub when: Option<When>,
}

/// What has the attribute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum On {
    /// The span.
    #[default]
    Span,
    /// The resource.
    Resource,
}

/// An attribute to put.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Put {
    /// Its key.
    pub key: String,
    /// Its value: a constant of any type. Either this or `from`.
    pub value: Option<Json>,
    /// Where its value comes from: the key of another attribute, `resource:KEY`, `scope:name`, `scope:version`, `span:name`, `span:kind`,
    /// `span:status`, or `span:duration_ms`. For a key that looks like one of these, `attribute:KEY`. The action does nothing where it is absent.
    pub from: Option<String>,
    /// Whose attribute it is.
    #[serde(default)]
    pub on: On,
}

/// An attribute to remove.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Delete {
    /// Its key.
    pub key: String,
    /// Whose attribute it is.
    #[serde(default)]
    pub on: On,
}

/// An attribute to rename or to copy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// Its key. For `copy` it may name any source, as `from` of `upsert` does.
    pub from: String,
    /// The other key.
    pub to: String,
    /// Whose attribute it is.
    #[serde(default)]
    pub on: On,
}

/// An attribute to put together.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateConfig {
    /// Its key.
    pub key: String,
    /// Text with sources in `${...}`, as `from` names them; `${KEY:-default}` gives a default, `$$` is a dollar sign.
    pub text: String,
    /// Whose attribute it is.
    #[serde(default)]
    pub on: On,
}

/// When an action is done: where everything that is given holds. An action on resources knows only `resource`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// The span is of this kind, or of one of these.
    pub kind: Option<OneOrMany<Kind>>,
    /// The span has this status, or one of these.
    pub status: Option<OneOrMany<StatusName>>,
    /// The span's name matches this pattern, in which `*` stands for any text and `?` for one character.
    pub name: Option<String>,
    /// The name of the span's instrumentation scope matches this pattern.
    pub scope: Option<String>,
    /// The span has an attribute with this key, or with each of these.
    pub has: Option<OneOrMany<String>>,
    /// The span has no attribute with this key, or with any of these.
    pub lacks: Option<OneOrMany<String>>,
    /// The attribute with this key has this value: a string, a number or a boolean.
    pub equals: BTreeMap<String, Json>,
    /// The attribute with this key is a string that matches this pattern.
    pub glob: BTreeMap<String, String>,
    /// The same of the resource's attributes.
    pub resource: Option<WhenResource>,
}

/// What must hold of a resource.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WhenResource {
    /// It has an attribute with this key, or with each of these.
    pub has: Option<OneOrMany<String>>,
    /// It has no attribute with this key, or with any of these.
    pub lacks: Option<OneOrMany<String>>,
    /// The attribute with this key has this value: a string, a number or a boolean.
    pub equals: BTreeMap<String, Json>,
    /// The attribute with this key is a string that matches this pattern.
    pub glob: BTreeMap<String, String>,
}

/// One thing, or a list of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected one value, or a list of such values")]
pub enum OneOrMany<T> {
    /// One.
    One(T),
    /// A list.
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// All of them.
    pub fn as_slice(&self) -> &[T] {
        match self {
            OneOrMany::One(one) => std::slice::from_ref(one),
            OneOrMany::Many(many) => many,
        }
    }
}

/// Kind of a span.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "as in OTLP")]
#[repr(u8)]
pub enum Kind {
    Unspecified,
    Internal,
    Server,
    Client,
    Producer,
    Consumer,
}

/// Status of a span.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "as in OTLP")]
#[repr(u8)]
pub enum StatusName {
    Unset,
    Ok,
    Error,
}
