//! The dossiers a person may see: a citizen's own, or the work that waits for an officer, as their pages list them.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use jiff::civil::Date;
use motcua_domain::dossier::{Channel as RuledChannel, Status as RuledStatus};
use motcua_domain::identity::fold;
use motcua_domain::ids::PersonId;
use motcua_domain::procedure::ProcedureCode;
use motcua_domain::unit::UnitCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::caller::{Caller, Reader};
use crate::api::problem::Problem;
use crate::api::query::{self, Asked};
use crate::api::wire::{Channel, Instant, Status, UnitName, instant};
use crate::app::App;
use crate::clock::stored;
use crate::desk::export::work::List;
use crate::desk::list::{self as desk, Of};
use crate::desk::store::{self as work, After, Filter, Listed};
use crate::desk::view;
use crate::dossier::store::NO_DUE;
use crate::office::Snapshot;
use crate::portal::store::{self as mine, MyDossier, Show};
use crate::web::locale::Locale;

/// A page of dossiers.
#[derive(Debug, Serialize, ToSchema)]
pub struct DossierList {
    /// To citizens their dossiers, newest first; to officers what waits, what is due next first.
    items: Vec<DossierLine>,
    /// Cursor of the next page; null on the last one.
    next: Option<String>,
}

/// A dossier in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct DossierLine {
    /// Its code.
    code: String,
    /// Name of the procedure.
    procedure_name: String,
    /// Whose it is.
    applicant_name: String,
    /// Where it stands.
    status: Option<Status>,
    /// Whether the clock stands.
    paused: bool,
    /// When it was handed in; told to citizens.
    submitted_at: Option<Instant>,
    /// When it is due; told to citizens.
    due_at: Option<Instant>,
    /// Until when the desk, or the applicant, has to answer; told to citizens.
    answer_by: Option<Instant>,
    /// When it ended; told to citizens.
    ended_at: Option<Instant>,
    /// The unit that has it; told to citizens.
    unit: Option<UnitName>,
    /// The door it came in by; told to officers.
    channel: Option<Channel>,
    /// What waits; told to officers.
    work: Option<Work>,
}

/// What waits for an officer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Work {
    /// Key of the step, or a word for what happens outside the process.
    step: String,
    /// The unit it waits for.
    unit: UnitName,
    /// The kind of work: the tab it is listed under.
    tab: String,
    /// When it must be done.
    due_at: Option<Instant>,
    /// Since when it waits.
    since: Option<Instant>,
    /// Whether the caller is in charge of it.
    is_mine: bool,
}

/// The list.
pub async fn list(
    State(app): State<App>,
    Reader(caller): Reader,
    mut asked: Asked,
) -> Result<Json<DossierList>, Problem> {
    let limit = asked.limit();
    let list = if caller.is_officer() {
        of_officer(&app, &caller, asked, limit).await
    } else {
        of_citizen(&app, &caller, asked, limit).await
    };
    list.map(Json)
}

async fn of_citizen(
    app: &App,
    caller: &Caller,
    mut asked: Asked,
    limit: usize,
) -> Result<DossierList, Problem> {
    let after = asked.cursor::<2>();
    let show = match asked.one_of("state", &["open", "closed"]) {
        Some("closed") => Show::Closed,
        Some(_) | None => Show::Open,
    };
    asked.done()?;
    let (owner, most) = (caller.person.id, more_than(limit));
    let mut rows = app
        .store
        .read(move |tx| {
            let after = after.as_ref().map(|[at, code]| (at.as_str(), code.as_str()));
            mine::my_dossiers(tx, owner, show, after, most)
        })
        .await?;
    let next = query::cut(&mut rows, limit, |row| query::cursor([&row.submitted_at, &row.code]));
    let office = app.office();
    Ok(DossierList { items: rows.into_iter().map(|row| own(caller.locale, &office, row)).collect(), next })
}

async fn of_officer(
    app: &App,
    caller: &Caller,
    mut asked: Asked,
    limit: usize,
) -> Result<DossierList, Problem> {
    let after = asked.cursor::<3>().map(|[due_at, code, step]| After { due_at, code, step });
    let after = after.unwrap_or_default();
    let List { of, filter, .. } = work_list(app, caller, &mut asked).await?;
    asked.done()?;
    let (whose, most) = (of.whose(&caller.person), more_than(limit));
    let mut rows = app.store.read(move |tx| work::list(tx, &whose, &filter, &after, most)).await?;
    let end = |row: &Listed| query::cursor([&row.due_at, &row.code, &row.step]);
    let next = query::cut(&mut rows, limit, end);
    let (office, me) = (app.office(), caller.person.id.to_string());
    let items = rows.into_iter().map(|row| waiting(caller.locale, &office, &me, row)).collect();
    Ok(DossierList { items, next })
}

