//! The key rule: whatever grows with dossiers is found by the code of the dossier first, so that a database of several
//! machines can keep each dossier on one of them. Read from the schema of both engines and from `packaging/citus.sql`.

use std::collections::{BTreeMap, BTreeSet};

use motcua_db::{DbError, Engine, Tx, tables};

use crate::given::on_each_engine;

const CITUS: &str = include_str!("../../../../packaging/citus.sql");

/// Tables that name a dossier and are found by something else, and why.
const ELSEWHERE: [(&str, &str); 5] = [
    ("bulk_row", "a row of a run, which is about many dossiers"),
    ("draft", "an answer to a request for papers, found by its own id until it is sent"),
    ("job", "found by its own id; gone when done"),
    ("mail", "found by its own id; gone after a month"),
    ("submission", "found by the key of the pressed button, before there is a code"),
];

/// The columns of every unique index of a table, the primary key by the name "primary".
fn unique(tx: &mut Tx<'_>, table: &str) -> Result<BTreeMap<String, Vec<String>>, DbError> {
    let sql = match tx.engine() {
        Engine::Sqlite => {
            "select case when l.origin = 'pk' then 'primary' else l.name end as name, i.name as part
               from pragma_index_list($1) l join pragma_index_info(l.name) i where l.\"unique\" = 1 order by 1, i.seqno"
        }
        Engine::Postgres => {
            "select case when x.indisprimary then 'primary' else cast(i.relname as text) end as name,
                    cast(a.attname as text) as part
               from pg_index x
                    join pg_class i on i.oid = x.indexrelid
                    join pg_class t on t.oid = x.indrelid
                    join pg_namespace n on n.oid = t.relnamespace
                    cross join lateral unnest(x.indkey) with ordinality as k (number, place)
                    join pg_attribute a on a.attrelid = t.oid and a.attnum = k.number
              where x.indisunique and n.nspname = current_schema() and cast(t.relname as text) = $1
              order by 1, k.place"
        }
    };
    let mut indexes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in tx.rows(sql, &[table.into()])? {
        indexes.entry(row.get("name")?).or_default().push(row.get("part")?);
    }
    Ok(indexes)
}

/// Table and column of every statement that spreads one.
fn spread() -> BTreeMap<&'static str, &'static str> {
    let calls = CITUS.split("create_distributed_table('").skip(1);
    let names = calls.filter_map(|rest| {
        let (table, rest) = rest.split_once("', '")?;
        Some((table, rest.split_once('\'')?.0))
    });
    names.collect()
}

#[test]
fn everything_of_a_dossier_is_found_by_its_code_first() {
    on_each_engine(async |office| {
        let keys = office.app.store.read_sync(|tx| {
            let mut keys = BTreeMap::new();
            for table in tables(tx)? {
                let names_dossier = table.columns.iter().any(|(name, _)| name == "dossier_code");
                if names_dossier || table.name == "dossier" {
                    keys.insert(table.name.clone(), unique(tx, &table.name)?);
                }
            }
            Ok::<_, DbError>(keys)
        });
        let keys = keys.unwrap();
        let spread = spread();
        let elsewhere: BTreeSet<&str> = ELSEWHERE.iter().map(|(table, _)| *table).collect();
        for (table, indexes) in &keys {
            let Some(column) = spread.get(table.as_str()) else {
                assert!(elsewhere.contains(table.as_str()), "{table} names a dossier and stands in no list");
                continue;
            };
            assert!(!elsewhere.contains(table.as_str()), "{table} stands in both lists");
            assert_eq!(indexes["primary"].first().map(String::as_str), Some(*column), "the key of {table}");
            for (index, columns) in indexes {
                assert!(columns.iter().any(|part| part == column), "{index} of {table} is without {column}");
            }
        }
        let known: BTreeSet<&str> = keys.keys().map(String::as_str).collect();
        let named: BTreeSet<&str> = spread.keys().copied().chain(elsewhere).collect();
        assert_eq!(named, known, "a list names a table that is not there");
    });
}
