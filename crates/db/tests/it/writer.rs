//! The one writer of SQLite: durable answers, shared commits, limits.

use std::fs;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use motcua_db::testing::TestDatabase;
use motcua_db::{Database, DbError, Store, Value};

use crate::{SCHEMA, add, ids};

fn file_of(database: &TestDatabase) -> PathBuf {
    match database.database() {
        Database::Sqlite(file) => file.clone(),
        Database::Postgres(url) => panic!("{url} is not a file"),
    }
}

/// Holds the writer until the answer is dropped or sent to.
fn hold(store: &Store) -> (mpsc::Sender<()>, thread::JoinHandle<()>) {
    let (held, holding) = mpsc::sync_channel(1);
    let (release, released) = mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let store = store.clone();
    let holder = thread::spawn(move || {
        let res = store.write_sync(|_| {
            held.send(()).unwrap();
            let _: Result<(), mpsc::RecvError> = released.lock().unwrap().recv();
            Ok::<(), DbError>(())
        });
        res.unwrap();
    });
    holding.recv().unwrap();
    (release, holder)
}

#[test]
fn what_was_answered_survives_a_crash() {
    let (database, copy) = (TestDatabase::sqlite(), TestDatabase::sqlite());
    let store = database.store(SCHEMA);
    for number in 0..20 {
        let id = format!("{number:03}");
        store.write_sync(|tx| add(tx, &id)).unwrap();
        // What a power cut would leave behind: the files as they are, without a goodbye.
        for suffix in ["", "-wal"] {
            let path = |database| PathBuf::from(format!("{}{suffix}", file_of(database).display()));
            fs::copy(path(&database), path(&copy)).unwrap();
        }
        let found = Store::open(copy.database()).unwrap();
        assert_eq!(ids(&found).last(), Some(&id));
        drop(found);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_transactions_share_a_commit_and_fail_alone() {
    let database = TestDatabase::sqlite();
    let store = database.store(SCHEMA);
    let before = store.size().unwrap();
    let (release, holder) = hold(&store);
    let mut tasks = Vec::new();
    for number in 0..100_u32 {
        let store = store.clone();
        tasks.push(tokio::spawn(async move {
            store
                .write(move |tx| {
                    add(tx, &format!("{number:03}"))?;
                    match number % 10 {
                        3 => Err(DbError::Conflict("refused".to_owned())),
                        7 => add(tx, &format!("{number:03}")),
                        _ => Ok(()),
                    }
                })
                .await
        }));
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(tasks.iter().all(|task| !task.is_finished()), "nobody is answered before the commit");
    release.send(()).unwrap();
    for (number, task) in tasks.into_iter().enumerate() {
        let res = task.await.unwrap();
        assert_eq!(res.is_ok(), number % 10 != 3 && number % 10 != 7, "{number}: {res:?}");
    }
    holder.join().unwrap();
    assert_eq!(ids(&store).len(), 80);
    // A commit of its own for each would write at least one page for each.
    let grown = store.size().unwrap() - before;
    assert!(grown < 80 * 4096 / 2, "{grown} bytes for one commit");
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_waiting_transactions_are_told_so() {
    let database = TestDatabase::sqlite();
    let store = database.store(SCHEMA);
    let (release, holder) = hold(&store);
    let mut tasks = Vec::new();
    for number in 0..1100_u32 {
        let store = store.clone();
        tasks
            .push(tokio::spawn(async move { store.write(move |tx| add(tx, &format!("{number:04}"))).await }));
    }
    let begun = Instant::now();
    while tasks.iter().filter(|task| task.is_finished()).count() < 76
        && begun.elapsed() < Duration::from_secs(20)
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    release.send(()).unwrap();
    let (mut kept, mut busy) = (0, 0);
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => kept += 1,
            Err(DbError::Busy) => busy += 1,
            Err(error) => panic!("{error:?}"),
        }
    }
    holder.join().unwrap();
    assert_eq!((kept, busy), (1024, 76));
    assert_eq!(ids(&store).len(), 1024);
}

#[test]
fn a_full_disk_is_told_and_survived() {
    let database = TestDatabase::sqlite();
    let store = database.store(SCHEMA);
    store.write_sync(|tx| add(tx, "before")).unwrap();
    store.write_sync(|tx| tx.rows("pragma max_page_count = 40", &[])).unwrap();
    let photo = Value::Bytes(vec![7; 1 << 20]);
    let res = store.write_sync(|tx| {
        tx.run("insert into thing (id, photo) values ('big', $1)", std::slice::from_ref(&photo))
    });
    assert!(matches!(res, Err(DbError::DiskFull(_))), "{res:?}");
    store.write_sync(|tx| add(tx, "small")).unwrap();
    assert_eq!(ids(&store), ["before", "small"]);
}

#[test]
fn the_log_stays_short_while_writers_keep_coming() {
    let database = TestDatabase::sqlite();
    let store = database.store(SCHEMA);
    let mut longest = 0;
    let log = PathBuf::from(format!("{}-wal", file_of(&database).display()));
    let photo = Value::Bytes(vec![7; 4 << 20]);
    for number in 0..60 {
        let id = Value::from(format!("{}", number % 3));
        store
            .write_sync(|tx| {
                tx.run(
                    "insert into thing (id, photo) values ($1, $2)
                     on conflict (id) do update set photo = excluded.photo",
                    &[id.clone(), photo.clone()],
                )
            })
            .unwrap();
        longest = longest.max(fs::metadata(&log).unwrap().len());
    }
    assert!(longest < 80 << 20, "240 MiB were written; the log had {longest} bytes");
}

#[test]
fn a_waiting_lock_of_another_process_ends_in_busy() {
    let database = TestDatabase::sqlite();
    let (one, other) = (database.store(SCHEMA), database.store(SCHEMA));
    let (release, holder) = hold(&one);
    let res = other.write_sync(|tx| add(tx, "a"));
    assert!(matches!(res, Err(DbError::Busy)), "{res:?}");
    release.send(()).unwrap();
    holder.join().unwrap();
    other.write_sync(|tx| add(tx, "b")).unwrap();
    assert_eq!(ids(&one), ["b"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closure_may_own_the_last_handle() {
    let database = TestDatabase::sqlite();
    let store = database.store(SCHEMA);
    let (release, holder) = hold(&store);
    let owned = store.clone();
    let write = tokio::spawn(async move {
        let inner = owned.clone();
        owned.write(move |tx| add(tx, &format!("{:?}", inner.engine()))).await
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    // Nobody waits for the closure any more, and nobody else holds the store.
    write.abort();
    assert!(write.await.unwrap_err().is_cancelled());
    drop(store);
    release.send(()).unwrap();
    drop(holder);
    let begun = Instant::now();
    let file = file_of(&database);
    let log = PathBuf::from(format!("{}-wal", file.display()));
    while log.exists() && begun.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(!log.exists(), "the file is closed");
}
