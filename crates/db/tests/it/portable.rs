//! One SQL text means the same on both engines.

use motcua_db::testing::on_each_engine;
use motcua_db::{DbError, Engine, Store, Value};

use crate::{SCHEMA, add};

fn one(store: &Store, sql: &str, params: &[Value]) -> Value {
    let row = store.read_sync(|tx| tx.one(sql, params)).unwrap().expect("one row");
    row.get(0).unwrap()
}

#[test]
fn parameters_are_bound_by_their_number() {
    on_each_engine(SCHEMA, |store| {
        let params = [Value::from("first"), Value::from("second")];
        let row = store
            .read_sync(|tx| {
                tx.one("select cast($2 as text) as b, cast($1 as text) as a, cast($2 as text) as c", &params)
            })
            .unwrap()
            .unwrap();
        assert_eq!(row.get::<String>("a").unwrap(), "first");
        assert_eq!(row.get::<String>("b").unwrap(), "second");
        assert_eq!(row.get::<String>(2).unwrap(), "second");
        assert_eq!(row.columns(), ["b", "a", "c"]);
    });
}

#[test]
fn more_than_nine_parameters_keep_their_numbers() {
    on_each_engine(SCHEMA, |store| {
        let params: Vec<Value> = (1..=12).map(Value::from).collect();
        let list: Vec<String> = (1..=12).rev().map(|number| format!("cast(${number} as bigint)")).collect();
        let sql = format!("select {}", list.join(", "));
        let row = store.read_sync(|tx| tx.one(&sql, &params)).unwrap().unwrap();
        let values: Vec<i64> = (0..12).map(|place| row.get(place).unwrap()).collect();
        assert_eq!(values, (1..=12).rev().collect::<Vec<i64>>());
    });
}

#[test]
fn a_wrong_number_of_parameters_is_an_error() {
    on_each_engine(SCHEMA, |store| {
        for params in [&[][..], &[Value::from("a"), Value::from("b")][..]] {
            let res = store.read_sync(|tx| tx.rows("select id from thing where id = $1", params));
            assert!(matches!(res, Err(DbError::Engine(_))), "{res:?}");
        }
    });
}

#[test]
fn an_optional_filter_is_written_with_a_cast() {
    on_each_engine(SCHEMA, |store| {
        store.write_sync(|tx| add(tx, "a").and_then(|()| add(tx, "b"))).unwrap();
        let sql = "select count(*) from thing where cast($1 as text) is null or id = $1";
        assert_eq!(one(store, sql, &[Value::Null]), Value::Int(2));
        assert_eq!(one(store, sql, &["a".into()]), Value::Int(1));
    });
}

#[test]
fn all_kinds_of_value_come_back_as_they_went_in() {
    on_each_engine(SCHEMA, |store| {
        let bytes: Vec<u8> = (0..=255).collect();
        store
            .write_sync(|tx| {
                tx.run(
                    "insert into thing (id, place, urgent, weight, photo) values ($1, $2, $3, $4, $5)",
                    &["Đặng Thị Ngọc".into(), i64::MIN.into(), true.into(), 3.0.into(), bytes.clone().into()],
                )
            })
            .unwrap();
        let row = store.read_sync(|tx| tx.one("select * from thing", &[])).unwrap().unwrap();
        assert_eq!(row.get::<String>("id").unwrap(), "Đặng Thị Ngọc");
        assert_eq!(row.get::<i64>("place").unwrap(), i64::MIN);
        assert!(row.get::<bool>("urgent").unwrap());
        assert!((row.get::<f64>("weight").unwrap() - 3.0).abs() < f64::EPSILON);
        assert_eq!(row.get::<Vec<u8>>("photo").unwrap(), bytes);
    });
}

#[test]
fn null_is_only_an_option() {
    on_each_engine(SCHEMA, |store| {
        store
            .write_sync(|tx| {
                let none: Option<i64> = None;
                tx.run(
                    "insert into thing (id, place, photo) values ('a', $1, $2)",
                    &[none.into(), Value::Null],
                )
            })
            .unwrap();
        let row = store.read_sync(|tx| tx.one("select place, photo, id from thing", &[])).unwrap().unwrap();
        assert_eq!(row.get::<Option<i64>>("place").unwrap(), None);
        assert_eq!(row.get::<Option<Vec<u8>>>("photo").unwrap(), None);
        assert_eq!(row.get::<Option<String>>("id").unwrap(), Some("a".to_owned()));
        assert!(matches!(row.get::<i64>("place"), Err(DbError::Decode(_))));
    });
}

