//! The printed forms: archival, readable, proof against whatever people type.
//!
//! What is on the pages is looked at with poppler's tools. Where they are missing these checks say so
//! and are left out; with `CI=true` that is a failure.

use std::process::Command;

use jiff::civil::{Date, date};
use motcua::form::data::FormData;
use motcua::form::library::FormLibrary;
use motcua::form::render::{FormError, render};
use motcua::form::sample;
use motcua_domain::form::{FormKind, FormSet};
use serde_json::{Value, json};

/// A day in each set of forms.
const DAYS: [Date; 2] = [date(2025, 3, 6), date(2026, 3, 6)];

#[test]
fn every_form_of_every_set_is_archival_and_accessible() {
    for (set, kind, pdf) in all_samples() {
        let text = String::from_utf8_lossy(&pdf).into_owned();
        for mark in ["<pdfaid:part>2<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<", "<rdf:li>vi-VN<"] {
            assert!(text.contains(mark), "{set} {kind} lacks {mark}");
        }
    }
}

#[test]
fn the_old_set_has_six_forms_and_the_new_one_seven() {
    let counts = DAYS.map(|day| all_samples().iter().filter(|(set, _, _)| *set == code_of(day)).count());
    assert_eq!(counts, [6, 7]);
}

#[test]
fn the_same_form_has_the_same_bytes_and_carries_its_time() {
    let library = FormLibrary::shipped();
    let data = sample::of(FormKind::Receipt);
    let print = |at| library.print(&data, DAYS[1], at).unwrap();
    let pdf = print(sample::instant());
    assert_eq!(pdf, print(sample::instant()));
    assert_ne!(pdf, print(sample::instant() + jiff::SignedDuration::from_secs(60)));
    assert!(String::from_utf8_lossy(&pdf).contains("2026-03-06T14:05:00+07:00"));
}

#[test]
fn everything_the_dossier_says_is_on_the_paper() {
    for (set, kind, pdf) in all_samples() {
        let Some(text) = text_of(&pdf) else { return };
        let mut data = serde_json::to_value(sample::of(kind)).unwrap();
        // The address is inside the square code, and not every form asks for every fact about a person.
        data["head"]["look_up_url"] = Value::Null;
        for fact in left_out(kind) {
            let people = if kind == FormKind::Register {
                data["rows"].as_array_mut().unwrap()
            } else {
                std::slice::from_mut(&mut data)
            };
            for person in people {
                person["applicant"][fact] = Value::Null;
            }
        }
        for said in texts(&data).into_iter().filter(|said| !is_code_word(said)) {
            assert!(squeezed(&text).contains(&squeezed(&said)), "{set} {kind} lacks “{said}”:\n{text}");
        }
    }
}

#[test]
fn every_form_names_itself_by_the_number_of_its_set() {
    for (set, kind, pdf) in all_samples() {
        let Some(text) = text_of(&pdf) else { return };
        let library = FormLibrary::shipped();
        let set = library.sets().iter().find(|known| known.code == set).unwrap();
        let form = set.form(kind).unwrap();
        assert!(squeezed(&text).contains(&squeezed(&form.title)), "{text}");
        assert!(text.contains(&format!("Mẫu số {}, {}", form.printed_number(), set.base)), "{text}");
    }
}

#[test]
fn loose_forms_are_a5_and_the_register_is_a_book_of_a4() {
    for (set, kind, pdf) in all_samples() {
        let Some(info) = poppler("pdfinfo", &[], &pdf, &[]) else { return };
        let info = String::from_utf8(info).unwrap();
        let size = match kind {
            FormKind::Register => "841.89 x 595.276 pts (A4)",
            FormKind::ControlSlip => "595.276 x 419.528 pts",
            FormKind::Receipt
            | FormKind::SupplementRequest
            | FormKind::Refusal
            | FormKind::Apology
            | FormKind::StopNotice => "419.528 x 595.276 pts",
        };
        assert!(info.contains(size), "{set} {kind}: {info}");
        // An ordinary dossier needs one sheet of each.
        assert!(kind == FormKind::Register || info.contains("Pages:           1\n"), "{set} {kind}: {info}");
    }
}

