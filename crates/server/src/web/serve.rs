//! `motcua serve`: listens, answers, stops gracefully.

use std::net::SocketAddr;

use anyhow::Context as _;
use clap::Args;

use tokio_util::sync::CancellationToken;

use crate::account::administrator;
use crate::app::App;
use crate::cli::{Exit, Place, print};
use crate::jobs::worker;

/// Serve pages and API, workers included.
#[derive(Args, Debug)]
pub struct Serve {
    /// Address to listen on; that of the configuration, or 127.0.0.1:8080, when not given.
    #[arg(long, value_name = "ADDR", value_parser = crate::cli::listen_address)]
    pub listen: Option<SocketAddr>,
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
        serve(app, listen, !self.no_workers, tell)
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

/// Serves `app` on `listen`, and does its jobs when `work`; `ready` is told the address once requests are taken.
pub fn serve(
    app: App,
    listen: SocketAddr,
    work: bool,
    ready: impl FnOnce(SocketAddr),
) -> anyhow::Result<Exit> {
    start_log();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind(listen).await.with_context(|| cannot_listen(listen))?;
        ready(listener.local_addr()?);
        let stop = CancellationToken::new();
        let freshness = tokio::spawn(keep_fresh(app.clone()));
        let workers = work.then(|| tokio::spawn(worker::run(app.clone(), stop.clone())));
        let service = super::router::router(app).into_make_service_with_connect_info::<SocketAddr>();
        let served = axum::serve(listener, service).with_graceful_shutdown(asked_to_stop()).await;
        freshness.abort();
        stop.cancel();
        if let Some(workers) = workers {
            workers.await?;
        }
        served?;
        Ok(Exit::Done)
    })
}

/// What to do when the address cannot be listened on.
pub fn cannot_listen(listen: SocketAddr) -> String {
    let other = SocketAddr::new(listen.ip(), if listen.port() == 8081 { 8082 } else { 8081 });
    format!("cannot listen on {listen}: is another program using the port? Try --listen {other}")
}

/// Reads the office again every minute: days pass, and other servers on the same database change it too.
async fn keep_fresh(app: App) {
    let mut every = tokio::time::interval(std::time::Duration::from_mins(1));
    loop {
        every.tick().await;
        if let Err(error) = app.reload_office().await {
            tracing::error!(error = %error, "the office could not be read again");
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

fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("MOTCUA_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second call in one process (tests) keeps the first.
    drop(subscriber.try_init());
}
