//! Whoever came by a link: a browser without a session, which may send and nothing else.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

use crate::app::App;
use crate::document::handoff::{End, Handoff, PATH, store, token_hash};
use crate::web::error::PageError;
use crate::web::limit::{Limit, Remote};
use crate::web::visitor::{GUEST_COOKIE, Visitor, cookie};

/// A browser at an address that some link had.
#[derive(Clone, Debug)]
pub struct Phone {
    /// The frame.
    pub visitor: Visitor,
    /// The link.
    pub handoff: Handoff,
    token: String,
    browser: String,
}

/// What a phone may do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Send.
    Open,
    /// Nothing: another browser sent by this link before.
    Elsewhere,
    /// Nothing: it ended.
    Over(End),
}

impl Phone {
    /// What this browser may do.
    pub fn state(&self, app: &App) -> State {
        let is_elsewhere = self.handoff.browser.as_ref().is_some_and(|first| *first != self.browser);
        match self.handoff.end_at(app.clock.now()) {
            // How it ended is told to the browser that sent.
            _ if is_elsewhere => State::Elsewhere,
            Some(end) => State::Over(end),
            None => State::Open,
        }
    }

    /// Whether this browser sent by the link before.
    pub fn is_bound(&self) -> bool {
        self.handoff.browser.as_ref() == Some(&self.browser)
    }

    /// Ties the link to this browser. `false` when another one was faster, or the link ended meanwhile.
    pub async fn bind(&mut self, app: &App) -> Result<bool, PageError> {
        let (id, browser) = (self.handoff.id.clone(), self.browser.clone());
        let is_mine = app.store.write(move |tx| store::bind(tx, &id, &browser)).await?;
        self.handoff.browser = is_mine.then(|| self.browser.clone());
        Ok(is_mine)
    }

    /// The page of the link.
    pub fn href(&self) -> String {
        format!("{PATH}/{}", self.token)
    }
}

/// Somebody who guesses secrets is stopped by the address guessed from.
impl FromRequestParts<App> for Phone {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let Ok(Path(mut places)) = Path::<HashMap<String, String>>::from_request_parts(parts, app).await
        else {
            return Err(PageError::NotFound);
        };
        let token = places.remove("token").ok_or(PageError::NotFound)?;
        let visitor = Visitor::from_request_parts(parts, app).await?;
        let Ok(remote) = Remote::from_request_parts(parts, app).await;
        let hash = token_hash(app, &token);
        let Some(handoff) = app.store.read(move |tx| store::by_token(tx, &hash)).await? else {
            app.limits.take(Limit::HandoffsPerRemote, &remote.0, app.clock.now())?;
            return Err(PageError::NotFound);
        };
        let guest = cookie(&parts.headers, GUEST_COOKIE).unwrap_or_default();
        let browser = app.secrets.keyed_hash("handoff browser", &guest);
        Ok(Self { visitor, handoff, token, browser })
    }
}