#[test]
fn the_square_code_leads_to_the_look_up() {
    for (set, kind, pdf) in all_samples() {
        if kind == FormKind::Register {
            continue;
        }
        // The code stands at the right, in the upper half.
        let left = if kind == FormKind::ControlSlip { "1150" } else { "800" };
        let window = ["-png", "-r", "200", "-x", left, "-y", "150", "-W", "550", "-H", "550"];
        let Some(picture) = poppler("pdftoppm", &window, &pdf, &[]) else { return };
        let picture = image::load_from_memory(&picture).unwrap().to_luma8();
        let (width, height) = picture.dimensions();
        let mut page = rqrr::PreparedImage::prepare_from_greyscale(
            usize::try_from(width).unwrap(),
            usize::try_from(height).unwrap(),
            |x, y| picture.get_pixel(u32::try_from(x).unwrap(), u32::try_from(y).unwrap()).0[0],
        );
        let codes = page.detect_grids();
        assert_eq!(codes.len(), 1, "{set} {kind}");
        let (_, address) = codes[0].decode().unwrap();
        assert_eq!(address, "https://motcua.lamgiang.example/tra-cuu/H99.12-260306-0007", "{set} {kind}");
    }
}

#[test]
fn the_head_of_a_long_table_is_on_every_page() {
    let library = FormLibrary::shipped();
    let data = FormData::Register(Box::new(sample::register(150)));
    let pdf = library.print(&data, DAYS[1], sample::instant()).unwrap();
    let Some(text) = text_of(&pdf) else { return };
    let pages: Vec<&str> = text.split('\u{c}').filter(|page| page.contains("H99.12-")).collect();
    assert!(8 < pages.len(), "{} pages", pages.len());
    for page in pages {
        assert!(squeezed(page).contains(&squeezed("Tên thủ tục hành chính")), "{page}");
    }
    assert!((1..=150).all(|entry| text.contains(&format!("H99.12-260306-{entry:04}"))));
}

#[test]
fn only_the_last_part_of_a_register_is_closed() {
    let parts = sample::register(250).into_parts();
    let closed = parts.into_iter().map(|part| {
        let data = FormData::Register(Box::new(part));
        let pdf = FormLibrary::shipped().print(&data, DAYS[1], sample::instant()).unwrap();
        text_of(&pdf).map(|text| text.contains("quyển số 01/2026, có 250 hồ sơ"))
    });
    let Some(closed) = closed.collect::<Option<Vec<bool>>>() else { return };
    assert_eq!(closed, [false, true]);
    let whole = FormData::Register(Box::new(sample::register(250)));
    let refused = FormLibrary::shipped().print(&whole, DAYS[1], sample::instant());
    assert!(matches!(refused, Err(FormError::RegisterTooLong(250))), "{refused:?}");
}

#[test]
fn signatures_never_stand_alone_on_a_page() {
    let library = FormLibrary::shipped();
    for papers in 0..24 {
        let mut receipt = sample::receipt();
        let paper = receipt.components[0].clone();
        receipt.components = vec![paper; papers];
        let data = FormData::Receipt(Box::new(receipt));
        let pdf = library.print(&data, DAYS[1], sample::instant()).unwrap();
        let Some(text) = text_of(&pdf) else { return };
        let page = text.split('\u{c}').find(|page| page.contains("NGƯỜI TIẾP NHẬN HỒ SƠ")).unwrap();
        assert!(page.contains("Vào Sổ theo dõi hồ sơ"), "{papers} papers:\n{text}");
        assert!(page.contains("Trần Quốc Bảo"), "{papers} papers:\n{text}");
    }
}

