//! What `spansieve explain` shows: which rule finds what in which field, and why; what was close; what is left alone.
//!
//! A pass of its own over a batch, before it is redacted. Each finding becomes a line of the log: the word `explain` and an object in JSON, with bytes `start..end` of the
//! text at `path`, such as `attributes.2.0` for the first element of the third attribute. Lines never hold data: of a key in which something is found its number stands
//! in its place.

use spansieve_plugin::{Attribute, Attributes, Batch, Kind, Span, Text, Value, log};

use crate::above::KeysAbove;
use crate::command::{self, Statements};
use crate::detect::DETECTORS;
use crate::engine::{Clues, Engine, FIRST_CUSTOM_RULE};
use crate::keys::KeyRules;
use crate::order::sort_by_number;
use crate::place::Place;
use crate::rows::{Rows, Source};
use crate::scan::{KEY_RULE, Texts};
use crate::url::{self, UrlRows};

/// Characters of a key that are shown.
const KEY: usize = 80;

/// What came of a part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// It counts.
    Hit,
    /// It has the shape, but did not pass a check.
    Near,
    /// It would count, but the policy leaves it alone.
    Allowed,
}

/// Something that a rule found, or nearly: bytes `start..end` of text number `text`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    pub(crate) text: u32,
    start: u32,
    end: u32,
    pub(crate) rule: u16,
    outcome: Outcome,
    /// Empty for what the rule says of itself.
    why: &'static str,
}

impl Finding {
    /// What lies at a place of the run of texts, in text number `text`.
    pub(crate) fn new(texts: Texts<'_>, text: usize, (start, end, rule): (u32, u32, u16), outcome: Outcome, why: &'static str) -> Self {
        let from = texts.range(text).start as u32;
        Finding { text: text as u32, start: start - from, end: end - from, rule, outcome, why }
    }

    /// By which findings are sorted.
    pub(crate) fn number(&self) -> u128 {
        let place = u128::from(self.text) << 96 | u128::from(self.start) << 64 | u128::from(self.end) << 32;
        place | u128::from(self.rule) << 8 | self.outcome as u128
    }
}

/// For each rule, what it says of what it finds.
pub(crate) struct Reasons(Vec<String>);

impl Reasons {
    pub(crate) fn new(names: &[String]) -> Self {
        let first = |text: &str| text.split([':', ';']).next().unwrap_or_default().to_owned();
        let reason = |(rule, name): (usize, &String)| match DETECTORS.get(rule) {
            Some(detector) => format!("{} ({})", first(detector.about), first(detector.source)),
            None if rule == KEY_RULE => "the value of a key that `keys` names".to_owned(),
            None if rule >= FIRST_CUSTOM_RULE => "the rule's regex matches".to_owned(),
            None if rule >= url::FIRST => format!("a part of a URL that `urls` takes out ({name})"),
            None if command::is_command_rule(rule as u16) && name == "comment" => "a comment in a command to a database".to_owned(),
            None => format!("a value in a command to a database ({name})"),
        };
        Reasons(names.iter().enumerate().map(reason).collect())
    }
}

/// What is told of a batch.
pub(crate) struct Explanation<'e, 'b> {
    pub(crate) batch: &'b Batch<'b>,
    pub(crate) reasons: &'e Reasons,
    pub(crate) keys: &'e KeyRules,
    pub(crate) only_keys: Option<&'e KeyRules>,
    pub(crate) names: &'e [String],
}

impl<'b> Explanation<'_, 'b> {
    /// Writes a line for each finding, wherever its text stands.
    pub(crate) fn tell(
        &self,
        texts: Texts<'_>,
        rows: &mut Rows,
        above: &mut KeysAbove<'b>,
        statements: &mut Statements,
        urls: &mut UrlRows,
        engine: &mut Engine,
    ) {
        let clues = Clues { named: rows.named(), has_word: &mut |text, words| above.have_word(Source::Text(text), words) };
        let of_texts = engine.explain(texts, clues, &[]);
        let mut of_others = rows.explain_other_kinds(self.batch, above, engine);
        sort_by_number(&mut of_others, |(source, finding)| {
            u128::from(source.number()) << 64 | finding.number() >> 32 & u128::from(u64::MAX)
        });
        let (mut of_rows, mut of_names) = (Vec::new(), Vec::new());
        let mut note = |place: Place, finding: Finding| match place {
            Place::Row(row) => of_rows.push((row, finding)),
            Place::Name(span) => of_names.push((span, finding)),
        };
        statements.explain(self.batch, rows, engine, &mut note);
        urls.explain(self.batch, rows, engine, &mut note);
        Walk { all: self, rows, of_texts, of_others, of_rows, of_names, span: None }.over(self.batch);
    }
}

