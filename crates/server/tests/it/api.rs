//! The API: called as programs call it. Every answer is held against the document that describes it.

use axum::body::Body;
use axum::http::{Request, header};
use motcua_domain::access::Role;
use serde_json::{Value, json};

use crate::given::people::Who;
use crate::given::province::EAST;
use crate::given::{Answer, Office};

mod bad;
mod document;
mod examples;
mod intake;
mod life;
mod outside;
mod public;
mod schema;
mod sweep;
mod tokens;

/// One call.
pub struct Call<'a> {
    method: &'a str,
    path: &'a str,
    headers: Vec<(&'a str, String)>,
    body: Vec<u8>,
}

impl<'a> Call<'a> {
    /// A reading call.
    pub fn get(path: &'a str) -> Self {
        Self { method: "GET", path, headers: Vec::new(), body: Vec::new() }
    }

    /// A changing call.
    pub fn post(path: &'a str, body: &Value) -> Self {
        let json = ("content-type", "application/json".to_owned());
        Self { method: "POST", path, headers: vec![json], body: body.to_string().into_bytes() }
    }

    /// With a token.
    pub fn by(self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    /// With a header.
    pub fn with(mut self, name: &'a str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// With another body.
    pub fn sending(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// With another method.
    pub fn method(mut self, method: &'a str) -> Self {
        self.method = method;
        self
    }

    /// Makes the call, in a browser of nobody, and holds the answer against the document.
    pub async fn send(self, office: &mut Office) -> Answer {
        office.nobody();
        self.send_as_is(office).await
    }

    /// As [`Call::send`], with whatever cookies the browser has.
    pub async fn send_as_is(self, office: &mut Office) -> Answer {
        let mut request = Request::builder().method(self.method).uri(self.path);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let answer = office.send(request.body(Body::from(self.body)).unwrap()).await;
        schema::assert_described(self.method, self.path, &answer);
        answer
    }
}

/// The JSON of an answer.
pub fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.text()))
}

/// The type of a problem, without its prefix.
pub fn problem(answer: &Answer) -> String {
    assert_eq!(answer.media_type, "application/problem+json", "{}", answer.text());
    let body = json(answer);
    assert_eq!(body["status"], answer.status.as_u16());
    body["type"].as_str().unwrap().strip_prefix("urn:motcua:problem:").unwrap().to_owned()
}

/// The places a problem points to.
pub fn pointers(answer: &Answer) -> Vec<String> {
    let body = json(answer);
    let errors = body["errors"].as_array().unwrap_or_else(|| panic!("{body}"));
    errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
}

/// A header of an answer.
pub fn header_of(answer: &Answer, name: &str) -> String {
    answer.headers[name].to_str().unwrap().to_owned()
}

/// Makes a token through the page of somebody who is signed in.
pub async fn token(office: &mut Office, who: &Who, scopes: &[&str]) -> String {
    office.switch(who);
    let path = if who.totp.is_some() { "/can-bo/tai-khoan/khoa-api" } else { "/tai-khoan/khoa-api" };
    let mut fields = vec![("name", "Máy thử"), ("days", "30")];
    fields.extend(scopes.iter().map(|scope| ("scopes", *scope)));
    let page = office.post(path, &fields).await.text();
    let secret = page.split("<code>").nth(1).and_then(|rest| rest.split("</code>").next());
    secret.unwrap_or_else(|| panic!("no token: {page}")).to_owned()
}

/// A province, a citizen with a token that may do everything, and an officer of each role of the eastern commune.
pub struct Staff {
    /// Token of the citizen.
    pub lan: String,
    /// Tokens of officers, by role.
    officers: Vec<(Role, String)>,
}

impl Staff {
    /// Opens the province.
    pub async fn open(office: &mut Office, roles: &[Role]) -> Self {
        office.province().await;
        let lan = office.citizen("Trần Thị Lan").await;
        let lan = token(office, &lan, &["dossiers:read", "dossiers:file", "dossiers:act"]).await;
        let mut officers = Vec::new();
        for role in roles {
            let name = format!("Cán bộ {}", role.name().replace('_', " "));
            let who = office.officer(&name, *role, EAST).await;
            officers.push((
                *role,
                token(office, &who, &["dossiers:read", "dossiers:file", "dossiers:act"]).await,
            ));
        }
        // The office learns of new people once a minute.
        office.app.reload_office().await.unwrap();
        Self { lan, officers }
    }

    /// The token of an officer.
    pub fn of(&self, role: Role) -> &str {
        &self.officers.iter().find(|(held, _)| *held == role).unwrap().1
    }
}

/// Sends a file.
pub async fn send_file(office: &mut Office, token: &str, name: &str, content: &[u8]) -> Answer {
    let mut body = format!(
        "--ranh\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         content-type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(content);
    body.extend(b"\r\n--ranh--\r\n");
    let mut call = Call::post("/api/v1/files", &Value::Null).by(token).sending(body);
    call.headers.retain(|(name, _)| *name != "content-type");
    call.with(header::CONTENT_TYPE.as_str(), "multipart/form-data; boundary=ranh").send(office).await
}

/// Sends a PDF and answers its id.
pub async fn pdf(office: &mut Office, token: &str, name: &str) -> String {
    let content = crate::portal::files::pdf();
    let answer = send_file(office, token, name, &content).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.text());
    json(&answer)["id"].as_str().unwrap().to_owned()
}

/// A filing of the birth procedure, with the paper it needs.
pub fn filing(file: &str) -> Value {
    json!({
        "procedure": "1.001193",
        "case": "thuong",
        "unit": EAST,
        "meets_conditions": true,
        "filed_for": "me",
        "applicant": {
            "name": "Trần Thị Lan", "id_number": "025190000007", "birth_date": "1990-02-01",
            "address": "Khu 3, xã Đông, tỉnh Mẫu", "phone": "0912345678",
        },
        "answers": { "ten-con": "Trần Minh Khôi", "ngay-sinh": "2026-02-20", "gioi-tinh": "nam", "ban-sao": 2 },
        "papers": [{ "component": "chung-sinh", "file": file }],
        "return_way": "online",
        "declared": true,
    })
}

/// Files it, and answers its code.
pub async fn filed(office: &mut Office, token: &str) -> String {
    let file = pdf(office, token, "Giấy chứng sinh.pdf").await;
    let call = Call::post("/api/v1/dossiers", &filing(&file)).by(token).with("idempotency-key", "nop-1");
    let answer = call.send(office).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.text());
    json(&answer)["code"].as_str().unwrap().to_owned()
}

/// Takes a step with the version the caller reads now.
pub async fn step(office: &mut Office, token: &str, code: &str, step: &Value) -> Answer {
    let path = format!("/api/v1/dossiers/{code}");
    let tag = header_of(&Call::get(&path).by(token).send(office).await, "etag");
    let key = format!("{tag} {}", &step.to_string().len());
    let path = format!("{path}/steps");
    Call::post(&path, step).by(token).with("if-match", &tag).with("idempotency-key", &key).send(office).await
}
