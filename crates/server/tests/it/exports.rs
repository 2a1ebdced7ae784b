//! Lists to take away: every row the list has at that moment, as text and as a spreadsheet; the log says who did, and a
//! download that broke off goes on.

use std::fs::File;
use std::io::{Cursor, Read as _};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::http::{HeaderName, Method, Request, StatusCode, header};
use jiff::SignedDuration;
use motcua::account::people;
use motcua::config::Config;
use motcua::desk::export::kept::KEPT_MAX;
use motcua_db::DbError;
use motcua_domain::access::{Appointment, Role};
use motcua_domain::office_time;

use crate::api::{Call, header_of, json, pointers, problem, token};
use crate::dossier::file;
use crate::given::province::EAST;
use crate::given::{Answer, Office, on_each_engine, with_config};
use crate::portal;

/// Where what was made is kept.
const KEPT: &str = "/can-bo/tep-tai-ve/";

/// Takes something away as a browser does: the link leads on to the file that was made.
pub async fn taken(office: &mut Office, link: &str) -> Answer {
    let made = office.get(link).await;
    match made.location.clone().filter(|to| to.starts_with(KEPT)) {
        Some(kept) => office.get(&kept).await,
        None => made,
    }
}

/// Makes a table and answers where it is kept.
async fn kept(office: &mut Office, link: &str) -> String {
    let made = office.get(link).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text());
    made.location.filter(|to| to.starts_with(KEPT)).expect("a kept file")
}

/// Asks for a file with these headers.
async fn asked(office: &mut Office, method: Method, path: &str, headers: &[(HeaderName, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    office.send(request.body(Body::empty()).unwrap()).await
}

/// The files of kept tables, finished or not.
fn files(office: &Office) -> Vec<PathBuf> {
    std::fs::read_dir(office.app.blobs.exports()).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// The lines of a table as text: its rows without the columns and the sum, and the sum.
fn lines(text: &str) -> (Vec<String>, String) {
    let mut lines: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
    let sum = lines.pop().unwrap_or_default();
    (lines, sum)
}

/// The codes on every page of a search, as somebody sees who goes from page to page.
async fn pages_of(office: &mut Office, q: &str) -> Vec<String> {
    let (mut codes, mut path) = (Vec::new(), format!("/can-bo/tra-cuu?q={q}"));
    loop {
        let page = office.get(&path).await.text();
        let rows = page.split("data-row-link href=\"/can-bo/ho-so/").skip(1);
        codes.extend(rows.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
        match page.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next()) {
            Some(next) => path = next.replace("&#38;", "&"),
            None => return codes,
        }
    }
}

#[test]
fn a_list_is_taken_away_as_text_and_as_a_spreadsheet() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let (_, code) = portal::filed(office).await;
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let page = office.get("/can-bo/don-vi?tab=intake").await.text();
        assert!(page.contains("href=\"/can-bo/don-vi/tai-ve/csv?tab=intake\""), "{page}");

        let csv = taken(office, "/can-bo/don-vi/tai-ve/csv?tab=intake").await;
        assert_eq!((csv.status, csv.media_type.as_str()), (StatusCode::OK, "text/csv; charset=utf-8"));
        assert_eq!(csv.headers["x-total-count"], "1");
        let name = csv.headers["content-disposition"].to_str().unwrap();
        assert!(name.starts_with("attachment;") && name.contains("viec cua don vi 2026-03-02.csv"), "{name}");
        let text = csv.text();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("\u{feff}Mã hồ sơ,Chủ hồ sơ,Mã thủ tục"), "{text}");
        assert!(lines[1].starts_with(&code) && lines[1].contains("Trần Thị Lan,1.001193,"), "{text}");
        assert!(lines[1].contains("Mới đăng ký") && lines[1].contains("08:00 02/03/2026"), "{text}");
        assert!(lines[2].contains("Tổng cộng 1 việc, lập lúc"), "{text}");
        assert_eq!(lines.len(), 3);

        let sheet = taken(office, "/can-bo/tai-ve/xlsx").await;
        assert_eq!(sheet.status, StatusCode::OK);
        let mut zip = zip::ZipArchive::new(Cursor::new(sheet.body)).unwrap();
        let mut rows = String::new();
        zip.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut rows).unwrap();
        assert!(rows.contains(&code) && rows.contains("Tổng cộng 1 việc"), "{rows}");

        let none = taken(office, "/can-bo/don-vi/tai-ve/csv?tab=late").await;
        assert_eq!((none.headers["x-total-count"].as_bytes(), none.text().lines().count()), (&b"0"[..], 2));
        assert_eq!(office.get("/can-bo/tai-ve/pdf").await.status, StatusCode::NOT_FOUND);

        office.officer("Giang Thị Kiểm", Role::Auditor, EAST).await;
        let log = office.get("/can-bo/quan-tri/nhat-ky").await.text();
        assert!(log.contains("Tải về danh sách") && log.contains("tab=intake"), "{log}");
        office.officer("Lê Văn Tây", Role::Reception, "H99.102").await;
        let other = taken(office, "/can-bo/don-vi/tai-ve/csv").await;
        assert!(!other.text().contains(&code) && other.headers["x-total-count"] == "0");
        office.nobody();
        assert!(office.get("/can-bo/tai-ve/csv").await.status.is_redirection());
    });
}