/// Which work list an officer asks for: one of theirs, narrowed by what stands in the address or by a saved view.
pub async fn work_list(app: &App, caller: &Caller, asked: &mut Asked) -> Result<List, Problem> {
    let (now, said) = (app.clock.now(), asked.said());
    let day = |text: &str| text.parse::<Date>().ok();
    let of = asked.one_of("whose", &Of::ALL.map(Of::name)).and_then(Of::from_name).unwrap_or(Of::Mine);
    let filter = Filter {
        tab: asked.one_of("tab", &desk::TABS[1..]).map(str::to_owned),
        text: asked.text("q").map(|text| fold(&text)),
        procedure: asked.parsed("procedure", |text| text.parse::<ProcedureCode>().ok().map(String::from)),
        field: asked.text("field"),
        unit: asked.parsed("unit", |text| text.parse::<UnitCode>().ok().map(String::from)),
        channel: asked.one_of("channel", &RuledChannel::ALL.map(RuledChannel::name)).map(str::to_owned),
        status: asked
            .one_of("status", &RuledStatus::ALL.map(RuledStatus::name))
            .and_then(|name| RuledStatus::ALL.into_iter().find(|status| status.name() == name))
            .map(|status| i64::from(status.number())),
        officer: asked.parsed("officer", |text| text.parse::<PersonId>().ok().map(|id| id.to_string())),
        due_from: asked.parsed("due_from", day).map(desk::begins),
        due_before: asked.parsed("due_until", day).map(desk::ends),
        now: stored(now),
    };
    let Some(id) = asked.text("view") else { return Ok(List { of, filter, said }) };
    let seen = view::seen(app, &caller.person).await?;
    let Some(view) = seen.into_iter().find(|view| view.id == id) else {
        asked.refuse("view", caller.locale.t("api.parameter_wrong"));
        return Ok(List { of, filter, said });
    };
    let filter = desk::filter(&desk::Asked::of_query(&view.query), now);
    Ok(List { of: view.of, filter, said: view.query })
}

fn more_than(limit: usize) -> i64 {
    i64::try_from(limit + 1).unwrap_or(i64::MAX)
}

fn status(locale: Locale, number: i64) -> Option<Status> {
    RuledStatus::from_number(number).map(|status| Status::new(locale, status))
}

fn own(locale: Locale, office: &Snapshot, row: MyDossier) -> DossierLine {
    let unit = row.competent_unit.as_deref().unwrap_or(&row.receiving_unit);
    let at = |text: &Option<String>| text.as_deref().filter(|text| *text != NO_DUE).and_then(instant);
    DossierLine {
        status: status(locale, row.status),
        paused: row.paused,
        submitted_at: instant(&row.submitted_at),
        due_at: at(&row.due_at),
        answer_by: at(&row.wait_until),
        ended_at: at(&row.ended_at),
        unit: Some(UnitName::of_text(office, unit)),
        channel: None,
        work: None,
        code: row.code,
        procedure_name: row.procedure_name,
        applicant_name: row.applicant_name,
    }
}

fn waiting(locale: Locale, office: &Snapshot, me: &str, row: Listed) -> DossierLine {
    let due_at = row.due_at.parse::<Timestamp>().ok().filter(|_| row.due_at != NO_DUE);
    DossierLine {
        status: status(locale, row.status),
        paused: row.paused,
        submitted_at: None,
        due_at: None,
        answer_by: None,
        ended_at: None,
        unit: None,
        channel: RuledChannel::from_name(&row.channel).map(Channel::from),
        work: Some(Work {
            unit: UnitName::of_text(office, &row.unit_code),
            due_at: due_at.map(Instant::from),
            since: instant(&row.since),
            is_mine: row.officer_id.as_deref() == Some(me),
            step: row.step,
            tab: row.tab,
        }),
        code: row.code,
        procedure_name: row.procedure_name,
        applicant_name: row.applicant_name,
    }
}
