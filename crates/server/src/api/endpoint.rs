//! One endpoint: where it is, who answers, and what is said about it. The router and the `OpenAPI` document are made
//! from the same list, so that neither knows more than the other.

use axum::handler::Handler;
use axum::routing::{MethodRouter, get, post};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::api::document::Schemas;
use crate::api::problem::Kind;
use crate::api::query::{LIMIT_DEFAULT, LIMIT_MAX};
use crate::api::token::Scope;
use crate::app::App;

/// How a schema is added to the document.
pub type AddSchema = fn(&mut Schemas) -> Value;

/// What a body is.
pub enum Body {
    /// There is none.
    Nothing,
    /// JSON of a type.
    Json(AddSchema),
    /// The bytes of a file.
    File,
}

/// Where a parameter stands.
#[derive(Clone, Copy)]
pub enum Place {
    /// In the path.
    Path,
    /// After `?`.
    Query,
    /// In a header.
    Header,
}

/// One parameter.
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Where it stands.
    pub place: Place,
    /// Whether it may be left out.
    pub required: bool,
    /// What it is.
    pub says: &'static str,
    /// What it looks like.
    pub schema: Value,
}

/// What is answered when all is well.
pub struct Answer {
    /// Status.
    pub status: u16,
    /// What it is.
    pub says: &'static str,
    /// Its body.
    pub body: Body,
    /// Headers that matter, and what they say.
    pub headers: Vec<(&'static str, &'static str)>,
    /// Other statuses that are no problem, and what they say.
    pub others: Vec<(u16, &'static str)>,
}

/// One endpoint.
pub struct Endpoint {
    /// `get` or `post`.
    pub method: &'static str,
    /// The path, with `{name}` for its parameters.
    pub path: &'static str,
    /// Name of the operation, for programs that are made from the document.
    pub id: &'static str,
    /// What it does.
    pub says: &'static str,
    /// The group it is listed in.
    pub tag: &'static str,
    /// Any of these scopes is needed; none: it is public.
    pub scopes: &'static [Scope],
    /// Parameters.
    pub parameters: Vec<Parameter>,
    /// The body of the request.
    pub request: Body,
    /// The answer.
    pub answer: Answer,
    /// What may be in the way.
    pub problems: Vec<Kind>,
    /// Takes files: larger and slower than anything else.
    pub is_upload: bool,
    /// Who answers.
    pub handler: MethodRouter<App>,
}

impl Endpoint {
    /// An endpoint that reads.
    pub fn get<H, T>(path: &'static str, id: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        Self::new("get", path, id, get(handler))
    }

    /// An endpoint that creates or changes.
    pub fn post<H, T>(path: &'static str, id: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let mut endpoint = Self::new("post", path, id, post(handler));
        endpoint.problems.extend([Kind::BadJson, Kind::TooLarge, Kind::WrongMediaType, Kind::Invalid]);
        endpoint
    }

    fn new(method: &'static str, path: &'static str, id: &'static str, handler: MethodRouter<App>) -> Self {
        let named = path.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
        let parameter = |(name, _): (&'static str, &'static str)| Parameter {
            name,
            place: Place::Path,
            required: true,
            says: match name {
                "code" => "The code.",
                _ => "The id.",
            },
            schema: json!({ "type": "string" }),
        };
        let parameters: Vec<Parameter> = named.map(parameter).collect();
        let mut problems = vec![Kind::TooMany, Kind::Internal, Kind::Busy];
        if !parameters.is_empty() {
            problems.extend([Kind::NotFound, Kind::BadRequest]);
        }
        Self {
            method,
            path,
            id,
            says: "",
            tag: "",
            scopes: &[],
            parameters,
            request: Body::Nothing,
            answer: Answer {
                status: 200,
                says: "",
                body: Body::Nothing,
                headers: Vec::new(),
                others: Vec::new(),
            },
            problems,
            is_upload: false,
            handler,
        }
    }

    /// What it does, and the group it is listed in.
    #[must_use]
    pub fn says(mut self, tag: &'static str, says: &'static str) -> Self {
        self.tag = tag;
        self.says = says;
        self
    }

    /// Needs a token with any of these scopes.
    #[must_use]
    pub fn needs(mut self, scopes: &'static [Scope]) -> Self {
        self.scopes = scopes;
        self.problems.extend([Kind::NoToken, Kind::MissingScope]);
        self
    }

