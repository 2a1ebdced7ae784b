//! Styles, fonts and scripts: light, readable, in step with their sources, and free of what the policy forbids.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::given;

/// What a first visit to the citizen pages loads, besides the page itself.
const FIRST_VISIT: [&str; 6] = [
    "citizen.css",
    "forms.js",
    "fonts/be-vietnam-pro-latin-400.woff2",
    "fonts/be-vietnam-pro-latin-600.woff2",
    "fonts/be-vietnam-pro-vietnamese-400.woff2",
    "fonts/be-vietnam-pro-vietnamese-600.woff2",
];
/// What the first page with an uploader loads besides.
const UPLOADS: [&str; 3] = ["tus.min.js", "upload.js", "hash.js"];
/// Budget of design.md §6, less 30 kB for the largest page.
const FIRST_VISIT_BYTES_MAX: usize = 170_000;

fn server() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn asset(name: &str) -> Vec<u8> {
    fs::read(server().join("static").join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn text(name: &str) -> String {
    String::from_utf8(asset(name)).unwrap()
}

fn sass(name: &str) -> String {
    fs::read_to_string(server().join("sass").join(name)).unwrap()
}

#[test]
fn the_first_visit_is_light() {
    let weigh = |name: &&str| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&asset(name)).unwrap();
        packed.finish().unwrap().len()
    };
    let bytes: usize = FIRST_VISIT.iter().map(weigh).sum();
    assert!(bytes <= FIRST_VISIT_BYTES_MAX, "{bytes} bytes");
    // Also for somebody who comes straight to a page with an uploader.
    let bytes = bytes + UPLOADS.iter().map(weigh).sum::<usize>();
    assert!(bytes <= FIRST_VISIT_BYTES_MAX, "{bytes} bytes with what uploads need");
}

#[test]
fn every_address_in_a_style_sheet_is_served_and_fonts_for_a_year() {
    given::on_each_engine(async |mut office| {
        for sheet in ["citizen.css", "desk.css"] {
            let css = text(sheet);
            let addresses: BTreeSet<&str> =
                css.split("url(").skip(1).filter_map(|rest| rest.split(')').next()).collect();
            assert!(4 <= addresses.len(), "{sheet} does not load its fonts: {addresses:?}");
            for address in addresses {
                let address = address.trim_matches(['"', '\'']);
                let answer = office.get(address).await;
                assert!(
                    answer.status.is_success(),
                    "{sheet} asks for {address}, which is not there: run sass/build"
                );
                let is_font = answer.media_type == "font/woff2";
                assert!(
                    is_font || answer.media_type == "image/svg+xml",
                    "{address} is {}",
                    answer.media_type
                );
                let plain = address.trim_start_matches("/static/").split('.').next().unwrap_or_default();
                let hashed = motcua::web::asset::url(&format!("{plain}.woff2"));
                assert!(!is_font || hashed == address, "{address} is now {hashed}: run sass/build");
            }
        }
    });
}

#[test]
fn the_style_sheets_are_compiled_from_these_sources() {
    let mut names: Vec<String> = fs::read_dir(server().join("sass"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "scss"))
        .collect();
    names.sort();
    names.push("package.json".to_owned());
    let sources: String = names.iter().map(|name| sass(name)).collect();
    let digest = Sha256::digest(sources.as_bytes());
    let stamp = motcua::secrets::hex(&digest[..8]);
    for sheet in ["citizen.css", "desk.css"] {
        assert!(
            text(sheet).trim_end().ends_with(&format!("/*{stamp}*/")),
            "{sheet} is older than its sources: run sass/build"
        );
    }
}

/// `$ink: #1d1a18;` of `_brand.scss`.
fn colours() -> HashMap<String, [f64; 3]> {
    sass("_brand.scss")
        .lines()
        .filter_map(|line| line.strip_prefix('$')?.strip_suffix(';')?.split_once(": #"))
        .map(|(name, hex)| {
            let part = |at: usize| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
            (name.to_owned(), [part(0), part(2), part(4)])
        })
        .collect()
}

