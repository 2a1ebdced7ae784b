//! SQL of the search: dossiers by number, code or name, each found by an index that begins with who may see them.

use motcua_db::{DbError, Params, Row, Tx};
use motcua_domain::access::Scope;
use motcua_domain::ids::PersonId;
use motcua_domain::unit::UnitCode;

use crate::desk::store::{escaped, passed_through};
use crate::dossier::row::{NAME_KEY_CHARS_MAX, name_keys};

/// Sorts after every text that begins with what stands before it.
const LAST: char = char::MAX;

/// By what a dossier was found, in the order of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// The applicant's number.
    Number,
    /// The beginning of its code.
    Code,
    /// A name of the applicant: its beginning or that of a later word.
    Name,
}

impl By {
    const ALL: [Self; 3] = [Self::Number, Self::Code, Self::Name];

    /// As addresses carry it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Code => "code",
            Self::Name => "name",
        }
    }

    /// What an address carries.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.name() == name)
    }
}

/// Where an answer stands, so that the next page begins after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// By what it was found.
    pub by: By,
    /// What its kind is sorted by: when it was submitted, or the end of the name that was found.
    pub key: String,
    /// Its code.
    pub code: String,
}

/// A dossier that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where it stands.
    pub place: Place,
    /// Dossier.
    pub code: String,
    /// Whose dossier.
    pub applicant_name: String,
    /// What procedure.
    pub procedure_name: String,
    /// National number of the status.
    pub status: i64,
    /// Submitted when.
    pub submitted_at: String,
    /// Due when.
    pub due_at: Option<String>,
}

/// What is searched for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Folded: the beginning of a code or of a word of a name. Empty for everything.
    pub text: String,
    /// Keyed hash of the same as a number.
    pub number_hash: String,
}

impl Wanted {
    /// The beginning of a code, when it may be one: codes hold digits and no space.
    fn code(&self) -> Option<String> {
        let is_code = self.text.bytes().any(|byte| byte.is_ascii_digit()) && !self.text.contains(' ');
        is_code.then(|| self.text.to_uppercase())
    }

    /// The beginning of a name, no longer than names are kept.
    fn name(&self) -> String {
        self.text.chars().take(NAME_KEY_CHARS_MAX).collect()
    }
}

/// Dossiers in this scope, after a place: by number and newest first, by code, by name and newest code first.
pub fn find(
    tx: &mut Tx<'_>,
    scope: &Scope,
    wanted: &Wanted,
    after: Option<&Place>,
    limit: usize,
) -> Result<Vec<Found>, DbError> {
    let mut found = Vec::new();
    for by in By::ALL {
        if after.is_some_and(|place| by < place.by) {
            continue;
        }
        let mut place = after.filter(|place| place.by == by).cloned();
        // Rows that another place answers are read and passed over, so a page may take more than one statement.
        while found.len() < limit {
            let most = limit - found.len();
            let rows = match by {
                By::Number => by_number(tx, scope, wanted, place.as_ref(), most)?,
                By::Code => by_code(tx, scope, wanted, place.as_ref(), most)?,
                By::Name => by_name(tx, scope, wanted, place.as_ref(), most)?,
            };
            let is_last = rows.len() < most;
            place = rows.last().map(|(one, _)| one.place.clone());
            found.extend(rows.into_iter().filter(|(_, is_first)| *is_first).map(|(one, _)| one));
            if is_last {
                break;
            }
        }
    }
    Ok(found)
}

/// What was found, and whether no earlier row is about the same dossier.
type Rows = Vec<(Found, bool)>;

/// The order of the rows of a kind, by the columns of a part.
#[derive(Clone, Copy)]
enum Order {
    Code,
    Name,
}

impl Order {
    fn by(self, table: &str) -> String {
        match self {
            Self::Code => format!("{table}code"),
            Self::Name => format!("{table}folded, {table}code desc"),
        }
    }
}

