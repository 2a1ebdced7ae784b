//! The document that describes the API says all of it and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use axum::body::Body;
use axum::http::Request;
use serde_json::Value;

use super::schema::document;
use super::{Call, json};
use crate::given::on_each_engine;

/// `MOTCUA_BLESS=1` writes the file anew. Read the difference before you commit it: programs depend on it.
#[test]
fn the_file_in_the_repository_is_what_the_code_makes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("api/openapi.json");
    let made = motcua::api::document::text();
    if std::env::var_os("MOTCUA_BLESS").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "api/openapi.json is not what the code makes: run with MOTCUA_BLESS=1 and read the difference"
    );
}

#[test]
fn the_file_is_what_is_served() {
    on_each_engine(async |mut office| {
        let answer = Call::get("/api/v1/openapi.json").send(&mut office).await;
        assert_eq!(answer.media_type, "application/json");
        assert_eq!(json(&answer), document());
        assert!(!answer.headers.contains_key("set-cookie"), "no cookie for programs");
        assert!(!answer.headers.contains_key("access-control-allow-origin"), "no other site's scripts");
    });
}

/// Endpoints and paths are made from one list; here the router itself is asked.
#[test]
fn every_path_and_method_is_described_and_none_else() {
    let document = document();
    let described: BTreeMap<&str, BTreeSet<&str>> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(path, item)| (path.as_str(), item.as_object().unwrap().keys().map(String::as_str).collect()))
        .collect();
    let mut listed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for endpoint in motcua::api::endpoints() {
        listed.entry(endpoint.path).or_default().insert(endpoint.method);
    }
    assert_eq!(described, listed);
    let paths: Vec<(String, Vec<String>)> = listed
        .iter()
        .map(|(path, methods)| ((*path).to_owned(), methods.iter().map(|one| (*one).to_owned()).collect()))
        .collect();
    on_each_engine(async |mut office| {
        for (path, methods) in &paths {
            for method in ["get", "post", "put", "patch", "delete"] {
                let uri = path.replace("{code}", "x").replace("{paper}", "x");
                let request = Request::builder().method(method.to_uppercase().as_str()).uri(uri);
                let answer = office.send(request.body(Body::empty()).unwrap()).await;
                let is_known = methods.iter().any(|known| known == method);
                assert_eq!(answer.status.as_u16() != 405, is_known, "{method} {path}: {}", answer.text());
            }
        }
    });
}

#[test]
fn every_reference_resolves_and_every_operation_has_its_own_name() {
    let document = document();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(30 < references.len());
    for reference in references {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    let ids: Vec<&str> = operations.map(|operation| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}

fn collect<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            into.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|inner| collect(inner, into));
        }
        Value::Array(items) => items.iter().for_each(|inner| collect(inner, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_type_of_problem_and_every_action_is_listed() {
    let document = document();
    let types = document["components"]["schemas"]["ProblemType"]["enum"].as_array().unwrap();
    assert_eq!(types.len(), motcua::api::problem::ProblemType::all().len());
    for name in ["stale", "key_reused", "refusal.missing_reason", "access.denied_needs_post"] {
        assert!(types.contains(&Value::String(format!("urn:motcua:problem:{name}"))), "{name}");
    }
    let actions = document["components"]["schemas"]["Step"]["oneOf"].as_array().unwrap();
    let names: Vec<&str> =
        actions.iter().map(|action| action["properties"]["action"]["enum"][0].as_str().unwrap()).collect();
    assert_eq!(names, motcua::api::steps::wire::NAMES);
}
