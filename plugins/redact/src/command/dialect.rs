//! Which language a database speaks, by its name, and what is special in its SQL.

use crate::detect::Hit;

/// The language of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// SQL, and what has literals like it.
    Sql(Dialect),
    /// Redis and its relatives.
    Redis,
    /// The text protocol of memcached.
    Memcached,
    /// JSON, also as the shell of MongoDB writes it.
    Json,
}

/// What differs between dialects of SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// Whether a backslash in a text escapes what follows; `None` where that is not known.
    pub(crate) escapes: Option<bool>,
    /// `".."` is a text, not an identifier.
    pub(crate) double_quoted_texts: bool,
    /// `[..]` is an identifier.
    pub(crate) brackets: bool,
    /// `$tag$ .. $tag$` is a text.
    pub(crate) dollars: bool,
    /// `$1` is money.
    pub(crate) money: bool,
    /// `q'[ .. ]'` is a text.
    pub(crate) q_quotes: bool,
    /// Comments lie in comments.
    pub(crate) nested_comments: bool,
    /// MySQL: `#` begins a comment, `--` only before a space, and `/*! .. */` is no comment.
    pub(crate) mysql: bool,
    /// `//` begins a comment.
    pub(crate) slashes: bool,
}

/// The standard, with what is taken from others where a database is not known and nothing speaks against it.
const GENERIC: Dialect = Dialect {
    escapes: None,
    double_quoted_texts: false,
    brackets: false,
    dollars: true,
    money: false,
    q_quotes: true,
    nested_comments: true,
    mysql: false,
    slashes: false,
};

const POSTGRES: Dialect = Dialect { escapes: Some(false), q_quotes: false, ..GENERIC };
const STANDARD: Dialect = Dialect { escapes: Some(false), dollars: false, nested_comments: false, ..GENERIC };
const MYSQL: Dialect = Dialect {
    escapes: Some(true),
    double_quoted_texts: true,
    dollars: false,
    q_quotes: false,
    nested_comments: false,
    mysql: true,
    ..GENERIC
};
const SQL_SERVER: Dialect = Dialect { escapes: Some(false), brackets: true, dollars: false, money: true, q_quotes: false, ..GENERIC };
/// Languages whose texts have either quote and backslashes, such as Cypher, Gremlin, GoogleSQL, N1QL.
const SCRIPT: Dialect = Dialect { escapes: Some(true), double_quoted_texts: true, ..GENERIC };

/// Names of `db.system.name`, and older ones of `db.system`. Others are recognised by how their commands begin.
const SYSTEMS: &[(&str, Language)] = &[
    ("redis valkey keydb dragonfly", Language::Redis),
    ("memcached", Language::Memcached),
    ("mongodb elasticsearch opensearch documentdb couchdb", Language::Json),
    ("mysql mariadb tidb singlestore memsql", Language::Sql(MYSQL)),
    ("postgresql redshift aws.redshift cockroachdb edb greenplum timescaledb yugabytedb", Language::Sql(POSTGRES)),
    ("mssql microsoft.sql_server mssqlcompact sqlserver azure.sql", Language::Sql(SQL_SERVER)),
    ("oracle oracle.db", Language::Sql(STANDARD)),
    ("sqlite", Language::Sql(Dialect { brackets: true, ..STANDARD })),
    ("hive spark databricks bigquery gcp.bigquery spanner gcp.spanner couchbase cosmosdb azure.cosmosdb neo4j", Language::Sql(SCRIPT)),
];

/// What is known of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum System {
    /// It speaks this language.
    Known(Language),
    /// Nobody knows it. Its commands tell.
    Unknown {
        /// It is called something with SQL.
        sql: bool,
        /// It has a name.
        named: bool,
    },
}

impl System {
    /// The database with this name.
    pub(crate) fn of(name: Option<&str>) -> Self {
        let Some(name) = name else { return System::Unknown { sql: false, named: false } };
        let is_named = |names: &str| names.split(' ').any(|known| known.eq_ignore_ascii_case(name));
        match SYSTEMS.iter().find(|(names, _)| is_named(names)) {
            Some((_, language)) => System::Known(*language),
            None => System::Unknown { sql: name.to_ascii_lowercase().ends_with("sql"), named: true },
        }
    }