/// The first rows of all parts, each found by its index, joined with their dossiers. A row that is in two parts
/// is one row: a dossier may have passed through two units of the same officer.
fn first(
    tx: &mut Tx<'_>,
    parts: &[String],
    params: &Params,
    order: Order,
    limit: usize,
) -> Result<Vec<Row>, DbError> {
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let by = order.by("");
    let parts = parts.iter().enumerate();
    let parts: Vec<String> = parts
        .map(|(number, part)| format!("select * from ({part} order by {by} limit {limit}) part_{number}"))
        .collect();
    let sql = format!(
        "select k.folded, k.is_own, d.code, d.applicant_name, d.applicant_folded, d.procedure_name, d.status,
                d.submitted_at, d.due_at
           from ({} order by {by} limit {limit}) k
           join dossier d on d.code = k.code
          order by {}",
        parts.join(" union "),
        order.by("k."),
    );
    tx.rows(&sql, params)
}

fn by_number(
    tx: &mut Tx<'_>,
    scope: &Scope,
    wanted: &Wanted,
    after: Option<&Place>,
    limit: usize,
) -> Result<Rows, DbError> {
    if wanted.number_hash.is_empty() {
        return Ok(Vec::new());
    }
    let mut params = Params::default();
    let hash = params.bind(wanted.number_hash.as_str());
    // Later than every instant, so that the first page needs no statement of its own.
    let (at, code) = after.map_or(("9999", ""), |place| (place.key.as_str(), place.code.as_str()));
    let (at, code) = (params.bind(at), params.bind(code));
    let seen = match scope {
        Scope::Everything => "1 = 1".to_owned(),
        Scope::Units { units, owner } => {
            let names = params.bind_all(units.iter().map(UnitCode::as_str)).join(", ");
            format!("(d.owner_id = {} or {})", params.bind(owner.to_string()), passed_through(&names))
        }
        Scope::Owner(owner) => format!("d.owner_id = {}", params.bind(owner.to_string())),
    };
    let sql = format!(
        "select d.code, d.applicant_name, d.procedure_name, d.status, d.submitted_at, d.due_at
           from dossier d
          where d.applicant_hash = {hash} and (d.submitted_at, d.code) < ({at}, {code}) and {seen}
          order by d.submitted_at desc, d.code desc limit {limit}"
    );
    let rows = tx.rows(&sql, &params)?;
    rows.iter().map(|row| Ok((found(row, By::Number, row.get("submitted_at")?)?, true))).collect()
}

fn by_code(
    tx: &mut Tx<'_>,
    scope: &Scope,
    wanted: &Wanted,
    after: Option<&Place>,
    limit: usize,
) -> Result<Rows, DbError> {
    let Some(begins) = wanted.code() else { return Ok(Vec::new()) };
    let mut params = Params::default();
    // The text right after a code: no code holds a control character.
    let from = after.map_or_else(|| begins.clone(), |place| format!("{}\u{1}", place.code));
    let (from, until) = (params.bind(from), params.bind(format!("{begins}{LAST}")));
    let dossiers = format!(
        "select '' as folded, 1 = 1 as is_own, d.code as code from dossier d
          where d.code >= {from} and d.code < {until}"
    );
    let mut parts = Vec::new();
    match scope {
        Scope::Everything => parts.push(dossiers.clone()),
        Scope::Units { units, .. } => {
            for unit in params.bind_all(units.iter().map(UnitCode::as_str)) {
                parts.push(format!(
                    "select '' as folded, 1 = 1 as is_own, u.dossier_code as code from dossier_unit u
                      where u.unit_code = {unit} and u.dossier_code >= {from} and u.dossier_code < {until}"
                ));
            }
        }
        Scope::Owner(_) => {}
    }
    if let Scope::Units { owner, .. } | Scope::Owner(owner) = scope {
        parts.push(format!("{dossiers} and d.owner_id = {}", params.bind(owner.to_string())));
    }
    let rows = first(tx, &parts, &params, Order::Code, limit)?;
    rows.iter().map(|row| Ok((found(row, By::Code, String::new())?, true))).collect()
}