/// One pass over a batch.
struct Walk<'w, 'e, 'b> {
    all: &'w Explanation<'e, 'b>,
    rows: &'w Rows,
    /// In order of their texts.
    of_texts: Vec<Finding>,
    of_others: Vec<(Source, Finding)>,
    of_rows: Vec<(u32, Finding)>,
    of_names: Vec<(u32, Finding)>,
    span: Option<Span<'b>>,
}

/// The way to where something stands: as people read it, and as indices.
#[derive(Clone)]
struct Path {
    field: String,
    path: String,
}

impl Path {
    fn new(field: &str) -> Self {
        Path { field: field.to_owned(), path: field.to_owned() }
    }

    fn numbered(list: &str, index: usize) -> Self {
        Path { field: format!("{list}[{index}]"), path: format!("{list}.{index}") }
    }

    fn below(&self, part: &str) -> Self {
        Path { field: format!("{}.{part}", self.field), path: format!("{}.{part}", self.path) }
    }
}

impl<'b> Walk<'_, '_, 'b> {
    fn over(&mut self, batch: &'b Batch<'b>) {
        for span in batch.spans() {
            self.span = Some(span);
            let name = Path::new("name");
            self.text(&name, Some(span.name()));
            let of_name: Vec<_> = self.of_names.iter().filter(|(known, _)| *known == span.index()).map(|(_, finding)| *finding).collect();
            of_name.iter().for_each(|finding| self.tell(&name, finding, None));
            self.text(&Path::new("status"), span.message());
            self.text(&Path::new("tracestate"), span.tracestate());
            self.attributes(&Path::new("attributes"), span.attributes());
            for (index, event) in span.events().enumerate() {
                let place = Path::numbered("events", index);
                self.text(&place.below("name"), Some(event.name()));
                self.attributes(&place.below("attributes"), event.attributes());
            }
            for (index, link) in span.links().enumerate() {
                let place = Path::numbered("links", index);
                self.text(&place.below("tracestate"), link.tracestate());
                self.attributes(&place.below("attributes"), link.attributes());
            }
        }
        self.span = None;
        for (index, scope) in batch.scopes().enumerate() {
            let place = Path::numbered("scopes", index);
            self.text(&place.below("name"), Some(scope.name()));
            self.text(&place.below("version"), scope.version());
            self.text(&place.below("schema_url"), scope.schema_url());
            self.attributes(&place.below("attributes"), scope.attributes());
        }
        for (index, resource) in batch.resources().enumerate() {
            let place = Path::numbered("resources", index);
            self.text(&place.below("schema_url"), resource.schema_url());
            self.attributes(&place.below("attributes"), resource.attributes());
        }
    }

    fn text(&self, place: &Path, text: Option<Text<'b>>) {
        let Some(text) = text else { return };
        self.in_text(text.index()).iter().for_each(|finding| self.tell(place, finding, None));
    }

    fn in_text(&self, text: u32) -> &[Finding] {
        let from = self.of_texts.partition_point(|finding| finding.text < text);
        &self.of_texts[from..from + self.of_texts[from..].partition_point(|finding| finding.text == text)]
    }

    fn attributes(&self, place: &Path, attributes: Attributes<'b>) {
        for (index, row) in attributes.iter().enumerate() {
            let key = row.key();
            let only =
                self.all.only_keys.filter(|allow| !allow.matches(key.as_bytes())).map(|_| "`only_keys` does not allow its key".to_owned());
            self.row(place, index, row, only);
        }
    }

