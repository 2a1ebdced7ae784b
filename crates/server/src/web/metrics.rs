//! Figures about the running process, in the text form of Prometheus. Nobody and no dossier is named.

use std::fmt::{Display, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use jiff::SignedDuration;
use motcua_db::{DbError, Engine};

use crate::app::App;
use crate::jobs::store;

/// Upper bounds of the buckets, in milliseconds.
const BUCKETS_MS: [u64; 12] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000, 30_000];

/// Which part of the service a request was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Portal,
    Desk,
    SignIn,
    Api,
    Asset,
    Health,
    /// No route fits.
    Nowhere,
}

impl Class {
    const ALL: [Self; 7] =
        [Self::Portal, Self::Desk, Self::SignIn, Self::Api, Self::Asset, Self::Health, Self::Nowhere];

    /// The class of a route, never of a filled-in path.
    fn of(route: Option<&str>) -> Self {
        let Some(route) = route else { return Self::Nowhere };
        let begins = |start: &str| route.starts_with(start);
        match () {
            () if begins("/api/") => Self::Api,
            () if begins("/static/") => Self::Asset,
            () if begins("/health") => Self::Health,
            () if begins("/dang-nhap") || begins("/can-bo/dang-nhap") => Self::SignIn,
            () if begins("/can-bo") => Self::Desk,
            () => Self::Portal,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Desk => "desk",
            Self::SignIn => "sign_in",
            Self::Api => "api",
            Self::Asset => "asset",
            Self::Health => "health",
            Self::Nowhere => "nowhere",
        }
    }
}

/// Requests of one class.
#[derive(Debug, Default)]
struct Answered {
    /// By the first digit of the status.
    statuses: [AtomicU64; 5],
    /// The last one is for what took longer than every bound.
    took: [AtomicU64; BUCKETS_MS.len() + 1],
    micros: AtomicU64,
}

/// What this process answered since it started.
#[derive(Debug, Default)]
pub struct Metrics {
    classes: [Answered; Class::ALL.len()],
}

impl Metrics {
    /// Counts one request.
    pub fn answered(&self, route: Option<&str>, status: StatusCode, took: Duration) {
        let class = &self.classes[Class::of(route) as usize];
        let digit = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        class.statuses[digit].fetch_add(1, Ordering::Relaxed);
        let within = BUCKETS_MS.iter().position(|bound| took <= Duration::from_millis(*bound));
        class.took[within.unwrap_or(BUCKETS_MS.len())].fetch_add(1, Ordering::Relaxed);
        class.micros.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

/// Lines of the answer.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn figure(&mut self, name: &str, labels: &str, value: impl Display) {
        let braces = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
        let _ = writeln!(self.0, "{name}{braces} {value}");
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.head(name, "gauge", help);
        self.figure(name, "", value);
    }
}

/// Everything, as text. It blocks. What the database does not answer is left out.
pub fn text(app: &App) -> String {
    let mut lines = Lines::default();
    lines.head("motcua_info", "gauge", "Version of the program and engine of the database.");
    let engine = match app.store.engine() {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    };
    let version = env!("CARGO_PKG_VERSION");
    lines.figure("motcua_info", &format!("version=\"{version}\",engine=\"{engine}\""), 1);
    requests(&mut lines, &app.metrics);
    let load = app.store.load();
    lines.gauge("motcua_writer_queue", "Transactions in the queue of SQLite's writer.", load.writer_queue);
    let help = "Requests at a connection to the database or waiting for one.";
    lines.gauge("motcua_database_requests", help, load.at_connections);
    lines.gauge("motcua_database_connections_max", "Connections at most.", load.connections_max);
    let up = match database(&mut lines, app) {
        Ok(()) => 1,
        Err(error) => {
            tracing::warn!(error = %error, "figures of the database are missing");
            0
        }
    };
    lines.gauge("motcua_database_up", "Whether the database answers.", up);
    #[cfg(unix)]
    if let Ok(free) = crate::check::free_bytes(&app.data) {
        lines.gauge("motcua_disk_free_bytes", "Free space of the data folder.", free);
    }
    if let Some(bytes) = resident_bytes() {
        lines.gauge("process_resident_memory_bytes", "Memory of the process.", bytes);
    }
    lines.0
}