#[test]
fn values_are_checked_on_the_way_out() {
    on_each_engine(SCHEMA, |store| {
        store
            .write_sync(|tx| tx.run("insert into thing (id, place, weight) values ('x', 300, 0.5)", &[]))
            .unwrap();
        let row = store.read_sync(|tx| tx.one("select * from thing", &[])).unwrap().unwrap();
        assert!(matches!(row.get::<i64>("id"), Err(DbError::Decode(_))));
        assert!(matches!(row.get::<String>("place"), Err(DbError::Decode(_))));
        assert!(matches!(row.get::<u8>("place"), Err(DbError::Decode(_))), "300 is not a u8");
        assert!(matches!(row.get::<bool>("place"), Err(DbError::Decode(_))));
        assert!(matches!(row.get::<i64>("weight"), Err(DbError::Decode(_))));
        assert!(matches!(row.get::<i64>("absent"), Err(DbError::Decode(_))));
        assert!(matches!(row.get::<i64>(17), Err(DbError::Decode(_))));
        let message = row.get::<i64>("id").unwrap_err().to_string();
        assert!(message.contains("id") && message.contains("text"), "{message}");
        assert_eq!(row.get::<u16>("place").unwrap(), 300);
        assert_eq!(row.parse_opt::<i64>("photo").unwrap(), None);
        assert!(matches!(row.parse::<i64>("id"), Err(DbError::Decode(_))));
    });
}

#[test]
fn text_in_an_integer_column_is_found_at_the_latest_on_the_way_out() {
    on_each_engine(SCHEMA, |store| {
        let written =
            store.write_sync(|tx| tx.run("insert into thing (id, place) values ('x', $1)", &["abc".into()]));
        match store.engine() {
            Engine::Postgres => assert!(matches!(written, Err(DbError::Engine(_))), "{written:?}"),
            Engine::Sqlite => {
                assert_eq!(written.unwrap(), 1);
                let row = store.read_sync(|tx| tx.one("select place from thing", &[])).unwrap().unwrap();
                assert!(matches!(row.get::<i64>("place"), Err(DbError::Decode(_))));
            }
        }
    });
}

#[test]
fn values_only_one_engine_could_keep_are_refused() {
    on_each_engine(SCHEMA, |store| {
        for (column, value) in
            [("id", Value::from("a\0b")), ("weight", f64::NAN.into()), ("weight", f64::INFINITY.into())]
        {
            let sql = format!("update thing set {column} = $1");
            let res = store.write_sync(|tx| tx.run(&sql, std::slice::from_ref(&value)));
            assert!(matches!(res, Err(DbError::BadValue(_))), "{res:?}");
        }
    });
}

#[test]
fn booleans_are_conditions() {
    on_each_engine(SCHEMA, |store| {
        store
            .write_sync(|tx| {
                tx.run(
                    "insert into thing (id, urgent) values ('a', true), ('b', false), ('c', $1)",
                    &[true.into()],
                )
            })
            .unwrap();
        assert_eq!(one(store, "select count(*) from thing where urgent", &[]), Value::Int(2));
        assert_eq!(one(store, "select count(*) from thing where not urgent", &[]), Value::Int(1));
        assert_eq!(
            one(store, "select count(*) from thing where urgent = $1", &[false.into()]),
            Value::Int(1)
        );
        let row =
            store.read_sync(|tx| tx.one("select id = 'a' as same from thing where id = 'a'", &[])).unwrap();
        assert!(row.unwrap().get::<bool>("same").unwrap());
    });
}

#[test]
fn a_key_that_exists_is_a_conflict_that_names_its_columns() {
    on_each_engine(SCHEMA, |store| {
        store.write_sync(|tx| tx.run("insert into thing (id, place) values ('secret', 7)", &[])).unwrap();
        let again = store.write_sync(|tx| add(tx, "secret"));
        assert!(matches!(&again, Err(DbError::Conflict(key)) if key == "thing.id"), "{again:?}");
        let index = store.write_sync(|tx| tx.run("insert into thing (id, place) values ('b', 7)", &[]));
        assert!(
            matches!(&index, Err(DbError::Conflict(key)) if key == "thing.place, thing.urgent"),
            "{index:?}"
        );
    });
}

