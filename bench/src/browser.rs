//! One person at a browser: a connection that is kept, cookies, forms as pages show them, and what their scripts send.

use std::fmt::Write as _;

use anyhow::{Context as _, bail, ensure};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, HeaderMap, LOCATION, SET_COOKIE};
use hyper::http::response::Parts;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Boundary of the parts of a form with a file.
const BOUNDARY: &str = "mot-cua-tai-thu";

/// What came back.
pub struct Answer {
    /// Status code.
    pub status: StatusCode,
    /// Where a redirect goes, or where something new is.
    pub location: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The page.
    pub page: String,
}

/// What came of something large, of which nothing was kept.
pub struct Taken {
    /// Status code.
    pub status: StatusCode,
    /// Rows it has, as the server says.
    pub rows: u64,
    /// Bytes that came.
    pub bytes: u64,
}

/// One person at a browser.
pub struct Browser {
    address: String,
    connection: Option<SendRequest<Full<Bytes>>>,
    cookies: Vec<(String, String)>,
    /// The token every form carries.
    csrf: String,
}

impl Browser {
    /// A browser with nothing in it. `address` is host and port.
    pub fn new(address: &str) -> Self {
        Self { address: address.to_owned(), connection: None, cookies: Vec::new(), csrf: String::new() }
    }

    /// GET; keeps the form token of the page.
    pub async fn get(&mut self, path: &str) -> anyhow::Result<Answer> {
        let request = Request::get(path).body(Full::default())?;
        let answer = self.send(request).await?;
        if let Some(csrf) = input(&answer.page, "csrf") {
            self.csrf = csrf;
        }
        Ok(answer)
    }

