//! Tokens: secrets with which a program acts as a person, made and taken back by that person.

pub mod pages;

use jiff::SignedDuration;

use crate::app::App;

/// What every token begins with, so that people and scanners know one when they see it.
pub const PREFIX: &str = "motcua_";
/// A token holds for a year at most.
pub const DAYS_MAX: i64 = 365;
/// Tokens of one person that hold at the same time.
pub const HOLDING_MAX: i64 = 20;
/// Longest name, in characters.
pub const NAME_CHARS_MAX: usize = 80;

/// What a token is good for. What is public needs none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Read dossiers.
    Read,
    /// File dossiers.
    File,
    /// Act on dossiers.
    Act,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::Read, Self::File, Self::Act];

    /// The name in storage and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "dossiers:read",
            Self::File => "dossiers:file",
            Self::Act => "dossiers:act",
        }
    }

    /// The scope with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }

    /// The key of its sentence.
    pub fn key(self) -> &'static str {
        match self {
            Self::Read => "api.scope_read",
            Self::File => "api.scope_file",
            Self::Act => "api.scope_act",
        }
    }
}

/// By which a token is found; storage never holds the secret.
pub fn hash(app: &App, secret: &str) -> String {
    app.secrets.keyed_hash("api_token", secret)
}

/// A new secret.
pub fn secret(app: &App) -> String {
    format!("{PREFIX}{}", app.random.token())
}

/// How long a token holds.
pub fn lifetime(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}
