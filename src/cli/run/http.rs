//! `/health` and `/metrics` over HTTP, on a thread of its own that the mail does not notice.

use super::house::{House, held};
use super::metrics::InStore;
use crate::adapters::sqlite::{LedgerCount, SqliteStore};
use crate::cli::{Trouble, time};
use crate::ports::Failure;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

/// What the answers are made from.
#[derive(Debug)]
struct Desk {
    house: Arc<House>,
    store: Mutex<Counted>,
}

/// The connection, and what has been counted over it.
#[derive(Debug, Default)]
struct Counted {
    store: Option<SqliteStore>,
    ledger: LedgerCount,
}

/// Begins to answer at this address.
pub(super) fn begin(address: SocketAddr, house: &Arc<House>) -> Result<(), Trouble> {
    let unusable =
        |error: std::io::Error| Trouble::new(format!("`--http {address}` cannot be used: {error}"));
    let listener = TcpListener::bind(address).map_err(unusable)?;
    listener.set_nonblocking(true).map_err(unusable)?;
    let shown = listener.local_addr().map_err(unusable)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(unusable)?;
    let desk = Arc::new(Desk { house: Arc::clone(house), store: Mutex::default() });
    let routes = Router::new().route("/health", get(health)).route("/metrics", get(metrics)).with_state(desk);
    let serve = async move {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        axum::serve(listener, routes).await
    };
    let answer = move || {
        if let Err(error) = runtime.block_on(serve) {
            tracing::error!(fault = %error, "nothing is answered over HTTP any more");
        }
    };
    let _ends_with_the_program =
        thread::Builder::new().name("http".to_owned()).spawn(answer).map_err(unusable)?;
    tracing::info!(address = %shown, "answering /health and /metrics over HTTP");
    Ok(())
}

/// 200 where everything works, 503 where something does not; in either case what.
async fn health(State(desk): State<Arc<Desk>>) -> Response {
    let parts = desk.house.parts();
    let still = desk.house.pulse.main_loop_fault();
    let faults = parts.faults().into_iter().chain(still.iter().map(|fault| ("service".to_owned(), fault)));
    let faults: Vec<_> = faults
        .map(|(part, fault)| serde_json::json!({ "part": part, "fault": fault.words, "since": fault.since }))
        .collect();
    let is_stopping = desk.house.is_stopping();
    let is_healthy = faults.is_empty() && !is_stopping;
    let body = serde_json::json!({
        "healthy": is_healthy,
        "stopping": is_stopping,
        "faults": faults,
        "rule_set": parts.service.rule_set,
        "revision": parts.service.revision,
        "digest": parts.service.digest,
        "accounts": parts.accounts,
        "outgoing": parts.servers,
    });
    let code = if is_healthy { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// The counts for Prometheus.
async fn metrics(State(desk): State<Arc<Desk>>) -> Response {
    let in_store = in_store(&desk).unwrap_or_else(|failure| {
        tracing::warn!(fault = %failure, "the depths of the queues are not known");
        InStore::default()
    });
    match desk.house.metrics.text(&desk.house.parts(), &in_store, time::now()) {
        Some(text) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn in_store(desk: &Desk) -> Result<InStore, Failure> {
    let Counted { store, ledger } = &mut *held(&desk.store);
    let store = match store {
        Some(store) => store,
        None => store.insert(desk.house.open_store()?),
    };
    store.count_ledger(ledger)?;
    Ok(InStore { queues: store.queues()?, depths: store.depths()?, ledger: ledger.clone() })
}