    /// POST of a form with text fields.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<Answer> {
        let mut body = format!("csrf={}", encoded(&self.csrf));
        for (name, value) in fields {
            write!(body, "&{}={}", encoded(name), encoded(value))?;
        }
        let request = Request::post(path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::from(body))?;
        self.send(request).await
    }

    /// POST of a form that may carry a file: an act on a dossier.
    pub async fn act(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        file: Option<&[u8]>,
    ) -> anyhow::Result<Answer> {
        let mut body = Vec::new();
        for (name, value) in [("csrf", self.csrf.as_str())].iter().chain(fields) {
            let part =
                format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        if let Some(file) = file {
            let head = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"ket-qua.pdf\"\r\n\
                 Content-Type: application/pdf\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(file);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        let request = Request::post(path)
            .header(CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
            .body(Full::from(body))?;
        self.send(request).await
    }

    /// What a script of the page sends: the token of the session in a header, and headers of its own.
    pub async fn script(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&'static str, &str)],
        body: &[u8],
    ) -> anyhow::Result<Answer> {
        let body = Full::from(Bytes::copy_from_slice(body));
        let mut request = Request::builder().method(method).uri(path).header("x-csrf-token", &self.csrf);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body)?).await
    }

    /// Signs in as somebody of the demonstration, by the id on the page that lists them.
    pub async fn sign_in(&mut self, person: &str) -> anyhow::Result<()> {
        self.get("/can-bo/dang-nhap").await?;
        let answer = self.post("/demo/dang-nhap", &[("person", person)]).await?;
        ensure!(answer.status.is_redirection(), "signing in was answered {}", answer.status);
        // A page shows the token of the new session.
        let page = self.get("/can-bo").await?;
        ensure!(page.status.is_success(), "the first page was answered {}", page.status);
        Ok(())
    }

    /// GET of something large: its bytes are counted as they come, and none is kept.
    pub async fn take_away(&mut self, path: &str) -> anyhow::Result<Taken> {
        let request = Request::get(path).body(Full::default())?;
        let (parts, mut body, connection) = self.begin(request).await?;
        let mut bytes = 0;
        while let Some(frame) = body.frame().await {
            bytes += frame?.data_ref().map_or(0, |data| data.len() as u64);
        }
        self.connection = Some(connection);
        let said = parts.headers.get(CONTENT_LENGTH).map(|value| value.to_str()).transpose()?;
        ensure!(said == Some(bytes.to_string().as_str()), "{bytes} bytes came, {said:?} were announced");
        let rows = parts.headers.get("x-total-count").context("nobody says how many rows it has")?;
        Ok(Taken { status: parts.status, rows: rows.to_str()?.parse()?, bytes })
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> anyhow::Result<Answer> {
        let (parts, body, connection) = self.begin(request).await?;
        let page = body.collect().await?.to_bytes();
        self.connection = Some(connection);
        let location = parts.headers.get(LOCATION).map(|value| value.to_str()).transpose()?;
        Ok(Answer {
            status: parts.status,
            location: location.unwrap_or_default().to_owned(),
            headers: parts.headers,
            page: String::from_utf8_lossy(&page).into_owned(),
        })
    }

    /// Sends a request with the cookies there are and keeps those that come; the body is on its way.
    async fn begin(
        &mut self,
        mut request: Request<Full<Bytes>>,
    ) -> anyhow::Result<(Parts, Incoming, SendRequest<Full<Bytes>>)> {
        let headers = request.headers_mut();
        headers.insert(HOST, self.address.parse()?);
        headers.insert("sec-fetch-site", "same-origin".parse()?);
        if !self.cookies.is_empty() {
            let all: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            headers.insert(COOKIE, all.join("; ").parse()?);
        }
        let mut connection = match self.connection.take().filter(|connection| !connection.is_closed()) {
            Some(connection) => connection,
            None => connect(&self.address).await?,
        };
        connection.ready().await?;
        let (parts, body) = connection.send_request(request).await?.into_parts();
        for value in parts.headers.get_all(SET_COOKIE) {
            let pair = value.to_str()?.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').context("a cookie without a value")?;
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        Ok((parts, body, connection))
    }
}

async fn connect(address: &str) -> anyhow::Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await.with_context(|| format!("nobody answers at {address}"))?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

/// The value of the first field with this name on a page.
pub fn input(page: &str, name: &str) -> Option<String> {
    let wanted = format!("name=\"{name}\"");
    let tag = page.split('<').find(|tag| tag.contains(&wanted))?;
    attribute(tag, "value")
}

/// Name and value of every field that a browser would send with the form of a page: ticked boxes, hidden fields, texts.
pub fn inputs(page: &str) -> Vec<(String, String)> {
    let tags = page.split('<').filter(|tag| tag.starts_with("input "));
    let sent = tags.filter(|tag| {
        let kind = attribute(tag, "type").unwrap_or_default();
        !matches!(kind.as_str(), "checkbox" | "radio") || tag.contains(" checked")
    });
    sent.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())))
        .collect()
}

/// The value of an attribute of a tag, given from its name on.
pub fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(value.replace("&#34;", "\"").replace("&quot;", "\"").replace("&#38;", "&").replace("&amp;", "&"))
}

fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => encoded.push(char::from(byte)),
            // Writing to a text cannot fail.
            byte => drop(write!(encoded, "%{byte:02X}")),
        }
    }
    encoded
}

/// Fails unless the answer goes on to another page, as after every act that was recorded, and not to the sign-in.
pub fn done(what: &str, answer: &Answer) -> anyhow::Result<()> {
    ensure!(!answer.location.contains("/dang-nhap"), "{what} was answered with the sign-in");
    if answer.status.is_redirection() {
        return Ok(());
    }
    let said = answer.page.split_once("role=\"alert\"").map_or(answer.page.as_str(), |(_, rest)| rest);
    let texts = said.split('<').filter_map(|tag| tag.split_once('>')).map(|(_, text)| text);
    let words: Vec<&str> = texts.flat_map(str::split_whitespace).take(40).collect();
    bail!("{what} was answered {}: {}", answer.status, words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_gives_the_fields_a_browser_would_send() {
        let page = r#"<form><input type="hidden" name="csrf" value="a&#38;b"><input type="radio" name="kind" value="x">
            <input type="radio" name="kind" value="y" checked><input name="q" value="ô"></form>"#;
        assert_eq!(input(page, "csrf").as_deref(), Some("a&b"));
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(inputs(page), [pair("csrf", "a&b"), pair("kind", "y"), pair("q", "ô")]);
        assert_eq!(encoded("a ô"), "a%20%C3%B4");
    }
}