/// Relative luminance, as WCAG 2.2 defines it.
fn luminance(colour: [f64; 3]) -> f64 {
    let [red, green, blue] =
        colour.map(|part| if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn the_colours_can_be_told_apart() {
    let colours = colours();
    // Ink, paper, and the least contrast: 4.5 for text, 3 for borders of boxes people type into and for focus.
    let pairs = [
        ("ink", "white", 7.0),
        ("ink", "surface", 7.0),
        ("ink-soft", "white", 4.5),
        ("ink-soft", "surface", 4.5),
        ("ink-soft", "surface-deep", 4.5),
        ("ink-soft", "warn-tint", 4.5),
        ("accent", "white", 4.5),
        ("accent", "surface", 4.5),
        ("accent", "info-tint", 4.5),
        ("accent-dark", "white", 4.5),
        ("white", "accent", 4.5),
        ("white", "error", 4.5),
        ("error", "white", 4.5),
        ("error", "error-tint", 4.5),
        ("success", "white", 4.5),
        ("white", "success", 4.5),
        ("success", "success-tint", 4.5),
        ("warn", "warn-tint", 4.5),
        ("info", "info-tint", 4.5),
        ("ink", "focus", 7.0),
        ("ink-soft", "white", 3.0),
        ("line-strong", "white", 3.0),
    ];
    for (ink, paper, least) in pairs {
        let found = contrast(colours[ink], colours[paper]);
        assert!(least <= found, "{ink} on {paper}: {found:.2}, needs {least}");
    }
}

#[test]
fn black_on_white_is_twenty_one_to_one() {
    assert!((contrast([0.0; 3], [1.0; 3]) - 21.0).abs() < 1e-9);
}

#[test]
fn the_scripts_say_only_what_the_messages_say() {
    let frames = ["_scripts.html", "_uploads.html", "desk.html"]
        .map(|name| fs::read_to_string(server().join("templates/layout").join(name)).unwrap())
        .join("\n");
    for script in ["forms.js", "upload.js", "hash.js", "desk.js"] {
        let code = text(script);
        for forbidden in
            ["innerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", ".style."]
        {
            assert!(!code.contains(forbidden), "{script} uses {forbidden}");
        }
        assert!(code.is_ascii(), "{script} holds a sentence of its own");
        for word in code.split("words.").skip(1) {
            let name: String = word.chars().take_while(char::is_ascii_alphanumeric).collect();
            if name.is_empty() {
                continue;
            }
            let attribute = name.chars().fold("data-".to_owned(), |mut attribute, c| {
                if c.is_ascii_uppercase() {
                    attribute.push('-');
                }
                attribute.push(c.to_ascii_lowercase());
                attribute
            });
            assert!(
                frames.contains(&format!("{attribute}=\"")),
                "{script} reads {attribute}, which no frame writes"
            );
        }
    }
}

#[test]
fn the_vendored_scripts_are_the_versions_named() {
    let named: serde_json::Value = serde_json::from_str(&sass("package.json")).unwrap();
    let version = named["dependencies"]["htmx.org"].as_str().unwrap();
    assert!(text("htmx.min.js").contains(&format!("version:\"{version}\"")), "htmx.min.js is not {version}");
    let version = named["dependencies"]["tus-js-client"].as_str().unwrap();
    assert!(text("tus.min.js").starts_with(&format!("/* tus-js-client {version},")), "it is not {version}");
}

/// The class names in a text: of `class="…"` in a template, of `.name` in a style sheet.
fn template_classes(template: &str) -> BTreeSet<String> {
    let mut plain = String::new();
    let mut rest = template;
    // Askama's own marks may stand inside an attribute and hold quotes of their own.
    while let Some(open) = rest.find(['{']) {
        let Some(close) = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")]
            .into_iter()
            .find(|(start, _)| rest[open..].starts_with(start))
            .and_then(|(start, end)| Some((rest[open..].find(end)? + open + end.len(), start)))
        else {
            plain.push_str(&rest[..=open]);
            rest = &rest[open + 1..];
            continue;
        };
        plain.push_str(&rest[..open]);
        plain.push(if close.1 == "{{" { '@' } else { ' ' });
        rest = &rest[close.0..];
    }
    plain.push_str(rest);
    let lists = plain.split("class=\"").skip(1).filter_map(|rest| rest.split('"').next());
    lists.flat_map(str::split_whitespace).filter(|name| !name.contains('@')).map(str::to_owned).collect()
}

fn templates(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            templates(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "html") {
            into.push(path);
        }
    }
}

/// Names that only mark what others are: scripts and styles reach them through their parts.
const BARE: [&str; 6] = [
    "govuk-radios",
    "govuk-checkboxes",
    "character-count",
    "uploader",
    "files__row--kept",
    "moj-timeline__header",
];

#[test]
fn every_class_in_a_template_is_styled() {
    let sheets = text("citizen.css") + &text("desk.css");
    let is_styled = |name: &str| {
        sheets.match_indices(&format!(".{name}")).any(|(at, found)| {
            let after = sheets[at + found.len()..].chars().next();
            !after.is_some_and(|next| next.is_ascii_alphanumeric() || next == '-' || next == '_')
        })
    };
    let mut files = Vec::new();
    templates(&server().join("templates"), &mut files);
    assert!(files.iter().any(|file| file.ends_with("layout/citizen.html")), "no templates found");
    for file in files {
        for name in template_classes(&fs::read_to_string(&file).unwrap()) {
            assert!(
                BARE.contains(&name.as_str()) || is_styled(&name),
                "{}: no style for .{name}",
                file.display()
            );
        }
    }
}

#[test]
fn classes_are_read_around_the_marks_of_the_template_engine() {
    let template =
        r#"<p class="a{% if x == "y" %} b{% endif %} c-{{ kind }}"><i class='z'></i><b class="d"></b>"#;
    assert_eq!(template_classes(template), ["a", "b", "d"].map(str::to_owned).into());
}
