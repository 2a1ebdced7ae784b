//! SQL of the desk: which SQL lists my work, what waits for my units, exact counts of both. Lists are counted,
//! narrowed and sorted in `work` alone, each by one index that begins with whose work it is; of dossiers only the rows
//! of a page are read.

use std::collections::{BTreeMap, BTreeSet};

use motcua_db::{DbError, Params, Row, Tx, Value};
use motcua_domain::access::Appointment;
use motcua_domain::ids::PersonId;

use crate::dossier::store::post;

/// Work the desk can be late with: it does not wait for the applicant.
const OURS: &str = "w.tab not in ('supplement', 'payment')";

/// Parts of a list that are merged at most. More are read as one and sorted, which is slower.
const PARTS_MAX: usize = 100;

/// Whose work.
#[derive(Clone, Debug)]
pub enum Whose {
    /// What this officer is in charge of, and what nobody is in charge of that one of these roles does.
    Mine(PersonId, Vec<Appointment>),
    /// What waits for these units.
    Units(Vec<String>),
    /// What waits anywhere: auditors.
    Everything,
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
    /// A field.
    pub field: Option<String>,
    /// One of the units.
    pub unit: Option<String>,
    /// The door it came in by.
    pub channel: Option<String>,
    /// The national number of the status.
    pub status: Option<i64>,
    /// The officer in charge.
    pub officer: Option<String>,
    /// Due at this instant or later.
    pub due_from: Option<String>,
    /// Due before this instant.
    pub due_before: Option<String>,
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

/// The rows of `work` that a list is made of.
struct Source {
    /// The column that says whose work a row is, with which an index begins, and its values: each a part of the list
    /// that no other holds. None where everything is listed.
    own: Option<(&'static str, Vec<String>)>,
    /// What narrows every part, each beginning with ` and `.
    narrowed: String,
    params: Params,
}

impl Source {
    /// Everything of this person or these units.
    fn of(whose: &Whose, unit: Option<&str>) -> Self {
        let (column, keys): (_, BTreeSet<String>) = match (whose, unit) {
            (Whose::Mine(officer, posts), _) => {
                let posts = posts.iter().map(|held| post(held.unit.as_str(), held.role.name()));
                ("waits_for", std::iter::once(officer.to_string()).chain(posts).collect())
            }
            (Whose::Units(units), None) => ("unit_code", units.iter().cloned().collect()),
            (Whose::Units(units), Some(unit)) => {
                ("unit_code", units.iter().filter(|known| *known == unit).cloned().collect())
            }
            (Whose::Everything, Some(unit)) => ("unit_code", BTreeSet::from([unit.to_owned()])),
            (Whose::Everything, None) => {
                return Self { own: None, narrowed: String::new(), params: Params::default() };
            }
        };
        let mut params = Params::default();
        let own = Some((column, params.bind_all(keys)));
        let mut source = Self { own, narrowed: String::new(), params };
        if let (Whose::Mine(..), Some(unit)) = (whose, unit) {
            let unit = source.params.bind(unit);
            source.and(&format!("w.unit_code = {unit}"));
        }
        source
    }

    /// The same, narrowed by everything but the tab.
    fn filtered(whose: &Whose, filter: &Filter) -> Self {
        let mut source = Self::of(whose, filter.unit.as_deref());
        if let Some(text) = &filter.text {
            let inside = source.params.bind(format!("%{}%", escaped(text)));
            let begins = source.params.bind(format!("{}%", escaped(&text.to_uppercase())));
            source.and(&format!(
                "(w.applicant_folded like {inside} escape '!' or w.dossier_code like {begins} escape '!')"
            ));
        }
        let exact: [(&str, Option<Value>); 7] = [
            ("w.procedure_code =", filter.procedure.as_ref().map(Into::into)),
            ("w.field =", filter.field.as_ref().map(Into::into)),
            ("w.channel =", filter.channel.as_ref().map(Into::into)),
            ("w.status =", filter.status.map(Into::into)),
            ("w.officer_id =", filter.officer.as_ref().map(Into::into)),
            ("w.due_at >=", filter.due_from.as_ref().map(Into::into)),
            ("w.due_at <", filter.due_before.as_ref().map(Into::into)),
        ];
        for (comparison, wanted) in exact {
            if let Some(wanted) = wanted {
                let name = source.params.bind(wanted);
                source.and(&format!("{comparison} {name}"));
            }
        }
        source
    }

