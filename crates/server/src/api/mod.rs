//! The JSON API under `/api/v1`: procedures, units, look-up, dossiers, steps, files. Described by its own `OpenAPI`
//! document, entered with tokens that people make for themselves, and never with cookies.

pub mod about;
pub mod body;
pub mod caller;
pub mod document;
pub mod dossiers;
pub mod endpoint;
pub mod exports;
pub mod files;
pub mod filing;
pub mod intake;
pub mod look_up;
pub mod once;
pub mod problem;
pub mod procedures;
pub mod query;
pub mod state;
pub mod steps;
pub mod store;
pub mod token;
pub mod units;
pub mod views;
pub mod wire;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, get, post};
use motcua_domain::dossier::code::CODE_LENGTH_MAX;
use motcua_domain::dossier::{Channel, Status};
use motcua_domain::procedure::code::PROCEDURE_CODE_CHARS_MAX;
use motcua_domain::unit::UNIT_CODE_CHARS_MAX;
use serde_json::{Value, json};

use crate::app::App;
use crate::desk::export::table::Kind as Table;
use crate::desk::list::TABS;
use endpoint::Endpoint;
use once::KEY_CHARS_MAX;
use problem::{Kind, Problem};
use query::VALUE_CHARS_MAX;
use token::{Scope, pages as tokens};

/// Everything there is under `/api/v1`.
pub fn endpoints() -> Vec<Endpoint> {
    let mut all = public();
    all.extend(reading());
    all.extend(changing());
    all
}

/// What anybody may ask.
fn public() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/api/v1/openapi.json", "describe", document::show)
            .says("procedures", "This document.")
            .answers::<document::Document>(200, "The document."),
        Endpoint::get("/api/v1/procedures", "list_procedures", procedures::list)
            .says("procedures", "Searches procedures, accents or not.")
            .query("q", "Words of the name, or the beginning of a code.", text())
            .query("field", "Name of a field.", text())
            .query(
                "level",
                "A level.",
                one_of(&["ministry", "province", "district", "commune", "vertical", "other"]),
            )
            .query("online", "How far it can be done online.", one_of(&["full", "partial", "none"]))
            .paged()
            .answers::<procedures::ProcedureList>(200, "A page of procedures."),
        Endpoint::get("/api/v1/procedures/{code}", "show_procedure", procedures::show)
            .says(
                "procedures",
                "One version of a procedure: that in force today, unless another is asked for.",
            )
            .named("code", procedure())
            .query(
                "version",
                "Number of a version.",
                json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX }),
            )
            .answers::<procedures::version::Procedure>(200, "The version."),
        Endpoint::get("/api/v1/units", "list_units", units::list)
            .says("procedures", "Units of today, or of another day.")
            .query("day", "The day.", day())
            .query("level", "A level.", one_of(&["central", "province", "department", "district", "commune"]))
            .query("under", "Code of a unit: it and everything under it.", unit())
            .paged()
            .answers::<units::UnitList>(200, "A page of units."),
        Endpoint::get("/api/v1/look-up/{code}", "look_up", look_up::show)
            .says("look-up", "How far a dossier is and when it is due, and nothing about anybody.")
            .named("code", dossier())
            .answers::<look_up::Progress>(200, "Its progress."),
    ]
}

/// What a token that may read opens.
fn reading() -> Vec<Endpoint> {
    let mut all = vec![
        narrowed(
            Endpoint::get("/api/v1/dossiers", "list_dossiers", dossiers::list::list)
                .says("dossiers", "To citizens their own dossiers; to officers the work that waits for them.")
                .query("state", "Citizens: those that are open, or over.", one_of(&["open", "closed"])),
        )
        .paged()
        .answers::<dossiers::list::DossierList>(200, "A page of dossiers."),
        Endpoint::get("/api/v1/views", "list_views", views::list)
            .says("dossiers", "The named filters of work lists that an officer sees.")
            .may(&[Kind::Invalid])
            .answers::<views::ViewList>(200, "The views."),
        Endpoint::get("/api/v1/dossiers/{code}", "show_dossier", dossiers::show)
            .says("dossiers", "One dossier. An officer's reading is recorded, and its applicant sees it.")
            .named("code", dossier())
            .answers::<dossiers::wire::Dossier>(200, "The dossier.")
            .with("ETag", "Its version: send it as `If-Match`."),
        Endpoint::get("/api/v1/dossiers/{code}/journal", "show_journal", dossiers::journal)
            .says("dossiers", "What happened, oldest first, with the chain of hashes.")
            .named("code", dossier())
            .paged()
            .answers::<dossiers::Journal>(200, "A page of the journal."),
        Endpoint::get("/api/v1/dossiers/{code}/actions", "list_actions", dossiers::actions)
            .says("dossiers", "What the caller may do now, and why not the rest.")
            .named("code", dossier())
            .answers::<dossiers::Actions>(200, "The actions."),
        Endpoint::get("/api/v1/dossiers/{code}/files/{paper}", "show_file", dossiers::file)
            .says("files", "The file of a paper: whole or in parts.")
            .named("code", dossier())
            .named("paper", id())
            .answers_parts("The file."),
    ];
    all.extend(taking_away());
    all.into_iter().map(|endpoint| endpoint.needs(&[Scope::Read])).collect()
}

