//! The policy in service: owned by a thread of its own, as it is in an application.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::time::Instant;

use anyhow::{Context, Result};
use spansieve_runtime::{Batch, Policy, ReloadOptions, Reloads, Serving, serve};

use crate::check;
use crate::run::summary::Summary;

/// A policy in service.
pub(super) struct Service {
    pub(super) reloads: Reloads,
    /// What went into service at first: a line on the policy, and one for each plugin.
    pub(super) headline: String,
    /// The spans to pass through each generation.
    pub(super) spans: Arc<[Batch]>,
    orders: Sender<Order>,
}

enum Order {
    /// There is something for the thread to look at.
    Turn,
    /// Pass the spans.
    Pass(SyncSender<Results>),
}

/// What a generation made of the spans.
pub(super) struct Results {
    pub(super) batches: Vec<Batch>,
    pub(super) summary: Summary,
}

impl Service {
    /// Loads the policy, runs its tests and puts it into service. Its files are not watched yet.
    pub(super) fn start(policy: &Policy, origin: &str, spans: Vec<Batch>) -> Result<Service> {
        let (orders, inbox) = channel();
        let wake = orders.clone();
        let options = ReloadOptions { watch: false, ..ReloadOptions::default() };
        let turn = move || {
            let _ = wake.send(Order::Turn);
        };
        let (mut serving, reloads) = serve(policy.clone(), options, turn)?;
        let chain = serving.chain();
        let mut headline = check::headline(origin, "in service", chain, policy, 0);
        chain.plugins().for_each(|plugin| headline += &format!("\n  {}", check::describe(plugin)));
        let spans: Arc<[Batch]> = spans.into();
        let given = Arc::clone(&spans);
        std::thread::Builder::new()
            .name("spansieve".into())
            .spawn(move || work(serving, &inbox, &given))
            .context("cannot start a thread for the policy")?;
        Ok(Service { reloads, headline, spans, orders })
    }

    /// Passes the spans through the generation in service; `None` where there are none.
    pub(super) fn pass_spans(&self) -> Option<Results> {
        if self.spans.is_empty() {
            return None;
        }
        let (reply, answer) = sync_channel(1);
        self.orders.send(Order::Pass(reply)).ok()?;
        answer.recv().ok()
    }
}

fn work(mut serving: Serving, inbox: &Receiver<Order>, spans: &[Batch]) {
    while let Ok(order) = inbox.recv() {
        serving.turn(Instant::now());
        if let Order::Pass(reply) = order {
            let _ = reply.send(pass(&mut serving, spans));
            // Plugins that failed on the spans take their generation back.
            serving.turn(Instant::now());
        }
    }
}

fn pass(serving: &mut Serving, spans: &[Batch]) -> Results {
    // A plugin that remembers the spans from the last time would make something else of them.
    serving.chain().discard_instances();
    let mut summary = Summary::default();
    let pass = |given: &Batch| {
        let mut batch = given.clone();
        summary.add(given.len(), serving.run(&mut batch));
        batch
    };
    let batches = spans.iter().map(pass).collect();
    Results { batches, summary }
}
