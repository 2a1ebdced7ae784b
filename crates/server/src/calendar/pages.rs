//! Pages of the working calendar, for administrators: a year, one day of it, publishing.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::civil::Date;
use motcua_domain::dossier::Office as _;
use motcua_domain::office_time::day_of;
use motcua_domain::unit::Units;

use crate::app::App;
use crate::calendar::day_form::{self, Surroundings, YEARS};
use crate::calendar::place::{Address, ChangeError, Place, administrator, change, read};
use crate::calendar::store::StoredLayer;
use crate::calendar::year_view::{Month, YearView};
use crate::calendar::{history, hours_page, words};
use crate::web::error::PageError;
use crate::web::form::{Choice, Form};
use crate::web::guard::SafeForm;
use crate::web::page::{Page, render, render_as};
use crate::web::visitor::Officer;

/// Where the pages are.
pub const PATH: &str = "/can-bo/quan-tri/lich";

/// Routes of the calendar's pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(PATH, get(show))
        .route("/can-bo/quan-tri/lich/ngay", get(day).post(save_day))
        .route("/can-bo/quan-tri/lich/bo", post(remove_day))
        .route("/can-bo/quan-tri/lich/cong-bo", post(publish))
        .route("/can-bo/quan-tri/lich/thu-hoi", post(withdraw))
        .route("/can-bo/quan-tri/lich/gio", get(hours_page::show).post(hours_page::save))
        .route("/can-bo/quan-tri/lich/gio/bo", post(hours_page::remove))
}

#[derive(Template)]
#[template(path = "calendar/show.html")]
struct ShowPage {
    page: Page,
    place: Place,
    unit_name: String,
    units: Vec<Choice>,
    years: Vec<Choice>,
    previous: Option<i16>,
    next: Option<i16>,
    /// A word on what was done a moment ago.
    done: Option<&'static str>,
    published: bool,
    /// Whether this unit published the year itself.
    published_here: bool,
    /// How many days the law gives that nobody has entered.
    computed: usize,
    months: Vec<Month>,
    /// Heads of the columns, short and whole.
    weekdays: [(&'static str, &'static str); 7],
    hours: Vec<String>,
    changes: Vec<history::Told>,
}

async fn show(
    State(app): State<App>,
    officer: Officer,
    Query(address): Query<Address>,
) -> Result<Response, PageError> {
    administrator(&officer)?;
    let place = Place::read(&app, &address.nam, &address.unit)?;
    let (stored, changes) = read(&app, &place).await?;
    let locale = officer.visitor.locale;
    let office = app.office();
    let calendar = office.calendar(place.unit.as_ref());
    let view = YearView { calendar, own: &stored.layer, locale, year: place.year };
    let today = day_of(app.clock.now());
    let title = locale.say("calendar.title").arg("year", place.year);
    let neighbour = |year: i16| Some(year).filter(|year| YEARS.contains(year));
    Ok(render(&ShowPage {
        page: Page::new(&app, &officer.visitor, title),
        unit_name: place.unit_name(&app, locale),
        units: unit_choices(office.units(), today),
        years: year_choices(today.year(), place.year),
        previous: neighbour(place.year - 1),
        next: neighbour(place.year + 1),
        done: done(&address.xong).map(|key| locale.t(key)),
        published: !calendar.is_provisional(place.year),
        published_here: stored.layer.published_years.contains(&place.year),
        computed: view.computed().len(),
        months: view.months(),
        weekdays: words::weekdays(locale),
        hours: hours_page::in_force(locale, calendar.week_on(today.max(first_of(place.year)))),
        changes: history::told(locale, &changes),
        place,
    }))
}

fn first_of(year: i16) -> Date {
    jiff::civil::date(year, 1, 1)
}

fn done(word: &str) -> Option<&'static str> {
    match word {
        "luu" => Some("calendar.done.saved"),
        "bo" => Some("calendar.done.removed"),
        "cong-bo" => Some("calendar.done.published"),
        "thu-hoi" => Some("calendar.done.withdrawn"),
        "gio" => Some("calendar.done.hours"),
        _ => None,
    }
}

fn unit_choices(units: &Units, today: Date) -> Vec<Choice> {
    units.all_on(today).map(|unit| Choice::new(unit.code.as_str(), &unit.name)).collect()
}

/// From the first shipped year to a few years ahead, and whichever is shown.
fn year_choices(this_year: i16, shown: i16) -> Vec<Choice> {
    let mut years: Vec<i16> = (2020..=this_year + 4).collect();
    if !years.contains(&shown) {
        years.push(shown);
        years.sort_unstable();
    }
    years.into_iter().map(|year| Choice::new(year.to_string(), year.to_string())).collect()
}

#[derive(Template)]
#[template(path = "calendar/day.html")]
struct DayPage {
    page: Page,
    place: Place,
    unit_name: String,
    answers: Form,
    kinds: Vec<Choice>,
    /// The day that is changed; none when days are added.
    changed: Option<Date>,
    version: i64,
}

