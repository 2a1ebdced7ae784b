//! The control slip: every hand-over, with how the giver stood with its own time.

use motcua_domain::dossier::custody::{Stay, custody};
use motcua_domain::dossier::{HandOver, Office as _};
use motcua_domain::office_time::day_of;
use motcua_domain::procedure::StepKind;

use super::fill::{Filling, applicant};
use crate::form::data::{ControlSlipData, Hop, Punctuality};

/// The slip as the dossier stands now; `None` before acceptance.
pub(super) fn data(filling: &Filling<'_>) -> Option<ControlSlipData> {
    let dossier = filling.dossier;
    let progress = &dossier.progress;
    let lead = dossier.responsible_unit();
    let desk = &dossier.filing.receiving_unit;
    let partners = dossier.units().into_iter().filter(|unit| *unit != lead && *unit != desk);
    let office = &filling.office;
    let stays = custody(
        dossier,
        office.settings_of(dossier),
        |unit| office.calendar_of(unit),
        progress.due,
        filling.created,
    );
    Some(ControlSlipData {
        head: filling.desk_head(),
        applicant: applicant(dossier),
        request: filling.request(),
        received_at: progress.accepted_at?,
        due_at: progress.due,
        lead: office.unit_name(lead),
        partners: partners.map(|unit| office.unit_name(unit)).collect(),
        hops: progress.hand_overs.iter().map(|given| hop(filling, given, &stays)).collect(),
    })
}

fn hop(filling: &Filling<'_>, given: &HandOver, stays: &[Stay]) -> Hop {
    let is_desk = |kind: StepKind| matches!(kind, StepKind::Receive | StepKind::Return);
    let stay = stays.iter().find(|stay| stay.to == Some(given.given_at) && stay.unit == given.from_unit);
    let kind_of = |step| filling.dossier.step(step).map(|step| step.kind);
    let to_desk = kind_of(&given.step).is_some_and(is_desk);
    let from_desk = stay.and_then(|stay| kind_of(&stay.step)).is_some_and(is_desk);
    let name =
        |is_desk: bool, unit| if is_desk { filling.desk_place() } else { filling.office.unit_name(unit) };
    let notes: Vec<&str> = [given.note.as_str(), given.taker_note.as_str()]
        .into_iter()
        .filter(|note| !note.is_empty())
        .collect();
    Hop {
        from: name(from_desk, &given.from_unit),
        to: name(to_desk, &given.to_unit),
        at: given.taken_at,
        given_by: given.from_name.clone(),
        taken_by: given.to_name.clone().unwrap_or_default(),
        punctuality: stay.and_then(punctuality),
        note: notes.join("; "),
    }
}

/// Early, on time or late; `None` where the process gives the step no time of its own.
fn punctuality(stay: &Stay) -> Option<Punctuality> {
    let (due, to) = (stay.due?, stay.to?);
    Some(match stay.late {
        true => Punctuality::Late,
        false if day_of(to) < day_of(due) => Punctuality::Early,
        false => Punctuality::OnTime,
    })
}
