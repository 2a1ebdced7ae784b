//! The `OpenAPI` document, made from the table of endpoints and the wire types. The file in the repository is what
//! this makes; a test compares them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::api::endpoint::{Body, Endpoint, Parameter, Place};
use crate::api::problem::{self, Kind};
use crate::api::token::Scope;

/// Groups of operations, and what is in them.
pub const TAGS: [(&str, &str); 4] = [
    ("procedures", "What can be asked for, and of whom. Public."),
    ("look-up", "Progress of a dossier by its exact code. Public."),
    ("dossiers", "Dossiers of the person behind the token."),
    ("files", "Files on their way into a dossier."),
];

/// The document, as it is served.
static TEXT: LazyLock<String> = LazyLock::new(|| {
    let mut text = serde_json::to_string_pretty(&value()).expect("a document of texts is JSON");
    text.push('\n');
    text
});

/// Gives the document.
pub async fn show() -> Response {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], TEXT.as_str())
        .into_response()
}

/// The document as text: what the file in the repository holds.
pub fn text() -> &'static str {
    &TEXT
}

/// The document itself, which has no schema of ours.
#[derive(Debug)]
pub struct Document;

impl PartialSchema for Document {
    fn schema() -> RefOr<Schema> {
        utoipa::openapi::ObjectBuilder::new().description(Some("An OpenAPI document (3.1).")).into()
    }
}

impl ToSchema for Document {}

/// Schemas by their names, collected while endpoints are described.
#[derive(Default)]
pub struct Schemas(BTreeMap<String, Value>);

impl Schemas {
    /// Adds a type with everything it refers to; answers how to refer to it.
    pub fn add<T: ToSchema>(&mut self) -> Value {
        let mut all: Vec<(String, RefOr<Schema>)> = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut all);
        for (name, schema) in all {
            let value = serde_json::to_value(&schema).unwrap_or_default();
            self.0.entry(name).or_insert(value);
        }
        json!({ "$ref": format!("#/components/schemas/{}", T::name()) })
    }

    /// Writes an enum whose variants are the only member of an object as objects that carry their name in `tag`.
    fn flatten(&mut self, name: &str, tag: &str) {
        let Some(Value::Array(variants)) = self.0.get_mut(name).and_then(|schema| schema.get_mut("oneOf"))
        else {
            return;
        };
        for variant in variants {
            let Some(Value::Object(properties)) = variant.get("properties").cloned() else { continue };
            let Some((word, Value::Object(mut inner))) = properties.into_iter().next() else { continue };
            let fields = inner.entry("properties").or_insert_with(|| json!({}));
            if let Value::Object(fields) = fields {
                fields.insert(tag.to_owned(), json!({ "type": "string", "enum": [word] }));
            }
            let required = inner.entry("required").or_insert_with(|| json!([]));
            if let Value::Array(required) = required {
                required.insert(0, json!(tag));
            }
            inner.insert("additionalProperties".to_owned(), json!(false));
            if let Some(words) = variant.get("description") {
                inner.insert("description".to_owned(), words.clone());
            }
            *variant = Value::Object(inner);
        }
    }
}

fn value() -> Value {
    let mut schemas = Schemas::default();
    schemas.add::<problem::Body>();
    schemas.add::<problem::ProblemType>();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for endpoint in super::endpoints() {
        let described = operation(&endpoint, &mut schemas);
        paths.entry(endpoint.path).or_default().insert(endpoint.method.to_owned(), described);
    }
    schemas.flatten("Step", "action");
    let scopes: Map<String, Value> =
        Scope::ALL.map(|scope| (scope.name().to_owned(), json!(""))).into_iter().collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Một Cửa",
            "version": "1",
            "description": "Procedures, dossiers, steps and look-up of a one-stop shop. Changes only by adding: readers must \
                ignore members they do not know. Every failure is a problem (RFC 9457). Money is a whole number of đồng (VND). \
                Lists page by cursor: send `next` of one page as `cursor` of the next. Calls that create or change take \
                `Idempotency-Key`; those that change a dossier take `If-Match` with the entity tag they read.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": TAGS.map(|(name, says)| json!({ "name": name, "description": says })),
        "paths": paths,
        "components": {
            "schemas": schemas.0,
            "responses": { "Problem": {
                "description": "A problem.",
                "content": { problem::MEDIA_TYPE: { "schema": { "$ref": "#/components/schemas/Problem" } } },
            } },
            "securitySchemes": { "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "A token made by a person on their account page. It acts as that person.",
                "x-scopes": scopes.keys().collect::<Vec<_>>(),
            } },
        },
    })
}

fn parameter(one: &Parameter) -> Value {
    let mut described = json!({
        "name": one.name,
        "in": match one.place { Place::Path => "path", Place::Query => "query", Place::Header => "header" },
        "required": one.required,
        "description": one.says,
        "schema": one.schema,
    });
    // Forms send what was left empty, and to us it is as if it were not there.
    if let (Place::Query, false) = (one.place, one.required) {
        described["allowEmptyValue"] = json!(true);
    }
    described
}

fn operation(endpoint: &Endpoint, schemas: &mut Schemas) -> Value {
    let parameters: Vec<Value> = endpoint.parameters.iter().map(parameter).collect();
    let mut responses = Map::new();
    let mut answer = json!({ "description": endpoint.answer.says });
    match &endpoint.answer.body {
        Body::Nothing => {}
        Body::Json(add) => answer["content"] = json!({ "application/json": { "schema": add(schemas) } }),
        Body::File => {
            answer["content"] = json!({ "*/*": { "schema": { "type": "string", "format": "binary" } } });
        }
    }
    if !endpoint.answer.headers.is_empty() {
        let header = |(name, says): &(&str, &str)| {
            ((*name).to_owned(), json!({ "description": says, "schema": { "type": "string" } }))
        };
        answer["headers"] = Value::Object(endpoint.answer.headers.iter().map(header).collect());
    }
    responses.insert(endpoint.answer.status.to_string(), answer);
    for (status, says) in &endpoint.answer.others {
        responses.insert(status.to_string(), json!({ "description": says }));
    }
    let mut statuses: Vec<u16> = endpoint.problems.iter().map(|kind: &Kind| kind.status().as_u16()).collect();
    statuses.sort_unstable();
    statuses.dedup();
    for status in statuses {
        responses.insert(status.to_string(), json!({ "$ref": "#/components/responses/Problem" }));
    }
    let mut operation = json!({
        "tags": [endpoint.tag],
        "operationId": endpoint.id,
        "summary": endpoint.says,
        "responses": responses,
        "security": match endpoint.scopes { [] => json!([]), _ => json!([{ "token": [] }]) },
    });
    if !endpoint.scopes.is_empty() {
        operation["x-scopes"] = json!(endpoint.scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>());
    }
    if !parameters.is_empty() {
        operation["parameters"] = Value::Array(parameters);
    }
    match &endpoint.request {
        Body::Nothing => {}
        Body::Json(add) => {
            operation["requestBody"] =
                json!({ "required": true, "content": { "application/json": { "schema": add(schemas) } } });
        }
        Body::File => {
            let form = json!({
                "type": "object",
                "required": ["file"],
                "properties": { "file": { "type": "string", "format": "binary" } },
            });
            operation["requestBody"] =
                json!({ "required": true, "content": { "multipart/form-data": { "schema": form } } });
        }
    }
    operation
}
