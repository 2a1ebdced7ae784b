//! SQL of procedures. A published version is never updated and never deleted.

use std::collections::HashMap;

use jiff::civil::Date;
use motcua_db::{DbError, Result, Row, Tx};
use motcua_domain::dossier::Status;
use motcua_domain::procedure::{Field, ProcedureCode, ProcedureLevel, ProcedureVersion};
use sha2::{Digest as _, Sha256};

pub mod altered;

/// What a version says, apart from its number and its first day: two versions with the same fingerprint say the same.
pub fn fingerprint(version: &ProcedureVersion) -> Result<String> {
    let bare = ProcedureVersion { version: 0, valid_from: Date::constant(2000, 1, 1), ..version.clone() };
    Ok(crate::secrets::hex(&Sha256::digest(to_json(&bare)?)))
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| DbError::BadValue(error.to_string()))
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| DbError::Decode(error.to_string()))
}

/// Publishes a version. `Conflict` when this number of this procedure is taken.
pub fn publish(tx: &mut Tx<'_>, version: &ProcedureVersion, at: &str, by: &str) -> Result<()> {
    let levels: Vec<&str> = version.levels.iter().map(|level| level.name()).collect();
    tx.run(
        "insert into procedure_version
            (code, version, name, fields, levels, online, agency, keywords, outline, internal, written_here,
             valid_from, valid_to, published_at, published_by, fingerprint, content)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        &[
            version.code.as_str().into(),
            version.version.into(),
            version.name.as_str().into(),
            to_json(&version.fields)?.into(),
            levels.join(",").into(),
            version.online.name().into(),
            version.executing_agency.as_str().into(),
            version.keywords.join("\n").into(),
            version.is_outline().into(),
            version.internal.into(),
            version.source.is_none().into(),
            version.valid_from.to_string().into(),
            version.valid_to.map(|day| day.to_string()).into(),
            at.into(),
            by.into(),
            fingerprint(version)?.into(),
            to_json(version)?.into(),
        ],
    )?;
    tx.run("update catalogue_revision set revision = revision + 1 where name = 'procedure'", &[])?;
    Ok(())
}

/// Counts up whenever something is published: what was read at another revision is stale.
pub fn revision(tx: &mut Tx<'_>) -> Result<i64> {
    match tx.one("select revision from catalogue_revision where name = 'procedure'", &[])? {
        Some(row) => row.get("revision"),
        None => Ok(0),
    }
}

/// This version of this procedure, whether or not it is in force.
pub fn version(tx: &mut Tx<'_>, code: &ProcedureCode, version: u32) -> Result<Option<ProcedureVersion>> {
    let row = tx.one(
        "select content from procedure_version where code = $1 and version = $2",
        &[code.as_str().into(), version.into()],
    )?;
    row.map(|row| content(&row)).transpose()
}

/// The version in force on `day`: the one published last of those that have begun, unless it has ended.
pub fn in_force(tx: &mut Tx<'_>, code: &ProcedureCode, day: Date) -> Result<Option<ProcedureVersion>> {
    let row = tx.one(
        "select content from procedure_version where code = $1 and valid_from <= $2 order by version desc limit 1",
        &[code.as_str().into(), day.to_string().into()],
    )?;
    let version = row.map(|row| content(&row)).transpose()?;
    Ok(version.filter(|version| version.is_in_force_on(day)))
}

/// Every version of every procedure, by code and number, or only the last published of each.
pub fn all_versions(tx: &mut Tx<'_>, only_latest: bool) -> Result<Vec<ProcedureVersion>> {
    let mut versions = Vec::new();
    tx.each(
        "select p.content from procedure_version p
          where not $1 or p.version = (select max(q.version) from procedure_version q where q.code = p.code)
          order by p.code, p.version",
        &[only_latest.into()],
        |row| {
            versions.push(content(&row)?);
            Ok::<(), DbError>(())
        },
    )?;
    Ok(versions)
}

fn content(row: &Row) -> Result<ProcedureVersion> {
    from_json(&row.get::<String>("content")?)
}

/// A published version, for the list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionHead {
    /// Its number.
    pub version: u32,
    /// First day in force.
    pub valid_from: Date,
    /// Last day, if known.
    pub valid_to: Option<Date>,
    /// When it was published, as storage keeps instants.
    pub published_at: String,
    /// Who published it: the name of a person, or of an imported file.
    pub published_by: String,
}

/// Every version of a procedure, last published first.
pub fn versions(tx: &mut Tx<'_>, code: &ProcedureCode) -> Result<Vec<VersionHead>> {
    let rows = tx.rows(
        "select version, valid_from, valid_to, published_at, published_by
           from procedure_version where code = $1 order by version desc",
        &[code.as_str().into()],
    )?;
    let head = |row: &Row| {
        Ok(VersionHead {
            version: row.get("version")?,
            valid_from: row.parse("valid_from")?,
            valid_to: row.parse_opt("valid_to")?,
            published_at: row.get("published_at")?,
            published_by: row.get("published_by")?,
        })
    };
    rows.iter().map(head).collect()
}

