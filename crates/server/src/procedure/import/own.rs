//! Our own format: a procedure version as it is stored, described in `docs/procedure-format.md`.

use motcua_domain::procedure::ProcedureVersion;
use serde_json::Value;

use crate::import::{Problem, problem::BadValue};

/// Whether a JSON object looks like one of ours.
pub fn is_own_object(value: &Value) -> bool {
    value.get("valid_from").is_some() && value.get("code").is_some()
}

/// Reads a version and refuses one that could not be published.
pub fn read(value: Value) -> Result<ProcedureVersion, BadValue> {
    let version: ProcedureVersion = serde_path_to_error::deserialize(value).map_err(|error| {
        let column = error.path().to_string();
        Problem::json(&error.into_inner()).in_column(column)
    })?;
    match version.defects().first() {
        Some(defect) => Err(Problem::new("import.cannot_be_published", defect).in_column("")),
        None => Ok(version),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_wrong_names_its_place() {
        let place = |value: Value| read(value).map(|_| ()).map_err(|bad| (bad.column, bad.problem.key));
        let good = json!({"code": "1.000001", "name": "A", "valid_from": "2026-01-01",
            "channels": [{"channel": "direct", "limit": "5wd"}]});
        assert_eq!(place(good.clone()), Ok(()));
        let mut wrong = good.clone();
        wrong["channels"][0]["limit"] = json!("5 ngày");
        assert_eq!(place(wrong), Err(("channels[0].limit".to_owned(), "import.not_as_expected")));
        let mut wrong = good.clone();
        wrong["channels"][0]["fee"] = json!([]);
        assert_eq!(place(wrong), Err(("channels[0].fee".to_owned(), "import.unknown_field")));
        let mut wrong = good;
        wrong["name"] = json!("");
        assert_eq!(place(wrong), Err((String::new(), "import.cannot_be_published")));
    }
}
