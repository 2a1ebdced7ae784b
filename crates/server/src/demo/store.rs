//! SQL of the demonstration: the list of its people.

use motcua_db::{DbError, Tx};
use motcua_domain::ids::PersonId;

/// Puts a person on the page of the demo's people.
pub fn list_person(
    tx: &mut Tx<'_>,
    id: PersonId,
    place: i64,
    note: [&str; 2],
    password: Option<&str>,
) -> Result<(), DbError> {
    tx.run(
        "insert into demo_person (person_id, place, note_vi, note_en, password) values ($1, $2, $3, $4, $5)",
        &[
            id.to_string().into(),
            place.into(),
            note[0].into(),
            note[1].into(),
            password.map(str::to_owned).into(),
        ],
    )?;
    Ok(())
}

/// Whether anything is stored that a demonstration must not be mixed with.
pub fn is_empty(tx: &mut Tx<'_>) -> Result<bool, DbError> {
    let row = tx.one(
        "select 1 as one where exists (select 1 from person) or exists (select 1 from dossier)
             or exists (select 1 from unit) or exists (select 1 from procedure_version)",
        &[],
    )?;
    Ok(row.is_none())
}
