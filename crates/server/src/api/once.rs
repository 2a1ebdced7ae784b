//! Doing something once, however often it is sent: `Idempotency-Key`.
//!
//! The answer is kept in the transaction that does it. Only what succeeded is kept: what was refused is tried anew.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use motcua_domain::ids::PersonId;
use sha2::{Digest as _, Sha256};

use crate::api::problem::{Kind, Problem};
use crate::api::store::{self, Answer};
use crate::app::App;
use crate::dossier::steps::{Also, Taken};
use crate::secrets::hex;

/// Name of the header.
pub const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer is one that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Longest key, in characters.
pub const KEY_CHARS_MAX: usize = 255;

/// A request that is done once.
#[derive(Clone, Debug)]
pub struct Once {
    person: PersonId,
    key: String,
    request_hash: String,
}

impl Once {
    /// Reads the key. The request is told from others by its path, its body and the version it is about.
    pub fn read(
        headers: &HeaderMap,
        person: PersonId,
        (method, path): (&Method, &str),
        body: &[u8],
    ) -> Result<Self, Problem> {
        let key = headers.get(&HEADER).ok_or(Kind::KeyMissing)?;
        let key = key.to_str().map_err(|_| Kind::BadHeader)?.trim();
        if key.is_empty() || KEY_CHARS_MAX < key.len() {
            return Err(Kind::BadHeader.into());
        }
        let version = headers.get(header::IF_MATCH).map(HeaderValue::as_bytes).unwrap_or_default();
        let mut hasher = Sha256::new();
        for part in [method.as_str().as_bytes(), path.as_bytes(), version, body] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Ok(Self { person, key: key.to_owned(), request_hash: hex(&hasher.finalize()) })
    }

    /// The key under which a dossier is filed once.
    pub fn submit_key(&self) -> String {
        format!("api:{}:{}", self.person, self.key)
    }

    /// What this request was answered before, if it was. Another request under the same key is refused.
    pub async fn before(&self, app: &App) -> Result<Option<Response>, Problem> {
        let (person, key) = (self.person, self.key.clone());
        let Some(answer) = app.store.read(move |tx| store::answer(tx, person, &key)).await? else {
            return Ok(None);
        };
        if answer.request_hash != self.request_hash {
            return Err(Kind::KeyReused.into());
        }
        let mut response = respond(&answer)?;
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        Ok(Some(response))
    }

    /// Keeps the answer with the step it is about.
    pub fn keep(&self, app: &App, answer: impl Fn(&Taken) -> Answer + Send + Sync + 'static) -> Also {
        let (once, now) = (self.clone(), app.clock.now());
        Arc::new(move |tx, taken| {
            let answer = Answer { request_hash: once.request_hash.clone(), ..answer(taken) };
            store::keep_answer(tx, once.person, &once.key, &answer, now)
        })
    }
}

/// An answer as it is sent.
pub fn respond(answer: &Answer) -> Result<Response, Problem> {
    let status = StatusCode::from_u16(answer.status).map_err(|_| Kind::Internal)?;
    let mut response = (status, answer.body.clone()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::ETAG, HeaderValue::from_str(&answer.etag).map_err(|_| Kind::Internal)?);
    if let Some(location) = &answer.location {
        headers.insert(header::LOCATION, HeaderValue::from_str(location).map_err(|_| Kind::Internal)?);
    }
    Ok(response)
}
