//! Roles as people read them: which, in which unit, from when to when.

use motcua_db::DbError;
use motcua_domain::access::Role;
use motcua_domain::ids::PersonId;
use motcua_domain::office_time;

use crate::account::people::store::{self, Tenure};
use crate::app::App;
use crate::web::locale::Locale;
use crate::web::wording;

/// One appointment in words.
pub struct TenureLine {
    /// As stored, for forms.
    pub tenure: Tenure,
    /// The role.
    pub role: &'static str,
    /// The name of the unit.
    pub unit: String,
    /// First day.
    pub from: String,
    /// Last day; empty while no end is known.
    pub to: String,
    /// Holds today.
    pub is_current: bool,
    /// Ended before today.
    pub is_past: bool,
}

/// Everything a person is, was and will be appointed to, latest first.
pub async fn list(app: &App, locale: Locale, id: PersonId) -> Result<Vec<TenureLine>, DbError> {
    let tenures = app.store.read(move |tx| store::tenures(tx, id)).await?;
    let (office, today) = (app.office(), office_time::day_of(app.clock.now()));
    let line = |tenure: Tenure| {
        let is_past = tenure.valid_to.is_some_and(|end| end <= today);
        let last_day = tenure.valid_to.and_then(|end| end.yesterday().ok());
        TenureLine {
            role: name(locale, tenure.appointment.role),
            unit: office.unit_name(&tenure.appointment.unit),
            from: wording::day_short(tenure.valid_from),
            to: last_day.map(wording::day_short).unwrap_or_default(),
            is_current: tenure.holds_on(today),
            is_past,
            tenure,
        }
    };
    Ok(tenures.into_iter().map(line).collect())
}

/// A role in words.
pub fn name(locale: Locale, role: Role) -> &'static str {
    locale.t(&format!("access.role_{}", role.name()))
}