    /// The language of a command to it. It may become another one when a part of the command is replaced.
    pub(crate) fn language(self, command: &[u8]) -> Language {
        match self {
            // Search engines take SQL too.
            System::Known(Language::Json) if verb(command).eq_ignore_ascii_case(b"select") => Language::Sql(SCRIPT),
            System::Known(language) => language,
            System::Unknown { .. } if begins_like_json(command) => Language::Json,
            System::Unknown { sql, named } if sql || begins_like_sql(command) => {
                // Only MySQL and its like write identifiers so, and they write texts with double quotes.
                let backticks = !named && memchr::memchr(b'`', command).is_some();
                Language::Sql(if backticks { Dialect { double_quoted_texts: true, ..GENERIC } } else { GENERIC })
            }
            System::Unknown { .. } => Language::Sql(Dialect { slashes: true, ..SCRIPT }),
        }
    }

    /// Whether a command to it stays in its language when the values that were found in it go, as far as can be told without looking.
    pub(crate) fn keeps_language(self, command: &[u8], values: &[Hit]) -> bool {
        /// No more bytes than this at the start of a command say which language it is in.
        const START: u32 = 24;
        let from_start =
            || command.first().is_some_and(|byte| !byte.is_ascii_whitespace()) && values.iter().all(|value| value.start >= START);
        let has_backtick = |value: &Hit| memchr::memchr(b'`', &command[value.start as usize..value.end as usize]).is_some();
        match self {
            System::Known(Language::Json) => from_start(),
            System::Known(_) => true,
            System::Unknown { named, .. } => from_start() && (named || !values.iter().any(has_backtick)),
        }
    }
}

/// Whether the text begins with an object or an array of JSON.
fn begins_like_json(text: &[u8]) -> bool {
    let mut bytes = text.iter().filter(|b| !b.is_ascii_whitespace());
    match bytes.next() {
        Some(b'{') => bytes.next().is_none_or(|b| matches!(b, b'"' | b'\'' | b'}' | b'$')),
        Some(b'[') => bytes.next().is_some_and(|b| matches!(b, b'"' | b'{')),
        _ => false,
    }
}

/// What statements of SQL begin with.
#[rustfmt::skip]
const VERBS: &[&[u8]] = &[
    b"select", b"insert", b"update", b"delete", b"merge", b"replace", b"upsert", b"with", b"create", b"alter", b"drop", b"truncate", b"call", b"exec",
    b"execute", b"declare", b"begin", b"set", b"grant", b"revoke", b"use", b"explain", b"values", b"show", b"copy", b"table",
];

/// Whether the text begins as statements of SQL do: with a comment, a parenthesis, a brace or one of their words.
pub(crate) fn begins_like_sql(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    if [&b"--"[..], b"/*", b"(", b"{"].iter().any(|start| text.starts_with(start)) {
        return true;
    }
    let verb = verb(text);
    VERBS.iter().any(|known| known.eq_ignore_ascii_case(verb))
}

/// The word that a text begins with.
fn verb(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii_start();
    &text[..text.iter().take(16).take_while(|b| b.is_ascii_alphabetic()).count()]
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// One of each.
    pub(crate) fn languages() -> Vec<Language> {
        let mut all = vec![Language::Sql(GENERIC), System::of(None).language(b"")];
        all.extend(SYSTEMS.iter().map(|(_, language)| *language));
        let mut known = Vec::new();
        all.retain(|language| {
            !known.contains(language) && {
                known.push(*language);
                true
            }
        });
        all
    }

    #[test]
    fn systems_are_known_by_their_old_and_new_names() {
        for (system, language) in [
            ("mssql", Language::Sql(SQL_SERVER)),
            ("microsoft.sql_server", Language::Sql(SQL_SERVER)),
            ("MySQL", Language::Sql(MYSQL)),
            ("oracle.db", Language::Sql(STANDARD)),
            ("valkey", Language::Redis),
            ("opensearch", Language::Json),
            ("other_sql", Language::Sql(GENERIC)),
        ] {
            assert_eq!(System::of(Some(system)).language(b"x"), language, "{system}");
        }
    }

    #[test]
    fn an_unknown_system_is_known_by_its_commands() {
        assert_eq!(System::of(None).language(b" SELECT 1"), Language::Sql(GENERIC));
        assert_eq!(System::of(Some("acme")).language(b"-- x\nselect 1"), Language::Sql(GENERIC));
        assert_eq!(System::of(None).language(b"{ \"find\": 1}"), Language::Json);
        assert_eq!(System::of(Some("dynamodb")).language(b"[{\"a\": 1}]"), Language::Json);
        assert_eq!(System::of(None).language(b"{call f(1)}"), Language::Sql(GENERIC));
        assert!(matches!(System::of(None).language(b"g.V().has('name', \"x\")"), Language::Sql(Dialect { double_quoted_texts: true, .. })));
        assert!(matches!(System::of(Some("elasticsearch")).language(b"SELECT a FROM b"), Language::Sql(_)));
    }
}
