//! What tests start from: an empty installation on each engine, with a standing clock and a seeded chance.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use jiff::Timestamp;
use motcua::account::store::{Installation, save_installation};
use motcua::app::{App, Opening};
use motcua::clock::Clock;
use motcua::config::Config;
use motcua::random::Random;
use motcua_db::testing::{TestDatabase, engines};
use tower::ServiceExt as _;

pub mod people;
pub mod province;

/// One installation, and a browser that keeps its cookies.
pub struct Office {
    /// The installation.
    pub app: App,
    router: Router,
    cookies: Vec<(String, String)>,
    database: TestDatabase,
    folder: tempfile::TempDir,
}

/// What came back.
pub struct Answer {
    /// Status code.
    pub status: StatusCode,
    /// Where a redirect goes.
    pub location: Option<String>,
    /// Content type.
    pub media_type: String,
    /// Every header.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Monday 2 March 2026, 08:00 at the office.
pub const MONDAY: &str = "2026-03-02T01:00:00Z";

/// Runs a test on an empty installation of each engine.
pub fn on_each_engine<F>(test: impl Fn(Office) -> F)
where
    F: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for database in engines() {
        let office = Office::open(database, Config::default());
        runtime.block_on(test(office));
    }
}

/// As [`on_each_engine`], with another configuration.
pub fn with_config<F>(config: &Config, test: impl Fn(Office) -> F)
where
    F: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for database in engines() {
        let office = Office::open(database, config.clone());
        runtime.block_on(test(office));
    }
}

impl Office {
    fn open(database: TestDatabase, config: Config) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::standing(MONDAY.parse::<Timestamp>().unwrap());
        Self::open_in(database, folder, config, clock, Random::seeded(7))
    }

    /// Opens the installation in a folder.
    pub fn open_in(
        database: TestDatabase,
        folder: tempfile::TempDir,
        config: Config,
        clock: Clock,
        random: Random,
    ) -> Self {
        let opening =
            Opening { data: folder.path().to_owned(), database: Some(database.url()), config, clock, random };
        let app = App::open(opening).unwrap();
        let router = motcua::web::router::router(app.clone());
        Self { app, router, cookies: Vec::new(), database, folder }
    }

    /// The same installation, started again as a demonstration.
    pub async fn demonstration(self) -> Self {
        let facts = Installation { office: "Tỉnh minh họa".to_owned(), demo: true };
        self.app.store.write(move |tx| save_installation(tx, &facts)).await.unwrap();
        // Chance goes on, because ids must not come again.
        let (clock, random) = (self.app.clock.clone(), self.app.random.clone());
        Self::open_in(self.database, self.folder, self.app.config.clone(), clock, random)
    }

    /// The same installation and the same browser, started again with another configuration.
    pub fn configured(self, config: Config) -> Self {
        let (clock, random) = (self.app.clock.clone(), self.app.random.clone());
        let cookies = self.cookies;
        Self { cookies, ..Self::open_in(self.database, self.folder, config, clock, random) }
    }

    /// The database as a command line takes it.
    pub fn database_url(&self) -> String {
        self.database.url()
    }

    /// GET.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// POST of a form, with the token of this browser. A browser that never saw a page sees one first.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        if self.cookies.is_empty() {
            self.get("/health").await;
        }
        let csrf = self.token().await;
        let pair = |(name, value): &(&str, &str)| format!("{name}={}", motcua::web::visitor::encode(value));
        let mut pairs: Vec<String> = fields.iter().map(pair).collect();
        pairs.push(format!("csrf={csrf}"));
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(pairs.join("&")))
            .unwrap();
        self.send(request).await
    }

    /// Any request, with the cookies of this browser.
    pub async fn send(&mut self, mut request: Request<Body>) -> Answer {
        if !self.cookies.is_empty() {
            let line: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request.headers_mut().insert(header::COOKIE, line.join("; ").parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        for value in response.headers().get_all(header::SET_COOKIE) {
            let pair = value.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let text = |name: header::HeaderName| {
            response.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
        };
        let (location, media_type) = (text(header::LOCATION), text(header::CONTENT_TYPE));
        let (status, headers) = (response.status(), response.headers().clone());
        let body = axum::body::to_bytes(response.into_body(), 64 << 20).await.unwrap().to_vec();
        Answer { status, location, media_type: media_type.unwrap_or_default(), headers, body }
    }

    /// Any request beside others of the same browser, which keeps no cookie of it. Answers the status.
    pub async fn aside(&self, mut request: Request<Body>) -> StatusCode {
        let line: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.headers_mut().insert(header::COOKIE, line.join("; ").parse().unwrap());
        self.router.clone().oneshot(request).await.unwrap().status()
    }

    /// The value of a cookie of this browser.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Puts a cookie into this browser.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.retain(|(known, _)| known != name);
        self.cookies.push((name.to_owned(), value.to_owned()));
    }

    /// The form token that the next page of this browser would hold: that of the session while it lasts.
    pub async fn token(&self) -> String {
        use motcua::web::visitor::{GUEST_COOKIE, SESSION_COOKIE};
        let mut tied_to = self.cookie(GUEST_COOKIE).unwrap_or_default();
        if let Some(session) = self.cookie(SESSION_COOKIE)
            && motcua::account::session::find(&self.app, session).await.unwrap().is_some()
        {
            tied_to = session;
        }
        self.app.secrets.sign(&["csrf", tied_to])
    }

    /// The form token of this browser.
    pub fn csrf(&self) -> String {
        use motcua::web::visitor::{GUEST_COOKIE, SESSION_COOKIE};
        let tied_to = self.cookie(SESSION_COOKIE).or_else(|| self.cookie(GUEST_COOKIE)).unwrap_or_default();
        self.app.secrets.sign(&["csrf", tied_to])
    }
}
