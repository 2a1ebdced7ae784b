//! Which list is asked for, and by what it is narrowed: all of it stands in the address.

use axum::extract::Query;
use axum::http::Uri;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use motcua_domain::access::{Scope, list_scope};
use motcua_domain::dossier::Status;
use motcua_domain::identity::fold;
use motcua_domain::office_time::from_office;
use serde::Deserialize;

use crate::clock::stored;
use crate::desk::store::{After, Filter, Whose};
use crate::web::form::parse_day;
use crate::web::visitor::{Person, encode};

/// Tabs in the order of the day's work; the empty one is everything.
pub const TABS: [&str; 10] =
    ["", "late", "soon", "intake", "hand_over", "process", "approve", "supplement", "payment", "return"];

/// Everything that narrows a list is in the address, so that a link shares it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub(super) tab: String,
    pub(super) q: String,
    pub(super) unit: String,
    pub(super) procedure: String,
    pub(super) field: String,
    pub(super) channel: String,
    pub(super) status: String,
    pub(super) officer: String,
    pub(super) due_from: String,
    pub(super) due_until: String,
    pub(super) after: String,
}

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// My work.
    Mine,
    /// The work of my units.
    Units,
}

impl Of {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Mine, Self::Units];

    /// As the API and saved views name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Units => "units",
        }
    }

    /// The list of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.name() == name)
    }

    /// Where its page is.
    pub fn path(self) -> &'static str {
        match self {
            Self::Mine => "/can-bo",
            Self::Units => "/can-bo/don-vi",
        }
    }

    /// Its page, narrowed by the part of an address after `?`.
    pub fn href(self, query: &str) -> String {
        if query.is_empty() { self.path().to_owned() } else { format!("{}?{query}", self.path()) }
    }

    /// The sentence it is called by.
    pub fn title(self) -> &'static str {
        match self {
            Self::Mine => "desk.my_work",
            Self::Units => "desk.unit_work",
        }
    }

    /// Whose work it lists to this officer.
    pub fn whose(self, person: &Person) -> Whose {
        match self {
            Self::Mine => mine_of(person),
            Self::Units => of_units(person),
        }
    }
}

impl Asked {
    /// What stands in the part of an address after `?`; what nobody knows narrows nothing.
    pub fn of_query(query: &str) -> Self {
        let uri = format!("/?{query}").parse::<Uri>().ok();
        uri.and_then(|uri| Query::try_from_uri(&uri).ok()).map(|Query(asked)| asked).unwrap_or_default()
    }

    /// The part of an address after `?` that asks for this, from its first page on.
    pub fn query(&self) -> String {
        let pairs = self.pairs().into_iter().filter(|(name, value)| *name != "after" && !value.is_empty());
        pairs.map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&")
    }

    /// The same from the page on that is asked for.
    pub fn whole_query(&self) -> String {
        href("", self).trim_start_matches('?').to_owned()
    }

    /// What stands in the address, by name.
    fn pairs(&self) -> [(&'static str, &str); 11] {
        [
            ("tab", &self.tab),
            ("q", &self.q),
            ("unit", &self.unit),
            ("procedure", &self.procedure),
            ("field", &self.field),
            ("channel", &self.channel),
            ("status", &self.status),
            ("officer", &self.officer),
            ("due_from", &self.due_from),
            ("due_until", &self.due_until),
            ("after", &self.after),
        ]
    }

    /// Whether anything but the tab narrows the list.
    pub(super) fn is_narrowed(&self) -> bool {
        self.pairs().iter().any(|(name, value)| !["tab", "after"].contains(name) && !value.is_empty())
    }

    /// Whether something is asked that stands below the first line of filters.
    pub(super) fn is_narrowed_further(&self) -> bool {
        let Self { procedure, field, channel, status, officer, due_from, due_until, .. } = self;
        [procedure, field, channel, status, officer, due_from, due_until]
            .iter()
            .any(|asked| !asked.is_empty())
    }

    /// Whether a day was typed that is no day: it narrows nothing, and the page says so.
    pub(super) fn has_no_day(&self) -> bool {
        [&self.due_from, &self.due_until].iter().any(|day| !day.trim().is_empty() && parse_day(day).is_none())
    }
}

/// The work of an officer: in their charge, or in nobody's and of one of their roles.
pub fn mine_of(person: &Person) -> Whose {
    let posts = person.appointments.iter().filter(|post| post.role.works_on_dossiers()).cloned();
    Whose::Mine(person.id, posts.collect())
}

/// The work of the units whose dossiers an officer may read.
pub fn of_units(person: &Person) -> Whose {
    match list_scope(&person.actor()) {
        Scope::Everything => Whose::Everything,
        Scope::Units { units, .. } => Whose::Units(units.iter().map(ToString::to_string).collect()),
        Scope::Owner(_) => Whose::Units(Vec::new()),
    }
}

/// What the address asks for, as storage is asked.
pub fn filter(asked: &Asked, now: Timestamp) -> Filter {
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let status = Status::ALL.into_iter().find(|status| status.name() == asked.status);
    Filter {
        tab: some(&asked.tab).filter(|tab| TABS.contains(&tab.as_str())),
        text: some(&asked.q).map(|text| fold(&text)),
        procedure: some(&asked.procedure),
        field: some(&asked.field),
        unit: some(&asked.unit),
        channel: some(&asked.channel),
        status: status.map(|status| i64::from(status.number())),
        officer: some(&asked.officer),
        due_from: parse_day(&asked.due_from).map(begins),
        due_before: parse_day(&asked.due_until).map(ends),
        now: stored(now),
    }
}

/// The instant a day begins at the office.
pub fn begins(day: Date) -> String {
    stored(from_office(day.into()))
}

/// The instant a day is over at the office.
pub fn ends(day: Date) -> String {
    begins(day.saturating_add(1.day()))
}

pub(super) fn href(path: &str, asked: &Asked) -> String {
    let query: Vec<String> = asked
        .pairs()
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// Where a page begins; what cannot be read is the first page.
pub(super) fn read_after(text: &str) -> After {
    let mut parts = text.splitn(3, '~');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(due_at), Some(code), Some(step)) => {
            After { due_at: due_at.to_owned(), code: code.to_owned(), step: step.to_owned() }
        }
        _ => After::default(),
    }
}
