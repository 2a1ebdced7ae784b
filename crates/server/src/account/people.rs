//! People with an account: how they are made, read and changed. The only code that seals and opens identities.

use jiff::civil::Date;
use motcua_db::{DbError, Tx};
use motcua_domain::access::Appointment;
use motcua_domain::dossier::Identity;
use motcua_domain::identity::{PersonName, fold};
use motcua_domain::ids::PersonId;

use crate::account::people::store::{PersonRow, Tenure};
use crate::account::totp::Totp;
use crate::app::App;
use crate::secrets::SecretError;
use crate::web::locale::Locale;

pub mod store;

/// A citizen who has proved an e-mail address.
#[derive(Clone, Debug)]
pub struct NewCitizen {
    /// Full name.
    pub name: String,
    /// Identifiers and addresses; the e-mail address is the one to sign in with.
    pub identity: Identity,
    /// Language of mails.
    pub language: Locale,
}

/// An officer. Without a password nobody can sign in as this officer yet.
#[derive(Clone, Debug)]
pub struct NewOfficer {
    /// Full name.
    pub name: String,
    /// What this officer signs in with: [`login_of`] of it.
    pub login: String,
    /// How this officer is reached.
    pub identity: Identity,
    /// Language of mails.
    pub language: Locale,
    /// Hash of the password ([`crate::account::password`]).
    pub password: Option<String>,
    /// The password must be changed at the first sign-in.
    pub password_once: bool,
    /// Second factor; without one it is set up at the first sign-in.
    pub totp: Option<Totp>,
}

/// A person with the identity opened.
#[derive(Clone, Debug)]
pub struct Known {
    /// As stored.
    pub row: PersonRow,
    /// Identifiers and addresses.
    pub identity: Identity,
}

/// Makes the account of a citizen. `Conflict("person.email_hash")` when the address has one already.
pub fn create_citizen(tx: &mut Tx<'_>, app: &App, new: &NewCitizen) -> Result<PersonId, DbError> {
    let mut row = blank(app, &new.name, new.language);
    put_identity(app, &mut row, &new.identity);
    row.email_hash = new.identity.email.as_deref().map(|email| email_hash(app, email));
    store::insert(tx, &row)?;
    Ok(row.id)
}

/// Makes the account of an officer. `Conflict("person.login")` when the login is taken.
pub fn create_officer(tx: &mut Tx<'_>, app: &App, new: &NewOfficer) -> Result<PersonId, DbError> {
    let mut row = blank(app, &new.name, new.language);
    put_identity(app, &mut row, &new.identity);
    row.login = Some(login_of(&new.login));
    row.password.clone_from(&new.password);
    row.password_once = new.password_once;
    row.totp = new.totp.as_ref().map(|totp| seal_totp(app, row.id, totp));
    store::insert(tx, &row)?;
    Ok(row.id)
}

/// Appoints an officer from a day on, and until the day before `to` when that is known.
pub fn appoint(
    tx: &mut Tx<'_>,
    id: PersonId,
    appointment: &Appointment,
    from: Date,
    to: Option<Date>,
) -> Result<(), DbError> {
    let tenure = Tenure { appointment: appointment.clone(), valid_from: from, valid_to: to };
    store::insert_appointment(tx, id, &tenure)
}

/// The person with this id, identity opened.
pub fn find(tx: &mut Tx<'_>, app: &App, id: PersonId) -> Result<Option<Known>, DbError> {
    store::find(tx, id)?.map(|row| known(app, row)).transpose()
}

/// The citizen who signs in with this e-mail address.
pub fn find_by_email(tx: &mut Tx<'_>, app: &App, email: &str) -> Result<Option<Known>, DbError> {
    store::find_by_email(tx, &email_hash(app, email))?.map(|row| known(app, row)).transpose()
}

/// The accounts that state this identification number. An account proves an e-mail address and no more, so this
/// must never decide alone who sees a dossier.
pub fn find_by_id_number(tx: &mut Tx<'_>, app: &App, number: &str) -> Result<Vec<Known>, DbError> {
    let rows = store::find_by_id_number(tx, &id_number_hash(app, number))?;
    rows.into_iter().map(|row| known(app, row)).collect()
}

