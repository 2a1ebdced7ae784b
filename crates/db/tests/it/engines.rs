//! What belongs to one engine: addresses, lost connections, deadlocks, collation.

use std::error::Error;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use motcua_db::testing::{TestDatabase, on_each_engine};
use motcua_db::{Database, DbError, Store, Value};

use crate::{SCHEMA, add, ids};

#[test]
fn an_address_is_a_file_or_a_server() {
    let parse = |text: &str| text.parse::<Database>();
    assert_eq!(parse("data/motcua.db").unwrap(), Database::Sqlite("data/motcua.db".into()));
    assert_eq!(parse("sqlite:x.db").unwrap(), Database::Sqlite("x.db".into()));
    assert_eq!(parse("postgres://h/d").unwrap(), Database::Postgres("postgres://h/d".to_owned()));
    assert!(matches!(parse("mysql://h/d"), Err(DbError::Unfit(_))));
    assert!(matches!(parse(""), Err(DbError::Unfit(_))));
}

#[test]
fn an_address_is_shown_without_its_password() {
    let shown = |url: &str| format!("{:?}", Database::Postgres(url.to_owned()));
    assert_eq!(shown("postgres://an:se:cr@et@h:5432/d"), "Database(postgres://an@h:5432/d)");
    assert_eq!(
        shown("postgresql://h/d?user=an&password=secret&x=1"),
        "Database(postgresql://h/d?user=an&x=1)"
    );
    assert_eq!(shown("postgresql:///d?password=secret"), "Database(postgresql:///d)");
}

#[test]
fn a_file_that_cannot_be_opened_says_why() {
    let database = TestDatabase::sqlite();
    let absent = format!("{}/no/such/folder.db", database.url());
    let error = Store::open(&absent.parse().unwrap()).unwrap_err();
    assert!(matches!(error, DbError::Engine(_)), "{error:?}");
    assert!(std::error::Error::source(&error).is_some(), "the source chain is kept");
}

#[test]
fn a_file_that_is_no_database_says_so() {
    let database = TestDatabase::sqlite();
    std::fs::write(database.url(), "This is a letter, not a database. ".repeat(100)).unwrap();
    let res = Store::open(database.database());
    assert!(matches!(res, Err(DbError::Engine(_))), "{res:?}");
}

#[test]
fn a_lost_connection_is_tried_again() {
    let Some(database) = TestDatabase::postgres() else { return };
    let (store, other) = (database.store(SCHEMA), Store::open(database.database()).unwrap());
    let kill = "select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = current_database() and pid <> pg_backend_pid()";
    other.read_sync(|tx| tx.rows(kill, &[])).unwrap();
    store.write_sync(|tx| add(tx, "idle")).unwrap();

    let tries = AtomicU32::new(0);
    store
        .write_sync(|tx| {
            add(tx, "midway")?;
            if tries.fetch_add(1, Ordering::Relaxed) == 0 {
                tx.rows("select pg_terminate_backend(pg_backend_pid())", &[])?;
            }
            Ok::<(), DbError>(())
        })
        .unwrap();
    assert_eq!(tries.load(Ordering::Relaxed), 2);
    assert_eq!(ids(&store), ["idle", "midway"]);
}

#[test]
fn a_deadlock_is_tried_again() {
    let Some(database) = TestDatabase::postgres() else { return };
    let store = database.store(SCHEMA);
    store.write_sync(|tx| add(tx, "a").and_then(|()| add(tx, "b"))).unwrap();
    let (meet, tries) = (Barrier::new(2), AtomicU32::new(0));
    let swap = |first: &'static str, second: &'static str| {
        store.write_sync(|tx| {
            let bump = "update thing set version = version + 1 where id = $1";
            tx.run(bump, &[first.into()])?;
            if tries.fetch_add(1, Ordering::Relaxed) < 2 {
                meet.wait();
            }
            tx.run(bump, &[second.into()])
        })
    };
    thread::scope(|scope| {
        let (one, other) = (scope.spawn(|| swap("a", "b")), scope.spawn(|| swap("b", "a")));
        one.join().unwrap().unwrap();
        other.join().unwrap().unwrap();
    });
    let row =
        store.read_sync(|tx| tx.one("select cast(sum(version) as bigint) as sum from thing", &[])).unwrap();
    assert_eq!(row.unwrap().get::<Value>("sum").unwrap(), Value::Int(6));
    assert!(3 <= tries.load(Ordering::Relaxed), "the server gave up on one of them");
}

#[test]
fn a_database_of_other_letters_is_refused() {
    let Some(database) = TestDatabase::postgres_with("encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'") else {
        return;
    };
    let res = Store::open(database.database());
    assert!(matches!(&res, Err(DbError::Unfit(why)) if why.contains("LATIN1")), "{res:?}");
}

#[test]
fn an_error_for_the_log_tells_nothing_of_the_values() {
    on_each_engine(&[], |store| {
        store
            .write_sync(|tx| {
                tx.script(
                    "create table person (id text primary key, age bigint not null check (age < 200));
                     create table card (person text not null references person (id))",
                )
            })
            .unwrap();
        for sql in [
            "insert into person (id, age) values ($1, 300)",
            "insert into person (id, age) values ($1, null)",
            "insert into card (person) values ($1)",
        ] {
            let error = store.write_sync(|tx| tx.run(sql, &["079203001234".into()])).unwrap_err();
            assert!(matches!(error, DbError::Engine(_)));
            let (mut told, mut next) = (format!("{error:?}"), Some(&error as &dyn Error));
            while let Some(error) = next {
                told = format!("{told}: {error} {error:?}");
                next = error.source();
            }
            assert!(!told.contains("079203001234"), "{told}");
            assert!(told.to_lowercase().contains("constraint"), "it says what went wrong: {told}");
        }
    });
}