/// Lists taken away whole.
fn taking_away() -> Vec<Endpoint> {
    let kind = || one_of(&Table::ALL.map(Table::name));
    vec![
        narrowed(
            Endpoint::get("/api/v1/exports/work", "export_work", exports::of_work)
                .says(
                    "dossiers",
                    "Officers: makes a file of a whole work list, with as many rows as its page counts.",
                )
                .query("kind", "What kind of file: `csv` unless told.", kind()),
        )
        .answers_elsewhere("It was made.")
        .may(&[Kind::Forbidden, Kind::TooLarge, Kind::DiskFull]),
        Endpoint::get("/api/v1/exports/search", "export_search", exports::of_search)
            .says("dossiers", "Officers: makes a file of every dossier the search of the desk finds.")
            .query_needed("q", "Name, beginning of a code, or number of the applicant.", seen())
            .query("kind", "What kind of file: `csv` unless told.", kind())
            .answers_elsewhere("It was made.")
            .may(&[Kind::Forbidden, Kind::TooLarge, Kind::DiskFull]),
        Endpoint::get("/api/v1/exports/{id}", "show_export", exports::show)
            .says("dossiers", "Gives a file that was made, to its maker, for a while: whole or in parts.")
            .answers_parts("The file."),
    ]
}

/// Takes what narrows a work list.
fn narrowed(endpoint: Endpoint) -> Endpoint {
    endpoint
        .query("whose", "Officers: their own work, or that of their units.", one_of(&["mine", "units"]))
        .query("view", "Officers: id of a saved view, instead of everything below.", id())
        .query("tab", "Officers: one kind of work, or what is late or due soon.", one_of(&TABS[1..]))
        .query("q", "Officers: in the name of the applicant, or the beginning of a code.", text())
        .query("unit", "Officers: code of a unit.", unit())
        .query("procedure", "Officers: code of a procedure.", procedure())
        .query("field", "Officers: code of a field of procedures.", text())
        .query("channel", "Officers: the door it came in by.", one_of(&Channel::ALL.map(Channel::name)))
        .query("status", "Officers: where the dossier stands.", one_of(&Status::ALL.map(Status::name)))
        .query("officer", "Officers: account of the officer in charge.", id())
        .query("due_from", "Officers: to be done on this day at the office or later.", day())
        .query("due_until", "Officers: to be done on this day at the office or earlier.", day())
}

fn text() -> Value {
    json!({ "type": "string", "maxLength": VALUE_CHARS_MAX })
}

/// A text with something in it that is seen, as [`crate::web::form::composed`] sees it.
fn seen() -> Value {
    let pattern = "[^\\s\\u0000-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff]";
    json!({ "type": "string", "maxLength": VALUE_CHARS_MAX, "pattern": pattern })
}

/// What a header can carry, not all of it spaces.
fn word() -> Value {
    json!({ "type": "string", "maxLength": KEY_CHARS_MAX, "pattern": "^[\\t -~]*[!-~][\\t -~]*$" })
}

/// The entity tag of a version.
fn tag() -> Value {
    json!({ "type": "string", "pattern": "^\"(0|[1-9][0-9]{0,17})\"$" })
}

fn id() -> Value {
    json!({ "type": "string", "format": "uuid" })
}

fn day() -> Value {
    json!({ "type": "string", "format": "date" })
}

fn unit() -> Value {
    json!({ "type": "string", "maxLength": UNIT_CODE_CHARS_MAX, "pattern": "^[0-9A-Z]+(\\.[0-9A-Z]+)*$" })
}

