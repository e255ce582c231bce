//! Which texts of a batch are URLs: values under the keys that the semantic conventions have for them, and names of HTTP spans.
//!
//! As with commands, a text is a URL where it stands under such a key, not wherever it stands. So rows and names are set, after all texts were
//! searched, and what was found there by the other rules is found here again, and merged with what is found in the URL.

use spansieve_plugin::{Batch, Column, Edits, SpanKind};

use super::{Form, RULES, Urls, in_name};
use crate::action::Done;
use crate::custom::has_word;
use crate::detect::Hit;
use crate::engine::{Clues, Engine, Reading};
use crate::explain::Finding;
use crate::marks::Marks;
use crate::order::sort_by_number;
use crate::place::Place;
use crate::rows::{Rows, each_leaf};
use crate::scan::TextsBuf;

/// What a key says of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Nothing that matters here.
    None,
    /// It is a URL, or a part of one.
    Url(Form),
    /// The span is a call by RPC, and its name a service and its method.
    Rpc,
}

impl Role {
    fn of(key: &[u8]) -> Self {
        match key {
            b"url.full" | b"url.original" | b"url.path" => Role::Url(Form::Url),
            b"url.query" => Role::Url(Form::Query),
            b"url.fragment" => Role::Url(Form::Fragment),
            // What came before the stable conventions, and what some libraries wrote beside them.
            b"http.url" | b"http.target" | b"http.path" | b"http.uri" | b"http.referer" | b"http.referrer" => Role::Url(Form::Url),
            b"http.query" | b"http.query_string" => Role::Url(Form::Query),
            // Headers are lists.
            b"http.request.header.referer" | b"http.response.header.location" | b"http.response.header.content-location" => {
                Role::Url(Form::Url)
            }
            b"http.request.header.x-original-url" | b"http.request.header.x-forwarded-uri" => Role::Url(Form::Url),
            b"http.response.header.content_location" | b"http.request.header.x_original_url" | b"http.request.header.x_forwarded_uri" => {
                Role::Url(Form::Url)
            }
            _ if key.starts_with(b"rpc.") => Role::Rpc,
            _ => Role::None,
        }
    }
}

/// Memory for looking at URLs.
pub(crate) struct UrlRows {
    urls: Urls,
    /// For each key of the batch.
    roles: Vec<Role>,
    /// The number of a text, what it is, and where it stands; sorted, so that each is searched once.
    places: Vec<(u32, Form, Place)>,
    texts: TextsBuf,
    /// For each of the texts, what it is.
    forms: Vec<Form>,
    /// For each of the texts, what has become of it, where something has.
    redacted: Vec<Option<Vec<u8>>>,
    hits: Vec<Hit>,
}

impl UrlRows {
    pub(crate) fn new(urls: Urls) -> Self {
        UrlRows {
            urls,
            roles: Vec::new(),
            places: Vec::new(),
            texts: TextsBuf::default(),
            forms: Vec::new(),
            redacted: Vec::new(),
            hits: Vec::new(),
        }
    }