    /// Narrowed to a tab.
    fn narrow_to_tab(&mut self, filter: &Filter) {
        match filter.tab.as_deref() {
            None => {}
            Some("late") => {
                let now = self.params.bind(filter.now.as_str());
                self.and(&format!("w.due_at < {now} and {OURS}"));
            }
            Some("soon") => {
                let now = self.params.bind(filter.now.as_str());
                self.and(&format!("w.warn_at <= {now} and {now} <= w.due_at"));
            }
            Some(tab) => {
                let tab = self.params.bind(tab);
                self.and(&format!("w.tab = {tab}"));
            }
        }
    }

    /// Nobody's work: a role that handles no dossiers, or a unit that is not theirs.
    fn is_empty(&self) -> bool {
        self.own.as_ref().is_some_and(|(_, keys)| keys.is_empty())
    }

    fn and(&mut self, sql: &str) {
        self.narrowed.push_str(" and ");
        self.narrowed.push_str(sql);
    }

    /// The condition that all rows fulfil, of whichever part.
    fn condition(&self) -> String {
        let own = match &self.own {
            None => "1 = 1".to_owned(),
            Some((column, keys)) => format!("w.{column} in ({})", keys.join(", ")),
        };
        format!("{own}{}", self.narrowed)
    }

    /// The keys of the first rows after a place, in the order of lists: of each part as many as are wanted, found by
    /// an index in this order, and the first of them all. Its cost is that of a page, however much waits.
    fn first(&mut self, after: &After, limit: i64) -> String {
        let due = self.params.bind(after.due_at.as_str());
        let code = self.params.bind(after.code.as_str());
        let step = self.params.bind(after.step.as_str());
        let conditions: Vec<String> = match &self.own {
            None => vec!["1 = 1".to_owned()],
            Some((column, keys)) if PARTS_MAX < keys.len() => {
                vec![format!("w.{column} in ({})", keys.join(", "))]
            }
            Some((column, keys)) => keys.iter().map(|key| format!("w.{column} = {key}")).collect(),
        };
        let parts: Vec<String> = conditions
            .iter()
            .enumerate()
            .map(|(number, own)| {
                format!(
                    "select * from (
                        select w.due_at, w.dossier_code, w.step from work w
                         where {own} and (w.due_at, w.dossier_code, w.step) > ({due}, {code}, {step}){}
                         order by w.due_at, w.dossier_code, w.step limit {limit}) part_{number}",
                    self.narrowed
                )
            })
            .collect();
        format!("{} order by due_at, dossier_code, step limit {limit}", parts.join(" union all "))
    }
}

/// Exact counts of a list, before its tab is chosen.
pub fn counts(tx: &mut Tx<'_>, whose: &Whose, filter: &Filter) -> Result<Counts, DbError> {
    let mut source = Source::filtered(whose, filter);
    if source.is_empty() {
        return Ok(Counts::default());
    }
    let now = source.params.bind(filter.now.as_str());
    let sql = format!(
        "select w.tab as tab, count(*) as n,
                cast(sum(case when w.due_at < {now} and {OURS} then 1 else 0 end) as bigint) as late,
                cast(sum(case when w.warn_at <= {now} and {now} <= w.due_at then 1 else 0 end) as bigint) as soon
           from work w where {} group by w.tab order by w.tab",
        source.condition()
    );
    let mut counts = Counts::default();
    for row in tx.rows(&sql, &source.params)? {
        counts.by_tab.push((row.get("tab")?, row.get("n")?));
        counts.late += row.get::<i64>("late")?;
        counts.soon += row.get::<i64>("soon")?;
    }
    Ok(counts)
}

/// What a list can be narrowed to: only what is in it.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// Procedures, by name.
    pub procedures: Vec<Procedure>,
    /// Codes of fields, each with the code of a procedure that knows its name.
    pub fields: BTreeMap<String, String>,
    /// National numbers of statuses.
    pub statuses: BTreeSet<i64>,
    /// Officers in charge, account and name.
    pub officers: Vec<(String, String)>,
}

/// A procedure in a list.
#[derive(Clone, Debug)]
pub struct Procedure {
    /// Its code.
    pub code: String,
    /// Its newest version.
    pub version: i64,
    /// Its name in that version.
    pub name: String,
}