/// As it is printed, in capitals or not.
fn dossier() -> Value {
    let pattern = "^[0-9A-Za-z.-]*[0-9][0-9A-Za-z.-]*$";
    json!({ "type": "string", "minLength": 4, "maxLength": CODE_LENGTH_MAX, "pattern": pattern })
}

fn procedure() -> Value {
    let pattern = "^[0-9]\\.[0-9]{6,9}(\\.[0-9A-Z]+)*$";
    json!({ "type": "string", "maxLength": PROCEDURE_CODE_CHARS_MAX, "pattern": pattern })
}

fn one_of(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}

/// What files, acts, and sends files for either.
fn changing() -> Vec<Endpoint> {
    let key = "A word of the caller's choice, the same whenever the same request is sent again.";
    vec![
        Endpoint::post("/api/v1/files", "send_file", files::receive)
            .says("files", "Sends a file. It waits seven days to be named by a filing or a step.")
            .needs(&[Scope::File, Scope::Act])
            .takes_file()
            .answers::<files::KeptFile>(201, "The file was kept."),
        Endpoint::post("/api/v1/dossiers", "file_dossier", filing::file)
            .says(
                "dossiers",
                "Files a dossier, checked as the portal checks it. Officers who receive file for others only.",
            )
            .needs(&[Scope::File])
            .header("Idempotency-Key", key, Kind::KeyMissing, word())
            .takes::<filing::FilingIn>()
            .answers::<state::DossierState>(201, "It was filed.")
            .with("Location", "Where the dossier is.")
            .with("ETag", "Its version.")
            .may(&[Kind::Refused, Kind::Forbidden, Kind::KeyReused]),
        Endpoint::post("/api/v1/intakes", "take_in_dossier", intake::take_in)
            .says("dossiers", "Officers: takes in what came over the counter or by post, and accepts it.")
            .needs(&[Scope::File])
            .header("Idempotency-Key", key, Kind::KeyMissing, word())
            .takes::<intake::IntakeIn>()
            .answers::<state::DossierState>(201, "It was taken in; accepted, unless its status says otherwise.")
            .with("Location", "Where the dossier is.")
            .with("ETag", "Its version.")
            .may(&[Kind::Refused, Kind::Forbidden, Kind::KeyReused]),
        Endpoint::post("/api/v1/dossiers/{code}/steps", "take_step", steps::take)
            .says("dossiers", "Takes a step on a dossier.")
            .named("code", dossier())
            .needs(&[Scope::Act])
            .header("Idempotency-Key", key, Kind::KeyMissing, word())
            .header("If-Match", "The entity tag of the dossier as it was read.", Kind::VersionMissing, tag())
            .takes::<steps::wire::Step>()
            .answers::<state::DossierState>(200, "It was taken.")
            .with("ETag", "Its version now.")
            .may(&[Kind::Refused, Kind::Stale, Kind::KeyReused]),
    ]
}

/// Everything but uploads.
pub fn routes() -> Router<App> {
    let ours = endpoints().into_iter().filter(|endpoint| !endpoint.is_upload);
    ours.fold(Router::new(), |router, endpoint| router.route(endpoint.path, endpoint.handler))
        .route("/api/{*rest}", any(unknown))
}

/// Where files come in: larger and slower than any other request.
pub fn uploads(app: &App) -> Router<App> {
    // The form around a file needs some bytes of its own.
    let bytes_max =
        usize::try_from(app.config.upload.file_bytes_max).unwrap_or(usize::MAX).saturating_add(64 * 1024);
    let ours = endpoints().into_iter().filter(|endpoint| endpoint.is_upload);
    ours.fold(Router::new(), |router, endpoint| router.route(endpoint.path, endpoint.handler))
        .layer(DefaultBodyLimit::max(bytes_max))
}

/// Pages for people: about the interface, and those on which they make their tokens.
pub fn pages() -> Router<App> {
    Router::new()
        .route(about::PATH, get(about::page))
        .route(tokens::OF_CITIZENS, get(tokens::of_citizen).post(tokens::make_for_citizen))
        .route("/tai-khoan/khoa-api/{id}/thu-hoi", post(tokens::revoke_of_citizen))
        .route(tokens::OF_OFFICERS, get(tokens::of_officer).post(tokens::make_for_officer))
        .route("/can-bo/tai-khoan/khoa-api/{id}/thu-hoi", post(tokens::revoke_of_officer))
}

async fn unknown() -> Problem {
    Kind::NotFound.into()
}
