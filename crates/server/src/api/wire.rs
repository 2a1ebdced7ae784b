//! What several answers share: instants, days, units, and the words of the rules as the API writes them.

use jiff::Timestamp;
use jiff::civil::Date;
use motcua_domain::dossier::{
    ApplicantKind as RuledApplicantKind, Channel as RuledChannel, CopyKind, PaperSource,
    Status as RuledStatus, Verdict as RuledVerdict,
};
use motcua_domain::procedure::{ProcedureLevel as RuledLevel, StepKind as RuledStepKind};
use motcua_domain::unit::{UnitCode, UnitLevel as RuledUnitLevel};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{KnownFormat, SchemaFormat, Type};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::office::Snapshot;
use crate::web::locale::Locale;

/// An instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(pub Timestamp);

impl From<Timestamp> for Instant {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

/// An instant as storage keeps it; `None` for none, and for what stands for none.
pub fn instant(text: &str) -> Option<Instant> {
    text.parse().ok().map(Instant)
}

impl PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some(
                "An instant (RFC 3339). Answers are in UTC and end in Z; requests may use any offset.",
            ))
            .examples(["2026-03-02T01:00:00Z"])
            .into()
    }
}

impl ToSchema for Instant {}

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub Date);

impl From<Date> for Day {
    fn from(day: Date) -> Self {
        Self(day)
    }
}

impl PartialSchema for Day {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
            .description(Some("A day of the calendar at the office (UTC+7)."))
            .examples(["2026-03-02"])
            .into()
    }
}

impl ToSchema for Day {}

/// The wire form of an enum of the rules, the same words in snake case.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $ruled:ident { $($variant:ident),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($variant),+ }

        impl From<$ruled> for $name {
            fn from(ruled: $ruled) -> Self {
                match ruled { $($ruled::$variant => Self::$variant),+ }
            }
        }

        impl From<$name> for $ruled {
            fn from(word: $name) -> Self {
                match word { $($name::$variant => Self::$variant),+ }
            }
        }
    )+};
}

words! {
    /// One of the ten national statuses.
    StatusName = RuledStatus {
        Registered, Accepted, Refused, InProcess, AwaitingSupplement, AwaitingPayment, Withdrawn, Stopped,
        Settled, Returned,
    }
    /// The door a dossier came in by.
    Channel = RuledChannel { Counter, Online, Post, Assisted }
    /// Whom a dossier belongs to.
    ApplicantKind = RuledApplicantKind { Citizen, Company, Household }
    /// Kind of copy.
    PaperCopy = CopyKind { Original, Copy, Electronic }
    /// Where a paper came from.
    Source = PaperSource { Uploaded, Scanned, OnPaper, Issued }
    /// What the office says.
    Verdict = RuledVerdict { Grant, Reject }
    /// What is done in a step.
    StepKind = RuledStepKind { Receive, Assign, Examine, Opinion, Approve, Sign, Return }
    /// A level a procedure is done at.
    ProcedureLevel = RuledLevel { Ministry, Province, District, Commune, Vertical, Other }
    /// Where a unit stands.
    UnitLevel = RuledUnitLevel { Central, Province, Department, District, Commune }
}

/// A status with its national number and its words.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Status {
    /// National number, 1 to 10.
    number: u8,
    /// Name.
    name: StatusName,
    /// In words.
    label: &'static str,
}

impl Status {
    /// The status in words of a language.
    pub fn new(locale: Locale, status: RuledStatus) -> Self {
        let label = locale.t(&format!("status.{}", status.name()));
        Self { number: status.number(), name: status.into(), label }
    }
}

/// A unit by its code, with its name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitName {
    /// Agency code.
    code: String,
    /// Name.
    name: String,
}

impl UnitName {
    /// The unit under the name it has now.
    pub fn new(office: &Snapshot, code: &UnitCode) -> Self {
        Self { code: code.to_string(), name: office.unit_name(code) }
    }

    /// As [`UnitName::new`], from a column.
    pub fn of_text(office: &Snapshot, code: &str) -> Self {
        code.parse().map_or_else(
            |_| Self { code: code.to_owned(), name: code.to_owned() },
            |code| Self::new(office, &code),
        )
    }
}
