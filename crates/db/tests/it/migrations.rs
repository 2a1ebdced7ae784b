//! Migrations run once, in order, and never on a database they do not know.

use std::thread;

use motcua_db::testing::{engines, on_each_engine};
use motcua_db::{DbError, Migration, Store};

const ONE: Migration = Migration { number: 1, name: "one", sql: "create table one (id text primary key);" };
const TWO: Migration = Migration {
    number: 2,
    name: "two",
    sql: "alter table one add column name text not null default ''; create index one_name on one (name);",
};
const NOW: &str = "2026-03-06T02:00:00.000Z";

#[test]
fn each_runs_once_and_in_order() {
    on_each_engine(&[], |store| {
        assert_eq!(store.migrate(&[ONE], NOW).unwrap(), [1]);
        assert_eq!(store.migrate(&[ONE, TWO], NOW).unwrap(), [2]);
        assert!(store.migrate(&[ONE, TWO], NOW).unwrap().is_empty());
        let rows = store
            .read_sync(|tx| tx.rows("select number, name, at from migration order by number", &[]))
            .unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[1].get::<u32>("number").unwrap(), 2);
        assert_eq!(rows[1].get::<String>("name").unwrap(), "two");
        assert_eq!(rows[1].get::<String>("at").unwrap(), NOW);
    });
}

#[test]
fn a_database_of_a_newer_program_is_refused() {
    on_each_engine(&[ONE, TWO], |store| {
        let res = store.migrate(&[ONE], NOW);
        assert!(matches!(res, Err(DbError::NewerSchema { found: 2, known: 1 })), "{res:?}");
    });
}

#[test]
fn a_changed_migration_is_refused_before_anything_runs() {
    on_each_engine(&[ONE], |store| {
        let changed = Migration { sql: "create table one (id text);", ..ONE };
        let res = store.migrate(&[changed, TWO], NOW);
        assert!(
            matches!(&res, Err(DbError::ChangedMigration { number: 1, name }) if name == "one"),
            "{res:?}"
        );
        assert!(store.read_sync(|tx| tx.rows("select name from one", &[])).is_err(), "two did not run");
    });
}

#[test]
fn line_ends_of_a_checkout_are_not_a_change() {
    on_each_engine(&[], |store| {
        let unix = Migration { sql: "create table one (\n id text\n);", ..ONE };
        let windows = Migration { sql: "create table one (\r\n id text\r\n);", ..ONE };
        store.migrate(&[unix], NOW).unwrap();
        assert!(store.migrate(&[windows], NOW).unwrap().is_empty());
    });
}

#[test]
fn one_that_fails_leaves_nothing_and_can_be_mended() {
    on_each_engine(&[ONE], |store| {
        let broken = Migration { sql: "create table two (id text); create table two (id text);", ..TWO };
        assert!(matches!(store.migrate(&[ONE, broken], NOW), Err(DbError::Engine(_))));
        assert!(store.read_sync(|tx| tx.rows("select id from two", &[])).is_err());
        assert_eq!(store.migrate(&[ONE, TWO], NOW).unwrap(), [2]);
    });
}

#[test]
fn numbers_go_upwards() {
    on_each_engine(&[], |store| {
        for wrong in [&[TWO, ONE][..], &[ONE, ONE][..], &[Migration { number: 0, ..ONE }][..]] {
            assert!(matches!(store.migrate(wrong, NOW), Err(DbError::Unfit(_))));
        }
    });
}

#[test]
fn two_servers_may_start_at_once() {
    for database in engines() {
        let start = || Store::open(database.database()).unwrap().migrate(&[ONE, TWO], NOW).unwrap();
        let ran: Vec<u32> = thread::scope(|scope| {
            let servers: Vec<_> = (0..4).map(|_| scope.spawn(start)).collect();
            servers.into_iter().flat_map(|server| server.join().unwrap()).collect()
        });
        assert_eq!(ran.iter().filter(|number| **number == 1).count(), 1, "{ran:?}");
        assert_eq!(ran.iter().filter(|number| **number == 2).count(), 1, "{ran:?}");
    }
}
