//! What is kept, what is undone, and what others see meanwhile.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use motcua_db::testing::{engines, on_each_engine};
use motcua_db::{DbError, Store, Tx};

use crate::{SCHEMA, add, add_ahead, ids};

/// An error of a caller's own layer.
#[derive(Debug, PartialEq)]
enum StepError {
    Refused,
    Database,
}

impl From<DbError> for StepError {
    fn from(_: DbError) -> StepError {
        StepError::Database
    }
}

#[test]
fn a_refused_step_leaves_nothing() {
    on_each_engine(SCHEMA, |store| {
        let res: Result<(), StepError> = store.write_sync(|tx| {
            add(tx, "a")?;
            Err(StepError::Refused)
        });
        assert_eq!(res, Err(StepError::Refused));
        assert!(ids(store).is_empty());
    });
}

#[test]
fn a_panic_leaves_nothing_and_reaches_the_caller() {
    on_each_engine(SCHEMA, |store| {
        let res = catch_unwind(AssertUnwindSafe(|| {
            store.write_sync(|tx| -> Result<(), DbError> {
                add(tx, "a")?;
                panic!("the step failed");
            })
        }));
        assert_eq!(res.unwrap_err().downcast_ref(), Some(&"the step failed"));
        store.write_sync(|tx| add(tx, "b")).unwrap();
        assert_eq!(ids(store), ["b"]);
    });
}

#[test]
fn after_a_failed_statement_the_transaction_is_lost() {
    on_each_engine(SCHEMA, |store| {
        store.write_sync(|tx| add(tx, "taken")).unwrap();
        let swallowed = store.write_sync(|tx| {
            add(tx, "a")?;
            assert!(matches!(add(tx, "taken"), Err(DbError::Conflict(_))));
            assert!(matches!(add(tx, "b"), Err(DbError::Aborted)));
            Ok::<(), DbError>(())
        });
        assert!(matches!(swallowed, Err(DbError::Aborted)), "{swallowed:?}");
        assert_eq!(ids(store), ["taken"]);
    });
}

#[test]
fn what_runs_ahead_is_kept_with_its_transaction() {
    on_each_engine(SCHEMA, |store| {
        let seen = store.write_sync(|tx| {
            add_ahead(tx, "a")?;
            add_ahead(tx, "b")?;
            let seen = tx.rows("select id from thing", &[])?.len();
            add_ahead(tx, "c")?;
            Ok::<_, DbError>(seen)
        });
        assert_eq!(seen.unwrap(), 2);
        assert_eq!(ids(store), ["a", "b", "c"]);
    });
}

#[test]
fn what_fails_ahead_fails_its_transaction() {
    on_each_engine(SCHEMA, |store| {
        store.write_sync(|tx| add(tx, "taken")).unwrap();
        let last = store.write_sync(|tx| {
            add_ahead(tx, "a")?;
            add_ahead(tx, "taken")
        });
        assert!(matches!(last, Err(DbError::Conflict(ref key)) if key == "thing.id"), "{last:?}");
        let followed = store.write_sync(|tx| {
            add_ahead(tx, "taken")?;
            add(tx, "b")
        });
        assert!(matches!(followed, Err(DbError::Conflict(ref key)) if key == "thing.id"), "{followed:?}");
        let swallowed = store.write_sync(|tx| {
            drop(add_ahead(tx, "taken"));
            drop(add(tx, "c"));
            Ok::<(), DbError>(())
        });
        assert!(matches!(swallowed, Err(DbError::Aborted)), "{swallowed:?}");
        store.write_sync(|tx| add_ahead(tx, "d")).unwrap();
        assert_eq!(ids(store), ["d", "taken"]);
    });
}

#[test]
fn an_attempt_undoes_only_itself() {
    on_each_engine(SCHEMA, |store| {
        store.write_sync(|tx| add(tx, "taken")).unwrap();
        store
            .write_sync(|tx| {
                add(tx, "a")?;
                let res = tx.attempt(|tx| {
                    add(tx, "undone")?;
                    tx.attempt(|tx| add(tx, "undone too"))?;
                    add(tx, "taken")
                });
                assert!(matches!(res, Err(DbError::Conflict(_))), "{res:?}");
                let swallowed = tx.attempt(|tx| {
                    add(tx, "swallowed")?;
                    assert!(add(tx, "taken").is_err());
                    Ok::<(), DbError>(())
                });
                assert!(matches!(swallowed, Err(DbError::Aborted)), "{swallowed:?}");
                tx.attempt(|tx| add(tx, "b"))
            })
            .unwrap();
        assert_eq!(ids(store), ["a", "b", "taken"]);
    });
}

#[test]
fn a_read_cannot_write() {
    on_each_engine(SCHEMA, |store| {
        let res = store.read_sync(|tx| add(tx, "a"));
        assert!(matches!(res, Err(DbError::Engine(_))), "{res:?}");
        store.write_sync(|tx| add(tx, "b")).unwrap();
        assert_eq!(ids(store), ["b"]);
    });
}

