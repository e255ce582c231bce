//! Shop, payments and the invoice worker, running in this process.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use opentelemetry_sdk::trace::SdkTracer;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::db::Db;
use crate::shop::Shop;
use crate::{jobs, payments, shop};

/// How long open connections may take to finish once the services are told to stop.
const PATIENCE: Duration = Duration::from_secs(3);

/// Running services. They stop when told to; dropping this leaves them running.
#[derive(Debug)]
pub(crate) struct Services {
    /// Where the shop listens.
    pub(crate) shop: SocketAddr,
    stop: watch::Sender<bool>,
    servers: Vec<JoinHandle<()>>,
    invoices: jobs::Queue,
    worker: JoinHandle<()>,
}

impl Services {
    /// Starts everything. The shop listens on `port` of the loopback interface (0: any), payments on any. `tracer` makes the worker's spans.
    pub(crate) async fn start(tracer: SdkTracer, port: u16) -> anyhow::Result<Self> {
        let db = Db::open().await.context("opening the database")?;
        let (stop, stopped) = watch::channel(false);
        let (payments, payments_server) = serve(0, payments::routes(), stopped.clone()).await?;
        let (invoices, worker) = jobs::start(tracer, db.clone());
        let state = Shop { db, payments: payments::Client::new(payments)?, invoices: invoices.clone() };
        let (shop, shop_server) = serve(port, shop::routes(state), stopped).await?;
        Ok(Self { shop, stop, servers: vec![shop_server, payments_server], invoices, worker })
    }

    /// Finishes the requests under way and the jobs in the queue, within a few seconds.
    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        for server in self.servers {
            // A client that keeps its connection open is not waited for.
            let _ = tokio::time::timeout(PATIENCE, server).await;
        }
        self.invoices.close();
        let _ = tokio::time::timeout(PATIENCE, self.worker).await;
    }
}

async fn serve(port: u16, routes: Router, mut stopped: watch::Receiver<bool>) -> anyhow::Result<(SocketAddr, JoinHandle<()>)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.with_context(|| format!("listening on port {port}"))?;
    let address = listener.local_addr()?;
    let server = axum::serve(listener, routes).with_graceful_shutdown(async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    });
    let server = tokio::spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "a server ended");
        }
    });
    Ok((address, server))
}