    /// Takes out of all URLs what the options want. `changed` are the texts, in order, that other rules have changed.
    pub(crate) fn redact(
        &mut self,
        batch: &Batch<'_>,
        changed: &[u32],
        rows: &Rows,
        engine: &mut Engine,
        marks: &mut Marks,
        edits: &mut Edits,
    ) {
        if !self.urls.is_active() {
            return;
        }
        self.gather(batch, changed, rows);
        self.select(batch, changed, engine.writer().done());
        if self.places.is_empty() {
            return;
        }
        let redacted = &mut self.redacted;
        redacted.clear();
        redacted.resize(self.forms.len(), None);
        let same: Vec<_> = self.places.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).collect();
        let has_word = &mut |index: u32, words: &[String]| {
            let keys = same[index as usize].iter().filter_map(|(_, _, place)| match place {
                Place::Row(row) => Some(batch.row(*row).key()),
                Place::Name(_) => None,
            });
            keys.into_iter().any(|key| has_word(key.as_bytes(), words))
        };
        let readings: Vec<_> = self.forms.iter().map(|form| Reading::Url(self.urls, *form)).collect();
        engine.redact_read(self.texts.as_texts(), Clues { named: &[], has_word }, &readings, RULES, |index, text| {
            redacted[index as usize] = Some(text.to_vec());
        });
        for (index, rule) in engine.take_finds() {
            same[index as usize].iter().for_each(|(_, _, place)| place.note(rule, marks));
        }
        for (places, text) in same.iter().zip(&self.redacted) {
            let Some(text) = text else { continue };
            let text = edits.write_text(|out| out.push_utf8(text));
            places.iter().for_each(|(_, _, place)| place.put(batch, text, edits));
        }
    }

    /// What goes from URLs: calls `each` with where one stands.
    pub(crate) fn explain(&mut self, batch: &Batch<'_>, rows: &Rows, engine: &mut Engine, mut each: impl FnMut(Place, Finding)) {
        if !self.urls.is_active() {
            return;
        }
        self.gather(batch, &[], rows);
        self.select(batch, &[], engine.writer().done());
        let same: Vec<_> = self.places.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).collect();
        let readings: Vec<_> = self.forms.iter().map(|form| Reading::Url(self.urls, *form)).collect();
        let clues = Clues { named: &[], has_word: &mut |_, _| false };
        for finding in engine.explain(self.texts.as_texts(), clues, &readings) {
            // What other rules find was found when all texts were searched.
            if RULES.contains(&usize::from(finding.rule)) {
                same[finding.text as usize].iter().for_each(|(_, _, place)| each(*place, finding));
            }
        }
    }

    /// Writes down where URLs stand.
    fn gather(&mut self, batch: &Batch<'_>, changed: &[u32], rows: &Rows) {
        self.places.clear();
        self.roles.clear();
        self.roles.extend(batch.keys().map(|key| Role::of(key.text().as_bytes())));
        if self.roles.iter().any(|role| matches!(role, Role::Url(_))) {
            for (row, key) in (0..).zip(batch.columns().u32s(Column::RowKey).iter()) {
                if let Some(Role::Url(form)) = self.roles.get(key as usize) {
                    each_leaf(batch, row, &mut |row| {
                        let text = batch.row(row).text().filter(|_| !rows.is_safe(row));
                        self.places.extend(text.map(|text| (text.index(), *form, Place::Row(row))));
                    });
                }
            }
        }
        for span in batch.spans() {
            let name = span.name();
            // What other rules leave of a name may be a path where it was none.
            if in_name(name.as_bytes()).is_none() && changed.binary_search(&name.index()).is_err() {
                continue;
            }
            let has = |is: fn(&Role) -> bool| {
                span.attributes().iter().any(|row| row.key_index().and_then(|key| self.roles.get(key as usize)).is_some_and(is))
            };
            if !has(|role| *role == Role::Rpc) {
                let call = matches!(span.kind(), SpanKind::Client | SpanKind::Server) || has(|role| matches!(role, Role::Url(_)));
                self.places.push((name.index(), Form::Name { call }, Place::Name(span.index())));
            }
        }
    }

    /// Leaves the places whose texts the options or other rules change, and copies each of these texts.
    fn select(&mut self, batch: &Batch<'_>, changed: &[u32], done: &Done) {
        sort_by_number(&mut self.places, |(text, form, place)| {
            let form = match form {
                Form::Url => 0,
                Form::Query => 1,
                Form::Fragment => 2,
                Form::Name { call } => 3 + u128::from(*call),
            };
            u128::from(*text) << 64 | form << 48 | u128::from(place.number())
        });
        self.places.dedup();
        self.texts.clear();
        self.forms.clear();
        let mut last = None;
        let UrlRows { urls, places, texts, forms, hits, .. } = self;
        places.retain(|(index, form, _)| {
            if let Some((of, goes)) = last
                && of == (*index, *form)
            {
                return goes;
            }
            let text = batch.text(*index);
            hits.clear();
            urls.find(*form, text.as_bytes(), done, 0, hits);
            let goes = !hits.is_empty() || changed.binary_search(index).is_ok();
            if goes {
                texts.push(text.as_bytes());
                forms.push(*form);
            }
            last = Some(((*index, *form), goes));
            goes
        });
    }
}
