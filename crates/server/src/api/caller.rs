//! Who calls: somebody with a token, acting as themselves, or anybody.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use motcua_domain::access::Actor;
use motcua_domain::office_time;

use crate::api::problem::{Kind, Problem, language};
use crate::api::store;
use crate::api::token::{self, Scope};
use crate::app::App;
use crate::web::limit::{Limit, Remote};
use crate::web::locale::Locale;
use crate::web::visitor::{Face, Person};

/// Somebody with a token. Cookies are never looked at.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The person whose token it is.
    pub person: Person,
    /// What the owner calls the token.
    pub token_name: String,
    /// Language of sentences.
    pub locale: Locale,
}

impl Caller {
    /// The person as the rules see it.
    pub fn actor(&self) -> Actor {
        self.person.actor()
    }

    /// Whether it is an officer's token.
    pub fn is_officer(&self) -> bool {
        self.person.face == Face::Desk
    }

    /// Why a dossier is opened, as the journal keeps it: in the language of the office.
    pub fn purpose(&self) -> String {
        Locale::Vi.say("api.purpose").arg("name", &self.token_name).to_string()
    }

    /// The person behind the token of a request, when it has one of these scopes.
    async fn of(parts: &mut Parts, app: &App, wanted: &[Scope]) -> Result<Self, Problem> {
        let now = app.clock.now();
        let said = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, secret) = said.and_then(|said| said.split_once(' ')).unwrap_or_default();
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Kind::NoToken.into());
        }
        let (hash, today) = (token::hash(app, secret.trim()), office_time::day_of(now));
        let Some((row, person)) = app.store.ask(store::find_token(&hash, now, today)).await? else {
            let Ok(remote) = Remote::from_request_parts(parts, app).await;
            app.limits.take(Limit::BadTokensPerRemote, &remote.0, now)?;
            return Err(Kind::BadToken.into());
        };
        app.limits.take(Limit::CallsPerPerson, &person.id.to_string(), now)?;
        if row.last_used_on != Some(today) {
            let id = row.id.clone();
            app.store.write(move |tx| store::touch(tx, &id, today)).await?;
        }
        let locale = language(&parts.headers);
        let scopes: Vec<Scope> = row.scopes.split(' ').filter_map(Scope::from_name).collect();
        if !wanted.iter().any(|scope| scopes.contains(scope)) {
            let names: Vec<&str> = wanted.iter().map(|scope| scope.name()).collect();
            let detail = locale.say("api.needs_scope").arg("scope", names.join(", ")).to_string();
            return Err(Problem::new(Kind::MissingScope, detail));
        }
        Ok(Self { person, token_name: row.name, locale })
    }
}

macro_rules! callers {
    ($($(#[$doc:meta])* $name:ident, [$($scope:ident),+];)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(pub Caller);

        impl FromRequestParts<App> for $name {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
                Caller::of(parts, app, &[$(Scope::$scope),+]).await.map(Self)
            }
        }
    )+};
}

callers! {
    /// Somebody whose token may read dossiers.
    Reader, [Read];
    /// Somebody whose token may file dossiers.
    Filer, [File];
    /// Somebody whose token may act on dossiers.
    Doer, [Act];
    /// Somebody whose token may file or act: files are sent for either.
    Sender, [File, Act];
}

/// Anybody, without a token: what is asked for is public.
#[derive(Clone, Copy, Debug)]
pub struct Anybody {
    /// Language of sentences.
    pub locale: Locale,
}

impl FromRequestParts<App> for Anybody {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Ok(remote) = Remote::from_request_parts(parts, app).await;
        app.limits.take(Limit::PublicCallsPerRemote, &remote.0, app.clock.now())?;
        Ok(Self { locale: language(&parts.headers) })
    }
}
