//! Whether an answer is what the document says: as much of JSON Schema as the document uses.

use serde_json::Value;

use crate::given::Answer;

/// The document in the repository.
pub fn document() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/api/openapi.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).expect("the document is JSON")
}

/// Fails when an answer is not described, or not as it is.
pub fn assert_described(method: &str, path: &str, answer: &Answer) {
    let document = document();
    let path = path.split('?').next().unwrap();
    let status = answer.status.as_u16();
    if status >= 400 {
        let schema = &document["components"]["schemas"]["Problem"];
        assert_fits(&document, schema, &body(answer), &format!("{method} {path} {status}"));
    }
    let Some((template, item)) =
        document["paths"].as_object().unwrap().iter().find(|(one, _)| fits_path(one, path))
    else {
        assert_eq!(status, 404, "{path} is not described");
        return;
    };
    let Some(operation) = item.get(method.to_lowercase()) else {
        assert!([404, 405].contains(&status), "{method} {template} is not described: {status}");
        return;
    };
    let described = &operation["responses"][status.to_string()];
    assert!(
        !described.is_null(),
        "{method} {template} does not say that it may answer {status}: {}",
        answer.text()
    );
    let schema = &described["content"]["application/json"]["schema"];
    if !schema.is_null() {
        assert_fits(&document, schema, &body(answer), &format!("{method} {template} {status}"));
    }
    for name in described["headers"].as_object().into_iter().flat_map(|headers| headers.keys()) {
        assert!(answer.headers.contains_key(name.to_lowercase()), "{method} {template} promises {name}");
    }
}

fn body(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.text()))
}

/// `/a/{b}` fits `/a/c`, unless there is a path without a parameter that fits.
pub fn fits_path(template: &str, path: &str) -> bool {
    let (ours, theirs): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    ours.len() == theirs.len()
        && ours
            .iter()
            .zip(theirs)
            .all(|(our, their)| our == &their || (our.starts_with('{') && !their.is_empty()))
}

fn assert_fits(document: &Value, schema: &Value, value: &Value, what: &str) {
    let findings = misfits(document, schema, value, "");
    assert!(findings.is_empty(), "{what}: {findings:#?}\n{value:#}");
}

/// Where a value is not what its schema says.
pub fn misfits(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).expect("a reference that resolves");
        return misfits(document, target, value, at);
    }
    let mut findings = Vec::new();
    if let Some(choices) = schema["oneOf"].as_array() {
        let all: Vec<Vec<String>> =
            choices.iter().map(|choice| misfits(document, choice, value, at)).collect();
        if all.iter().filter(|one| one.is_empty()).count() != 1 {
            findings.push(format!("{at}: not exactly one of {} fits: {all:?}", choices.len()));
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        findings.extend(parts.iter().flat_map(|part| misfits(document, part, value, at)));
    }
    if let Some(known) = schema["enum"].as_array()
        && !known.contains(value)
    {
        findings.push(format!("{at}: {value} is none of {known:?}"));
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    };
    if !types.is_empty() && !types.iter().any(|one| is_a(one, value)) {
        findings.push(format!("{at}: {value} is not {types:?}"));
    }
    if let Some(fields) = value.as_object() {
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                findings.push(format!("{at}/{name}: missing"));
            }
        }
        for (name, inner) in fields {
            let known = &schema["properties"][name];
            if !known.is_null() {
                findings.extend(misfits(document, known, inner, &format!("{at}/{name}")));
            } else if schema["properties"].is_object() && schema.get("additionalProperties").is_none() {
                // Stricter than the document: what we answer, we describe.
                findings.push(format!("{at}/{name}: not described"));
            }
        }
    }
    for (number, item) in value.as_array().into_iter().flatten().enumerate() {
        findings.extend(misfits(document, &schema["items"], item, &format!("{at}/{number}")));
    }
    findings
}

fn is_a(name: &str, value: &Value) -> bool {
    match name {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{other} is no type"),
    }
}

#[test]
fn what_does_not_fit_is_found() {
    let schema = serde_json::json!({
        "type": "object", "required": ["a"],
        "properties": { "a": { "type": ["string", "null"], "enum": ["x", null] } },
    });
    let found = |value: Value| misfits(&Value::Null, &schema, &value, "").len();
    assert_eq!(found(serde_json::json!({ "a": "x" })), 0);
    assert_eq!(found(serde_json::json!({})), 1);
    assert_eq!(found(serde_json::json!({ "a": 7 })), 2);
    assert_eq!(found(serde_json::json!({ "a": null, "b": 1 })), 1);
}