#[test]
fn what_the_search_finds_is_taken_away_with_every_row_of_the_screen() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let (_, code) = portal::filed(office).await;
        // More than a page, of one person.
        for number in 0..54 {
            file(office, &format!("press {number}")).await;
        }
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let page = office.get("/can-bo/tra-cuu?q=nguyen+thi").await.text();
        assert!(page.contains("href=\"/can-bo/tra-cuu/tai-ve/csv?q=nguyen%20thi\""), "{page}");
        assert!(!office.get("/can-bo/tra-cuu").await.text().contains("/tai-ve/"), "nothing was asked for");
        assert!(!office.get("/can-bo/tra-cuu?q=khong-co-ai").await.text().contains("/tai-ve/"));

        for (q, found) in [("nguyen%20thi", 54), ("thi", 55), ("001190000007", 54), ("h99.101", 55)] {
            let seen = pages_of(office, q).await;
            assert_eq!(seen.len(), found, "{q}");
            let csv = taken(office, &format!("/can-bo/tra-cuu/tai-ve/csv?q={q}")).await;
            assert_eq!((csv.status, csv.media_type.as_str()), (StatusCode::OK, "text/csv; charset=utf-8"));
            assert_eq!(csv.headers["x-total-count"], found.to_string(), "{q}");
            let (rows, sum) = lines(&csv.text());
            let codes: Vec<&str> = rows.iter().filter_map(|row| row.split(',').next()).collect();
            assert_eq!(codes, seen, "{q}: the rows of the screen in its order");
            assert!(sum.contains(&format!("Tổng cộng {found} hồ sơ, lập lúc")), "{sum}");
        }
        let text = taken(office, "/can-bo/tra-cuu/tai-ve/csv?q=lan").await.text();
        assert!(text.starts_with("\u{feff}Mã hồ sơ,Chủ hồ sơ,Thủ tục,Trạng thái,"), "{text}");
        assert!(text.contains(&format!("{code},Trần Thị Lan,")) && text.contains("Mới đăng ký"), "{text}");
        let sheet = taken(office, "/can-bo/tra-cuu/tai-ve/xlsx?q=thi").await;
        let mut zip = zip::ZipArchive::new(Cursor::new(sheet.body)).unwrap();
        let mut rows = String::new();
        zip.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut rows).unwrap();
        assert_eq!((rows.matches("<row>").count(), rows.contains(&code)), (57, true), "{rows}");

        assert_eq!(office.get("/can-bo/tra-cuu/tai-ve/pdf?q=lan").await.status, StatusCode::NOT_FOUND);
        let nothing = office.get("/can-bo/tra-cuu/tai-ve/csv?q=%20").await;
        assert_eq!(nothing.location.as_deref(), Some("/can-bo/tra-cuu"), "there it says what to type");
        let none = taken(office, "/can-bo/tra-cuu/tai-ve/csv?q=khong-co-ai").await;
        assert_eq!((&none.headers["x-total-count"], lines(&none.text()).0.len()), (&"0".parse().unwrap(), 0));

        office.officer("Giang Thị Kiểm", Role::Auditor, EAST).await;
        let log = office.get("/can-bo/quan-tri/nhat-ky").await.text();
        assert!(log.contains("Tải về kết quả tra cứu “nguyen thi”: 54 hồ sơ"), "{log}");
        assert!(log.contains("tra cứu “…007”") && !log.contains("025190000007"), "{log}");
        let all = taken(office, "/can-bo/tra-cuu/tai-ve/csv?q=thi").await;
        assert_eq!(all.headers["x-total-count"], "55", "auditors see every unit");
        office.officer("Lê Văn Tây", Role::Reception, "H99.102").await;
        let other = taken(office, "/can-bo/tra-cuu/tai-ve/csv?q=thi").await;
        assert_eq!(
            (&other.headers["x-total-count"], other.text().contains(&code)),
            (&"0".parse().unwrap(), false)
        );
        office.nobody();
        assert!(office.get("/can-bo/tra-cuu/tai-ve/csv?q=lan").await.status.is_redirection());
    });
}

