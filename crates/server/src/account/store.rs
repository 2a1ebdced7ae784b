//! SQL of people, appointments and sessions.

use jiff::Timestamp;
use motcua_db::{DbError, Tx};
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

/// The session behind a token hash, with today's appointments, unless it is over.
pub fn find_session(
    tx: &mut Tx<'_>,
    token_hash: &str,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<Option<Found>, DbError> {
    let today = office_time::day_of(now).to_string();
    let rows = tx.rows(
        "select s.person_id, s.face, s.seen_at, p.name, a.unit_code, a.role
           from session s
           join person p on p.id = s.person_id and p.active
           left join appointment a on a.person_id = s.person_id and s.face = 'desk'
                and a.valid_from <= $4 and (a.valid_to is null or $4 < a.valid_to)
          where s.token_hash = $1 and $2 < s.expires_at and $3 < s.seen_at
          order by a.unit_code nulls last, a.role nulls last",
        &[token_hash.into(), instant(now), instant(idle_since), today.into()],
    )?;
    let Some(first) = rows.first() else { return Ok(None) };
    let face = if first.get::<String>("face")? == Face::Desk.name() { Face::Desk } else { Face::Portal };
    let mut appointments = Vec::new();
    for row in &rows {
        let Some(unit) = row.parse_opt::<UnitCode>("unit_code")? else { continue };
        let name: String = row.get("role")?;
        let role = Role::from_name(&name).ok_or_else(|| DbError::Decode(format!("role {name}")))?;
        appointments.push(Appointment { unit, role });
    }
    let id: PersonId = first.parse("person_id")?;
    let person = Person { id, name: first.get("name")?, face, appointments };
    Ok(Some(Found { person, seen_at: first.parse("seen_at")? }))
}

/// Opens a session.
pub fn insert_session(
    tx: &mut Tx<'_>,
    token_hash: &str,
    person: PersonId,
    face: Face,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    tx.run("delete from session where expires_at < $1", &[instant(now)])?;
    tx.run(
        "insert into session (token_hash, person_id, face, created_at, seen_at, expires_at)
         values ($1, $2, $3, $4, $4, $5)",
        &[
            token_hash.into(),
            person.to_string().into(),
            face.name().into(),
            instant(now),
            instant(expires_at),
        ],
    )?;
    Ok(())
}

/// Notes that a session is in use.
pub fn touch_session(tx: &mut Tx<'_>, token_hash: &str, now: Timestamp) -> Result<(), DbError> {
    tx.run("update session set seen_at = $2 where token_hash = $1", &[token_hash.into(), instant(now)])?;
    Ok(())
}

/// Ends a session.
pub fn delete_session(tx: &mut Tx<'_>, token_hash: &str) -> Result<(), DbError> {
    tx.run("delete from session where token_hash = $1", &[token_hash.into()])?;
    Ok(())
}
