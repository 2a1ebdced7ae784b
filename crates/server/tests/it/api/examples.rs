//! The examples of `docs/api.md` are calls that the document describes, with bodies that fit it.

use serde_json::Value;

use super::schema::{document, fits_path, misfits};

/// One call, taken from a line of a shell.
#[derive(Debug, Default)]
struct Example {
    method: &'static str,
    path: String,
    query: Vec<String>,
    headers: Vec<String>,
    body: Option<Value>,
    has_file: bool,
}

/// Stands where a shell puts what the call before answered.
const ANSWERED: &str = "01990000-0000-7000-8000-000000000000";

/// Where a list lies that the call before made.
const KEPT: &str = "http://127.0.0.1:8080/api/v1/exports/x";

fn examples() -> Vec<Example> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api.md");
    let text = std::fs::read_to_string(path).unwrap().replace("\\\n", " ");
    let blocks = text.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap());
    let text: String = blocks.collect();
    let calls = text.split("curl ").skip(1);
    calls
        .map(|call| {
            example(&words(
                &call.replace("'$FILE'", ANSWERED).replace("$CODE", "H99.101-1").replace("$LIST", KEPT),
            ))
        })
        .collect()
}

/// The words of a shell up to the end of the command.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for letter in command.chars() {
        match (quote, letter) {
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None, '\n' | '|') => break,
            (None, ' ') if word.is_empty() => {}
            (None, ' ') => words.push(std::mem::take(&mut word)),
            (_, other) => word.push(other),
        }
    }
    words.push(word);
    words
}

fn example(words: &[String]) -> Example {
    let mut example = Example { method: "get", ..Example::default() };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-s" | "-L" | "" => {}
            "-C" | "-o" | "-w" => _ = words.next(),
            "-H" => {
                let header = words.next().unwrap().split(':').next().unwrap();
                example.headers.push(header.to_lowercase());
            }
            "-d" => {
                let body = words.next().unwrap();
                example.body =
                    Some(serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}")));
                example.method = "post";
            }
            "-F" => {
                example.has_file = words.next().unwrap().starts_with("file=@");
                example.method = "post";
            }
            address => {
                let address = address.strip_prefix("http://127.0.0.1:8080").expect("an address of the demo");
                let (path, query) = address.split_once('?').unwrap_or((address, ""));
                path.clone_into(&mut example.path);
                let names = query.split('&').filter_map(|pair| pair.split_once('='));
                example.query = names.map(|(name, _)| name.to_owned()).collect();
            }
        }
    }
    example
}

#[test]
fn every_example_is_a_call_that_the_document_describes() {
    let document = document();
    let examples = examples();
    assert!(10 <= examples.len(), "the examples were found: {examples:#?}");
    for example in &examples {
        let paths = document["paths"].as_object().unwrap();
        let item = paths.iter().find(|(path, _)| fits_path(path, &example.path)).map(|(_, item)| item);
        let operation = &item.unwrap_or_else(|| panic!("no such path: {example:?}"))[example.method];
        assert!(operation.is_object(), "no such method: {example:?}");
        let parameters: Vec<&Value> = operation["parameters"].as_array().into_iter().flatten().collect();
        for name in &example.query {
            let is_known = parameters.iter().any(|one| one["in"] == "query" && one["name"] == name.as_str());
            assert!(is_known, "no parameter {name}: {example:?}");
        }
        for header in parameters.iter().filter(|one| one["in"] == "header" && one["required"] == true) {
            let name = header["name"].as_str().unwrap().to_lowercase();
            assert!(example.headers.contains(&name), "{name} is needed: {example:?}");
        }
        let needs_token = !operation["security"].as_array().unwrap().is_empty();
        assert_eq!(needs_token, example.headers.iter().any(|name| name == "authorization"), "{example:?}");
        let content = &operation["requestBody"]["content"];
        assert_eq!(example.has_file, content["multipart/form-data"].is_object(), "{example:?}");
        let schema = &content["application/json"]["schema"];
        assert_eq!(example.body.is_some(), schema.is_object(), "{example:?}");
        if let Some(body) = &example.body {
            assert_eq!(misfits(&document, schema, body, ""), Vec::<String>::new(), "{body:#}");
        }
    }
}

#[test]
fn a_line_of_a_shell_is_read_as_a_shell_reads_it() {
    let line =
        "-H \"Authorization: Bearer $TOKEN\" -d '{\"a\": \"x y\"}' http://127.0.0.1:8080/a?b=1 | sed x";
    let read = example(&words(line));
    assert_eq!((read.method, read.path.as_str(), read.query), ("post", "/a", vec!["b".to_owned()]));
    assert_eq!(read.body.unwrap()["a"], "x y");
}