    /// A row and what is nested in it. `why` says why the whole of it is found, because of a key above.
    fn row(&self, place: &Path, index: usize, row: Attribute<'b>, why: Option<String>) {
        let (place, why) = match row.key_index() {
            None => (Path { field: format!("{}[{index}]", place.field), path: format!("{}.{index}", place.path) }, why),
            Some(_) => {
                let key = row.key();
                let in_key = self.in_text(key.index());
                let here = Path { field: format!("{}[{}]", place.field, self.shown(key, index)), path: format!("{}.{index}", place.path) };
                let of_key = Path { field: format!("{} (key)", here.field), path: format!("{}.key", here.path) };
                in_key.iter().for_each(|finding| self.tell(&of_key, finding, None));
                let named = self
                    .all
                    .keys
                    .find_as_meant(key.as_bytes())
                    .map(|_| format!("its key is named by `keys`: {}", self.all.keys.rule_of(key.as_bytes())));
                (here, why.or(named))
            }
        };
        if let Kind::Array | Kind::Map = row.kind() {
            let nested = self.all.batch.group(row.raw_value());
            nested.iter().enumerate().for_each(|(index, row)| self.row(&place, index, row, why.clone()));
            return;
        }
        let is_safe = self.rows.is_safe(row.row()).then_some("its key is one of `safe_keys`");
        if let Some(len) = why.as_ref().and_then(|_| len(&row)) {
            let finding = Finding { text: 0, start: 0, end: len, rule: KEY_RULE as u16, outcome: Outcome::Hit, why: "" };
            self.line(&place, &finding, is_safe.unwrap_or(why.as_deref().unwrap_or_default()), is_safe.map(|_| Outcome::Allowed));
        }
        match Source::of(row.kind(), row.raw_value()) {
            Some(Source::Text(text)) => self.in_text(text).iter().for_each(|finding| self.tell(&place, finding, is_safe)),
            Some(source) => {
                let of_source = self.of_others.iter().filter(|(known, _)| *known == source);
                of_source.for_each(|(_, finding)| self.tell(&place, finding, is_safe));
            }
            None => {}
        }
        let of_row = self.of_rows.iter().filter(|(known, _)| *known == row.row());
        of_row.for_each(|(_, finding)| self.tell(&place, finding, is_safe));
    }

    /// A key as it may be shown.
    fn shown(&self, key: Text<'b>, index: usize) -> String {
        if self.in_text(key.index()).iter().any(|finding| finding.outcome == Outcome::Hit) {
            return format!("#{index}");
        }
        let mut shown: String = key.chars().take(KEY).collect();
        if key.chars().nth(KEY).is_some() {
            shown.push('…');
        }
        format!("\"{shown}\"")
    }

    fn tell(&self, place: &Path, finding: &Finding, is_safe: Option<&str>) {
        let rule = usize::from(finding.rule);
        let why = if finding.why.is_empty() { self.all.reasons.0[rule].as_str() } else { finding.why };
        self.line(place, finding, is_safe.unwrap_or(why), is_safe.map(|_| Outcome::Allowed));
    }

    fn line(&self, place: &Path, finding: &Finding, why: &str, outcome: Option<Outcome>) {
        let outcome = match outcome.unwrap_or(finding.outcome) {
            Outcome::Hit => "hit",
            Outcome::Near => "near",
            Outcome::Allowed => "allowed",
        };
        let hex = |id: &[u8]| id.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let span = self.span.map_or("null".to_owned(), |span| format!("\"{}:{}\"", hex(span.trace_id()), hex(span.id())));
        let Finding { start, end, .. } = finding;
        log::debug(format_args!(
            "explain {{\"rule\":{},\"field\":{},\"span\":{span},\"path\":{},\"start\":{start},\"end\":{end},\"outcome\":\"{outcome}\",\"why\":{}}}",
            quoted(&self.all.names[usize::from(finding.rule)]),
            quoted(&place.field),
            quoted(&place.path),
            quoted(why)
        ));
    }
}

/// How long a value is as a text; none for one that is not set.
fn len(row: &Attribute<'_>) -> Option<u32> {
    Some(match row.value() {
        Value::Str(text) if text.as_bytes().is_empty() => return None,
        Value::Str(text) => text.as_bytes().len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::Bool(value) => value.to_string().len(),
        Value::Int(value) => value.to_string().len(),
        Value::Double(value) => value.to_string().len(),
        Value::Empty | Value::Array(_) | Value::Map(_) => return None,
    } as u32)
}

/// A text in JSON's notation, in ASCII: the host takes characters that nobody sees out of its log.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(sign @ (b'"' | b'\\')) => out.extend(['\\', sign as char]),
            Ok(byte @ b' '..=b'~') => out.push(byte as char),
            _ => out.push_str(&format!("\\u{unit:04x}")),
        }
    }
    out + "\""
}