/// The officer with this login.
pub fn find_by_login(tx: &mut Tx<'_>, login: &str) -> Result<Option<PersonRow>, DbError> {
    store::find_by_login(tx, &login_of(login))
}

/// Puts a name and an identity into a row, sealed, with the hashes they are found by. The address to sign in with
/// is changed by [`put_email`] alone, once it is proved.
pub fn put(app: &App, row: &mut PersonRow, name: &str, identity: &Identity) {
    name.clone_into(&mut row.name);
    row.name_folded = fold(name);
    row.name_sort = sort_key(name);
    put_identity(app, row, identity);
}

/// Changes the address a citizen signs in with.
pub fn put_email(app: &App, known: &mut Known, email: &str) {
    known.identity.email = Some(email.to_owned());
    let identity = known.identity.clone();
    put_identity(app, &mut known.row, &identity);
    known.row.email_hash = Some(email_hash(app, email));
}

/// The second factor of an officer.
pub fn totp_of(app: &App, row: &PersonRow) -> Result<Option<Totp>, DbError> {
    let Some(sealed) = &row.totp else { return Ok(None) };
    let text = app.secrets.open(&format!("totp:{}", row.id), sealed).map_err(|error| unsealed(&error))?;
    Totp::from_base32(&text)
        .map(Some)
        .ok_or_else(|| DbError::Decode("a second factor is not base32".to_owned()))
}

/// The sealed form of a second factor, bound to its person.
pub fn seal_totp(app: &App, id: PersonId, totp: &Totp) -> String {
    app.secrets.seal(&app.random, &format!("totp:{id}"), &totp.base32())
}

/// A login as it is stored and compared: small letters, no blanks around.
pub fn login_of(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Whether a text can be a login: three to forty small letters without accents, digits, dots and hyphens.
pub fn is_login(text: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'_');
    (3..=40).contains(&text.len()) && text.bytes().all(allowed) && text.as_bytes()[0].is_ascii_alphanumeric()
}

/// By which a citizen is found when signing in.
pub fn email_hash(app: &App, email: &str) -> String {
    app.secrets.keyed_hash("email", &email.trim().to_lowercase())
}

/// By which people and dossiers are found by identification number.
pub fn id_number_hash(app: &App, number: &str) -> String {
    app.secrets.keyed_hash("id", number)
}

/// The language a person gets mail in.
pub fn language_of(row: &PersonRow) -> Locale {
    Locale::from_code(&row.language).unwrap_or_default()
}

/// By given name; a text that is no name of a person sorts as it folds.
fn sort_key(name: &str) -> String {
    name.parse::<PersonName>().map_or_else(|_| fold(name), |name| name.sort_key())
}

fn blank(app: &App, name: &str, language: Locale) -> PersonRow {
    let now = app.clock.now();
    PersonRow {
        id: PersonId::new(app.random.uuid(now)),
        name: name.to_owned(),
        name_folded: fold(name),
        name_sort: sort_key(name),
        email_hash: None,
        id_number_hash: None,
        sealed: String::new(),
        login: None,
        password: None,
        password_once: false,
        totp: None,
        totp_step: 0,
        language: language.code().to_owned(),
        active: true,
        failures: 0,
        locked_until: None,
        created_at: now,
        version: 1,
    }
}

fn put_identity(app: &App, row: &mut PersonRow, identity: &Identity) {
    let json = serde_json::to_string(identity).expect("an identity is texts and a day");
    row.sealed = app.secrets.seal(&app.random, &purpose(row.id), &json);
    row.id_number_hash = identity.id_number.as_deref().map(|number| id_number_hash(app, number));
}

fn known(app: &App, row: PersonRow) -> Result<Known, DbError> {
    let json = app.secrets.open(&purpose(row.id), &row.sealed).map_err(|error| unsealed(&error))?;
    let identity =
        serde_json::from_str(&json).map_err(|error| DbError::Decode(format!("an identity: {error}")))?;
    Ok(Known { row, identity })
}

/// Bound to the person, so that one row's identity cannot be put into another's.
fn purpose(id: PersonId) -> String {
    format!("person:{id}")
}

fn unsealed(error: &SecretError) -> DbError {
    DbError::Decode(error.to_string())
}
