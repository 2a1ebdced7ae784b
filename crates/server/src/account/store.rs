//! SQL of people, appointments and sessions.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::Date;
use motcua_db::{DbError, Query, Row, Tx};
use motcua_domain::access::{Appointment, Role};
use motcua_domain::ids::PersonId;
use motcua_domain::office_time;
use motcua_domain::unit::UnitCode;

use crate::account::session::{Found, instant};
use crate::web::visitor::{Face, Person};

/// What is true of this installation as a whole.
#[derive(Clone, Debug)]
pub struct Installation {
    /// The name of the office on every page.
    pub office: String,
    /// Filled with demonstration data.
    pub demo: bool,
}

/// Reads what is true of the installation; an empty database is a real one without a name.
pub fn installation(tx: &mut Tx<'_>) -> Result<Installation, DbError> {
    let row = tx.one("select office, demo from installation where id = 'this'", &[])?;
    match row {
        Some(row) => Ok(Installation { office: row.get("office")?, demo: row.get("demo")? }),
        None => Ok(Installation { office: "Một Cửa".to_owned(), demo: false }),
    }
}

/// Writes what is true of the installation.
pub fn save_installation(tx: &mut Tx<'_>, facts: &Installation) -> Result<(), DbError> {
    tx.run(
        "insert into installation (id, office, demo) values ('this', $1, $2)
         on conflict (id) do update set office = excluded.office, demo = excluded.demo",
        &[facts.office.as_str().into(), facts.demo.into()],
    )?;
    Ok(())
}

/// Who holds which role where on a day.
pub fn appointments_on(tx: &mut Tx<'_>, day: Date) -> Result<HashSet<(PersonId, Role, UnitCode)>, DbError> {
    let rows = tx.rows(
        "select a.person_id, a.role, a.unit_code from appointment a
           join person p on p.id = a.person_id and p.active
          where a.valid_from <= $1 and (a.valid_to is null or $1 < a.valid_to)",
        &[day.to_string().into()],
    )?;
    rows.iter().map(|row| Ok((row.parse("person_id")?, role(row)?, row.parse("unit_code")?))).collect()
}

/// The session behind a token hash, with today's appointments, unless it is over.
pub fn find_session(token_hash: &str, now: Timestamp, idle_since: Timestamp) -> Query<Option<Found>> {
    let today = office_time::day_of(now).to_string();
    Query::new(
        "select s.person_id, s.face, s.seen_at, p.name, a.unit_code, a.role
           from session s
           join person p on p.id = s.person_id and p.active
           left join appointment a on a.person_id = s.person_id and s.face = 'desk'
                and a.valid_from <= $4 and (a.valid_to is null or $4 < a.valid_to)
          where s.token_hash = $1 and $2 < s.expires_at and $3 < s.seen_at and s.ended_at is null
          order by a.unit_code nulls last, a.role nulls last",
        [token_hash.into(), instant(now), instant(idle_since), today.into()],
        |rows| {
            let Some(first) = rows.first() else { return Ok(None) };
            let (face, appointments) = (face(first)?, appointments(rows)?);
            let id: PersonId = first.parse("person_id")?;
            let person = Person { id, name: first.get("name")?, face, appointments };
            Ok(Some(Found { person, seen_at: first.parse("seen_at")? }))
        },
    )
}

/// An officer with the appointments of a day, unless the account was closed.
pub fn find_officer(tx: &mut Tx<'_>, id: PersonId, day: Date) -> Result<Option<Person>, DbError> {
    let rows = tx.rows(
        "select p.name, a.unit_code, a.role from person p
           left join appointment a on a.person_id = p.id
                and a.valid_from <= $2 and (a.valid_to is null or $2 < a.valid_to)
          where p.id = $1 and p.active
          order by a.unit_code nulls last, a.role nulls last",
        &[id.to_string().into(), day.to_string().into()],
    )?;
    let Some(first) = rows.first() else { return Ok(None) };
    Ok(Some(Person { id, name: first.get("name")?, face: Face::Desk, appointments: appointments(&rows)? }))
}

/// A session to be opened.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Keyed hash of the secret in the cookie.
    pub token_hash: String,
    /// Whose.
    pub person: PersonId,
    /// By which door.
    pub face: Face,
    /// What the browser says it is.
    pub agent: String,
    /// Now.
    pub now: Timestamp,
    /// Over then, whatever happens.
    pub expires_at: Timestamp,
}

