//! The row of a dossier and the work it makes, computed from the dossier: nothing in them is typed in.

use std::collections::BTreeSet;

use jiff::Timestamp;
use motcua_domain::access::Role;
use motcua_domain::dossier::{Dossier, Office, Status, TaskState, time};
use motcua_domain::identity::fold;
use motcua_domain::procedure::StepKind;
use motcua_domain::settings::Settings;
use motcua_domain::unit::UnitCode;

use crate::clock::stored;
use crate::dossier::store::{DossierRow, NO_DUE, WorkRow, post};
use crate::secrets::Secrets;

/// Where the journal of a dossier ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of its last entry.
    pub sequence: i64,
    /// Hash of its last entry.
    pub hash: String,
}

/// The due instant lists are sorted by; `None` while it waits for the applicant, or without a limit.
///
/// For a dossier that has ended it is what the applicant was told last: later holidays do not move it.
pub fn due(dossier: &Dossier, office: &dyn Office) -> Option<Timestamp> {
    if dossier.progress.ended_at.is_some() {
        return dossier.progress.due;
    }
    let calendar = office.calendar_of(dossier.responsible_unit());
    if is_paused(dossier) { None } else { time::due(dossier, calendar, dossier.progress.changed_at) }
}

/// Whether the clock stands.
pub fn is_paused(dossier: &Dossier) -> bool {
    dossier.progress.pauses.iter().any(|pause| pause.ended_at.is_none())
        && dossier.progress.ended_at.is_none()
}

/// The row of `dossier`. `progress` is its changing part as JSON, identifiers sealed.
pub fn dossier_row(
    secrets: &Secrets,
    office: &dyn Office,
    dossier: &Dossier,
    work: &[WorkRow],
    head: &Head,
    progress: String,
) -> DossierRow {
    let filing = &dossier.filing;
    let state = &dossier.progress;
    let identity = &filing.applicant.identity;
    let number = identity.id_number.as_ref().or(identity.tax_number.as_ref());
    let due_at = due(dossier, office).map(stored);
    DossierRow {
        code: dossier.code.to_string(),
        procedure_code: filing.procedure.to_string(),
        procedure_version: i64::from(filing.procedure_version),
        procedure_name: filing.procedure_name.clone(),
        field: filing.field.clone(),
        channel: filing.channel.name().to_owned(),
        status: i64::from(state.status.number()),
        receiving_unit: filing.receiving_unit.to_string(),
        competent_unit: state.competent_unit.as_ref().map(ToString::to_string),
        owner_id: filing.owner.map(|id| id.to_string()),
        applicant_name: filing.applicant.name.clone(),
        applicant_folded: fold(&filing.applicant.name),
        applicant_hash: number.map(|number| secrets.keyed_hash("applicant", number)),
        subject: filing.subject.clone(),
        submitted_at: stored(state.submitted_at),
        accepted_at: state.accepted_at.map(stored),
        ended_at: state.ended_at.map(stored),
        counted: counted(secrets, dossier.code.as_str(), due_at.as_deref(), work),
        due_at,
        paused: is_paused(dossier),
        version: i64::try_from(state.version).unwrap_or(i64::MAX),
        head_sequence: head.sequence,
        head_hash: head.hash.clone(),
        progress,
    }
}

/// Proof that this program wrote a due instant and the work of a dossier together. Whoever can write to the database
/// cannot make it without the key file.
pub fn counted(secrets: &Secrets, code: &str, due_at: Option<&str>, work: &[WorkRow]) -> String {
    let mut parts = vec!["counted", code, due_at.unwrap_or_default()];
    let numbers: Vec<String> = work.iter().map(|row| row.status.to_string()).collect();
    for (row, number) in work.iter().zip(&numbers) {
        parts.extend(of_step(row));
        let WorkRow { waits_for, procedure_code, field, channel, applicant_folded, .. } = row;
        parts.extend(
            [waits_for, procedure_code, field, channel, number, applicant_folded].map(String::as_str),
        );
    }
    secrets.sign(&parts)
}

/// The same proof as programs wrote it whose work said nothing yet of the dossier it belongs to. Running dossiers keep
/// it until they are counted again.
pub fn counted_before(secrets: &Secrets, code: &str, due_at: Option<&str>, work: &[WorkRow]) -> String {
    let mut parts = vec!["counted", code, due_at.unwrap_or_default()];
    parts.extend(work.iter().flat_map(of_step));
    secrets.sign(&parts)
}

fn of_step(row: &WorkRow) -> [&str; 8] {
    let WorkRow { step, unit_code, role, officer_id, tab, due_at, warn_at, since, .. } = row;
    [step, unit_code, role, officer_id.as_deref().unwrap_or_default(), tab, due_at, warn_at, since]
}

/// Names are searched by this many characters at most.
pub const NAME_KEY_CHARS_MAX: usize = 60;

/// What a name is found by, folded: every end of it that begins with a word, "nguyen van an", "van an", "an".
pub fn name_keys(folded: &str) -> BTreeSet<String> {
    let whole = folded.trim_matches(' ');
    let mut keys = BTreeSet::from([key_of(whole)]);
    let later = whole.match_indices(' ').map(|(at, _)| &whole[at + 1..]);
    keys.extend(later.filter(|end| !end.starts_with(' ')).map(key_of));
    keys
}

fn key_of(end: &str) -> String {
    end.chars().take(NAME_KEY_CHARS_MAX).collect()
}

/// How due instants and work are counted. Raised when it changes, so that running dossiers are counted again after an
/// upgrade and `verify` knows that they wait for it.
pub const COUNTING: u32 = 3;