/// A version as lists and searches need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Code.
    pub code: ProcedureCode,
    /// Number.
    pub version: u32,
    /// Official name.
    pub name: String,
    /// Fields.
    pub fields: Vec<Field>,
    /// Levels.
    pub levels: Vec<ProcedureLevel>,
    /// `full`, `partial` or `none`.
    pub online: String,
    /// Executing agency.
    pub agency: String,
    /// Other words people search it by.
    pub keywords: Vec<String>,
    /// A line of a catalogue and no more.
    pub is_outline: bool,
    /// Between agencies only.
    pub is_internal: bool,
    /// Whether nothing ended it on the day asked for.
    pub is_in_force: bool,
}

/// Of each procedure the version published last of those that have begun by `day`, by code.
pub fn listing(tx: &mut Tx<'_>, day: Date) -> Result<Vec<Listed>> {
    let mut listed: Vec<Listed> = Vec::new();
    tx.each(
        "select p.code, p.version, p.name, p.fields, p.levels, p.online, p.agency, p.keywords, p.outline,
                p.internal, p.valid_to
           from procedure_version p
          where p.version = (select max(q.version) from procedure_version q
                              where q.code = p.code and q.valid_from <= $1)
          order by p.code",
        &[day.to_string().into()],
        |row| {
            let levels: String = row.get("levels")?;
            let keywords: String = row.get("keywords")?;
            let valid_to: Option<Date> = row.parse_opt("valid_to")?;
            listed.push(Listed {
                code: row.parse("code")?,
                version: row.get("version")?,
                name: row.get("name")?,
                fields: from_json(&row.get::<String>("fields")?)?,
                levels: levels.split(',').filter_map(ProcedureLevel::from_name).collect(),
                online: row.get("online")?,
                agency: row.get("agency")?,
                keywords: keywords.lines().map(str::to_owned).collect(),
                is_outline: row.get("outline")?,
                is_internal: row.get("internal")?,
                is_in_force: valid_to.is_none_or(|last| day <= last),
            });
            Ok::<(), DbError>(())
        },
    )?;
    Ok(listed)
}

/// A version as the list of the whole catalogue needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Code.
    pub code: ProcedureCode,
    /// Number.
    pub version: u32,
    /// Official name.
    pub name: String,
    /// Fields.
    pub fields: Vec<Field>,
    /// First day in force.
    pub valid_from: Date,
    /// Last day, if known.
    pub valid_to: Option<Date>,
    /// A line of a catalogue and no more.
    pub is_outline: bool,
}

/// Every version of every procedure, by code and number.
pub fn entries(tx: &mut Tx<'_>) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    tx.each(
        "select code, version, name, fields, valid_from, valid_to, outline from procedure_version order by code, version",
        &[],
        |row| {
            entries.push(Entry {
                code: row.parse("code")?,
                version: row.get("version")?,
                name: row.get("name")?,
                fields: from_json(&row.get::<String>("fields")?)?,
                valid_from: row.parse("valid_from")?,
                valid_to: row.parse_opt("valid_to")?,
                is_outline: row.get("outline")?,
            });
            Ok::<(), DbError>(())
        },
    )?;
    Ok(entries)
}

/// Every version of one procedure with everything it says, by number.
pub fn all_of(tx: &mut Tx<'_>, code: &ProcedureCode) -> Result<Vec<ProcedureVersion>> {
    let rows = tx.rows(
        "select content from procedure_version where code = $1 order by version",
        &[code.as_str().into()],
    )?;
    rows.iter().map(content).collect()
}

/// How many dossiers that are not closed keep each version of a procedure.
pub fn running_dossiers(tx: &mut Tx<'_>, code: &ProcedureCode) -> Result<HashMap<u32, i64>> {
    let open = Status::ALL.into_iter().filter(|status| !status.is_closed());
    let open = open.map(|status| status.number().to_string()).collect::<Vec<_>>().join(", ");
    let rows = tx.rows(
        &format!(
            "select procedure_version, count(*) as n from dossier
              where procedure_code = $1 and status in ({open}) group by procedure_version"
        ),
        &[code.as_str().into()],
    )?;
    rows.iter().map(|row| Ok((row.get("procedure_version")?, row.get("n")?))).collect()
}

/// What an import must know of a procedure that is there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Number of the last version.
    pub latest: u32,
    /// The last version is a line of a catalogue and no more.
    pub is_outline: bool,
    /// The last version was written in this office, not imported.
    pub is_written_here: bool,
    /// What every version says.
    pub fingerprints: HashMap<u32, String>,
}

/// Every procedure that is there.
pub fn known(tx: &mut Tx<'_>) -> Result<HashMap<ProcedureCode, Known>> {
    let mut known: HashMap<ProcedureCode, Known> = HashMap::new();
    tx.each(
        "select code, version, outline, written_here, fingerprint from procedure_version order by code, version",
        &[],
        |row| {
            let version: u32 = row.get("version")?;
            let of_code = known.entry(row.parse("code")?).or_insert_with(|| Known {
                latest: 0,
                is_outline: true,
                is_written_here: false,
                fingerprints: HashMap::new(),
            });
            of_code.latest = version;
            of_code.is_outline = row.get("outline")?;
            of_code.is_written_here = row.get("written_here")?;
            of_code.fingerprints.insert(version, row.get("fingerprint")?);
            Ok::<(), DbError>(())
        },
    )?;
    Ok(known)
}

#[cfg(test)]
mod tests;