fn by_name(
    tx: &mut Tx<'_>,
    scope: &Scope,
    wanted: &Wanted,
    after: Option<&Place>,
    limit: usize,
) -> Result<Rows, DbError> {
    let (mut params, begins) = (Params::default(), wanted.name());
    let units = match scope {
        Scope::Everything => vec![params.bind("")],
        Scope::Units { units, .. } => params.bind_all(units.iter().map(UnitCode::as_str)),
        Scope::Owner(_) => Vec::new(),
    };
    let places = if units.is_empty() { Vec::new() } else { places(&mut params, &begins, after) };
    let mut parts = Vec::new();
    for unit in &units {
        parts.extend(places.iter().map(|place| {
            format!(
                "select n.folded as folded, 1 = 0 as is_own, n.dossier_code as code from dossier_name n
                  where n.unit_code = {unit} and {place}"
            )
        }));
    }
    if let Scope::Units { owner, .. } | Scope::Owner(owner) = scope {
        parts.push(own(&mut params, &begins, &units, owner, after));
    }
    let rows = first(tx, &parts, &params, Order::Name, limit)?;
    let code = wanted.code();
    rows.iter()
        .map(|row| {
            let (folded, name): (String, String) = (row.get("folded")?, row.get("applicant_folded")?);
            // A name in which two words begin like this was answered at the first of them, a code before all names.
            let first = name_keys(&name).into_iter().find(|key| key.starts_with(&begins));
            let is_first = row.get("is_own")? || first.is_none_or(|first| first == folded);
            let one = found(row, By::Name, folded)?;
            let is_code = code.as_ref().is_some_and(|code| one.code.starts_with(code));
            Ok((one, is_first && !is_code))
        })
        .collect()
}

/// Names that begin like this, after a place: later names, and earlier codes of the same name, which are older.
fn places(params: &mut Params, begins: &str, after: Option<&Place>) -> Vec<String> {
    let until = params.bind(format!("{begins}{LAST}"));
    match after {
        None => {
            let from = params.bind(begins);
            vec![format!("n.folded >= {from} and n.folded < {until}")]
        }
        Some(place) => {
            let (key, code) = (params.bind(place.key.as_str()), params.bind(place.code.as_str()));
            vec![
                format!("n.folded = {key} and n.dossier_code < {code} and n.folded < {until}"),
                format!("n.folded > {key} and n.folded < {until}"),
            ]
        }
    }
}

/// The officer's own dossiers, as a private person, that passed through none of these units: few, read as they are.
fn own(
    params: &mut Params,
    begins: &str,
    units: &[String],
    owner: &PersonId,
    after: Option<&Place>,
) -> String {
    let owner = params.bind(owner.to_string());
    let (first, later) =
        (params.bind(format!("{}%", escaped(begins))), params.bind(format!("% {}%", escaped(begins))));
    let place = after.map_or_else(String::new, |place| {
        let (key, code) = (params.bind(place.key.as_str()), params.bind(place.code.as_str()));
        format!("and (d.applicant_folded > {key} or (d.applicant_folded = {key} and d.code < {code}))")
    });
    let elsewhere = match units {
        [] => String::new(),
        units => format!("and not {}", passed_through(&units.join(", "))),
    };
    format!(
        "select d.applicant_folded as folded, 1 = 1 as is_own, d.code as code from dossier d
          where d.owner_id = {owner}
            and (d.applicant_folded like {first} escape '!' or d.applicant_folded like {later} escape '!')
            {elsewhere} {place}"
    )
}

fn found(row: &Row, by: By, key: String) -> Result<Found, DbError> {
    let code: String = row.get("code")?;
    Ok(Found {
        place: Place { by, key, code: code.clone() },
        code,
        applicant_name: row.get("applicant_name")?,
        procedure_name: row.get("procedure_name")?,
        status: row.get("status")?,
        submitted_at: row.get("submitted_at")?,
        due_at: row.get("due_at")?,
    })
}
