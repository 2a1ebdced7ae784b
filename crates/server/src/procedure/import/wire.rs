//! A procedure as the national portal's API sends it (`get-formality-by-citizen`, the object in `data`).
//!
//! Only what is read is listed. Fields may be missing or null, and one of them is a number, a fraction or a text.

use serde::{Deserialize, Deserializer};

/// A field that may be null as well as missing.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// A procedure.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "as the API sends it")]
pub struct Formality {
    #[serde(default, deserialize_with = "or_default")]
    pub id: String,
    pub code: String,
    pub name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub execution_steps: Vec<Step>,
    pub execution_methods: Vec<Method>,
    #[serde(default, deserialize_with = "or_default")]
    pub execution_cases: Vec<Group>,
    #[serde(default, deserialize_with = "or_default")]
    pub cases: Vec<CaseLimit>,
    #[serde(default, deserialize_with = "or_default")]
    pub decision_no: String,
    #[serde(default, deserialize_with = "or_default")]
    pub procedure_proposal: Option<Proposal>,
    #[serde(default, deserialize_with = "or_default")]
    pub is_ward: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub is_province: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub is_ministry: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub is_other_agency: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub is_vertical: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub is_full_process: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub is_non_territorial: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub is_internal: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub keywords: String,
    #[serde(default, deserialize_with = "or_default")]
    pub categories_details: Vec<Named>,
    #[serde(default, deserialize_with = "or_default")]
    pub subject_types_details: Vec<Named>,
    #[serde(default, deserialize_with = "or_default")]
    pub service_groups_details: Vec<Named>,
    #[serde(default, deserialize_with = "or_default")]
    pub legal_basises_details: Vec<Named>,
    #[serde(default, deserialize_with = "or_default")]
    pub results_details: Vec<Named>,
    #[serde(default, deserialize_with = "or_default")]
    pub departments_executing: Vec<Named>,
    #[serde(default, deserialize_with = "or_default")]
    pub unit_groups_executing: Vec<Named>,
    #[serde(default, deserialize_with = "or_default")]
    pub executing_agencies: String,
    #[serde(default, deserialize_with = "or_default")]
    pub department_promulgate_name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub requirements_and_conditions: String,
}

/// Something with a name and, sometimes, a code.
#[derive(Debug, Deserialize)]
pub struct Named {
    #[serde(default, deserialize_with = "or_default")]
    pub code: String,
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
}

/// A part of the description of how it is done.
#[derive(Debug, Deserialize)]
pub struct Step {
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub description: String,
}

/// A way of filing, with its limit and fees.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Method {
    pub submission_method: String,
    /// A number, a fraction, or, with the unit OTHER, a sentence.
    #[serde(default)]
    pub processing_time: serde_json::Value,
    #[serde(default, deserialize_with = "or_default")]
    pub processing_time_unit: String,
    #[serde(default, deserialize_with = "or_default")]
    pub description: String,
    #[serde(default, deserialize_with = "or_default")]
    pub fees: Vec<WireFee>,
}

/// A fee.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WireFee {
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub kind: String,
    #[serde(default)]
    pub value: Option<f64>,
    #[serde(default, deserialize_with = "or_default")]
    pub currency_name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub description: String,
}

/// A heading with papers under it: sometimes a case, sometimes only a heading.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub profile_components: Vec<WireComponent>,
}

/// A paper.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WireComponent {
    #[serde(default, deserialize_with = "or_default")]
    pub code: String,
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub original_qty: u16,
    #[serde(default, deserialize_with = "or_default")]
    pub copy_qty: u16,
    #[serde(default, deserialize_with = "or_default")]
    pub required: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub has_electronic_form: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub attachments: Vec<Attachment>,
}

/// A blank form.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    #[serde(default, deserialize_with = "or_default")]
    pub file_name: String,
}

/// The limit of a case, in a list of its own.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaseLimit {
    #[serde(default)]
    pub processing_day: Option<ProcessingDay>,
}

/// An amount of days.
#[derive(Debug, Deserialize)]
pub struct ProcessingDay {
    #[serde(default)]
    pub qty: serde_json::Value,
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub unit: String,
}

/// The proposal that led to the publication.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    #[serde(default, deserialize_with = "or_default")]
    pub proposal_number: String,
    /// Milliseconds since 1970.
    #[serde(default)]
    pub decision_date: Option<i64>,
    #[serde(default)]
    pub issuing_agency: Option<Named>,
}
