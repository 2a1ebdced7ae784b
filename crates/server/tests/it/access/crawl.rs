//! What a page leads to: its links and its forms, with what stands in their fields.

use std::collections::BTreeSet;

/// A request that somebody's page offers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shot {
    /// `GET`, `POST` …
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Fields of a form, its token left out.
    pub fields: Vec<(String, String)>,
    /// Whether the form sends files.
    pub is_multipart: bool,
}

impl Shot {
    /// A request without fields.
    pub fn new(method: &str, path: &str) -> Self {
        Self { method: method.to_owned(), path: path.to_owned(), fields: Vec::new(), is_multipart: false }
    }

    /// What makes one request another kind than the next: method, names of pages and parts, what is asked. Ids and codes
    /// make none.
    pub fn kind(&self) -> String {
        let (path, query) = self.path.split_once('?').unwrap_or((self.path.as_str(), ""));
        let is_id = |part: &str| 2 < part.bytes().filter(u8::is_ascii_digit).count();
        let parts: Vec<&str> = path.split('/').map(|part| if is_id(part) { "" } else { part }).collect();
        let names: BTreeSet<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
        let chosen = self.fields.iter().filter(|(name, _)| name == "act" || name == "action");
        let chosen: Vec<&str> = chosen.map(|(_, value)| value.as_str()).collect();
        format!("{} {parts:?} {names:?} {chosen:?}", self.method)
    }
}

/// Everything a page offers: links and forms that stay here.
pub fn offers(html: &str, page: &str) -> Vec<Shot> {
    let mut offered = Vec::new();
    for rest in html.split("href=\"").skip(1).chain(html.split("src=\"").skip(1)) {
        let href = unescaped(rest.split('"').next().unwrap_or_default());
        offered.extend(ours(&href, page).map(|path| Shot::new("GET", &path)));
    }
    for rest in html.split("<form").skip(1) {
        let Some((head, body)) = rest.split_once('>') else { continue };
        let body = body.split("</form>").next().unwrap_or_default();
        let method = attribute(head, "method").unwrap_or_default().to_uppercase();
        let action = attribute(head, "action").unwrap_or_else(|| page.to_owned());
        let Some(path) = ours(&action, page) else { continue };
        let fields = fields(body);
        if method == "POST" {
            let is_multipart = head.contains("multipart/form-data");
            offered.push(Shot { method, path, fields, is_multipart });
        } else if method == "GET" {
            let encode = motcua::web::visitor::encode;
            let pairs: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
            let bare = path.split('?').next().unwrap_or_default();
            offered.push(Shot::new("GET", &format!("{bare}?{}", pairs.join("&"))));
        }
    }
    offered
}

/// The path of a link on this site, without what stands behind `#`.
fn ours(href: &str, page: &str) -> Option<String> {
    let href = href.split('#').next().unwrap_or_default();
    let bare = page.split('?').next().unwrap_or_default();
    match href.chars().next() {
        None => Some(page.to_owned()),
        Some('?') => Some(format!("{bare}{href}")),
        Some('/') if !href.starts_with("//") => Some(href.to_owned()),
        Some(_) => None,
    }
}

/// Names and values of the fields of a form, as a browser would send them.
fn fields(body: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for rest in body.split('<').skip(1) {
        let Some((head, text)) = rest.split_once('>') else { continue };
        let name = attribute(head, "name").filter(|name| name != "csrf");
        let Some(name) = name else { continue };
        let value = attribute(head, "value").unwrap_or_default();
        let kind = head.split([' ', '\n']).next().unwrap_or_default();
        match (kind, attribute(head, "type").as_deref()) {
            ("input", Some("file")) | ("form" | "meta" | "a" | "p" | "span" | "iframe", _) => {}
            ("input", Some("radio")) if found.iter().any(|(known, _)| *known == name) => {}
            ("textarea", _) => found.push((name, unescaped(text))),
            ("select", _) => {
                let after = body.split(&format!("<{head}>")).nth(1).unwrap_or_default();
                let options = after.split("</select>").next().unwrap_or_default();
                let values = options.split("<option").skip(1).filter_map(|option| attribute(option, "value"));
                let chosen = values.filter(|value| !value.is_empty()).last();
                found.push((name, chosen.unwrap_or_default()));
            }
            _ => found.push((name, value)),
        }
    }
    found
}

fn attribute(head: &str, name: &str) -> Option<String> {
    let rest = head.split(&format!(" {name}=\"")).nth(1)?;
    rest.split('"').next().map(unescaped)
}

fn unescaped(text: &str) -> String {
    let text =
        text.replace("&#34;", "\"").replace("&quot;", "\"").replace("&#39;", "'").replace("&#x27;", "'");
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}

#[test]
fn links_and_forms_of_a_page_are_found() {
    let html = "<a class=\"x\" href=\"/a?b=1&amp;c=2#d\">1</a><a href=\"https://e.vn/\">2</a><a href=\"?f=3\">3</a>\
        <form method=\"post\" action=\"/g\" enctype=\"multipart/form-data\">\
        <input type=\"hidden\" name=\"csrf\" value=\"t\"><input name=\"h\" value=\"i&#34;\">\
        <select class=\"y\" name=\"j\"><option value=\"\"></option><option value=\"k\">K</option></select>\
        <textarea name=\"l\">m</textarea><input type=\"file\" name=\"n\"></form>\
        <form method=\"get\" action=\"/o\"><input name=\"p\" value=\"q\"></form>";
    let found = offers(html, "/r?s=4");
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let form = Shot {
        fields: vec![pair("h", "i\""), pair("j", "k"), pair("l", "m")],
        is_multipart: true,
        ..Shot::new("POST", "/g")
    };
    let links = ["/a?b=1&c=2", "/r?f=3"].map(|path| Shot::new("GET", path));
    assert_eq!(found, [links.to_vec(), vec![form, Shot::new("GET", "/o?p=q")]].concat());
}
