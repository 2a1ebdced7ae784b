//! SQL of the people of a demonstration.

use motcua_db::{DbError, Tx};
use motcua_domain::ids::PersonId;

use crate::account::demo::DemoPerson;

/// Puts somebody at the end of the list.
pub fn insert(tx: &mut Tx<'_>, person: &DemoPerson) -> Result<(), DbError> {
    tx.run(
        "insert into demo_person (person_id, place, note_vi, note_en, password)
         values ($1, (select coalesce(max(place), 0) + 1 from demo_person), $2, $3, $4)",
        &[
            person.person.to_string().into(),
            person.note_vi.as_str().into(),
            person.note_en.as_str().into(),
            person.password.clone().into(),
        ],
    )?;
    Ok(())
}

/// Everybody, in the order they were added.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<DemoPerson>, DbError> {
    tx.rows("select person_id, note_vi, note_en, password from demo_person order by place, person_id", &[])?
        .iter()
        .map(|row| {
            Ok(DemoPerson {
                person: row.parse("person_id")?,
                note_vi: row.get("note_vi")?,
                note_en: row.get("note_en")?,
                password: row.get("password")?,
            })
        })
        .collect()
}

/// Whether visitors may sign in as this person.
pub fn holds(tx: &mut Tx<'_>, id: PersonId) -> Result<bool, DbError> {
    let row = tx.one("select 1 as one from demo_person where person_id = $1", &[id.to_string().into()])?;
    Ok(row.is_some())
}
