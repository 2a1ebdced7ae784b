//! Files of dossiers on their way out: whole or in parts, only to those who may see them, and every reading is told.

use axum::body::Body;
use axum::http::{HeaderName, Method, Request, StatusCode, header};
use motcua::dossier::steps;
use motcua_domain::access::Role;

use crate::api::{Call, header_of, problem, token};
use crate::desk::shown;
use crate::given::province::EAST;
use crate::given::{Answer, Office, on_each_engine};
use crate::portal::{self, files};

/// Asks for a file with these headers.
async fn asked(office: &mut Office, method: Method, path: &str, headers: &[(HeaderName, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    office.send(request.body(Body::empty()).unwrap()).await
}

/// A dossier, and a paper of it that has a file: its id and the hash of the file.
async fn paper(office: &Office, code: &str) -> (String, String) {
    let dossier = shown(office, code).await;
    let paper = dossier.papers().find(|paper| paper.file.is_some()).expect("a file was attached");
    (paper.id.to_string(), paper.file.as_ref().unwrap().sha256.to_string())
}

#[test]
fn a_document_is_given_in_parts_at_every_door() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let (lan, code) = portal::filed(office).await;
        let (paper, hash) = paper(office, &code).await;
        let quay = office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let (content, etag) = (files::pdf(), format!("\"{hash}\""));
        let (length, from) = (content.len(), "bytes=7-");
        for (who, path) in [
            (&lan, format!("/ho-so/{code}/tep/{paper}")),
            (&lan, format!("/ho-so/{code}/tep/{paper}?luu=1")),
            (&quay, format!("/can-bo/ho-so/{code}/giay-to/{paper}")),
        ] {
            office.switch(who);
            let whole = asked(office, Method::GET, &path, &[(header::ACCEPT_ENCODING, "gzip")]).await;
            assert_eq!((whole.status, &whole.body), (StatusCode::OK, &content), "{path}");
            assert_eq!(whole.headers[header::ACCEPT_RANGES], "bytes");
            assert_eq!(whole.headers[header::ETAG], etag, "strong, and of these bytes");
            assert_eq!(whole.headers[header::CACHE_CONTROL], "no-store");
            let range = (header::RANGE, from);
            let part = asked(office, Method::GET, &path, &[range.clone(), (header::IF_RANGE, &etag)]).await;
            assert_eq!((part.status, &part.body[..]), (StatusCode::PARTIAL_CONTENT, &content[7..]), "{path}");
            assert_eq!(part.headers[header::CONTENT_RANGE], format!("bytes 7-{}/{length}", length - 1));
            assert_eq!(part.headers[header::CONTENT_LENGTH], (length - 7).to_string());
            for same in [header::CONTENT_TYPE, header::CONTENT_DISPOSITION, header::CONTENT_SECURITY_POLICY] {
                assert_eq!(part.headers[&same], whole.headers[&same], "{path}: {same}");
            }
            let other =
                asked(office, Method::GET, &path, &[range.clone(), (header::IF_RANGE, "\"x\"")]).await;
            assert_eq!((other.status, other.body.len()), (StatusCode::OK, length), "not what was begun");
            let outside = asked(office, Method::GET, &path, &[(header::RANGE, "bytes=99999999-")]).await;
            assert_eq!(outside.status, StatusCode::RANGE_NOT_SATISFIABLE);
            assert_eq!(outside.headers[header::CONTENT_RANGE], format!("bytes */{length}"));
            let known = asked(office, Method::GET, &path, &[(header::IF_NONE_MATCH, &etag)]).await;
            assert_eq!((known.status, known.body.len()), (StatusCode::NOT_MODIFIED, 0));
            let changed = asked(office, Method::GET, &path, &[(header::IF_MATCH, "\"x\"")]).await;
            assert_eq!(changed.status, StatusCode::PRECONDITION_FAILED);
            let head = asked(office, Method::HEAD, &path, &[range]).await;
            assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
            assert_eq!(head.headers[header::CONTENT_LENGTH], length.to_string());
        }

        let lan = token(office, &lan, &["dossiers:read"]).await;
        let path = format!("/api/v1/dossiers/{code}/files/{paper}");
        let ask = |name: &'static str, value: &str| Call::get(&path).by(&lan).with(name, value);
        let part = ask("range", from).with("if-range", &etag).send(office).await;
        assert_eq!((part.status, &part.body[..]), (StatusCode::PARTIAL_CONTENT, &content[7..]));
        assert_eq!(header_of(&part, "etag"), etag);
        assert_eq!(problem(&ask("range", "bytes=99999999-").send(office).await), "out_of_range");
        assert_eq!(problem(&ask("if-match", "\"x\"").send(office).await), "changed");
        assert_eq!(ask("if-none-match", &etag).send(office).await.status, StatusCode::NOT_MODIFIED);
    });
}

