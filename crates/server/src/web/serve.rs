//! `motcua serve`: listens, answers, stops gracefully.

use std::future::IntoFuture as _;
use std::io::IsTerminal as _;
use std::net::SocketAddr;

use anyhow::Context as _;
use clap::Args;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::account::administrator;
use crate::app::App;
use crate::cli::{Exit, Place, print};
use crate::dossier::proof;
use crate::jobs::worker;

/// How long requests at hand may take once the process was asked to stop.
const STOP_SECONDS_MAX: u64 = 30;

/// Serve pages and API, workers included.
#[derive(Args, Debug)]
pub struct Serve {
    /// Address to listen on; that of the configuration, or 127.0.0.1:8080, when not given.
    #[arg(long, value_name = "ADDR", value_parser = crate::cli::listen_address)]
    pub listen: Option<SocketAddr>,
    /// Another address for /metrics and /health, for the office's own network only.
    #[arg(long, value_name = "ADDR", value_parser = crate::cli::listen_address)]
    pub metrics: Option<SocketAddr>,
    /// Leave jobs (mail, time limits, recounts, seals, sweeping) to `motcua work`.
    #[arg(long)]
    pub no_workers: bool,
}

/// Do jobs (mail, time limits, recounts, seals, sweeping) and serve nothing.
#[derive(Args, Debug)]
pub struct Work {}

impl Serve {
    /// Serves until the process is asked to stop.
    pub fn run(self, place: &Place) -> anyhow::Result<Exit> {
        let app = place.open_on(self.listen)?;
        let listen = app.config.server.listen;
        if let Some(advice) = administrator::missing(&app, place)? {
            eprintln!("{advice}");
        }
        let metrics = self.metrics.or(app.config.server.metrics);
        let at = Addresses { listen, metrics };
        serve(app, at, !self.no_workers, tell)
    }
}

impl Work {
    /// Works until the process is asked to stop.
    pub fn run(self, place: &Place) -> anyhow::Result<Exit> {
        let app = place.open()?;
        start_log();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async move {
            let stop = CancellationToken::new();
            let workers = tokio::spawn(worker::run(app, stop.clone()));
            asked_to_stop().await;
            stop.cancel();
            workers.await?;
            Ok(Exit::Done)
        })
    }
}

/// Says where the service is.
pub fn tell(address: SocketAddr) {
    // Nobody listening is no reason to stop.
    drop(print(&format!("Một Cửa: http://{address}")));
}

/// Where it is listened.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// For everybody.
    pub listen: SocketAddr,
    /// For whoever watches over the service.
    pub metrics: Option<SocketAddr>,
}

/// Serves `app`, and does its jobs when `work`; `ready` is told the address once requests are taken.
///
/// Asked to stop, it says so to whoever asks for its health, takes no new connections, answers the requests at
/// hand for a while and finishes the jobs at hand.
pub fn serve(app: App, at: Addresses, work: bool, ready: impl FnOnce(SocketAddr)) -> anyhow::Result<Exit> {
    start_log();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(async move {
        let listener = TcpListener::bind(at.listen).await.with_context(|| cannot_listen(at.listen))?;
        let watched = match at.metrics {
            Some(address) => Some(TcpListener::bind(address).await.with_context(|| {
                format!("cannot give figures on {address}: is another program using the port? Try another --metrics")
            })?),
            None => None,
        };
        ready(listener.local_addr()?);
        let stop = app.stop.clone();
        let asked = tokio::spawn({
            let stop = stop.clone();
            async move {
                asked_to_stop().await;
                stop.cancel();
            }
        });
        let freshness = tokio::spawn(keep_fresh(app.clone()));
        let watched = watched.map(|listener| {
            tokio::spawn(axum::serve(listener, super::health::beside(app.clone())).into_future())
        });
        let workers = work.then(|| tokio::spawn(worker::run(app.clone(), stop.clone())));
        let service = super::router::router(app).into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(listener, service).with_graceful_shutdown(stop.clone().cancelled_owned());
        let served = tokio::select! {
            served = serving.into_future() => served,
            () = long_after(stop.clone()) => {
                tracing::warn!("stopped with requests unanswered");
                Ok(())
            }
        };
        asked.abort();
        freshness.abort();
        stop.cancel();
        if let Some(workers) = workers {
            workers.await?;
        }
        watched.inspect(tokio::task::JoinHandle::abort);
        served?;
        Ok(Exit::Done)
    });
    // A file that is still arriving is not waited for: what was not acknowledged may be sent again.
    runtime.shutdown_background();
    served
}

/// Ends when stopping has taken longer than people should wait for it.
async fn long_after(stop: CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(std::time::Duration::from_secs(STOP_SECONDS_MAX)).await;
}

/// What to do when the address cannot be listened on.
pub fn cannot_listen(listen: SocketAddr) -> String {
    let other = SocketAddr::new(listen.ip(), if listen.port() == 8081 { 8082 } else { 8081 });
    format!("cannot listen on {listen}: is another program using the port? Try --listen {other}")
}

/// Reads the office again every minute, and the last seal: days pass, and other servers on the same database change both.
async fn keep_fresh(app: App) {
    let mut every = tokio::time::interval(std::time::Duration::from_mins(1));
    loop {
        every.tick().await;
        if let Err(error) = app.reload_office().await {
            tracing::error!(error = %error, "the office could not be read again");
        }
        if let Err(error) = proof::learn(&app).await {
            tracing::error!(error = %error, "the last seal could not be read");
        }
    }
}

async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        match terminate {
            Ok(mut terminate) => {
                tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            }
            Err(_) => drop(interrupt.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}

/// Lines for people at a terminal; everywhere else one JSON object a line, for programs that collect logs.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("MOTCUA_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second call in one process (tests) keeps the first.
    if std::io::stderr().is_terminal() {
        drop(lines.try_init());
    } else {
        drop(lines.json().flatten_event(true).try_init());
    }
}
