//! How long redacting takes natively, for comparing two versions on one machine, with ten rules, with the defaults, and with the
//! ten rules and the detectors that are named: `cargo run --release -p spansieve-redact --example timing -- ipv6 mac`.

use std::env;
use std::time::Instant;

use serde_json::json;
use spansieve_plugin::test::{Plugin, batch, encode, event, span};
use spansieve_redact::Redact;

/// Spans of a shop, nothing to find in most of them.
fn spans() -> spansieve_plugin::test::Batch {
    let mut all = batch();
    for i in 0..512u32 {
        let mut one = span("GET /cart/{id}")
            .attr("http.request.method", "GET")
            .attr("url.full", format!("https://shop.example.org/cart/{i}?page=2&sort=asc").as_str())
            .attr("server.address", "shop.example.org")
            .attr(
                "user_agent.original",
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
            )
            .attr("db.query.text", "select id, name, price from products where category = ? and price < ? order by price limit 20")
            .attr("request.id", format!("3f2b8c1e-7d4a-4e6b-9c0d-1a2b3c4d{i:04x}").as_str())
            .attr("code.function.name", "shop::cart::handlers::show_cart")
            .attr("created_at", "2024-01-15T10:11:12.345Z")
            .attr("note", "reserved by agent for order 20240115 in 3 parts, reply: ok")
            .attr("http.response.status_code", 200i64);
        if i % 8 == 0 {
            one = one.event(event("exception").attr("exception.message", "no account for mia.fern@example.com (card 4111 1111 1111 1111)"));
        }
        all = all.span(one);
    }
    all
}

fn main() {
    let ten: Vec<String> = ["email", "card", "ssn", "ipv4", "jwt", "aws", "github", "iban", "phone", "bearer"].map(Into::into).into();
    let more: Vec<String> = ten.iter().cloned().chain(env::args().skip(1)).collect();
    for (name, config) in [("ten rules", json!({"values": ten})), ("and more", json!({"values": more})), ("defaults", json!({}))] {
        let mut plugin: Plugin<Redact> = Plugin::new(config).expect("the configuration is right");
        let blob = encode(&spans(), plugin.setup()).asked;
        let mut best = f64::MAX;
        for _ in 0..400 {
            let start = Instant::now();
            std::hint::black_box(plugin.process(&blob));
            best = best.min(start.elapsed().as_nanos() as f64 / 512.0);
        }
        println!("{name}: {best:.0} ns a span");
    }
}
