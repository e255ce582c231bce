//! The batches that edits are tried on.

use std::sync::OnceLock;

use spansieve_runtime::batch::{EventFields, LinkFields, ScopeFields, SpanFields};
use spansieve_runtime::{Batch, text};

const NOW: u64 = 1_767_225_600_000_000_000;

/// Bytes of the header that hold the batch's time. In edits they mean nothing.
const TIME: usize = 24;

/// A copy of the batch that edits are for. Bit 0 of the time in their header says which, so that it stays one choice however they are mutated.
pub fn batch_for(edits: &[u8]) -> Batch {
    static BATCHES: OnceLock<[Batch; 2]> = OnceLock::new();
    let which = edits.get(TIME).map_or(0, |byte| byte & 1);
    BATCHES.get_or_init(|| [of_the_vector(), varied()])[usize::from(which)].clone()
}

/// The batch of the vector `before-edits`, for which the vector `edits` is valid.
fn of_the_vector() -> Batch {
    let mut batch = Batch::new();
    (batch.now, batch.head_probability) = (NOW, 0.5);
    batch.push_resource("urn:resource", 0);
    batch.push_str(Some("service.name"), "shop");
    batch.end_group();
    batch.push_scope(&ScopeFields { name: "lib", version: "1", schema_url: "urn:scope", ..ScopeFields::default() });
    batch.end_group();
    for (id, name) in [(1, "first"), (2, "second"), (3, "third")] {
        let fields = SpanFields { trace_id: [7; 16], span_id: [id; 8], name, message: "no", tracestate: "a=b", ..SpanFields::default() };
        batch.push_span(&fields);
        batch.push_str(Some("email"), "ada@example.org");
        batch.push_int(Some("count"), 5);
        batch.push_bool(Some("gone"), true);
        let list = batch.push_array(Some("list"));
        batch.end_group();
        batch.begin_value(list);
        batch.push_str(None, "element");
        batch.end_group();
    }
    batch.push_event(&EventFields { name: "event", time: NOW, dropped_attributes: 0 });
    batch.end_group();
    batch.push_link(&LinkFields { tracestate: "c=d", ..LinkFields::default() });
    batch.end_group();

    let vector = include_str!("../../wit/vectors/before-edits.hex").lines().collect::<String>();
    let written: String = batch.to_blob(&[]).iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(written == vector, "the vector `before-edits` is another one now");
    batch
}

/// A batch that has something in every column, twice where that makes a difference: spans of several traces, scopes and resources.
fn varied() -> Batch {
    let mut batch = Batch::new();
    (batch.now, batch.head_probability) = (NOW + 5_000_000, 0.25);
    if let Err(error) = text::parse(VARIED, &mut batch) {
        panic!("{error}");
    }
    batch.push_loose_text("named by nothing");
    batch.push_loose_text("");
    batch
}

const VARIED: &str = r#"trace 0123456789abcdeffedcba9876543210  late
resource service.name="shop"  host={name="a", ids=[1, 2]}  @schema="urn:resource"  @dropped=1
scope tower 0.1  short=true  @schema="urn:scope"  @dropped=2
GET /café  server  12ms  error="out of stock"  tracestate="ot=th:8,vendor=x"  @flags=0x301  @dropped=3,4,5  user.email="ada@example.org"  n=-9223372036854775808  d=-0.0  raw=0x00ff80  nothing=null  no=false  list=["a", 1, [], {k=NaN}]  map={user.email="the same key", clé="😀", ""=""}
  ! exception  @dropped=6  exception.message="boom"
  ! retry
  ~ abababababababababababababababab:cdcdcdcdcdcdcdcd  tracestate="a=b"  @flags=0x101  @dropped=7  n=9223372036854775807
  SELECT users  client  3.25ms  db.query.text="select 1"  tags=["a", "b"]
  scope sqlx 0.2
  ping  unsampled  user.email="ada@example.org"
    pool.get

resource service.name="bank"
job  consumer  unsampled  remote  deep=[[[{a={b=[0x01]}}]]]
  ! event
  step  ok

trace flush
alone  producer  n=1
"#;
