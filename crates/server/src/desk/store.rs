//! SQL of the desk: which SQL lists my work, what waits for my units, exact counts of both.

use motcua_db::{DbError, Row, Tx, Value};
use motcua_domain::access::{Appointment, Scope};
use motcua_domain::ids::PersonId;

/// Work the desk can be late with: it does not wait for the applicant.
const OURS: &str = "w.tab not in ('supplement', 'payment')";

/// Whose work.
#[derive(Clone, Debug)]
pub enum Whose {
    /// What this officer is in charge of, and what nobody is in charge of that one of these roles does.
    Mine(PersonId, Vec<Appointment>),
    /// Everything that waits for units in which the officer works.
    Units(Vec<String>),
}

/// Which of it.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// A tab by kind of work, or `soon`, `late`; none for all.
    pub tab: Option<String>,
    /// Folded text: in the applicant's name, or the beginning of the code.
    pub text: Option<String>,
    /// A procedure.
    pub procedure: Option<String>,
    /// One of the units.
    pub unit: Option<String>,
    /// The door it came in by.
    pub channel: Option<String>,
    /// The officer in charge.
    pub officer: Option<String>,
    /// Now.
    pub now: String,
}

/// One row of a work list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Dossier.
    pub code: String,
    /// What waits.
    pub step: String,
    /// For which unit.
    pub unit_code: String,
    /// In whose charge.
    pub officer_id: Option<String>,
    /// Kind of work.
    pub tab: String,
    /// When it must be done.
    pub due_at: String,
    /// From when it is urgent.
    pub warn_at: String,
    /// Since when it waits.
    pub since: String,
    /// Whose dossier.
    pub applicant_name: String,
    /// What procedure.
    pub procedure_name: String,
    /// Its code.
    pub procedure_code: String,
    /// Its version.
    pub procedure_version: i64,
    /// National number of the status.
    pub status: i64,
    /// The clock stands.
    pub paused: bool,
    /// The door.
    pub channel: String,
}

/// Exact counts, by tab, of what is late and of what is due soon.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// By kind of work.
    pub by_tab: Vec<(String, i64)>,
    /// Past its due instant.
    pub late: i64,
    /// Due soon.
    pub soon: i64,
}

impl Counts {
    /// How many of one kind.
    pub fn of(&self, tab: &str) -> i64 {
        match tab {
            "late" => self.late,
            "soon" => self.soon,
            "" => self.by_tab.iter().map(|(_, n)| n).sum(),
            tab => self.by_tab.iter().find(|(name, _)| name == tab).map_or(0, |(_, n)| *n),
        }
    }
}

/// The text of a condition with its values.
struct Condition {
    sql: String,
    params: Vec<Value>,
}

impl Condition {
    fn of(whose: &Whose) -> Self {
        let mut condition = Self { sql: String::new(), params: Vec::new() };
        condition.sql = match whose {
            Whose::Mine(officer, posts) => {
                let mine = condition.param(officer.to_string().into());
                let mut any = vec![format!("w.officer_id = {mine}")];
                for post in posts {
                    let unit = condition.param(post.unit.as_str().into());
                    let role = condition.param(post.role.name().into());
                    any.push(format!("(w.officer_id is null and w.unit_code = {unit} and w.role = {role})"));
                }
                format!("({})", any.join(" or "))
            }
            Whose::Units(units) => {
                let names: Vec<String> =
                    units.iter().map(|unit| condition.param(unit.as_str().into())).collect();
                if names.is_empty() {
                    "1 = 0".to_owned()
                } else {
                    format!("w.unit_code in ({})", names.join(", "))
                }
            }
        };
        condition
    }

    fn param(&mut self, value: Value) -> String {
        self.params.push(value);
        format!("${}", self.params.len())
    }

    fn and(&mut self, sql: &str) {
        self.sql.push_str(" and ");
        self.sql.push_str(sql);
    }

