//! An OTLP gRPC server that keeps the bytes of the requests that it gets, or searches them at once.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use prost::bytes::Buf;
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::{BoxFuture, Service, StdError, http};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use crate::secrets::Search;

/// A server on a port of the loopback interface that the operating system chose. It lives as long as this value.
#[derive(Debug)]
pub struct Collector {
    address: SocketAddr,
    requests: Requests,
    runtime: tokio::runtime::Runtime,
}

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub struct Raw {
    /// The message, before anything was decoded.
    pub message: Vec<u8>,
    /// The metadata that came with it.
    pub metadata: String,
}

/// A span as the server got it.
#[derive(Clone, Debug)]
pub struct Exported {
    /// Its resource.
    pub resource: Resource,
    /// Its scope.
    pub scope: InstrumentationScope,
    /// Itself.
    pub span: Span,
}

#[derive(Clone, Debug, Default)]
struct Requests(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    kept: Mutex<Vec<Raw>>,
    /// What requests are searched for when they come; then only the last one is kept.
    search: Option<Search>,
    found: Mutex<BTreeSet<String>>,
    requests: AtomicU64,
    bytes: AtomicU64,
    is_stalled: AtomicBool,
}

/// How often a request looks whether the collector answers again.
const LOOK: Duration = Duration::from_millis(10);

impl Requests {
    fn lock(&self) -> MutexGuard<'_, Vec<Raw>> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, raw: Raw) {
        let Inner { search, found, requests, bytes, .. } = &*self.0;
        requests.fetch_add(1, Ordering::Relaxed);
        bytes.fetch_add(raw.message.len() as u64, Ordering::Relaxed);
        if let Some(search) = search {
            let secrets = search.found_in(&raw.message).into_iter().chain(search.found_in(raw.metadata.as_bytes()));
            found.lock().unwrap_or_else(PoisonError::into_inner).extend(secrets);
            self.lock().clear();
        }
        self.lock().push(raw);
    }
}

impl Collector {
    /// Starts one.
    ///
    /// # Panics
    /// When there is no port or no thread to be had.
    pub fn start() -> Collector {
        Collector::with(Inner::default())
    }

    /// Starts one that searches what it gets, and keeps no more than the last request.
    ///
    /// # Panics
    /// As [`Collector::start`].
    pub fn searching(search: Search) -> Collector {
        Collector::with(Inner { search: Some(search), ..Inner::default() })
    }

    fn with(inner: Inner) -> Collector {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let incoming = {
            let _runtime = runtime.enter();
            TcpIncoming::bind(([127, 0, 0, 1], 0).into()).expect("a port")
        };
        let address = incoming.local_addr().expect("an address");
        let requests = Requests(Arc::new(inner));
        runtime.spawn(Server::builder().add_service(Traces(requests.clone())).serve_with_incoming(incoming));
        Collector { address, requests, runtime }
    }

    /// The exporter of `opentelemetry-otlp`, by gRPC, to this server.
    ///
    /// # Panics
    /// When it can't be built.
    pub fn exporter(&self) -> SpanExporter {
        self.exporter_within(Duration::from_secs(10))
    }

    /// The same, which gives a request up after so long.
    ///
    /// # Panics
    /// When it can't be built.
    pub fn exporter_within(&self, timeout: Duration) -> SpanExporter {
        let _runtime = self.runtime.enter();
        let exporter = SpanExporter::builder().with_tonic().with_endpoint(format!("http://{}", self.address)).with_timeout(timeout);
        exporter.build().expect("an exporter")
    }

    /// Answers no request from now on, or answers them again.
    pub fn stall(&self, is_stalled: bool) {
        self.requests.0.is_stalled.store(is_stalled, Ordering::Relaxed);
    }

    /// The secrets that were found, if it searches.
    pub fn found(&self) -> Vec<String> {
        self.requests.0.found.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// Requests and bytes of messages so far.
    pub fn volume(&self) -> (u64, u64) {
        (self.requests.0.requests.load(Ordering::Relaxed), self.requests.0.bytes.load(Ordering::Relaxed))
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Raw> {
        self.requests.lock().clone()
    }

    /// The spans so far.
    ///
    /// # Panics
    /// When what came is not OTLP.
    pub fn spans(&self) -> Vec<Exported> {
        let mut spans = Vec::new();
        for request in self.requests() {
            for group in ExportTraceServiceRequest::decode(&*request.message).expect("a request").resource_spans {
                let resource = group.resource.unwrap_or_default();
                for group in group.scope_spans {
                    let scope = group.scope.unwrap_or_default();
                    spans.extend(group.spans.into_iter().map(|span| Exported { resource: resource.clone(), scope: scope.clone(), span }));
                }
            }
        }
        spans
    }
}

/// The trace service, as a route of the server.
#[derive(Clone)]
struct Traces(Requests);

impl NamedService for Traces {
    const NAME: &'static str = "opentelemetry.proto.collector.trace.v1.TraceService";
}

impl<B> Service<http::Request<B>> for Traces
where
    B: tonic::codegen::Body + Send + 'static,
    B::Error: Into<StdError> + Send + 'static,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let keep = Keep(self.0.clone());
        Box::pin(async move { Ok(Grpc::new(AsItCame).unary(keep, request).await) })
    }
}

struct Keep(Requests);

impl UnaryService<Vec<u8>> for Keep {
    type Response = ();
    type Future = BoxFuture<Response<()>, Status>;

    fn call(&mut self, request: Request<Vec<u8>>) -> Self::Future {
        let metadata = format!("{:?}", request.metadata());
        // Taken at once: what came in has left the application, whether or not it is answered.
        self.0.take(Raw { message: request.into_inner(), metadata });
        let requests = self.0.clone();
        Box::pin(async move {
            while requests.0.is_stalled.load(Ordering::Relaxed) {
                tokio::time::sleep(LOOK).await;
            }
            Ok(Response::new(()))
        })
    }
}

/// Takes a message as bytes, and answers with the empty one.
struct AsItCame;

impl Codec for AsItCame {
    type Encode = ();
    type Decode = Vec<u8>;
    type Encoder = AsItCame;
    type Decoder = AsItCame;

    fn encoder(&mut self) -> AsItCame {
        AsItCame
    }

    fn decoder(&mut self) -> AsItCame {
        AsItCame
    }
}

impl Encoder for AsItCame {
    type Item = ();
    type Error = Status;

    fn encode(&mut self, (): (), _: &mut EncodeBuf<'_>) -> Result<(), Status> {
        Ok(())
    }
}

impl Decoder for AsItCame {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, message: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let mut bytes = vec![0; message.remaining()];
        message.copy_to_slice(&mut bytes);
        Ok(Some(bytes))
    }
}
