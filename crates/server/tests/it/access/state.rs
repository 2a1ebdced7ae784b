//! Everything the database holds, to be compared: what changed between two moments, table by table.

use std::collections::{BTreeMap, BTreeSet};

use motcua_db::{DbError, Tx, Value};

use crate::given::Office;

/// What any request may write: when a session or a token was seen last, and forms kept for whoever signs in again.
const PASSING: [(&str, &str); 3] = [("session", "seen_at"), ("api_token", "last_used_on"), ("held_form", "")];

/// Every row of every table.
#[derive(Debug, PartialEq, Eq)]
pub struct State(BTreeMap<String, BTreeSet<String>>);

impl State {
    /// Reads it.
    pub async fn of(office: &Office) -> Self {
        Self(office.app.store.read(read).await.unwrap())
    }

    /// What is not as it was before, a line for each row.
    pub fn changes(&self, before: &Self) -> Vec<String> {
        let mut found = Vec::new();
        for (table, rows) in &self.0 {
            let known = &before.0[table];
            found.extend(known.difference(rows).map(|row| format!("- {table}: {row}")));
            found.extend(rows.difference(known).map(|row| format!("+ {table}: {row}")));
        }
        found
    }
}

fn read(tx: &mut Tx<'_>) -> Result<BTreeMap<String, BTreeSet<String>>, DbError> {
    let mut all = BTreeMap::new();
    for table in motcua_db::tables(tx)? {
        let passing = PASSING.iter().find(|(name, _)| *name == table.name).map(|(_, column)| *column);
        if passing == Some("") {
            continue;
        }
        let left_out = table.columns.iter().position(|(name, _)| Some(name.as_str()) == passing);
        let mut rows = BTreeSet::new();
        table.each(tx, |mut row: Vec<Value>| {
            if let Some(left_out) = left_out {
                row.remove(left_out);
            }
            rows.insert(format!("{row:?}"));
            Ok::<_, DbError>(())
        })?;
        all.insert(table.name, rows);
    }
    Ok(all)
}