#[test]
fn what_people_type_is_printed_and_never_run() {
    let hostile =
        "#read(\"/etc/passwd\") *đậm* _nghiêng_ $x^2$ ]] @moi <nhan> // lời = `mã` \\ -- 😀 王 \u{202E}ngược";
    let printed = "#read(\"/etc/passwd\") *đậm* _nghiêng_ $x^2$ ]] @moi <nhan> // lời = `mã` \\ -- □ □ ngược";
    for (kind, source, data) in all_with_every_text(hostile) {
        let pdf = render(&source, &data, sample::instant()).unwrap_or_else(|error| panic!("{kind}: {error}"));
        let Some(text) = text_of(&pdf) else { return };
        assert!(squeezed(&text).contains(&squeezed(printed)), "{kind}:\n{text}");
    }
}

#[test]
fn no_name_is_so_long_that_it_leaves_the_paper() {
    let words = "Công ty trách nhiệm hữu hạn một thành viên ".repeat(12);
    let one_word = "A".repeat(250);
    for text in [words, one_word] {
        for (kind, source, data) in all_with_every_text(&text) {
            let pdf = render(&source, &data, sample::instant()).unwrap();
            let Some(boxes) = poppler("pdftotext", &["-bbox"], &pdf, &["-"]) else { return };
            let boxes = String::from_utf8(boxes).unwrap();
            let (mut width, mut height) = (0.0, 0.0);
            for line in boxes.lines().map(str::trim) {
                if line.starts_with("<page") {
                    (width, height) = (number_in(line, "width"), number_in(line, "height"));
                }
                if line.starts_with("<word") {
                    assert!(0.0 <= number_in(line, "xMin"), "{kind}: {line}");
                    assert!(number_in(line, "xMax") <= width, "{kind}: {line} on {width} × {height}");
                    assert!(number_in(line, "yMax") <= height, "{kind}: {line} on {width} × {height}");
                }
            }
        }
    }
}

#[test]
fn empty_facts_leave_dots_to_fill_in_by_hand() {
    for (kind, source, data) in all_with_every_text("") {
        let pdf = render(&source, &data, sample::instant()).unwrap_or_else(|error| panic!("{kind}: {error}"));
        let Some(text) = text_of(&pdf) else { return };
        assert!(kind == FormKind::Register || text.contains("....."), "{kind}:\n{text}");
    }
}

#[test]
fn a_template_reaches_no_file_no_package_and_no_clock() {
    for reach in [
        "#read(\"/etc/passwd\")",
        "#read(\"../../../etc/passwd\")",
        "#include \"other.typ\"",
        "#import \"@preview/cetz:0.3.0\"",
        "#image(\"/proc/self/environ\")",
        "#datetime.today()",
        "#plugin(\"x.wasm\")",
        "#while true { }",
    ] {
        let refused = render(&format!("= Mẫu\n\n{reach}\n"), &json!({}), sample::instant());
        let Err(FormError::Template(faults)) = refused else { panic!("{reach}: {refused:?}") };
        assert_eq!(faults[0].line, Some(3), "{reach}: {faults:?}");
    }
}

#[test]
fn a_fault_in_a_template_is_told_with_its_line() {
    let library = FormLibrary::shipped();
    let preview = |source: &str| library.preview(FormKind::Receipt, DAYS[1], source);
    let source = "#import \"frame.typ\": *\n#show: form\n\n#form-title()\n#data.no_such_field\n";
    let error = preview(source).unwrap_err();
    assert!(error.to_string().contains("line 5: "), "{error}");
    assert!(error.to_string().contains("no_such_field"), "{error}");

    // The frame fails, and the line of the template that called it is told.
    let error = preview("#import \"frame.typ\": *\n#show: form\n#field([Tên])\n").unwrap_err();
    assert!(error.to_string().contains("line 3: "), "{error}");

    // It compiles, but nobody who cannot see would know what the picture is.
    let picture = "#image(\"qr.svg\")";
    let error =
        preview(&format!("#import \"frame.typ\": *\n#show: form\n#form-title()\n{picture}\n")).unwrap_err();
    assert!(matches!(&error, FormError::NotArchival(faults) if faults[0].line == Some(4)), "{error}");

    assert!(preview("#import \"frame.typ\": *\n#show: form\n#form-title()\n").is_ok());
    assert!(matches!(preview(&"x".repeat(100_000)), Err(FormError::TemplateTooLong(100_000))));
}