    fn filtered(whose: &Whose, filter: &Filter) -> Self {
        let mut condition = Self::of(whose);
        if let Some(text) = &filter.text {
            let inside = condition.param(format!("%{}%", escaped(text)).into());
            let begins = condition.param(format!("{}%", escaped(&text.to_uppercase())).into());
            condition.and(&format!(
                "(d.applicant_folded like {inside} escape '!' or d.code like {begins} escape '!')"
            ));
        }
        let exact = [
            ("d.procedure_code", &filter.procedure),
            ("d.channel", &filter.channel),
            ("w.unit_code", &filter.unit),
            ("w.officer_id", &filter.officer),
        ];
        for (column, wanted) in exact {
            if let Some(wanted) = wanted {
                let name = condition.param(wanted.as_str().into());
                condition.and(&format!("{column} = {name}"));
            }
        }
        condition
    }
}

/// Exact counts of a list, before its tab is chosen.
pub fn counts(tx: &mut Tx<'_>, whose: &Whose, filter: &Filter) -> Result<Counts, DbError> {
    let mut condition = Condition::filtered(whose, filter);
    let now = condition.param(filter.now.as_str().into());
    let sql = format!(
        "select w.tab as tab, count(*) as n,
                cast(sum(case when w.due_at < {now} and {OURS} then 1 else 0 end) as bigint) as late,
                cast(sum(case when w.warn_at <= {now} and {now} <= w.due_at then 1 else 0 end) as bigint) as soon
           from work w join dossier d on d.code = w.dossier_code
          where {} group by w.tab order by w.tab",
        condition.sql
    );
    let mut counts = Counts::default();
    for row in tx.rows(&sql, &condition.params)? {
        counts.by_tab.push((row.get("tab")?, row.get("n")?));
        counts.late += row.get::<i64>("late")?;
        counts.soon += row.get::<i64>("soon")?;
    }
    Ok(counts)
}

/// What a list can be narrowed to: only what is in it.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// Procedures, code and name.
    pub procedures: Vec<(String, String)>,
    /// Officers in charge, account and name.
    pub officers: Vec<(String, String)>,
}

/// The procedures and the officers in charge of a list before it is narrowed, by name.
pub fn choices(tx: &mut Tx<'_>, whose: &Whose) -> Result<Choices, DbError> {
    let Condition { sql, params } = Condition::of(whose);
    let pairs = |rows: Vec<Row>| rows.iter().map(|row| Ok((row.get("value")?, row.get("label")?))).collect();
    let procedures = format!(
        "select d.procedure_code as value, min(d.procedure_name) as label
           from work w join dossier d on d.code = w.dossier_code
          where {sql} group by d.procedure_code order by label"
    );
    let officers = format!(
        "select p.id as value, min(p.name) as label, min(p.name_sort) as name_sort
           from work w join person p on p.id = w.officer_id
          where {sql} group by p.id order by name_sort, value"
    );
    let procedures: Result<_, DbError> = pairs(tx.rows(&procedures, &params)?);
    let officers: Result<_, DbError> = pairs(tx.rows(&officers, &params)?);
    Ok(Choices { procedures: procedures?, officers: officers? })
}

/// Where a page of a list begins: after this row.
#[derive(Clone, Debug)]
pub struct After {
    /// Its due instant.
    pub due_at: String,
    /// Its dossier.
    pub code: String,
    /// Its step.
    pub step: String,
}

