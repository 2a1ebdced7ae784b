//! Tests of reading the portal's objects.

use jiff::civil::date;
use motcua_domain::calendar::Limit;
use motcua_domain::procedure::Purpose;
use serde_json::json;

use super::*;

const TODAY: Date = date(2026, 3, 2);

fn object() -> Value {
    json!({
        "id": "019d", "code": "1.000001", "name": " Thủ tục  thử ",
        "executionSteps": [{"name": "Bước 1", "description": "Nộp hồ sơ"}],
        "executionMethods": [
            {"submissionMethod": "ONLINE", "processingTime": 3, "processingTimeUnit": "WORKING_DAY", "description": null, "fees": []},
        ],
        "executionCases": [{"name": "", "profileComponents": [
            {"code": "000.00.00.G15-KQ003204", "name": "Tờ khai", "originalQty": 1, "copyQty": 0, "required": false},
        ]}],
        "isWard": true,
        "procedureProposal": {"proposalNumber": "163/QĐ-BTP", "decisionDate": 1_768_496_400_000_i64,
            "issuingAgency": {"name": "Bộ Tư pháp"}},
        "executingAgencies": "Ủy ban nhân dân cấp xã",
    })
}

fn with(path: &str, value: Value) -> Value {
    let mut object = object();
    *object.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
    object
}

fn keys(incoming: &Incoming) -> Vec<&str> {
    incoming.notes.iter().map(|note| note.key).collect()
}

#[test]
fn an_ordinary_object_becomes_a_version() {
    let incoming = read(object(), TODAY).unwrap();
    let version = &incoming.version;
    assert_eq!(version.name, "Thủ tục thử");
    assert_eq!(version.valid_from, date(2026, 1, 16), "the day at the office, not in Greenwich");
    assert!(incoming.is_dated);
    assert_eq!(version.publication.as_ref().unwrap().number, "163/QĐ-BTP");
    assert_eq!(version.competence, Competence::Area(UnitLevel::Commune));
    assert_eq!(version.channels[0].limit, Some(Limit::WorkingDays(3)));
    assert_eq!(version.steps, "Bước 1\nNộp hồ sơ");
    assert_eq!(version.defects(), []);
    assert_eq!(
        keys(&incoming),
        [
            "procedure.found_number_with_proposal",
            "procedure.found_no_reason_for_partial",
            "procedure.found_nothing_required",
        ]
    );
}

#[test]
fn a_limit_is_what_the_unit_says_or_nothing() {
    let limit = |amount: Value, unit: &str| {
        let mut object = with("/executionMethods/0/processingTime", amount);
        object["executionMethods"][0]["processingTimeUnit"] = json!(unit);
        read(object, TODAY)
            .map(|incoming| incoming.version.channels[0].limit)
            .map_err(|bad| (bad.column, bad.problem.key))
    };
    assert_eq!(limit(json!(17.5), "WORKING_DAY"), Ok(Some(Limit::WorkingHours(140))));
    assert_eq!(limit(json!("15"), "DAY"), Ok(Some(Limit::Days(15))));
    assert_eq!(limit(json!(15), "HOUR"), Ok(Some(Limit::WorkingHours(15))));
    assert_eq!(limit(json!(1), "MONTH"), Ok(Some(Limit::Months(1))));
    assert_eq!(limit(json!(1), "OTHER"), Ok(None));
    assert_eq!(limit(json!("Theo mô tả"), "OTHER"), Ok(None));
    assert_eq!(limit(json!(0), "WORKING_DAY"), Ok(None));
    let column = || "executionMethods[0].processingTime".to_owned();
    assert_eq!(limit(json!("mười"), "WORKING_DAY"), Err((column(), "import.not_a_limit")));
    assert_eq!(limit(json!(-1), "WORKING_DAY"), Err((column(), "import.not_a_limit")));
    assert_eq!(limit(json!(0.3), "WORKING_DAY"), Err((column(), "import.not_a_limit")));
    assert_eq!(limit(json!(1), "YEAR"), Err((column(), "import.not_a_limit_unit")));
    assert_eq!(limit(json!(9_999), "DAY"), Err((column(), "import.not_a_limit")));
}

#[test]
fn a_limit_of_unit_other_is_reported_with_what_else_is_known() {
    let mut object = with("/executionMethods/0/processingTimeUnit", json!("OTHER"));
    object["cases"] = json!([{"processingDay": {"qty": 1, "type": "WORKING_DAY"}}]);
    let incoming = read(object, TODAY).unwrap();
    let note = incoming.notes.iter().find(|note| note.key == "procedure.found_limit_other").unwrap();
    assert_eq!(note.value, "ONLINE · processingTime=3 · cases=1 WORKING_DAY");
}

/// Amount, name and note of a fee, and the note on the source that it gave rise to.
fn read_fee(
    value: &Value,
    currency: &str,
    description: &str,
) -> Result<(Option<i64>, String, String, String), BadValue> {
    let fee =
        json!({"type": "SERVICE_FEE", "value": value, "currencyName": currency, "description": description});
    let incoming = read(with("/executionMethods/0/fees", json!([fee])), TODAY)?;
    let fee = incoming.version.channels[0].fees[0].clone();
    let found: Vec<&str> = keys(&incoming).into_iter().filter(|key| key.contains("fee")).collect();
    Ok((fee.amount, fee.name, fee.note, found.join(" ")))
}

