//! The router's own table: every path and method, read from the router itself, so that no route can be forgotten.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;

/// What stands in the place of methods where one handler takes them all.
pub const ANY: &str = "ANY";

/// Every pattern of a router with its methods.
pub struct Routes(pub BTreeMap<String, BTreeSet<String>>);

impl Routes {
    /// Reads the table of a router out of what it says about itself for people who look for mistakes.
    pub fn of(router: &Router) -> Self {
        let told = format!("{router:?}");
        let (told, _) = told.split_once("fallback_router:").expect("a router tells of its fallback");
        let (lines, paths) = told.split_once("node: Node { paths: {").expect("a router tells its paths");
        let mut methods: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for route in lines.split("RouteId(").skip(1) {
            let (id, said) = route.split_once(')').expect("an id");
            let said = said.split_once("allow_header: ").map(|(_, said)| said);
            let named =
                said.and_then(|said| said.strip_prefix("Bytes(b\"")).and_then(|said| said.split('"').next());
            let all = named.map_or_else(
                || BTreeSet::from([ANY.to_owned()]),
                |named| named.split(',').map(str::to_owned).collect(),
            );
            methods.insert(id, all);
        }
        let mut table: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for path in paths.split("RouteId(").skip(1) {
            let (id, said) = path.split_once("): \"").expect("a path");
            let path = said.split('"').next().expect("its end").to_owned();
            table.entry(path).or_default().extend(methods.remove(id).expect("a route of this path"));
        }
        Self(table)
    }

    /// The pattern that answers a path: the one with the fewest parameters.
    pub fn pattern(&self, path: &str) -> Option<&str> {
        let path = path.split('?').next().unwrap_or_default();
        let fitting = self.0.keys().filter(|pattern| fits(pattern, path));
        fitting
            .min_by_key(|pattern| (pattern.matches('{').count(), pattern.contains("{*")))
            .map(String::as_str)
    }
}

fn fits(pattern: &str, path: &str) -> bool {
    if let Some((head, _)) = pattern.split_once("{*") {
        return path.len() > head.len() && path.starts_with(head);
    }
    let (ours, theirs): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    let fit = |(our, their): (&&str, &&str)| our == their || (our.starts_with('{') && !their.is_empty());
    ours.len() == theirs.len() && ours.iter().zip(&theirs).all(fit)
}

/// The values of a path's parameters, by name.
pub fn parameters<'a>(pattern: &'a str, path: &'a str) -> Vec<(&'a str, &'a str)> {
    let path = path.split('?').next().unwrap_or_default();
    let pairs = pattern.split('/').zip(path.split('/'));
    pairs.filter_map(|(our, their)| Some((our.strip_prefix('{')?.strip_suffix('}')?, their))).collect()
}

#[test]
fn the_table_of_a_router_is_read_whole() {
    use axum::routing::{any, get, post};
    let small: Router = Router::new()
        .route("/a", get(|| async {}).post(|| async {}))
        .route("/a/{id}", post(|| async {}))
        .nest("/b", Router::new().route("/{*rest}", any(|| async {})))
        .fallback(|| async {});
    let routes = Routes::of(&small.layer(tower_http::timeout::TimeoutLayer::with_status_code(
        axum::http::StatusCode::GATEWAY_TIMEOUT,
        std::time::Duration::from_secs(1),
    )));
    let told: Vec<(&str, Vec<&str>)> = routes
        .0
        .iter()
        .map(|(path, methods)| (path.as_str(), methods.iter().map(String::as_str).collect()))
        .collect();
    assert_eq!(
        told,
        [("/a", vec!["GET", "HEAD", "POST"]), ("/a/{id}", vec!["POST"]), ("/b/{*rest}", vec![ANY])]
    );
    assert_eq!(routes.pattern("/a/7?x=1"), Some("/a/{id}"));
    assert_eq!(routes.pattern("/b/c/d"), Some("/b/{*rest}"));
    assert_eq!(routes.pattern("/c"), None);
    assert_eq!(parameters("/a/{id}", "/a/7?x=1"), [("id", "7")]);
}