#[test]
fn the_file_of_a_draft_is_given_in_parts_to_its_owner() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let (_, code) = portal::filed(office).await;
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let (untitled, content) = ([("version", "1"), ("title", "")], files::pdf());
        let page = crate::desk::act(office, &code, "add_paper", &untitled, Some(("a.pdf", &content))).await;
        let page = page.text();
        let at = page.split("href=\"/can-bo/tep/").nth(1).expect("a row").split('"').next().unwrap();
        let path = format!("/can-bo/tep/{at}");
        let part = asked(office, Method::GET, &path, &[(header::RANGE, "bytes=0-4")]).await;
        assert_eq!((part.status, &part.body[..]), (StatusCode::PARTIAL_CONTENT, b"%PDF-".as_slice()));
        office.officer("Lê Văn Khác", Role::Reception, EAST).await;
        let other = asked(office, Method::GET, &path, &[(header::RANGE, "bytes=0-4")]).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND);
    });
}

/// Nobody learns from a range, or from a condition, what the whole does not tell them.
#[test]
fn a_part_of_what_may_not_be_seen_is_answered_as_the_whole() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let (_, code) = portal::filed(office).await;
        let (paper, hash) = paper(office, &code).await;
        let etag = format!("\"{hash}\"");
        let binh = office.citizen("Lê Văn Bình").await;
        let west = office.officer("Mai Văn Tây", Role::Reception, "H99.102").await;
        let none = "01990000-0000-7000-8000-000000000000";
        for (who, path, status) in [
            (Some(&binh), format!("/ho-so/{code}/tep/{paper}"), StatusCode::NOT_FOUND),
            (Some(&west), format!("/can-bo/ho-so/{code}/giay-to/{paper}"), StatusCode::NOT_FOUND),
            (Some(&west), format!("/can-bo/ho-so/{code}/giay-to/{none}"), StatusCode::NOT_FOUND),
            (None, format!("/ho-so/{code}/tep/{paper}"), StatusCode::SEE_OTHER),
            (None, format!("/can-bo/ho-so/{code}/giay-to/{paper}"), StatusCode::SEE_OTHER),
        ] {
            match who {
                Some(who) => office.switch(who),
                None => office.nobody(),
            }
            office.get("/").await;
            let whole = office.get(&path).await;
            assert_eq!(whole.status, status, "{path}");
            for conditions in [
                vec![(header::RANGE, "bytes=0-1")],
                vec![(header::RANGE, "bytes=99999999-")],
                vec![(header::RANGE, "bytes=0-1"), (header::IF_RANGE, etag.as_str())],
                vec![(header::IF_NONE_MATCH, etag.as_str())],
                vec![(header::IF_MATCH, "\"x\"")],
            ] {
                let part = asked(office, Method::GET, &path, &conditions).await;
                assert_eq!((part.status, &part.location), (whole.status, &whole.location), "{path}");
                assert_eq!(part.text(), whole.text(), "{path}");
                for told in [header::ETAG, header::ACCEPT_RANGES, header::CONTENT_RANGE] {
                    assert!(!part.headers.contains_key(&told), "{path}: {told}");
                }
            }
        }
        let binh = token(office, &binh, &["dossiers:read"]).await;
        let path = format!("/api/v1/dossiers/{code}/files/{paper}");
        let whole = Call::get(&path).by(&binh).send(office).await;
        let part = Call::get(&path).by(&binh).with("range", "bytes=0-1").send(office).await;
        assert_eq!((problem(&whole), &whole.body), ("not_found".to_owned(), &part.body));
    });
}

#[test]
fn whoever_reads_a_part_has_read_the_dossier() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let (_, code) = portal::filed(office).await;
        let (paper, hash) = paper(office, &code).await;
        let etag = format!("\"{hash}\"");
        let path = format!("/can-bo/ho-so/{code}/giay-to/{paper}");
        for (name, asks) in [
            ("Trần Thị Quầy", (header::RANGE, "bytes=0-1")),
            ("Lê Văn Khác", (header::IF_NONE_MATCH, etag.as_str())),
        ] {
            office.officer(name, Role::Reception, EAST).await;
            assert!(asked(office, Method::GET, &path, &[asks]).await.body.len() < 3, "{name}");
        }
        let history = steps::history(&office.app, &code.parse().unwrap()).await.unwrap();
        let readers = history.into_iter().filter(|one| one.event.name() == "read");
        let readers: Vec<String> = readers.map(|one| one.author.name).collect();
        assert_eq!(readers, ["Trần Thị Quầy", "Lê Văn Khác"]);
    });
}