fn requests(lines: &mut Lines, metrics: &Metrics) {
    let name = "motcua_requests_total";
    lines.head(name, "counter", "Requests answered, by part of the service and first digit of the status.");
    let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
    for class in Class::ALL {
        for (count, digit) in metrics.classes[class as usize].statuses.iter().zip(1..) {
            let labels = format!("part=\"{}\",status=\"{digit}xx\"", class.name());
            lines.figure(name, &labels, read(count));
        }
    }
    let name = "motcua_request_seconds";
    lines.head(name, "histogram", "How long answering took.");
    for class in Class::ALL {
        let (part, answered) = (class.name(), &metrics.classes[class as usize]);
        let bounds = BUCKETS_MS.iter().map(|ms| seconds(ms * 1_000)).chain(["+Inf".to_owned()]);
        let mut so_far = 0;
        for (count, bound) in answered.took.iter().zip(bounds) {
            so_far += read(count);
            lines.figure(&format!("{name}_bucket"), &format!("part=\"{part}\",le=\"{bound}\""), so_far);
        }
        lines.figure(&format!("{name}_sum"), &format!("part=\"{part}\""), seconds(read(&answered.micros)));
        lines.figure(&format!("{name}_count"), &format!("part=\"{part}\""), so_far);
    }
}

/// Seconds with as many digits as there are.
fn seconds(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn database(lines: &mut Lines, app: &App) -> Result<(), DbError> {
    let now = app.clock.now();
    let (counts, since) = app
        .store
        .read_sync(move |tx| Ok::<_, DbError>((store::counts(tx, now)?, store::due_since(tx, now)?)))?;
    let name = "motcua_jobs";
    lines.head(name, "gauge", "Background jobs: waiting for their time or a worker, running, given up.");
    for (state, count) in
        [("waiting", counts.waiting), ("running", counts.running), ("failed", counts.failed)]
    {
        lines.figure(name, &format!("state=\"{state}\""), count);
    }
    let waited = since.map_or(SignedDuration::ZERO, |since| now.duration_since(since));
    let help = "For how long the oldest job that is due has waited for a worker.";
    lines.gauge("motcua_job_waited_seconds", help, waited.as_secs());
    lines.gauge("motcua_database_bytes", "Size of the database.", app.store.size()?);
    Ok(())
}

/// Resident memory, where the system tells it in this form.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_part_and_status() {
        let metrics = Metrics::default();
        let ms = Duration::from_millis;
        metrics.answered(Some("/can-bo/ho-so/{code}"), StatusCode::OK, ms(3));
        metrics.answered(Some("/can-bo"), StatusCode::SEE_OTHER, ms(70));
        metrics.answered(Some("/can-bo/dang-nhap"), StatusCode::OK, ms(40_000));
        metrics.answered(None, StatusCode::NOT_FOUND, ms(0));
        let mut lines = Lines::default();
        requests(&mut lines, &metrics);
        for line in [
            "motcua_requests_total{part=\"desk\",status=\"2xx\"} 1",
            "motcua_requests_total{part=\"desk\",status=\"3xx\"} 1",
            "motcua_requests_total{part=\"nowhere\",status=\"4xx\"} 1",
            "motcua_request_seconds_bucket{part=\"desk\",le=\"0.002\"} 0",
            "motcua_request_seconds_bucket{part=\"desk\",le=\"0.005\"} 1",
            "motcua_request_seconds_bucket{part=\"desk\",le=\"0.1\"} 2",
            "motcua_request_seconds_bucket{part=\"sign_in\",le=\"30\"} 0",
            "motcua_request_seconds_bucket{part=\"sign_in\",le=\"+Inf\"} 1",
            "motcua_request_seconds_sum{part=\"desk\"} 0.073",
            "motcua_request_seconds_count{part=\"desk\"} 2",
        ] {
            assert!(lines.0.lines().any(|found| found == line), "{line} in\n{}", lines.0);
        }
    }

    #[test]
    fn the_place_of_a_class_is_its_place_in_the_list() {
        assert!(Class::ALL.iter().enumerate().all(|(place, class)| *class as usize == place));
    }
}
