//! No page reads every row of what grows with dossiers: what the program asks while people work is explained by both
//! engines, and none of it is answered by a scan.

use std::collections::BTreeSet;

use motcua::desk::export::store as exports;
use motcua::dossier::store;
use motcua_db::DbError;
use motcua_db::testing::Statement;
use motcua_domain::access::Role;

use crate::api::{Call, token};
use crate::bulk;
use crate::exports::taken;
use crate::given::province::EAST;
use crate::given::{Office, on_each_engine};
use crate::portal;

/// Tables with rows for every dossier, or for what people do with them.
const GROWING: [&str; 20] = [
    "dossier",
    "journal",
    "work",
    "dossier_unit",
    "dossier_name",
    "dossier_file",
    "form_file",
    "form_counter",
    "submission",
    "draft",
    "draft_file",
    "mail",
    "office_log",
    "person",
    "session",
    "api_answer",
    "api_file",
    "bulk_run",
    "bulk_row",
    "export",
];

/// What may be read whole all the same, by the beginning of its text and by the tables, and why.
const ALLOWED: [(&str, &[&str]); 3] = [
    // An auditor's counters are of everything that waits in the office; nobody else's are.
    ("select w.tab as tab, count(*) as n", &["work"]),
    // The clocks that stand now, by a partial index: as many as are paused, however many dossiers there are.
    ("with held as materialized", &["dossier"]),
    // The same for auditors. Without figures about the tables PostgreSQL begins with the entries that stop clocks.
    (HELD_ANYWHERE, &["dossier", "journal"]),
];

const HELD_ANYWHERE: &str = "with held as materialized (
             select d.code, d.applicant_name, d.procedure_name from dossier d where d.paused and 1 = 1)";

/// Every page of a desk's lists, by everything that narrows them.
fn desk_paths(code: &str) -> Vec<String> {
    let mut paths = vec![
        format!("/can-bo/ho-so/{code}"),
        "/can-bo/tam-dung".to_owned(),
        format!("/can-bo/tam-dung?unit={EAST}&month=2026-03&after=2026-03-01T00:00:00.000Z~H99"),
        "/can-bo/so-theo-doi".to_owned(),
        format!("/can-bo/so-theo-doi?unit={EAST}&year=2026&book=1"),
    ];
    for text in ["lan", "tran thi lan", code, "H99.101-26", "025190000007", "khong co ai"] {
        let text = motcua::web::visitor::encode(text);
        paths.push(format!("/can-bo/tra-cuu?q={text}"));
        for by in ["number~H99-1~2026-03-02T01:00:00.000Z", "code~H99-1~", "name~H99-1~lan"] {
            paths.push(format!("/can-bo/tra-cuu?q={text}&after={by}"));
        }
    }
    let narrowed = [
        "",
        "q=tran",
        "procedure=1.001193",
        "field=ho-tich",
        "channel=online",
        "status=registered",
        "officer=x",
        "due_from=1/3/2026&due_until=31/3/2026",
        "after=2026-03-02T01:00:00.000Z~H99-1~intake",
    ];
    for kind in ["csv", "xlsx"] {
        paths.extend(
            ["/can-bo", "/can-bo/don-vi"].map(|list| format!("{list}/tai-ve/{kind}?tab=late&q=tran")),
        );
        paths.extend(
            ["lan", "h99.101", "025190000007"].map(|q| format!("/can-bo/tra-cuu/tai-ve/{kind}?q={q}")),
        );
    }
    for list in ["/can-bo?", "/can-bo/don-vi?"] {
        for tab in motcua::desk::list::TABS {
            for unit in [String::new(), format!("&unit={EAST}")] {
                paths.extend(narrowed.map(|by| format!("{list}tab={tab}{unit}&{by}")));
            }
        }
    }
    paths
}

async fn visited(office: &mut Office, paths: &[String]) {
    for path in paths {
        let answer = taken(office, path).await;
        assert!(!answer.status.is_server_error(), "{path}: {}", answer.status);
    }
}

/// The statements of a day: somebody files, the desk works, everybody looks at every list.
async fn a_day(office: &mut Office) -> Vec<Statement> {
    office.app.store.keep_statements(true);
    let (lan, code) = portal::filed(office).await;
    office.accepted(&code).await;
    visited(office, &["/ho-so".to_owned(), "/ho-so?xem=da-xong".to_owned(), format!("/ho-so/{code}")]).await;
    let mut tokens = vec![token(office, &lan, &["dossiers:read"]).await];
    for (name, role) in [
        ("Trần Thị Quầy", Role::Reception),
        ("Giang Thị Kiểm", Role::Auditor),
        ("Lại Văn Quản", Role::Administrator),
    ] {
        let who = office.officer(name, role, EAST).await;
        visited(office, &desk_paths(&code)).await;
        tokens.push(token(office, &who, &["dossiers:read"]).await);
    }
    office.officer("Vũ Thị Trưởng", Role::UnitHead, EAST).await;
    bulk::through(office, &code, "assign").await;
    for token in &tokens {
        for query in ["", "?whose=units", "?whose=units&tab=late&status=registered&due_from=2026-03-01"] {
            let path = format!("/api/v1/dossiers{query}");
            office.nobody();
            Call::get(&path).by(token).send_as_is(office).await;
        }
    }
    // What workers look for.
    let over = office.app.clock.now();
    office.app.store.write(move |tx| exports::delete_over(tx, over)).await.unwrap();
    let now = motcua::clock::stored(office.app.clock.now());
    let looked = office.app.store.read(move |tx| {
        store::unanswered(tx, &now, 50)?;
        store::running_after(tx, "H99", 50)?;
        store::codes_after(tx, "H99", 50)?;
        store::rows_after(tx, "H99", 50)?;
        exports::known_among(tx, &["x".to_owned()])?;
        Ok::<_, DbError>(())
    });
    looked.await.unwrap();
    office.app.store.keep_statements(false)
}

#[test]
fn nothing_that_grows_with_dossiers_is_read_from_end_to_end() {
    on_each_engine(async |mut office| {
        let ran = a_day(&mut office).await;
        let (mut seen, mut findings) = (BTreeSet::new(), Vec::new());
        for statement in ran {
            let first = statement.sql.split_whitespace().next().unwrap_or_default();
            let is_asked = ["select", "with", "update", "insert", "delete"].contains(&first);
            if !is_asked || !seen.insert(statement.sql.clone()) {
                continue;
            }
            let mut scans = statement.scans(&office.app.store, &GROWING).unwrap();
            for (begins, tables) in ALLOWED {
                if statement.sql.starts_with(begins) {
                    scans.retain(|table| !tables.contains(&table.as_str()));
                }
            }
            if !scans.is_empty() {
                let plan = statement.plan(&office.app.store).unwrap().join("\n    ");
                findings.push(format!("{scans:?} by {}\n    {plan}", statement.sql));
            }
        }
        assert!(200 < seen.len(), "only {} statements were seen", seen.len());
        assert!(findings.is_empty(), "{}\n{}", findings.len(), findings.join("\n"));
    });
}
