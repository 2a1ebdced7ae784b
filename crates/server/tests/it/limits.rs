//! How often one address or person may try: passwords, codes of dossiers, files. Past it everything is refused in words,
//! and time heals.

use axum::http::StatusCode;
use jiff::SignedDuration;
use motcua::config::Config;
use motcua::web::limit::Limit;
use motcua_domain::access::Role;

use crate::api::{Call, problem, send_file, token};
use crate::desk::{act, shown};
use crate::given::province::EAST;
use crate::given::{Office, on_each_engine, with_config};
use crate::portal::{self, Draft, files};
use crate::upload::tus;

/// Takes everything that is left to somebody.
fn empty(office: &Office, limit: Limit, key: &str) {
    while office.app.limits.try_take(limit, key, office.app.clock.now()) {}
}

#[test]
fn whoever_guesses_codes_of_dossiers_is_stopped_on_the_page_and_in_the_api() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let (_, code) = portal::filed(office).await;
        office.nobody();
        for number in 0..60 {
            let guessed = office.get(&format!("/tra-cuu/H99.101-260302-{number:04}")).await;
            assert_ne!(guessed.status, StatusCode::TOO_MANY_REQUESTS, "{number}");
        }
        let page = office.get(&format!("/tra-cuu/{code}")).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(page.headers["retry-after"], "60");
        assert!(page.text().contains("Chờ một phút"), "{}", page.text());
        let call = Call::get(&format!("/api/v1/look-up/{code}")).send(office).await;
        assert_eq!(problem(&call), "too_many");
        office.wait(SignedDuration::from_mins(1));
        assert_eq!(office.get(&format!("/tra-cuu/{code}")).await.status, StatusCode::OK);
    });
}

#[test]
fn the_configuration_says_how_often_somebody_may_ask() {
    let written = "[limits]\nlook_ups_per_remote = { at_once = 3, per_hour = 60 }";
    let config: Config = toml::from_str(written).unwrap();
    with_config(&config, async |mut office| {
        let mut looked = async || office.get("/tra-cuu/H99.101-260302-0001").await.status;
        for _ in 0..3 {
            assert_ne!(looked().await, StatusCode::TOO_MANY_REQUESTS);
        }
        assert_eq!(looked().await, StatusCode::TOO_MANY_REQUESTS);
    });
}

/// Whoever copies the example of the manual changes nothing.
#[test]
fn the_manual_names_every_limit_as_it_is_without_a_configuration() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operating.md");
    let manual = std::fs::read_to_string(path).unwrap();
    let example = manual.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let written: Config = toml::from_str(example).expect("the example can be used");
    let usual = Config::default();
    for (limit, rate) in written.limits.named() {
        assert_eq!(rate, usual.limits.of(limit), "{limit:?}");
    }
    assert_eq!(written.limits.named().count(), 13, "every limit is named");
}

#[test]
fn whoever_guesses_passwords_is_stopped_for_one_login_and_from_one_address() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let refused = async |office: &mut Office, login: &str| {
            let fields = [("login", login), ("password", "sai mật khẩu")];
            let answer = office.post("/can-bo/dang-nhap", &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            answer.text().contains("quá nhiều lần")
        };
        for number in 0..20 {
            assert!(!refused(office, "khong.co").await, "{number}");
        }
        assert!(refused(office, "khong.co").await, "one login is tried no more");
        assert!(!refused(office, "khac").await, "another still is");
        empty(office, Limit::SignInsPerRemote, "unknown");
        assert!(refused(office, "khac.nua").await, "and none from this address");
        office.wait(SignedDuration::from_mins(1));
        assert!(!refused(office, "khac.nua").await);
    });
}

#[test]
fn whoever_sends_too_many_files_is_stopped_on_every_road() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let (lan, code) = portal::filed(office).await;
        let secret = token(office, &lan, &["dossiers:file"]).await;
        office.switch(&lan);
        let draft = Draft::begin(office).await;
        draft.answer(office, "dieu-kien", &[("meets", "yes")]).await;
        draft.answer(office, "truong-hop", &[("case", "thuong")]).await;
        empty(office, Limit::UploadsPerPerson, &lan.id.to_string());
        let begun = tus::begin(office, &draft.base, "chung-sinh", "a.pdf", 100, None).await;
        assert_eq!(begun.status, StatusCode::TOO_MANY_REQUESTS);
        let sent = files::post_plain(office, &draft.base, "a.pdf", &files::pdf(), true).await;
        assert_eq!(sent.status, StatusCode::TOO_MANY_REQUESTS);
        let called = send_file(office, &secret, "a.pdf", &files::pdf()).await;
        assert_eq!(problem(&called), "too_many");

        let quay = office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        empty(office, Limit::UploadsPerPerson, &quay.id.to_string());
        let version = shown(office, &code).await.progress.version.to_string();
        let typed = [("version", version.as_str()), ("title", "Bản quét"), ("copy", "original")];
        let scan = files::pdf();
        let scanned = act(office, &code, "add_paper", &typed, Some(("a.pdf", scan.as_slice()))).await;
        assert!(
            scanned.text().contains("Chờ một phút") && scanned.text().contains("Bản quét"),
            "{}",
            scanned.text()
        );
        office.wait(SignedDuration::from_mins(1));
        office.switch(&lan);
        let begun = tus::begin(office, &draft.base, "chung-sinh", "a.pdf", 100, None).await;
        assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text());
    });
}