/// What there is in a list before it is narrowed, by name. Of everything that waits anywhere nothing is offered until
/// a unit is chosen: the choices would be those of the whole province.
pub fn choices(tx: &mut Tx<'_>, whose: &Whose, unit: Option<&str>) -> Result<Choices, DbError> {
    let unit = match whose {
        Whose::Mine(..) | Whose::Units(_) => None,
        Whose::Everything if unit.is_none() => return Ok(Choices::default()),
        Whose::Everything => unit,
    };
    let source = Source::of(whose, unit);
    if source.is_empty() {
        return Ok(Choices::default());
    }
    let sql = format!(
        "select distinct w.procedure_code, w.field, w.status, w.officer_id from work w where {}",
        source.condition()
    );
    let mut choices = Choices::default();
    let (mut procedures, mut officers) = (BTreeSet::new(), BTreeSet::new());
    for row in tx.rows(&sql, &source.params)? {
        let procedure: String = row.get("procedure_code")?;
        let field: String = row.get("field")?;
        if !field.is_empty() {
            choices.fields.insert(field, procedure.clone());
        }
        procedures.insert(procedure);
        choices.statuses.insert(row.get("status")?);
        officers.extend(row.get::<Option<String>>("officer_id")?);
    }
    choices.procedures = named(tx, &procedures, |names| {
        format!(
            "select v.code, v.version, v.name from procedure_version v
              where v.code in ({names})
                and v.version = (select max(l.version) from procedure_version l where l.code = v.code)
              order by v.name, v.code"
        )
    })?
    .iter()
    .map(|row| Ok(Procedure { code: row.get("code")?, version: row.get("version")?, name: row.get("name")? }))
    .collect::<Result<_, DbError>>()?;
    choices.officers = names_of(tx, &officers)?;
    Ok(choices)
}

/// The names of these accounts, sorted.
pub fn names_of(tx: &mut Tx<'_>, people: &BTreeSet<String>) -> Result<Vec<(String, String)>, DbError> {
    named(tx, people, |names| {
        format!("select id, name from person where id in ({names}) order by name_sort, id")
    })?
    .iter()
    .map(|row| Ok((row.get("id")?, row.get("name")?)))
    .collect()
}

/// What a query finds of these keys, whose names it is given: `$1, $2 …`.
fn named(
    tx: &mut Tx<'_>,
    keys: &BTreeSet<String>,
    sql: impl Fn(&str) -> String,
) -> Result<Vec<Row>, DbError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut params = Params::default();
    let names = params.bind_all(keys);
    tx.rows(&sql(&names.join(", ")), &params)
}

/// Where a page of a list begins: after this row. The first page is after a row that sorts before all.
#[derive(Clone, Debug, Default)]
pub struct After {
    /// Its due instant.
    pub due_at: String,
    /// Its dossier.
    pub code: String,
    /// Its step.
    pub step: String,
}

impl After {
    /// After this row.
    pub fn of(row: &Listed) -> Self {
        Self { due_at: row.due_at.clone(), code: row.code.clone(), step: row.step.clone() }
    }
}

/// One page of a list, what is due next first.
pub fn list(
    tx: &mut Tx<'_>,
    whose: &Whose,
    filter: &Filter,
    after: &After,
    limit: i64,
) -> Result<Vec<Listed>, DbError> {
    let mut source = Source::filtered(whose, filter);
    if source.is_empty() {
        return Ok(Vec::new());
    }
    source.narrow_to_tab(filter);
    let first = source.first(after, limit);
    let sql = format!(
        "select w.dossier_code, w.step, w.unit_code, w.officer_id, w.tab, w.due_at, w.warn_at, w.since,
                d.applicant_name, d.procedure_name,
                d.procedure_code, d.procedure_version, d.status, d.paused, d.channel
           from ({first}) k
           join work w on w.dossier_code = k.dossier_code and w.step = k.step
           join dossier d on d.code = k.dossier_code
          order by k.due_at, k.dossier_code, k.step"
    );
    tx.rows(&sql, &source.params)?.iter().map(listed).collect()
}

/// That a dossier passed through one of these units: the access rules open it to their officers.
pub(super) fn passed_through(names: &str) -> String {
    format!(
        "exists (select 1 from dossier_unit u where u.dossier_code = d.code and u.unit_code in ({names}))"
    )
}

/// `%`, `_` and `!` are themselves.
pub(super) fn escaped(text: &str) -> String {
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
