//! Whether published versions still say what they said when they were published.

use jiff::civil::Date;
use motcua_db::{DbError, Result, Row, Tx};
use motcua_domain::procedure::ProcedureVersion;
use sha2::{Digest as _, Sha256};

use super::{from_json, to_json};
use crate::secrets::hex;

/// What every published version was compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// How many there are.
    pub versions: u64,
    /// The first that differs, as `CODE version N`, and what is wrong with it.
    pub difference: Option<(String, String)>,
}

/// Compares every published version with the fingerprint beside it, and every column with what the version says.
pub fn compare(tx: &mut Tx<'_>) -> Result<Compared> {
    let mut compared = Compared::default();
    tx.each(
        "select code, version, name, fields, levels, online, agency, keywords, outline, internal, written_here,
                valid_from, valid_to, fingerprint, content
           from procedure_version order by code, version",
        &[],
        |row| {
            compared.versions += 1;
            if compared.difference.is_none()
                && let Some(what) = difference(&row)?
            {
                let (code, version): (String, i64) = (row.get("code")?, row.get("version")?);
                compared.difference = Some((format!("{code} version {version}"), what));
            }
            Ok::<(), DbError>(())
        },
    )?;
    Ok(compared)
}

fn difference(row: &Row) -> Result<Option<String>> {
    let content: String = row.get("content")?;
    let Ok(version) = from_json::<ProcedureVersion>(&content) else {
        return Ok(Some("its content cannot be read".to_owned()));
    };
    if row.get::<String>("fingerprint")? != fingerprint_of(&content, &version) {
        return Ok(Some("its content was changed: the fingerprint does not fit".to_owned()));
    }
    if row.get::<i64>("version")? != i64::from(version.version) {
        return Ok(Some("column version is not what its content says".to_owned()));
    }
    for (column, said) in said(&version)? {
        if text(row, column)? != said {
            return Ok(Some(format!("column {column} is not what its content says")));
        }
    }
    Ok(None)
}

/// The fingerprint of a stored text. It is taken of the text itself, not of what this program reads in it, so that a
/// later program that knows more of procedures finds the same. Number and day stand before everything that could hold
/// the same words, and are not part of what a version says.
fn fingerprint_of(content: &str, version: &ProcedureVersion) -> String {
    let number = format!("\"version\":{},", version.version);
    let day = |day: Date| format!("\"valid_from\":\"{day}\"");
    let bare = content.replacen(&number, "\"version\":0,", 1);
    let bare = bare.replacen(&day(version.valid_from), &day(Date::constant(2000, 1, 1)), 1);
    hex(&Sha256::digest(bare))
}

/// The columns that follow from a version, as [`text`] reads them.
fn said(version: &ProcedureVersion) -> Result<[(&'static str, String); 12]> {
    let levels: Vec<&str> = version.levels.iter().map(|level| level.name()).collect();
    Ok([
        ("code", version.code.to_string()),
        ("name", version.name.clone()),
        ("fields", to_json(&version.fields)?),
        ("levels", levels.join(",")),
        ("online", version.online.name().to_owned()),
        ("agency", version.executing_agency.clone()),
        ("keywords", version.keywords.join("\n")),
        ("outline", version.is_outline().to_string()),
        ("internal", version.internal.to_string()),
        ("written_here", version.source.is_none().to_string()),
        ("valid_from", version.valid_from.to_string()),
        ("valid_to", version.valid_to.map(|day| day.to_string()).unwrap_or_default()),
    ])
}

fn text(row: &Row, column: &str) -> Result<String> {
    match column {
        "outline" | "internal" | "written_here" => Ok(row.get::<bool>(column)?.to_string()),
        "valid_to" => Ok(row.get::<Option<String>>(column)?.unwrap_or_default()),
        _ => row.get(column),
    }
}