#[test]
fn a_download_that_broke_off_goes_on_with_the_same_bytes() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let (_, code) = portal::filed(office).await;
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let there = kept(office, "/can-bo/don-vi/tai-ve/csv").await;
        let gzip = (header::ACCEPT_ENCODING, "gzip");
        let whole = asked(office, Method::GET, &there, std::slice::from_ref(&gzip)).await;
        assert_eq!((whole.status, whole.text().contains(&code)), (StatusCode::OK, true));
        let length = whole.body.len();
        assert_eq!(whole.headers[header::CONTENT_LENGTH], length.to_string());
        assert_eq!(whole.headers[header::ACCEPT_RANGES], "bytes");
        assert_eq!(whole.headers[header::CACHE_CONTROL], "no-store");
        assert!(!whole.headers.contains_key(header::CONTENT_ENCODING), "ranges are of the bytes as they lie");
        let etag = whole.headers[header::ETAG].to_str().unwrap().to_owned();
        assert!(etag.starts_with('"'), "strong: {etag}");

        // The list changes meanwhile; the file is the one that was begun.
        office.accepted(&code).await;
        let (half, from) = (length / 2, format!("bytes={}-", length / 2));
        let range = (header::RANGE, from.as_str());
        let same = (header::IF_RANGE, etag.as_str());
        let rest = asked(office, Method::GET, &there, &[range.clone(), same, gzip]).await;
        assert_eq!((rest.status, &rest.body[..]), (StatusCode::PARTIAL_CONTENT, &whole.body[half..]));
        let said = format!("bytes {half}-{}/{length}", length - 1);
        assert_eq!(rest.headers[header::CONTENT_RANGE], said);
        assert_eq!(rest.headers[header::ETAG], etag);
        let first = asked(office, Method::GET, &there, &[(header::RANGE, "bytes=0-2")]).await;
        assert_eq!(first.body, "\u{feff}".as_bytes());
        let other = asked(office, Method::GET, &there, &[range.clone(), (header::IF_RANGE, "\"x\"")]).await;
        assert_eq!(
            (other.status, other.body.len()),
            (StatusCode::OK, length),
            "another file is not gone on with"
        );

        let outside = format!("bytes={length}-");
        let outside = asked(office, Method::GET, &there, &[(header::RANGE, outside.as_str())]).await;
        assert_eq!(outside.status, StatusCode::RANGE_NOT_SATISFIABLE);
        assert_eq!(outside.headers[header::CONTENT_RANGE], format!("bytes */{length}"));
        let known = asked(office, Method::GET, &there, &[(header::IF_NONE_MATCH, etag.as_str())]).await;
        assert_eq!((known.status, known.body.len()), (StatusCode::NOT_MODIFIED, 0));
        assert_eq!(known.headers[header::ETAG], etag);
        let another = asked(office, Method::GET, &there, &[(header::IF_MATCH, "\"x\"")]).await;
        assert_eq!(another.status, StatusCode::PRECONDITION_FAILED);
        let head = asked(office, Method::HEAD, &there, &[range]).await;
        assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
        assert_eq!(head.headers[header::CONTENT_LENGTH], length.to_string());
        assert_eq!(head.headers[header::ETAG], etag);
    });
}

#[test]
fn what_was_made_is_given_to_nobody_but_who_made_it_with_the_rights_of_then() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let (lan, _) = portal::filed(office).await;
        let quay = office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let there = kept(office, "/can-bo/don-vi/tai-ve/xlsx").await;
        for (name, role) in [("Lê Thị Cùng", Role::Reception), ("Giang Thị Kiểm", Role::Auditor)] {
            office.officer(name, role, EAST).await;
            let answer = office.get(&there).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name}");
            assert!(!answer.headers.contains_key(header::ETAG));
        }
        office.switch(&lan);
        assert!(office.get(&there).await.location.unwrap().starts_with("/can-bo/dang-nhap?"));
        office.nobody();
        let sign_in = office.get(&there).await.location.unwrap();
        assert_eq!(sign_in, format!("/can-bo/dang-nhap?tiep={there}"), "and comes back");
        assert_eq!(
            office.get(&format!("{KEPT}x")).await.location.unwrap(),
            format!("/can-bo/dang-nhap?tiep={KEPT}x")
        );
        office.switch(&quay);
        assert_eq!(office.get(&format!("{KEPT}x")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(office.get(&there).await.status, StatusCode::OK);

        let (id, today) = (quay.id, office_time::day_of(office.app.clock.now()));
        let other = Appointment { unit: "H99.102".parse().unwrap(), role: Role::Specialist };
        let appointed = move |tx: &mut motcua_db::Tx<'_>| people::appoint(tx, id, &other, today, None);
        office.app.store.write::<_, DbError>(appointed).await.unwrap();
        assert_eq!(office.get(&there).await.status, StatusCode::NOT_FOUND, "other rights, another list");
        assert_eq!(taken(office, "/can-bo/don-vi/tai-ve/xlsx").await.status, StatusCode::OK);
    });
}