/// One page of a list, what is due next first.
pub fn list(
    tx: &mut Tx<'_>,
    whose: &Whose,
    filter: &Filter,
    after: Option<&After>,
    limit: i64,
) -> Result<Vec<Listed>, DbError> {
    let mut condition = Condition::filtered(whose, filter);
    match filter.tab.as_deref() {
        None => {}
        Some("late") => {
            let now = condition.param(filter.now.as_str().into());
            condition.and(&format!("w.due_at < {now} and {OURS}"));
        }
        Some("soon") => {
            let now = condition.param(filter.now.as_str().into());
            condition.and(&format!("w.warn_at <= {now} and {now} <= w.due_at"));
        }
        Some(tab) => {
            let tab = condition.param(tab.into());
            condition.and(&format!("w.tab = {tab}"));
        }
    }
    if let Some(after) = after {
        let due = condition.param(after.due_at.as_str().into());
        let code = condition.param(after.code.as_str().into());
        let step = condition.param(after.step.as_str().into());
        condition.and(&format!("(w.due_at, w.dossier_code, w.step) > ({due}, {code}, {step})"));
    }
    let limit = condition.param(limit.into());
    let sql = format!(
        "select w.dossier_code, w.step, w.unit_code, w.officer_id, w.tab, w.due_at, w.warn_at, w.since,
                d.applicant_name, d.procedure_name,
                d.procedure_code, d.procedure_version, d.status, d.paused, d.channel
           from work w join dossier d on d.code = w.dossier_code
          where {} order by w.due_at, w.dossier_code, w.step limit {limit}",
        condition.sql
    );
    tx.rows(&sql, &condition.params)?.iter().map(listed).collect()
}

/// A dossier found by its code, its applicant's name or number.
#[derive(Clone, Debug)]
pub struct Found {
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

/// Dossiers in the officer's scope by code, name or number of the applicant, newest first.
pub fn search(
    tx: &mut Tx<'_>,
    scope: &Scope,
    text: &str,
    number_hash: &str,
    limit: i64,
) -> Result<Vec<Found>, DbError> {
    let mut condition = Condition { sql: String::new(), params: Vec::new() };
    let begins = condition.param(format!("{}%", escaped(&text.to_uppercase())).into());
    let inside = condition.param(format!("%{}%", escaped(text)).into());
    let hash = condition.param(number_hash.into());
    condition.sql = format!(
        "(d.code like {begins} escape '!' or d.applicant_folded like {inside} escape '!' or d.applicant_hash = {hash})"
    );
    match scope {
        Scope::Everything => {}
        Scope::Units { units, owner } => {
            let names: Vec<String> = units.iter().map(|unit| condition.param(unit.as_str().into())).collect();
            let names = names.join(", ");
            let owner = condition.param(owner.to_string().into());
            condition.and(&format!("(d.owner_id = {owner} or {})", passed_through(&names)));
        }
        Scope::Owner(owner) => {
            let owner = condition.param(owner.to_string().into());
            condition.and(&format!("d.owner_id = {owner}"));
        }
    }
    let limit = condition.param(limit.into());
    let sql = format!(
        "select d.code, d.applicant_name, d.procedure_name, d.status, d.submitted_at, d.due_at
           from dossier d where {} order by d.submitted_at desc, d.code limit {limit}",
        condition.sql
    );
    tx.rows(&sql, &condition.params)?
        .iter()
        .map(|row| {
            Ok(Found {
                code: row.get("code")?,
                applicant_name: row.get("applicant_name")?,
                procedure_name: row.get("procedure_name")?,
                status: row.get("status")?,
                submitted_at: row.get("submitted_at")?,
                due_at: row.get("due_at")?,
            })
        })
        .collect()
}

/// That a dossier passed through one of these units: the access rules open it to their officers.
pub(super) fn passed_through(names: &str) -> String {
    format!(
        "exists (select 1 from dossier_unit u where u.dossier_code = d.code and u.unit_code in ({names}))"
    )
}

/// `%`, `_` and `!` are themselves.
fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

fn listed(row: &Row) -> Result<Listed, DbError> {
    Ok(Listed {
        code: row.get("dossier_code")?,
        step: row.get("step")?,
        unit_code: row.get("unit_code")?,
        officer_id: row.get("officer_id")?,
        tab: row.get("tab")?,
        due_at: row.get("due_at")?,
        warn_at: row.get("warn_at")?,
        since: row.get("since")?,
        applicant_name: row.get("applicant_name")?,
        procedure_name: row.get("procedure_name")?,
        procedure_code: row.get("procedure_code")?,
        procedure_version: row.get("procedure_version")?,
        status: row.get("status")?,
        paused: row.get("paused")?,
        channel: row.get("channel")?,
    })
}