    /// Takes a parameter after `?`.
    #[must_use]
    pub fn query(mut self, name: &'static str, says: &'static str, schema: Value) -> Self {
        self.parameters.push(Parameter { name, place: Place::Query, required: false, says, schema });
        if !self.problems.contains(&Kind::Invalid) {
            self.problems.push(Kind::Invalid);
        }
        self
    }

    /// Needs a parameter after `?`.
    #[must_use]
    pub fn query_needed(self, name: &'static str, says: &'static str, schema: Value) -> Self {
        self.query(name, says, schema).changed(name, |parameter| parameter.required = true)
    }

    /// What a parameter of the path looks like.
    #[must_use]
    pub fn named(self, name: &'static str, schema: Value) -> Self {
        self.changed(name, |parameter| parameter.schema = schema)
    }

    fn changed(mut self, name: &'static str, change: impl FnOnce(&mut Parameter)) -> Self {
        let parameter = self.parameters.iter_mut().find(|parameter| parameter.name == name);
        change(parameter.expect("a parameter that was named before"));
        self
    }

    /// A list that is paged.
    #[must_use]
    pub fn paged(self) -> Self {
        let limit =
            json!({ "type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT_DEFAULT });
        self.query(
            "cursor",
            "`next` of the page before. What is inside may change.",
            json!({ "type": "string" }),
        )
        .query("limit", "How many entries.", limit)
    }

    /// Needs a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, says: &'static str, missing: Kind, schema: Value) -> Self {
        self.parameters.push(Parameter { name, place: Place::Header, required: true, says, schema });
        self.problems.extend([missing, Kind::BadHeader]);
        self
    }

    /// May have a header.
    fn may_have(mut self, name: &'static str, says: &'static str, schema: Value) -> Self {
        self.parameters.push(Parameter { name, place: Place::Header, required: false, says, schema });
        self
    }

    /// Takes JSON.
    #[must_use]
    pub fn takes<T: ToSchema>(mut self) -> Self {
        self.request = Body::Json(Schemas::add::<T>);
        self
    }

    /// Takes a file.
    #[must_use]
    pub fn takes_file(mut self) -> Self {
        self.request = Body::File;
        self.is_upload = true;
        self.problems.push(Kind::BadFile);
        self
    }

    /// Answers JSON.
    #[must_use]
    pub fn answers<T: ToSchema>(self, status: u16, says: &'static str) -> Self {
        self.answers_with(status, says, Body::Json(Schemas::add::<T>))
    }

    /// Answers a file.
    #[must_use]
    pub fn answers_file(self, says: &'static str) -> Self {
        self.answers_with(200, says, Body::File)
    }

    /// Answers a file that may be asked for in parts (RFC 9110).
    #[must_use]
    pub fn answers_parts(mut self, says: &'static str) -> Self {
        self.answer.others = vec![(206, "The part asked for."), (304, "The caller has it already.")];
        let text = || json!({ "type": "string" });
        self.answers_file(says)
            .with("ETag", "Its entity tag: send it as `If-Range`.")
            .with("Accept-Ranges", "`bytes`.")
            .may_have("Range", "One range of bytes.", text())
            .may_have(
                "If-Range",
                "The entity tag of what was begun: if it is another, all is answered.",
                text(),
            )
            .may_have("If-None-Match", "Entity tags the caller has.", text())
            .may(&[Kind::OutOfRange, Kind::Changed])
    }

    /// Answers where to go on.
    #[must_use]
    pub fn answers_elsewhere(self, says: &'static str) -> Self {
        self.answers_with(303, says, Body::Nothing).with("Location", "Where it is.")
    }

    fn answers_with(mut self, status: u16, says: &'static str, body: Body) -> Self {
        self.answer = Answer { status, says, body, ..self.answer };
        self
    }

    /// A header of the answer.
    #[must_use]
    pub fn with(mut self, name: &'static str, says: &'static str) -> Self {
        self.answer.headers.push((name, says));
        self
    }

    /// May be refused like this, too.
    #[must_use]
    pub fn may(mut self, kinds: &[Kind]) -> Self {
        self.problems.extend_from_slice(kinds);
        self
    }
}
