//! A database is copied from one engine to the other, table by table.

use motcua_db::testing::{TestDatabase, engines, on_each_engine};
use motcua_db::{DbError, Kind, Migration, Store, Value};

/// Tables whose names sort the wrong way round for their foreign keys.
const LINKED: &[Migration] = &[Migration {
    number: 3,
    name: "linked",
    sql: "create table z_parent (id text primary key, urgent boolean not null, weight double precision, photo bytea);
          create table a_child (id text primary key, parent text not null references z_parent (id), place bigint);",
}];

fn dump(store: &Store) -> Vec<(String, Vec<Vec<Value>>)> {
    let all = |tx: &mut motcua_db::Tx<'_>| {
        let mut found = Vec::new();
        for table in motcua_db::tables(tx)?.into_iter().filter(|table| table.name != "migration") {
            let mut rows = Vec::new();
            table.each(tx, |row| {
                rows.push(row);
                Ok::<_, DbError>(())
            })?;
            rows.sort_by_key(|row| format!("{row:?}"));
            found.push((table.name, rows));
        }
        Ok::<_, DbError>(found)
    };
    store.read_sync(all).unwrap()
}

fn fill(store: &Store) {
    let parents: Vec<Vec<Value>> = (0..250u8)
        .map(|n| {
            vec![
                format!("p{n}").into(),
                (n % 2 == 0).into(),
                if n == 3 { Value::Null } else { f64::from(n).into() },
                vec![n, 0, 255].into(),
            ]
        })
        .collect();
    let act = |tx: &mut motcua_db::Tx<'_>| {
        let tables = motcua_db::tables(tx)?;
        let named = |name: &str| tables.iter().find(|table| table.name == name).unwrap().clone();
        named("z_parent").insert(tx, &parents)?;
        named("a_child").insert(tx, &[vec!["c".into(), "p7".into(), i64::MIN.into()]])
    };
    store.write_sync(act).unwrap();
}

#[test]
fn tables_come_after_those_they_point_at_with_the_kinds_of_their_columns() {
    on_each_engine(LINKED, |store| {
        let tables = store.read_sync(motcua_db::tables).unwrap();
        let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["migration", "z_parent", "a_child"]);
        let kinds: Vec<Kind> = tables[1].columns.iter().map(|(_, kind)| *kind).collect();
        assert_eq!(kinds, [Kind::Text, Kind::Bool, Kind::Real, Kind::Bytes]);
        assert_eq!(store.read_sync(motcua_db::schema).unwrap(), Some(3));
        assert_eq!(store.read_sync(motcua_db::unsound).unwrap(), Vec::<String>::new());
    });
    for database in engines() {
        let empty = Store::open(database.database()).unwrap();
        assert_eq!(empty.read_sync(motcua_db::schema).unwrap(), None);
        assert!(empty.read_sync(motcua_db::tables).unwrap().is_empty());
    }
}

#[test]
fn rows_are_the_same_on_every_engine_and_cleared() {
    let mut dumps = Vec::new();
    for database in engines() {
        let store = database.store(LINKED);
        fill(&store);
        dumps.push(dump(&store));
        let clear = |tx: &mut motcua_db::Tx<'_>| {
            let tables = motcua_db::tables(tx)?;
            tables.iter().rev().try_for_each(|table| table.clear(tx))
        };
        store.write_sync(clear).unwrap();
        assert!(dump(&store).iter().all(|(_, rows)| rows.is_empty()));
    }
    assert_eq!(dumps[0][0].1.len(), 250);
    assert!(dumps.iter().all(|other| *other == dumps[0]));
}

#[test]
fn the_load_falls_back_to_nothing() {
    let database = TestDatabase::sqlite();
    let store = database.store(LINKED);
    fill(&store);
    let load = store.load();
    assert_eq!((load.writer_queue, load.at_connections), (0, 0));
    assert!(0 < load.connections_max);
}
