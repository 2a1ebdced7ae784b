//! Queries that are asked by themselves.

use futures_util::future::join_all;
use motcua_db::testing::{TestDatabase, engines};
use motcua_db::{DbError, Query, Store, Value};

use crate::{SCHEMA, add, add_ahead};

fn versions(id: &str) -> Query<Vec<i64>> {
    Query::new("select version from thing where $1 <= id order by id", [id.into()], |rows| {
        rows.iter().map(|row| row.get("version")).collect()
    })
}

#[tokio::test]
async fn a_query_sees_what_was_answered_before_it() {
    for database in engines() {
        let store = database.store(SCHEMA);
        assert_eq!(store.ask(versions("a")).await.unwrap(), Vec::<i64>::new());
        store.write(|tx| add(tx, "a")).await.unwrap();
        assert_eq!(store.ask(versions("a")).await.unwrap(), [1]);
        let inside = store.write(|tx| {
            add_ahead(tx, "b")?;
            tx.ask(&versions("a"))
        });
        assert_eq!(inside.await.unwrap(), [1, 1], "as part of a transaction it sees what that did");
    }
}

#[tokio::test]
async fn many_ask_at_once_and_each_gets_its_own_answer() {
    for database in engines() {
        let store = database.store(SCHEMA);
        let insert = |tx: &mut motcua_db::Tx<'_>| {
            (0..20_i64).try_for_each(|number| {
                let id: Value = format!("{number:02}").into();
                tx.run_ahead("insert into thing (id, version) values ($1, $2)", &[id, number.into()])
            })
        };
        store.write(insert).await.unwrap();
        let asked = (0..200_i64).map(|number| store.ask(versions(&format!("{:02}", number % 20))));
        for (number, answer) in (0..).zip(join_all(asked).await) {
            assert_eq!(answer.unwrap().first(), Some(&(number % 20)));
        }
    }
}

#[tokio::test]
async fn a_query_that_fails_harms_none_after_it() {
    for database in engines() {
        let store = database.store(SCHEMA);
        store.write(|tx| add(tx, "a")).await.unwrap();
        let wrong: [Query<()>; 4] = [
            Query::new("select nothing from thing", [], |_| Ok(())),
            Query::new("select id from thing where id = $1", [], |_| Ok(())),
            Query::new("select id from thing where id = $1", ["a\0".into()], |_| Ok(())),
            Query::new("update thing set version = 7", [], |_| Ok(())),
        ];
        for query in wrong {
            let said = format!("{query:?}");
            assert!(store.ask(query).await.is_err(), "{said}");
            assert_eq!(store.ask(versions("a")).await.unwrap(), [1], "after {said}");
        }
        let unread = Query::new("select id from thing", [], |rows| rows[0].get::<i64>("id"));
        assert!(matches!(store.ask(unread).await, Err(DbError::Decode(_))));
    }
}

#[test]
fn a_query_shows_no_value_where_it_is_logged() {
    let shown = format!("{:?}", versions("079203001234"));
    assert!(shown.contains("select version") && !shown.contains("079203001234"), "{shown}");
}

#[tokio::test]
async fn a_shared_connection_that_was_lost_is_opened_again() {
    let Some(database) = TestDatabase::postgres() else { return };
    let (store, other) = (database.store(SCHEMA), Store::open(database.database()).unwrap());
    store.write(|tx| add(tx, "a")).await.unwrap();
    let kill = "select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = current_database() and pid <> pg_backend_pid()";
    for _ in 0..3 {
        let asked = join_all((0..20).map(|_| store.ask(versions("a")))).await;
        assert!(asked.into_iter().all(|answer| answer.unwrap() == [1]));
        other.read(|tx| tx.rows(kill, &[])).await.unwrap();
    }
    assert_eq!(store.ask(versions("a")).await.unwrap(), [1]);
}

#[test]
fn a_store_answers_queries_on_one_runtime_after_another() {
    for database in engines() {
        let store = database.store(SCHEMA);
        store.write_sync(|tx| add(tx, "a")).unwrap();
        for _ in 0..3 {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            assert_eq!(runtime.block_on(store.ask(versions("a"))).unwrap(), [1]);
        }
    }
}
