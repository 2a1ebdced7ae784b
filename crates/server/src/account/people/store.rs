//! SQL of people and what they are appointed to. Identifiers are stored sealed, and found by keyed hashes.

use jiff::Timestamp;
use jiff::civil::Date;
use motcua_db::{DbError, Row, Tx, Value};
use motcua_domain::access::{Appointment, Role};
use motcua_domain::ids::PersonId;
use motcua_domain::unit::UnitCode;

use crate::account::store::role;
use crate::clock::stored;

/// People on one page of a list.
pub const PAGE_ROWS: usize = 50;

/// A person as it lies in storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRow {
    /// The account.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// For search: lower case, no accents.
    pub name_folded: String,
    /// Sorts as a Vietnamese register does: by given name, then by family and middle names.
    pub name_sort: String,
    /// Keyed hash of the e-mail address a citizen signs in with.
    pub email_hash: Option<String>,
    /// Keyed hash of the identification number.
    pub id_number_hash: Option<String>,
    /// Everything that identifies or reaches this person, sealed.
    pub sealed: String,
    /// What an officer signs in with.
    pub login: Option<String>,
    /// Hash of an officer's password.
    pub password: Option<String>,
    /// The password was given by an administrator and must be changed at the next sign-in.
    pub password_once: bool,
    /// Sealed secret of an officer's second factor.
    pub totp: Option<String>,
    /// The newest time step whose code was used; older codes are refused.
    pub totp_step: i64,
    /// Language of mails: `vi` or `en`.
    pub language: String,
    /// May sign in.
    pub active: bool,
    /// Wrong passwords or codes since the last right one.
    pub failures: i64,
    /// No sign-in before this instant.
    pub locked_until: Option<Timestamp>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// Grows with every change.
    pub version: i64,
}

/// One appointment with its days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenure {
    /// Role and unit.
    pub appointment: Appointment,
    /// First day.
    pub valid_from: Date,
    /// First day on which it no longer holds.
    pub valid_to: Option<Date>,
}

impl Tenure {
    /// Whether it holds on this day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day < end)
    }
}

/// Which people a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Folded words of the name or the login; empty for everybody.
    pub words: String,
    /// Officers, otherwise citizens.
    pub officers: bool,
    /// Only officers appointed to this unit today.
    pub unit: Option<String>,
}

const COLUMNS: &str = "id, name, name_folded, name_sort, email_hash, id_number_hash, sealed, login, password, password_once, \
                       totp, totp_step, language, active, failures, locked_until, created_at, version";

/// Writes a new person. `Conflict` names `person.login` or `person.email_hash` when somebody has it already.
pub fn insert(tx: &mut Tx<'_>, person: &PersonRow) -> Result<(), DbError> {
    tx.run(
        &format!(
            "insert into person ({COLUMNS})
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"
        ),
        &values(person),
    )?;
    Ok(())
}

/// Saves a changed person. `Conflict` when somebody else saved since it was read.
pub fn save(tx: &mut Tx<'_>, person: &PersonRow) -> Result<(), DbError> {
    let rows = tx.run(
        "update person
            set name = $2, name_folded = $3, name_sort = $4, email_hash = $5, id_number_hash = $6, sealed = $7,
                login = $8, password = $9, password_once = $10, totp = $11, totp_step = $12, language = $13,
                active = $14, failures = $15, locked_until = $16, created_at = $17, version = version + 1
          where id = $1 and version = $18",
        &values(person),
    )?;
    if rows == 0 {
        return Err(DbError::Conflict(format!("person {} changed meanwhile", person.id)));
    }
    Ok(())
}

/// The person with this id.
pub fn find(tx: &mut Tx<'_>, id: PersonId) -> Result<Option<PersonRow>, DbError> {
    find_where(tx, "id = $1", &id.to_string())
}

/// The citizen who signs in with the address of this hash.
pub fn find_by_email(tx: &mut Tx<'_>, email_hash: &str) -> Result<Option<PersonRow>, DbError> {
    find_where(tx, "email_hash = $1", email_hash)
}

/// The officer with this login.
pub fn find_by_login(tx: &mut Tx<'_>, login: &str) -> Result<Option<PersonRow>, DbError> {
    find_where(tx, "login = $1", login)
}

/// The accounts that state this identification number. More than one person may state the same number: an
/// account proves an e-mail address and no more.
pub fn find_by_id_number(tx: &mut Tx<'_>, id_number_hash: &str) -> Result<Vec<PersonRow>, DbError> {
    tx.rows(
        &format!("select {COLUMNS} from person where id_number_hash = $1 order by id limit 100"),
        &[id_number_hash.into()],
    )?
    .iter()
    .map(person_row)
    .collect()
}