/// A session as its owner sees it in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// Keyed hash of the secret in the cookie.
    pub token_hash: String,
    /// What the browser says it is.
    pub agent: String,
    /// Signed in when.
    pub created_at: Timestamp,
    /// Last request, to within some minutes.
    pub seen_at: Timestamp,
}

/// Opens a session.
pub fn insert_session(tx: &mut Tx<'_>, new: &NewSession) -> Result<(), DbError> {
    tx.run(
        "insert into session (token_hash, person_id, face, agent, created_at, seen_at, expires_at)
         values ($1, $2, $3, $4, $5, $5, $6)",
        &[
            new.token_hash.as_str().into(),
            new.person.to_string().into(),
            new.face.name().into(),
            new.agent.as_str().into(),
            instant(new.now),
            instant(new.expires_at),
        ],
    )?;
    Ok(())
}

/// Notes that a session is in use.
pub fn touch_session(tx: &mut Tx<'_>, token_hash: &str, now: Timestamp) -> Result<(), DbError> {
    tx.run("update session set seen_at = $2 where token_hash = $1", &[token_hash.into(), instant(now)])?;
    Ok(())
}

/// Ends a session. Its row stays for a while, to tell whose a form is that still arrives with it.
pub fn end_session(tx: &mut Tx<'_>, token_hash: &str, now: Timestamp) -> Result<(), DbError> {
    tx.run(
        "update session set ended_at = $2 where token_hash = $1 and ended_at is null",
        &[token_hash.into(), instant(now)],
    )?;
    Ok(())
}

/// Ends every session of a person but this one. Answers how many.
pub fn end_other_sessions(
    tx: &mut Tx<'_>,
    person: PersonId,
    except: Option<&str>,
    now: Timestamp,
) -> Result<u64, DbError> {
    tx.run(
        "update session set ended_at = $3
          where person_id = $1 and token_hash <> $2 and ended_at is null and $3 < expires_at",
        &[person.to_string().into(), except.unwrap_or_default().into(), instant(now)],
    )
}

/// The sessions of a person that still hold, newest first.
pub fn open_sessions(
    tx: &mut Tx<'_>,
    person: PersonId,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<Vec<OpenSession>, DbError> {
    tx.rows(
        "select token_hash, agent, created_at, seen_at from session
          where person_id = $1 and ended_at is null and $2 < expires_at and $3 < seen_at
          order by seen_at desc, token_hash limit 50",
        &[person.to_string().into(), instant(now), instant(idle_since)],
    )?
    .iter()
    .map(|row| {
        Ok(OpenSession {
            token_hash: row.get("token_hash")?,
            agent: row.get("agent")?,
            created_at: row.parse("created_at")?,
            seen_at: row.parse("seen_at")?,
        })
    })
    .collect()
}

/// Whose a session is or was, and by which door, as long as its row is kept.
pub fn past_session(tx: &mut Tx<'_>, token_hash: &str) -> Result<Option<(PersonId, Face)>, DbError> {
    let row = tx.one("select person_id, face from session where token_hash = $1", &[token_hash.into()])?;
    row.map(|row| Ok((row.parse("person_id")?, face(&row)?))).transpose()
}

/// Forgets sessions that were over before an instant.
pub fn delete_sessions_over(tx: &mut Tx<'_>, before: Timestamp) -> Result<(), DbError> {
    tx.run("delete from session where expires_at < $1", &[instant(before)])?;
    Ok(())
}

/// The appointments of one person, one in each row; a row without a unit has none.
pub fn appointments(rows: &[Row]) -> Result<Vec<Appointment>, DbError> {
    let mut appointments = Vec::new();
    for row in rows {
        let Some(unit) = row.parse_opt::<UnitCode>("unit_code")? else { continue };
        appointments.push(Appointment { unit, role: role(row)? });
    }
    Ok(appointments)
}

/// The role in a row.
pub fn role(row: &Row) -> Result<Role, DbError> {
    let name: String = row.get("role")?;
    Role::from_name(&name).ok_or_else(|| DbError::Decode(format!("role {name}")))
}

/// The side of the counter a session or token is for.
pub fn face(row: &Row) -> Result<Face, DbError> {
    let name: String = row.get("face")?;
    Ok(if name == Face::Desk.name() { Face::Desk } else { Face::Portal })
}