/// Every form of every set with its sample: code of the set, kind, PDF.
fn all_samples() -> Vec<(String, FormKind, Vec<u8>)> {
    let library = FormLibrary::shipped();
    let mut printed = Vec::new();
    for day in DAYS {
        for form in &library.sets().in_force(day).forms {
            let pdf = library
                .print(&sample::of(form.kind), day, sample::instant())
                .unwrap_or_else(|error| panic!("{}: {error}", form.kind));
            printed.push((code_of(day), form.kind, pdf));
        }
    }
    printed
}

/// Facts about the applicant that this form does not carry.
fn left_out(kind: FormKind) -> &'static [&'static str] {
    match kind {
        FormKind::Receipt => &[],
        FormKind::SupplementRequest | FormKind::Refusal => &["id_number"],
        FormKind::Apology => &["id_number", "email"],
        FormKind::StopNotice | FormKind::Register => &["email"],
        FormKind::ControlSlip => &["id_number", "address", "phone", "email"],
    }
}

/// Each template once, with data in which every text a person can type is `text`.
fn all_with_every_text(text: &str) -> Vec<(FormKind, String, Value)> {
    let library = FormLibrary::shipped();
    let mut all: Vec<(FormKind, String, Value)> = Vec::new();
    for day in DAYS {
        let set: &FormSet = library.sets().in_force(day);
        for form in &set.forms {
            let mut data = serde_json::to_value(sample::of(form.kind)).unwrap();
            replace_texts(&mut data, text);
            data["head"]["look_up_url"] = json!("https://motcua.example/1");
            data["form"] = json!({ "number": "01", "title": form.title, "set": set.code, "base": set.base });
            let source = library.form(form.kind, day).unwrap().source.to_owned();
            if all.iter().all(|(_, known, _)| *known != source) {
                all.push((form.kind, source, data));
            }
        }
    }
    all
}

fn replace_texts(value: &mut Value, with: &str) {
    match value {
        Value::String(text) if is_code_word(text) => {}
        Value::String(text) => with.clone_into(text),
        Value::Array(items) => {
            items.truncate(3);
            for item in items {
                replace_texts(item, with);
            }
        }
        Value::Object(fields) => fields.values_mut().for_each(|field| replace_texts(field, with)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Words of the program inside the data, which templates translate.
fn is_code_word(text: &str) -> bool {
    ["early", "on_time", "late", "original", "copy", "photocopy", "electronic"].contains(&text)
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

/// Without spaces, line breaks and case: lines break differently on paper, and titles are in capitals.
fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '\u{200B}')
        .flat_map(char::to_uppercase)
        .collect()
}

fn code_of(day: Date) -> String {
    FormLibrary::shipped().sets().in_force(day).code.clone()
}

fn number_in(line: &str, attribute: &str) -> f64 {
    let (_, rest) = line.split_once(&format!("{attribute}=\"")).unwrap();
    rest.split('"').next().unwrap().parse().unwrap()
}

fn text_of(pdf: &[u8]) -> Option<String> {
    poppler("pdftotext", &["-raw"], pdf, &["-"]).map(|text| String::from_utf8(text).unwrap())
}

/// What one of poppler's tools says about a PDF; `None` where the tool is missing.
fn poppler(tool: &str, before: &[&str], pdf: &[u8], after: &[&str]) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("form.pdf");
    std::fs::write(&path, pdf).unwrap();
    match Command::new(tool).args(before).arg(&path).args(after).output() {
        Ok(output) => {
            assert!(output.status.success(), "{tool}: {}", String::from_utf8_lossy(&output.stderr));
            Some(output.stdout)
        }
        Err(error) => {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "{tool} is needed: {error}");
            eprintln!("left out: {tool} is missing, so the pages of the forms were not looked at");
            None
        }
    }
}