/// One wrong password or code; locks the account at the last one allowed. Counted by the database, so that
/// wrong tries at the same time all count.
pub fn count_failure(
    tx: &mut Tx<'_>,
    id: PersonId,
    failures_max: i64,
    locked_until: Timestamp,
) -> Result<(), DbError> {
    tx.run(
        "update person
            set locked_until = case when $2 <= failures + 1 then $3 else locked_until end,
                failures = case when $2 <= failures + 1 then 0 else failures + 1 end
          where id = $1",
        &[id.to_string().into(), failures_max.into(), stored(locked_until).into()],
    )?;
    Ok(())
}

/// A right password and code: nothing is held against the account any more.
pub fn forget_failures(tx: &mut Tx<'_>, id: PersonId) -> Result<(), DbError> {
    tx.run("update person set failures = 0, locked_until = null where id = $1", &[id.to_string().into()])?;
    Ok(())
}

/// Uses up the code of a time step. `false` when it, or a later one, was used already.
pub fn use_totp_step(tx: &mut Tx<'_>, id: PersonId, step: i64) -> Result<bool, DbError> {
    let rows = tx.run(
        "update person set totp_step = $2 where id = $1 and totp_step < $2",
        &[id.to_string().into(), step.into()],
    )?;
    Ok(rows == 1)
}

/// The language a person gets mail in.
pub fn language(tx: &mut Tx<'_>, id: PersonId) -> Result<Option<String>, DbError> {
    let row = tx.one("select language from person where id = $1", &[id.to_string().into()])?;
    row.map(|row| row.get("language")).transpose()
}

/// The language a person last signed in with.
pub fn set_language(tx: &mut Tx<'_>, id: PersonId, language: &str) -> Result<(), DbError> {
    tx.run("update person set language = $2 where id = $1", &[id.to_string().into(), language.into()])?;
    Ok(())
}

/// One page of people by name, those after the person `after`, with one row more when there are more.
pub fn list(
    tx: &mut Tx<'_>,
    filter: &Filter,
    after: Option<PersonId>,
    today: Date,
) -> Result<Vec<PersonRow>, DbError> {
    tx.rows(
        &format!(
            "select {COLUMNS} from person
              where (login is not null) = $1
                and (name_folded like $2 or login like $2)
                and (cast($3 as text) is null
                     or name_sort > (select name_sort from person last where last.id = $3)
                     or (name_sort = (select name_sort from person last where last.id = $3) and id > $3))
                and (cast($4 as text) is null or exists
                     (select 1 from appointment a where a.person_id = person.id and a.unit_code = $4
                         and a.valid_from <= $5 and (a.valid_to is null or $5 < a.valid_to)))
              order by name_sort, id limit $6"
        ),
        &[
            filter.officers.into(),
            like(&filter.words).into(),
            after.map(|id| id.to_string()).into(),
            filter.unit.clone().into(),
            today.to_string().into(),
            i64::try_from(PAGE_ROWS + 1).unwrap_or(i64::MAX).into(),
        ],
    )?
    .iter()
    .map(person_row)
    .collect()
}

/// How many people a list shows on all its pages.
pub fn count(tx: &mut Tx<'_>, filter: &Filter, today: Date) -> Result<i64, DbError> {
    let row = tx.one(
        "select count(*) as n from person
          where (login is not null) = $1
            and (name_folded like $2 or login like $2)
            and (cast($3 as text) is null or exists
                 (select 1 from appointment a where a.person_id = person.id and a.unit_code = $3
                     and a.valid_from <= $4 and (a.valid_to is null or $4 < a.valid_to)))",
        &[
            filter.officers.into(),
            like(&filter.words).into(),
            filter.unit.clone().into(),
            today.to_string().into(),
        ],
    )?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// Appoints somebody. `Conflict` when the same appointment begins on that day already.
pub fn insert_appointment(tx: &mut Tx<'_>, id: PersonId, tenure: &Tenure) -> Result<(), DbError> {
    tx.run(
        "insert into appointment (person_id, unit_code, role, valid_from, valid_to) values ($1, $2, $3, $4, $5)",
        &[
            id.to_string().into(),
            tenure.appointment.unit.to_string().into(),
            tenure.appointment.role.name().into(),
            tenure.valid_from.to_string().into(),
            tenure.valid_to.map(|day| day.to_string()).into(),
        ],
    )?;
    Ok(())
}

/// Ends an appointment: `valid_to` is the first day on which it no longer holds. Answers whether there was one.
pub fn end_appointment(
    tx: &mut Tx<'_>,
    id: PersonId,
    appointment: &Appointment,
    valid_from: Date,
    valid_to: Date,
) -> Result<bool, DbError> {
    let rows = tx.run(
        "update appointment set valid_to = $5
          where person_id = $1 and unit_code = $2 and role = $3 and valid_from = $4
            and (valid_to is null or $5 < valid_to)",
        &[
            id.to_string().into(),
            appointment.unit.to_string().into(),
            appointment.role.name().into(),
            valid_from.to_string().into(),
            valid_to.to_string().into(),
        ],
    )?;
    Ok(rows == 1)
}

/// Everything a person is, was and will be appointed to, latest first.
pub fn tenures(tx: &mut Tx<'_>, id: PersonId) -> Result<Vec<Tenure>, DbError> {
    tx.rows(
        "select unit_code, role, valid_from, valid_to from appointment
          where person_id = $1 order by valid_from desc, unit_code, role",
        &[id.to_string().into()],
    )?
    .iter()
    .map(tenure)
    .collect()
}

/// Who holds a role in a unit on a day, by name: to choose whom to assign.
pub fn holders(
    tx: &mut Tx<'_>,
    unit: &UnitCode,
    role: Role,
    day: Date,
) -> Result<Vec<(PersonId, String)>, DbError> {
    tx.rows(
        "select p.id, p.name from appointment a
           join person p on p.id = a.person_id and p.active
          where a.unit_code = $1 and a.role = $2 and a.valid_from <= $3 and (a.valid_to is null or $3 < a.valid_to)
          order by p.name_sort, p.id",
        &[unit.to_string().into(), role.name().into(), day.to_string().into()],
    )?
    .iter()
    .map(|row| Ok((row.parse("id")?, row.get("name")?)))
    .collect()
}

/// Somebody's role in a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// The account.
    pub person: PersonId,
    /// Full name.
    pub name: String,
    /// As what, from when to when.
    pub tenure: Tenure,
}

