//! Every macro of `templates/components`, in both languages, with what pages really give it.

use askama::Template;
use motcua::portal::upload::{Unfinished, UnfinishedRow};
use motcua::web::form::{Choice, Form};
use motcua::web::locale::Locale;
use motcua::web::page::{Page, PersonLabel};

/// What a person typed; it must come out as text, never as markup.
const NASTY: &str = "\"><script>alert('1')</script>";

#[derive(Template)]
#[template(path = "../tests/it/components.html")]
struct Everything {
    page: Page,
    answers: Form,
    choices: Vec<Choice>,
    typed: String,
    late: usize,
    unfinished: Vec<UnfinishedRow>,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% extends "layout/citizen.html" %}{% block main %}<h1>{{ page.title }}</h1>{% endblock %}"#
)]
struct CitizenFrame {
    page: Page,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% extends "layout/desk.html" %}{% block main %}<h1>{{ page.title }}</h1>{% endblock %}"#
)]
struct DeskFrame {
    page: Page,
}

fn page(locale: Locale, person: Option<PersonLabel>) -> Page {
    Page {
        locale,
        title: format!("Đăng ký khai sinh {NASTY}"),
        csrf: "token".to_owned(),
        person,
        demo: true,
        office: "Trung tâm Phục vụ hành chính công".to_owned(),
        path: "/thu-tuc?q=khai sinh&trang=2".to_owned(),
        public_url: "https://motcua.example".to_owned(),
    }
}

fn unfinished(state: Unfinished) -> UnfinishedRow {
    UnfinishedRow {
        id: format!("{state:?}"),
        name: NASTY.to_owned(),
        size: "5 MB".to_owned(),
        bytes: 5,
        sha256: String::new(),
        percent: 43,
        state,
        message: NASTY.to_owned(),
        href: "/tai-len/u".to_owned(),
        remove: "/tai-len/u/bo".to_owned(),
    }
}

fn everything(locale: Locale) -> String {
    let mut answers =
        Form::from_pairs([("name", NASTY), ("born-day", "1"), ("who", "me"), ("copies", "you")]);
    answers.refuse("name", "Nhập họ và tên");
    answers.refuse_date("born", answers.date("born").unwrap_err(), "Ngày sinh: nhập tháng");
    let choices = vec![Choice::new("me", "Tôi"), Choice::new("you", "Người khác").hint("Cần giấy ủy quyền")];
    let typed = NASTY.to_owned();
    let states = [Unfinished::Stopped, Unfinished::Waiting, Unfinished::Expired, Unfinished::Quarantined];
    let unfinished = states.map(unfinished).to_vec();
    Everything { page: page(locale, None), answers, choices, typed, late: 3, unfinished }.render().unwrap()
}

/// The values of an attribute, in the order of the page.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    html.match_indices(&start).filter_map(|(at, _)| html[at + start.len()..].split('"').next()).collect()
}

#[test]
fn every_macro_renders_in_both_languages() {
    for locale in Locale::ALL {
        let html = everything(locale);
        assert!(html.contains(locale.t("form.error_summary")), "{}", locale.code());
        assert!(!html.contains("<script>alert"), "what was typed came out as markup");
    }
}

#[test]
fn every_label_hint_and_error_points_at_what_is_there() {
    let html = everything(Locale::Vi);
    let ids = attributes(&html, "id");
    for (at, id) in ids.iter().enumerate() {
        assert!(!ids[..at].contains(id), "id {id} is there twice");
    }
    for name in ["for", "aria-describedby", "aria-labelledby", "data-combobox-for"] {
        let pointed: Vec<_> = attributes(&html, name).into_iter().flat_map(str::split_whitespace).collect();
        assert!(!pointed.is_empty(), "no {name} in the sample");
        for id in pointed {
            assert!(ids.contains(&id), "{name} points at {id}, which is not there");
        }
    }
    let errors: Vec<_> =
        attributes(&html, "href").into_iter().filter_map(|href| href.strip_prefix('#')).collect();
    assert_eq!(errors, ["name", "born-month"], "the summary links to the very box that is wrong");
    assert!(ids.contains(&"name") && ids.contains(&"born-month"));
}

#[test]
fn the_frames_show_the_person_the_language_and_the_demonstration() {
    for locale in Locale::ALL {
        let officer = PersonLabel {
            name: "Lê Thị Hoa".to_owned(),
            is_officer: true,
            roles: vec!["administrator", "reception"],
        };
        let citizen = CitizenFrame { page: page(locale, None) }.render().unwrap();
        let desk = DeskFrame { page: page(locale, Some(officer)) }.render().unwrap();
        assert!(
            citizen.contains(locale.t("layout.sign_in")) && !citizen.contains(locale.t("layout.sign_out"))
        );
        assert!(desk.contains("Lê Thị Hoa") && desk.contains(locale.t("layout.intake")));
        assert!(desk.contains(locale.t("layout.units")) && desk.contains(locale.t("layout.catalogue")));
        for html in [&citizen, &desk] {
            assert!(html.starts_with("<!doctype html>") || html.trim_start().starts_with("<!doctype html>"));
            assert!(html.contains(locale.t("layout.demo")));
            assert!(
                html.contains("tiep=%2Fthu-tuc%3Fq%3Dkhai%20sinh%26trang%3D2"),
                "the language links come back here"
            );
            assert!(
                !html.contains(" style=") && !html.contains(" onclick="),
                "the policy forbids inline code and styles"
            );
            assert!(!html.contains("<script>"));
        }
    }
}

#[test]
fn the_desk_shows_each_role_only_its_own_doors() {
    let specialist =
        PersonLabel { name: "Lê Thị Hoa".to_owned(), is_officer: true, roles: vec!["specialist"] };
    let desk = DeskFrame { page: page(Locale::Vi, Some(specialist)) }.render().unwrap();
    assert!(!desk.contains("/can-bo/tiep-nhan") && !desk.contains("/can-bo/quan-tri"));
    let nobody = DeskFrame { page: page(Locale::Vi, None) }.render().unwrap();
    assert!(!nobody.contains("side-nav"));
}