#[test]
fn returning_upsert_and_casts_work_alike() {
    on_each_engine(SCHEMA, |store| {
        let returned = |sql: &'static str| -> Vec<Value> {
            let rows = store.write_sync(move |tx| tx.rows(sql, &[])).unwrap();
            rows.iter().map(|row| row.get(0).unwrap()).collect()
        };
        let inserted = returned("insert into thing (id, place) values ('a', 1), ('b', 2) returning place");
        assert_eq!(inserted, [Value::Int(1), Value::Int(2)]);
        let upserted = returned(
            "insert into thing (id, place) values ('a', 5)
             on conflict (id) do update set place = excluded.place + thing.place returning place",
        );
        assert_eq!(upserted, [Value::Int(6)]);
        let updated = returned("update thing set version = version + 1 where place = 6 returning id");
        assert_eq!(updated, [Value::from("a")]);
        assert_eq!(one(store, "select cast(sum(place) as bigint) from thing", &[]), Value::Int(8));
        assert_eq!(
            one(store, "select cast(avg(place) as double precision) from thing", &[]),
            Value::Real(4.0)
        );
        assert_eq!(one(store, "with v(x) as (values (1), (2)) select count(*) from v", &[]), Value::Int(2));
        let deleted = returned("delete from thing where id = 'b' returning id");
        assert_eq!(deleted, [Value::from("b")]);
    });
}

#[test]
fn texts_sort_by_their_bytes() {
    on_each_engine(SCHEMA, |store| {
        let given = ["b", "B", "a", "đ", "Z", "é", "10", "9"];
        store.write_sync(|tx| given.iter().try_for_each(|id| add(tx, id))).unwrap();
        let mut sorted = given;
        sorted.sort_unstable();
        assert_eq!(crate::ids(store), sorted);
    });
}

#[test]
fn nulls_stand_where_the_query_says() {
    on_each_engine(SCHEMA, |store| {
        store
            .write_sync(|tx| {
                tx.run("insert into thing (id, place) values ('a', 2), ('b', null), ('c', 1)", &[])
            })
            .unwrap();
        let order = |sql: &'static str| -> Vec<String> {
            let rows = store.read_sync(move |tx| tx.rows(sql, &[])).unwrap();
            rows.iter().map(|row| row.get("id").unwrap()).collect()
        };
        assert_eq!(order("select id from thing order by place nulls first"), ["b", "c", "a"]);
        assert_eq!(order("select id from thing order by place desc nulls last"), ["a", "c", "b"]);
    });
}

#[test]
fn rows_can_be_taken_one_after_another_and_left() {
    on_each_engine(SCHEMA, |store| {
        store.write_sync(|tx| (0..500).try_for_each(|number| add(tx, &format!("{number:03}")))).unwrap();
        let (seen, after) = store
            .read_sync(|tx| {
                let mut seen = Vec::new();
                let res = tx.each("select id from thing order by id", &[], |row| {
                    seen.push(row.get::<String>("id")?);
                    if seen.len() < 3 { Ok(()) } else { Err(DbError::Decode("enough".to_owned())) }
                });
                assert!(matches!(res, Err(DbError::Decode(_))));
                Ok::<_, DbError>((seen, tx.rows("select id from thing", &[])?.len()))
            })
            .unwrap();
        assert_eq!(seen, ["000", "001", "002"]);
        assert_eq!(after, 500, "the transaction goes on after a query that was left");
    });
}

#[test]
fn one_row_is_not_two() {
    on_each_engine(SCHEMA, |store| {
        store.write_sync(|tx| add(tx, "a").and_then(|()| add(tx, "b"))).unwrap();
        let res = store.read_sync(|tx| tx.one("select id from thing", &[]));
        assert!(matches!(res, Err(DbError::Decode(_))), "{res:?}");
        let none = store.read_sync(|tx| tx.one("select id from thing where id = 'z'", &[])).unwrap();
        assert_eq!(none, None);
    });
}

#[test]
fn foreign_keys_are_watched() {
    on_each_engine(SCHEMA, |store| {
        store
            .write_sync(|tx| tx.script("create table part (thing text not null references thing (id))"))
            .unwrap();
        let res = store.write_sync(|tx| tx.run("insert into part (thing) values ('absent')", &[]));
        assert!(matches!(res, Err(DbError::Engine(_))), "{res:?}");
    });
}

#[test]
fn statements_are_counted() {
    on_each_engine(SCHEMA, |store| {
        let before = store.statements();
        store.write_sync(|tx| add(tx, "a").and_then(|()| add(tx, "b"))).unwrap();
        store.read_sync(|tx| tx.rows("select id from thing", &[])).unwrap();
        assert_eq!(store.statements() - before, 3);
    });
}