#[test]
fn a_read_sees_one_moment() {
    on_each_engine(SCHEMA, |store| {
        let count = |tx: &mut Tx<'_>| tx.rows("select id from thing", &[]).map(|rows| rows.len());
        let (before, after) = store
            .read_sync(|tx| {
                let before = count(tx)?;
                thread::scope(|scope| scope.spawn(|| store.write_sync(|tx| add(tx, "a"))).join().unwrap())?;
                Ok::<_, DbError>((before, count(tx)?))
            })
            .unwrap();
        assert_eq!((before, after), (0, 0));
        assert_eq!(ids(store), ["a"]);
    });
}

#[test]
fn an_answered_write_is_seen_by_every_later_read() {
    for database in engines() {
        let (one, other) = (database.store(SCHEMA), Store::open(database.database()).unwrap());
        for number in 0..50 {
            let id = format!("{number:03}");
            one.write_sync(|tx| add(tx, &id)).unwrap();
            assert_eq!(ids(&one).last(), Some(&id));
            assert_eq!(ids(&other).last(), Some(&id), "another process");
        }
    }
}

#[test]
fn a_transaction_inside_a_transaction_panics() {
    on_each_engine(SCHEMA, |store| {
        for nested in [true, false] {
            let res = catch_unwind(AssertUnwindSafe(|| {
                store.write_sync(|_| {
                    if nested {
                        store.write_sync(|tx| add(tx, "a"))
                    } else {
                        store.read_sync(|tx| add(tx, "a"))
                    }
                })
            }));
            assert!(res.is_err());
        }
        store.write_sync(|tx| add(tx, "b")).unwrap();
        assert_eq!(ids(store), ["b"]);
    });
}

fn bump(tx: &mut Tx<'_>) -> Result<(), DbError> {
    let row = tx.one("select version from thing where id = 'a'", &[])?.expect("the row is there");
    let version: i64 = row.get("version")?;
    let changed =
        tx.run("update thing set version = version + 1 where id = 'a' and version = $1", &[version.into()])?;
    if changed == 0 { Err(DbError::Conflict("changed meanwhile".to_owned())) } else { Ok(()) }
}

#[test]
fn concurrent_writers_lose_no_update() {
    on_each_engine(SCHEMA, |store| {
        store.write_sync(|tx| add(tx, "a")).unwrap();
        let kept = AtomicU32::new(0);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        match store.write_sync(bump) {
                            Ok(()) => _ = kept.fetch_add(1, Ordering::Relaxed),
                            Err(DbError::Conflict(_)) => {}
                            Err(error) => panic!("{error:?}"),
                        }
                    }
                });
            }
        });
        let row = store.read_sync(|tx| tx.one("select version from thing", &[])).unwrap().unwrap();
        assert_eq!(row.get::<u32>("version").unwrap(), 1 + kept.load(Ordering::Relaxed));
        assert!(25 <= kept.load(Ordering::Relaxed), "one of eight always wins");
    });
}

#[test]
fn a_job_is_claimed_by_one_worker() {
    on_each_engine(SCHEMA, |store| {
        store.write_sync(|tx| (0..200).try_for_each(|number| add(tx, &format!("{number:03}")))).unwrap();
        let claimed = AtomicU32::new(0);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let claim = |tx: &mut Tx<'_>| {
                        tx.rows(
                            "update thing set urgent = true, version = version + 1
                              where id = (select id from thing where not urgent order by id limit 1)
                                and not urgent returning id",
                            &[],
                        )
                    };
                    let left =
                        || store.read_sync(|tx| tx.rows("select 1 as one from thing where not urgent", &[]));
                    while !left().unwrap().is_empty() {
                        let took = store.write_sync(claim).unwrap().len();
                        claimed.fetch_add(u32::try_from(took).unwrap(), Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(claimed.load(Ordering::Relaxed), 200);
        let twice = store.read_sync(|tx| tx.rows("select id from thing where version <> 2", &[])).unwrap();
        assert!(twice.is_empty(), "{twice:?}");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_is_used_from_async_code() {
    for database in engines() {
        let store = database.store(SCHEMA);
        let tasks: Vec<_> = (0..100)
            .map(|number| {
                let store = store.clone();
                tokio::spawn(async move { store.write(move |tx| add(tx, &format!("{number:03}"))).await })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        let rows = store.read(|tx| tx.rows("select id from thing", &[])).await.unwrap();
        assert_eq!(rows.len(), 100);

        let refused = store.write(|tx| add(tx, "000")).await;
        assert!(matches!(refused, Err(DbError::Conflict(_))), "{refused:?}");
        let panicked = tokio::spawn({
            let store = store.clone();
            async move { store.write(|_| -> Result<(), DbError> { panic!("the step failed") }).await }
        });
        assert!(panicked.await.unwrap_err().is_panic());
        // The blocking forms too, and the end of the store, on a thread of the runtime.
        store.write_sync(|tx| add(tx, "sync")).unwrap();
        assert_eq!(ids(&store).len(), 101);
        assert!(0 < store.size().unwrap());
        drop(store);
    }
}