#[test]
fn an_amount_in_dong_is_taken_and_anything_else_is_not() {
    let by = "HĐND tỉnh quyết định";
    for (value, currency, amount, name, note, found) in [
        (json!(8_000), "Việt Nam Đồng", Some(8_000), by, "", ""),
        (json!(0), "", None, "Lệ phí", by, "procedure.found_fee_zero"),
        (json!(null), "", None, "Lệ phí", by, "procedure.found_fee_not_stated"),
        (json!(5), "USD", None, "Lệ phí", "5 USD. HĐND tỉnh quyết định", "procedure.found_fee_in_currency"),
        (json!(45), "", None, "Lệ phí", "45. HĐND tỉnh quyết định", "procedure.found_fee_without_currency"),
    ] {
        let expected = (amount, name.to_owned(), note.to_owned(), found.to_owned());
        assert_eq!(read_fee(&value, currency, by).unwrap(), expected);
    }
    for wrong in [json!(-5), json!(0.5), json!(1e15)] {
        let bad = read_fee(&wrong, "", "").unwrap_err();
        assert_eq!(
            (bad.column.as_str(), bad.problem.key),
            ("executionMethods[0].fees[0].value", "import.not_an_amount")
        );
    }
}

#[test]
fn headings_are_not_cases() {
    let paper = |code: &str, originals: u16| json!({"code": code, "name": format!("Giấy {code}"), "originalQty": originals});
    let groups = json!([
        {"name": "* Giấy tờ phải xuất trình:", "profileComponents": [paper("P", 1)]},
        {"name": "* Lưu ý :", "profileComponents": [paper("L", 0)]},
        {"name": "* Giấy tờ phải nộp (hồ sơ của người nhận nuôi con nuôi):", "profileComponents": [paper("N", 1), paper("N", 1), paper("A", 0)]},
    ]);
    let version = read(with("/executionCases", groups), TODAY).unwrap().version;
    let [only] = version.cases.as_slice() else { panic!("{:?}", version.cases) };
    let listed: Vec<_> = only
        .components
        .iter()
        .map(|paper| (paper.key.as_str(), paper.purpose, paper.group.as_str()))
        .collect();
    let of = "hồ sơ của người nhận nuôi con nuôi";
    assert_eq!(
        listed,
        [
            ("N", Purpose::HandIn, of),
            ("A", Purpose::Note, of),
            ("P", Purpose::Present, ""),
            ("L", Purpose::Note, ""),
        ]
    );
}

#[test]
fn cases_share_what_stands_under_headings_and_keep_their_keys_in_any_order() {
    let group = |name: &str, code: &str| json!({"name": name, "profileComponents": [{"code": code, "name": code, "originalQty": 1}]});
    let keys = |groups: Value| -> Vec<(String, Vec<String>)> {
        let version = read(with("/executionCases", groups), TODAY).unwrap().version;
        let papers = |case: &motcua_domain::procedure::Case| {
            case.components.iter().map(|p| p.key.to_string()).collect()
        };
        version.cases.iter().map(|case| (case.key.to_string(), papers(case))).collect()
    };
    let first = ("a-doi-voi-truong-hop-mat".to_owned(), vec!["A".to_owned(), "X".to_owned()]);
    let second = ("b-doi-voi-truong-hop-hong".to_owned(), vec!["B".to_owned(), "X".to_owned()]);
    let (a, b) = (group("a) Đối với trường hợp mất:", "A"), group("b) Đối với trường hợp hỏng", "B"));
    assert_eq!(keys(json!([a, group("", "X"), b])), [first.clone(), second.clone()]);
    assert_eq!(keys(json!([b, a, group("", "X")])), [second, first]);
    let same = keys(json!([group("Hồ sơ", "A"), group("Hồ sơ", "B")]));
    assert_eq!(same.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), ["ho-so", "ho-so-2"]);
}

#[test]
fn levels_of_vertical_agencies_are_not_believed() {
    let mut object = object();
    object["categoriesDetails"] = json!([{"name": "Hải quan", "code": ""}]);
    let incoming = read(object, TODAY).unwrap();
    assert_eq!(incoming.version.levels, BTreeSet::from([ProcedureLevel::Vertical]));
    assert_eq!(incoming.version.competence, Competence::Dispatcher);
    assert!(keys(&incoming).contains(&"procedure.found_vertical"));
}

#[test]
fn what_cannot_be_read_names_its_place() {
    let place = |object: Value| read(object, TODAY).map(|_| ()).map_err(|bad| (bad.column, bad.problem.key));
    assert_eq!(
        place(with("/code", json!("1.014955-Xoa"))),
        Err(("code".to_owned(), "import.not_a_procedure_code"))
    );
    assert_eq!(place(with("/name", json!(" "))), Err(("name".to_owned(), "import.missing")));
    assert_eq!(
        place(with("/executionCases/0/profileComponents/0/originalQty", json!("một"))),
        Err(("executionCases[0].profileComponents[0].originalQty".to_owned(), "import.not_as_expected"))
    );
    let mut without = object();
    without.as_object_mut().unwrap().remove("name");
    assert_eq!(place(without), Err((".".to_owned(), "import.missing_field")));
}