#[test]
fn what_was_made_is_kept_for_a_while_and_then_swept() {
    let mut config = Config::default();
    config.export.kept_minutes = 10;
    with_config(&config, async |mut office| {
        let office = &mut office;
        portal::filed(office).await;
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let first = kept(office, "/can-bo/tai-ve/csv").await;
        for _ in 1..=KEPT_MAX {
            office.wait(SignedDuration::from_secs(1));
            kept(office, "/can-bo/tai-ve/csv").await;
        }
        assert_eq!(office.get(&first).await.status, StatusCode::NOT_FOUND, "the oldest made room");
        assert_eq!(files(office).len(), KEPT_MAX);

        office.wait(SignedDuration::from_secs(1));
        let last = kept(office, "/can-bo/tai-ve/csv").await;
        office.wait(SignedDuration::from_mins(9));
        // A file that another server is writing, and one that was left behind by a power cut.
        let hours = |hours: u64| {
            let now = u64::try_from(office.app.clock.now().as_second()).unwrap();
            SystemTime::UNIX_EPOCH + Duration::from_secs(now - hours * 3600)
        };
        for (name, written) in [(".writing", hours(1)), (".left-behind", hours(25))] {
            File::create(office.app.blobs.export(name)).unwrap().set_modified(written).unwrap();
        }
        motcua::account::sweep::sweep(&office.app).await.unwrap();
        assert_eq!(office.get(&last).await.status, StatusCode::OK, "not yet");
        office.wait(SignedDuration::from_mins(1));
        assert_eq!(office.get(&last).await.status, StatusCode::NOT_FOUND, "it is over, swept or not");
        for _ in 0..2 {
            motcua::account::sweep::sweep(&office.app).await.unwrap();
        }
        assert_eq!(files(office), [office.app.blobs.export(".writing")]);

        // Without its file, or with half of it, there is none.
        let broken = kept(office, "/can-bo/tai-ve/csv").await;
        let file = office.app.blobs.export(broken.strip_prefix(KEPT).unwrap());
        File::options().write(true).open(&file).unwrap().set_len(7).unwrap();
        assert_eq!(office.get(&broken).await.status, StatusCode::NOT_FOUND);
        std::fs::remove_file(&file).unwrap();
        assert_eq!(office.get(&broken).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn another_server_of_the_same_office_goes_on_with_a_download() {
    on_each_engine(async |mut office| {
        portal::filed(&mut office).await;
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let there = kept(&mut office, "/can-bo/don-vi/tai-ve/csv").await;
        let whole = office.get(&there).await;
        let mut other = office.configured(Config::default());
        other.app.reload_office().await.unwrap();
        let etag = whole.headers[header::ETAG].to_str().unwrap();
        let headers = [(header::RANGE, "bytes=10-"), (header::IF_RANGE, etag)];
        let rest = asked(&mut other, Method::GET, &there, &headers).await;
        assert_eq!((rest.status, &rest.body[..]), (StatusCode::PARTIAL_CONTENT, &whole.body[10..]));
    });
}

#[test]
fn programs_take_lists_and_searches_away_as_the_desk_does() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let (_, code) = portal::filed(office).await;
        let quay = office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let add = "/can-bo/cach-loc/them?list=units&query=tab%3Dintake%26q%3Dlan";
        office.post(add, &[("name", "Mới về"), ("unit", "")]).await;
        office.post(&add.replace("intake", "late"), &[("name", "Trễ"), ("unit", "")]).await;
        let desk = token(office, &quay, &["dossiers:read"]).await;
        let views = json(&Call::get("/api/v1/views").by(&desk).send(office).await);
        let view = |name: &str| {
            let found = views["items"].as_array().unwrap().iter().find(|view| view["name"] == name);
            found.unwrap()["id"].as_str().unwrap().to_owned()
        };
        for (query, rows) in [
            ("work".to_owned(), "1"),
            ("work?whose=units&tab=intake&kind=csv".to_owned(), "1"),
            ("work?whose=units&tab=late".to_owned(), "0"),
            (format!("work?view={}", view("Mới về")), "1"),
            (format!("work?view={}", view("Trễ")), "0"),
            ("search?q=tran%20thi".to_owned(), "1"),
            ("search?q=025190000007&kind=csv".to_owned(), "1"),
            ("search?q=khong-co-ai".to_owned(), "0"),
        ] {
            let path = format!("/api/v1/exports/{query}");
            let made = Call::get(&path).by(&desk).send(office).await;
            assert_eq!(made.status, StatusCode::SEE_OTHER, "{query}: {}", made.text());
            let there = made.location.unwrap();
            let whole = Call::get(&there).by(&desk).send(office).await;
            assert_eq!(
                (whole.status, &whole.headers["x-total-count"]),
                (StatusCode::OK, &rows.parse().unwrap())
            );
            assert_eq!(whole.text().contains(&code), rows == "1", "{query}");
            let etag = header_of(&whole, "etag");
            let rest = Call::get(&there).by(&desk).with("range", "bytes=9-").with("if-range", &etag);
            let rest = rest.send(office).await;
            assert_eq!((rest.status, &rest.body[..]), (StatusCode::PARTIAL_CONTENT, &whole.body[9..]));
        }
        office.officer("Giang Thị Kiểm", Role::Auditor, EAST).await;
        let log = office.get("/can-bo/quan-tri/nhat-ky").await.text();
        for said in ["“whose=units&#38;tab=intake”", "“tab=intake&#38;q=lan”", "tra cứu “tran thi”: 1 hồ sơ"]
        {
            assert!(log.contains(said), "{said}: {log}");
        }
    });
}

#[test]
fn a_program_that_asks_for_what_there_is_not_is_told_why() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let (lan, _) = portal::filed(office).await;
        let quay = office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let desk = token(office, &quay, &["dossiers:read"]).await;
        let made = Call::get("/api/v1/exports/work?kind=xlsx&whose=units").by(&desk).send(office).await;
        let there = made.location.unwrap();
        let sheet = Call::get(&there).by(&desk).send(office).await;
        assert!(sheet.media_type.ends_with("spreadsheetml.sheet") && sheet.body.starts_with(b"PK"));
        let ask = |name: &'static str, value: &str| Call::get(&there).by(&desk).with(name, value);
        let outside = ask("range", "bytes=99999999-").send(office).await;
        assert_eq!(problem(&outside), "out_of_range");
        assert_eq!(header_of(&outside, "content-range"), format!("bytes */{}", sheet.body.len()));
        assert_eq!(problem(&ask("if-match", "\"x\"").send(office).await), "changed");
        let tag = header_of(&sheet, "etag");
        assert_eq!(ask("if-none-match", &tag).send(office).await.status, StatusCode::NOT_MODIFIED);

        for (query, wrong) in [
            ("work?kind=pdf", "kind"),
            ("work?limit=5", "limit"),
            ("work?view=x", "view"),
            ("work?tab=x", "tab"),
            ("search", "q"),
            ("search?q=lan&kind=ods", "kind"),
        ] {
            let path = format!("/api/v1/exports/{query}");
            let answer = Call::get(&path).by(&desk).send(office).await;
            assert_eq!((problem(&answer).as_str(), pointers(&answer)), ("invalid", vec![wrong.to_owned()]));
        }
        let (lan, colleague) = (
            token(office, &lan, &["dossiers:read"]).await,
            office.officer("Lê Thị Cùng", Role::Reception, EAST).await,
        );
        for path in ["/api/v1/exports/work", "/api/v1/exports/search?q=lan"] {
            assert_eq!(problem(&Call::get(path).by(&lan).send(office).await), "forbidden", "{path}");
            assert_eq!(problem(&Call::get(path).send(office).await), "no_token", "{path}");
        }
        let colleague = token(office, &colleague, &["dossiers:read"]).await;
        for other in [&lan, &colleague] {
            assert_eq!(problem(&Call::get(&there).by(other).send(office).await), "not_found");
        }
        let acting = token(office, &quay, &["dossiers:act"]).await;
        assert_eq!(problem(&Call::get(&there).by(&acting).send(office).await), "missing_scope");
    });
}