/// Every role in a unit that holds on a day or later, of people who may sign in; by name.
pub fn posts_in(tx: &mut Tx<'_>, unit: &UnitCode, day: Date) -> Result<Vec<Post>, DbError> {
    tx.rows(
        "select p.id, p.name, a.unit_code, a.role, a.valid_from, a.valid_to from appointment a
           join person p on p.id = a.person_id and p.active
          where a.unit_code = $1 and (a.valid_to is null or $2 < a.valid_to)
          order by p.name_sort, p.id, a.role, a.valid_from",
        &[unit.to_string().into(), day.to_string().into()],
    )?
    .iter()
    .map(|row| Ok(Post { person: row.parse("id")?, name: row.get("name")?, tenure: tenure(row)? }))
    .collect()
}

/// Whether any administrator can sign in today, other than `except`: nobody may lock everybody out.
pub fn is_administrated(tx: &mut Tx<'_>, except: Option<PersonId>, today: Date) -> Result<bool, DbError> {
    let row = tx.one(
        "select 1 as one from appointment a
           join person p on p.id = a.person_id and p.active
          where a.role = $1 and (cast($2 as text) is null or a.person_id <> $2)
            and a.valid_from <= $3 and (a.valid_to is null or $3 < a.valid_to) limit 1",
        &[
            Role::Administrator.name().into(),
            except.map(|id| id.to_string()).into(),
            today.to_string().into(),
        ],
    )?;
    Ok(row.is_some())
}

fn find_where(tx: &mut Tx<'_>, condition: &str, value: &str) -> Result<Option<PersonRow>, DbError> {
    let row = tx.one(&format!("select {COLUMNS} from person where {condition}"), &[value.into()])?;
    row.as_ref().map(person_row).transpose()
}

/// Folded words hold neither `%` nor `_`, which mean something to `like`.
fn like(words: &str) -> String {
    let plain: String = words.chars().filter(|c| !matches!(c, '%' | '_' | '\\')).collect();
    format!("%{plain}%")
}

fn values(person: &PersonRow) -> Vec<Value> {
    vec![
        person.id.to_string().into(),
        person.name.as_str().into(),
        person.name_folded.as_str().into(),
        person.name_sort.as_str().into(),
        person.email_hash.clone().into(),
        person.id_number_hash.clone().into(),
        person.sealed.as_str().into(),
        person.login.clone().into(),
        person.password.clone().into(),
        person.password_once.into(),
        person.totp.clone().into(),
        person.totp_step.into(),
        person.language.as_str().into(),
        person.active.into(),
        person.failures.into(),
        person.locked_until.map(stored).into(),
        stored(person.created_at).into(),
        person.version.into(),
    ]
}

fn person_row(row: &Row) -> Result<PersonRow, DbError> {
    Ok(PersonRow {
        id: row.parse("id")?,
        name: row.get("name")?,
        name_folded: row.get("name_folded")?,
        name_sort: row.get("name_sort")?,
        email_hash: row.get("email_hash")?,
        id_number_hash: row.get("id_number_hash")?,
        sealed: row.get("sealed")?,
        login: row.get("login")?,
        password: row.get("password")?,
        password_once: row.get("password_once")?,
        totp: row.get("totp")?,
        totp_step: row.get("totp_step")?,
        language: row.get("language")?,
        active: row.get("active")?,
        failures: row.get("failures")?,
        locked_until: row.parse_opt("locked_until")?,
        created_at: row.parse("created_at")?,
        version: row.get("version")?,
    })
}

fn tenure(row: &Row) -> Result<Tenure, DbError> {
    let role = role(row)?;
    Ok(Tenure {
        appointment: Appointment { unit: row.parse("unit_code")?, role },
        valid_from: row.parse("valid_from")?,
        valid_to: row.parse_opt("valid_to")?,
    })
}