/// The tabs of work that waits for the applicant: the desk cannot be late with it.
pub const APPLICANTS_TABS: [&str; 2] = ["supplement", "payment"];

/// What waits for whom, by step. Sorted, so that storage and computation compare.
#[expect(clippy::too_many_lines, reason = "one table of what waits for whom")]
pub fn work(dossier: &Dossier, office: &dyn Office, settings: &Settings) -> Vec<WorkRow> {
    let state = &dossier.progress;
    let due_at = due(dossier, office);
    let filing = &dossier.filing;
    let desk = &filing.receiving_unit;
    let applicant_folded = fold(&filing.applicant.name);
    let instant = |at: Option<Timestamp>| at.map_or_else(|| NO_DUE.to_owned(), stored);
    let days = settings.warning_days_before;
    let urgent =
        time::warns_at(dossier, office.calendar_of(dossier.responsible_unit()), settings, state.changed_at);
    let row =
        |step: &str, unit: &UnitCode, role: Role, tab: &str, due: Option<Timestamp>, since: Timestamp| {
            let last_day = due.map(|due| office.calendar_of(unit).subtract_working_days(due, days));
            let warn = last_day.filter(|_| !APPLICANTS_TABS.contains(&tab));
            WorkRow {
                step: step.to_owned(),
                unit_code: unit.to_string(),
                role: role.name().to_owned(),
                officer_id: None,
                tab: tab.to_owned(),
                due_at: instant(due),
                warn_at: instant(warn),
                since: stored(since),
                waits_for: post(unit.as_str(), role.name()),
                procedure_code: filing.procedure.to_string(),
                field: filing.field.clone(),
                channel: filing.channel.name().to_owned(),
                status: i64::from(state.status.number()),
                applicant_folded: applicant_folded.clone(),
            }
        };
    let mut rows = Vec::new();
    match state.status {
        Status::Registered => {
            let due = time::intake_due(dossier, office.calendar_of(desk), settings);
            rows.push(row("intake", desk, Role::Reception, "intake", due, state.changed_at));
        }
        Status::AwaitingSupplement => {
            let asked = state.supplements.last();
            let (due, since) =
                asked.map_or((None, state.changed_at), |one| (Some(one.answer_by), one.asked_at));
            rows.push(row("supplement", desk, Role::Reception, "supplement", due, since));
        }
        Status::AwaitingPayment => {
            let asked = dossier.open_payment();
            let (due, since) = asked.map_or((None, state.changed_at), |one| (Some(one.pay_by), one.asked_at));
            rows.push(row("payment", desk, Role::FeeCollector, "payment", due, since));
        }
        Status::Accepted | Status::InProcess | Status::Settled => {
            if state.competent_unit.is_none() {
                rows.push(row("dispatch", desk, Role::Dispatcher, "process", due_at, state.changed_at));
            }
        }
        Status::Refused | Status::Withdrawn | Status::Stopped | Status::Returned => return rows,
    }
    let waits_for_applicant = matches!(state.status, Status::AwaitingSupplement | Status::AwaitingPayment);
    for task in &state.tasks {
        let Some(unit) = &task.unit else { continue };
        let (since, officer) = match &task.state {
            TaskState::Offered { at } => (*at, None),
            TaskState::Active { since, officer, .. } => (*since, *officer),
            TaskState::Waiting | TaskState::Done { .. } | TaskState::Dropped => continue,
        };
        if waits_for_applicant || state.status == Status::Registered {
            continue;
        }
        let Some(step) = dossier.step(&task.step) else { continue };
        let calendar = office.calendar_of(unit);
        let own = time::step_due(dossier, &task.step, calendar, state.changed_at);
        let own = own.filter(|_| !is_paused(dossier));
        let due = own.into_iter().chain(due_at).min();
        let held = || state.holdings.iter().rfind(|holding| holding.is_open_for(&task.step));
        let (tab, due) = match step.kind {
            StepKind::Approve | StepKind::Sign => ("approve", due),
            StepKind::Return => ("return", None),
            StepKind::Receive => {
                let hand_over =
                    held().and_then(|held| time::hand_over_due(dossier, held, calendar, settings));
                ("hand_over", due.into_iter().chain(hand_over).min())
            }
            StepKind::Assign | StepKind::Examine | StepKind::Opinion => ("process", due),
        };
        let mut work = row(task.step.as_str(), unit, step.role, tab, due, since);
        if let Some(officer) = officer {
            work.officer_id = Some(officer.to_string());
            work.waits_for = officer.to_string();
        }
        if due.is_some() {
            work.warn_at = instant(urgent).min(work.warn_at);
        }
        rows.push(work);
    }
    for opinion in state.opinions.iter().filter(|opinion| opinion.answer.is_none()) {
        let step = format!("opinion:{}", opinion.id);
        rows.push(row(
            &step,
            &opinion.unit,
            Role::UnitHead,
            "process",
            Some(opinion.answer_by),
            opinion.asked_at,
        ));
    }
    rows.sort();
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_each_of_its_words_and_what_follows() {
        let keys = |name: &str| name_keys(&fold(name)).into_iter().collect::<Vec<_>>();
        assert_eq!(keys("Nguyễn Văn An"), ["an", "nguyen van an", "van an"]);
        assert_eq!(keys("  An  Bình "), ["an  binh", "binh"]);
        assert_eq!(keys(""), [""]);
        assert_eq!(keys(&"Đ".repeat(70)), ["d".repeat(60)]);
    }
}