async fn day(
    State(app): State<App>,
    officer: Officer,
    Query(address): Query<Address>,
) -> Result<Response, PageError> {
    administrator(&officer)?;
    let place = Place::read(&app, &address.nam, &address.unit)?;
    let (stored, _) = read(&app, &place).await?;
    let wanted = match address.ngay.trim() {
        "" => None,
        text => Some(text.parse::<Date>().map_err(|_| PageError::NotFound)?),
    };
    let own = stored.layer.exceptions.iter().find(|exception| Some(exception.day) == wanted);
    let form = match (own, wanted) {
        (Some(exception), _) => day_form::filled(exception),
        // A day that a unit above decided is overridden here.
        (None, Some(day)) => {
            let mut form = Form::new();
            form.set_date("ngay", day);
            form
        }
        (None, None) => Form::new(),
    };
    let changed = own.map(|exception| exception.day);
    Ok(render(&day_page(&app, &officer, place, form, changed, stored.version)))
}

fn day_page(
    app: &App,
    officer: &Officer,
    place: Place,
    form: Form,
    changed: Option<Date>,
    version: i64,
) -> DayPage {
    let locale = officer.visitor.locale;
    let title = match changed {
        Some(day) => locale.say("calendar.change_day").arg("day", words::day(locale, day)).to_string(),
        None => locale.t("calendar.add_days").to_owned(),
    };
    DayPage {
        page: Page::new(app, &officer.visitor, title),
        unit_name: place.unit_name(app, locale),
        kinds: day_form::kinds(locale),
        place,
        answers: form,
        changed,
        version,
    }
}

async fn save_day(
    State(app): State<App>,
    officer: Officer,
    SafeForm(mut form): SafeForm,
) -> Result<Response, PageError> {
    let author = administrator(&officer)?;
    let place = Place::read(&app, form.value("nam"), form.value("don-vi"))?;
    let (stored, history) = read(&app, &place).await?;
    let changed = form.text("sua").and_then(|day| day.parse::<Date>().ok());
    let office = app.office();
    let around = Surroundings {
        calendar: office.calendar(place.unit.as_ref()),
        own: &stored.layer,
        changed,
        locale: officer.visitor.locale,
    };
    let again = |form: Form, stored: &StoredLayer, place: Place| {
        let page = day_page(&app, &officer, place, form, changed, stored.version);
        Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
    };
    let Some(exceptions) = day_form::read(&mut form, around) else {
        return again(form, &stored, place);
    };
    let year = exceptions.first().map_or(place.year, |exception| exception.day.year());
    let seen = form.number("version").unwrap_or(stored.version);
    let edit = move |layer: &mut _| day_form::put(layer, changed, exceptions.clone());
    match change(&app, &place, author, Some(seen), edit).await {
        Ok(()) => Ok(Place { year, ..place }.back("luu")),
        Err(ChangeError::Stale) => {
            let by = history.first().map(|last| last.author.name.as_str()).unwrap_or_default();
            let sentence = officer.visitor.locale.say("calendar.mend.stale").arg("name", by).to_string();
            form.refuse_at("ngay", "ngay-day", sentence);
            again(form, &stored, place)
        }
        Err(error) => Err(error.into()),
    }
}

async fn remove_day(
    State(app): State<App>,
    officer: Officer,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let author = administrator(&officer)?;
    let place = Place::read(&app, form.value("nam"), form.value("don-vi"))?;
    let day: Date = form.value("ngay").parse().map_err(|_| PageError::NotFound)?;
    change(&app, &place, author, None, move |layer| day_form::remove(layer, day)).await?;
    Ok(place.back("bo"))
}

/// Publishes a year: what the law gives and nobody has entered is entered with it, so that it stays as it was shown.
async fn publish(
    State(app): State<App>,
    officer: Officer,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let author = administrator(&officer)?;
    let place = Place::read(&app, form.value("nam"), form.value("don-vi"))?;
    let (stored, _) = read(&app, &place).await?;
    let office = app.office();
    let view = YearView {
        calendar: office.calendar(place.unit.as_ref()),
        own: &stored.layer,
        locale: officer.visitor.locale,
        year: place.year,
    };
    let (computed, year) = (view.computed(), place.year);
    let edit = move |layer: &mut motcua_domain::calendar::CalendarLayer| {
        for exception in &computed {
            if layer.exceptions.iter().all(|entered| entered.day != exception.day) {
                layer.exceptions.push(exception.clone());
            }
        }
        layer.published_years.insert(year);
    };
    change(&app, &place, author, None, edit).await?;
    Ok(place.back("cong-bo"))
}

/// Takes a publication back. The days that were entered stay; what else the law gives is computed again.
async fn withdraw(
    State(app): State<App>,
    officer: Officer,
    SafeForm(form): SafeForm,
) -> Result<Response, PageError> {
    let author = administrator(&officer)?;
    let place = Place::read(&app, form.value("nam"), form.value("don-vi"))?;
    let year = place.year;
    change(&app, &place, author, None, move |layer| {
        layer.published_years.remove(&year);
    })
    .await?;
    Ok(place.back("thu-hoi"))
}
