//! Who may do what to which dossier, and why not: the one choke point.
//!
//! [`may`] answers for one dossier, [`list_scope`] for a list; a list filtered by the scope holds exactly the dossiers
//! that [`may_see`] lets this person see.

use std::collections::BTreeSet;

use crate::dossier::action::Target;
use crate::dossier::{ActionKind, Channel, Dossier, Filing};
use crate::ids::PersonId;
use crate::unit::UnitCode;

pub mod actor;
pub mod denial;
pub mod office;
mod post;
pub mod role;

pub use actor::Actor;
pub use denial::Denial;
pub use office::{Matter, may_inspect, may_manage};
pub use role::{Appointment, Role};

use post::{Post, posts_for};

/// In which quality somebody may do it. Goes into the journal with the name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    /// The role that allows it; `None` for applicants and the program.
    pub role: Option<Role>,
    /// The unit for which it is done.
    pub unit: Option<UnitCode>,
}

impl Grant {
    fn of(appointment: Appointment) -> Self {
        Self { role: Some(appointment.role), unit: Some(appointment.unit) }
    }

    /// Whether a leader does it: one who may allow what other officers may not.
    pub fn is_leader(&self) -> bool {
        matches!(self.role, Some(Role::UnitHead | Role::SigningLeader))
    }
}

/// Which dossiers a list may hold. The server turns it into the filter of every list query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them: auditors, and the program itself.
    Everything,
    /// Those that one of these units has or had to do with ([`Dossier::units`]), and those this person owns.
    Units {
        /// Sorted, never empty.
        units: BTreeSet<UnitCode>,
        /// The officer as a private person.
        owner: PersonId,
    },
    /// Those this person owns.
    Owner(PersonId),
}

/// Which dossiers this person may see in lists.
pub fn list_scope(actor: &Actor) -> Scope {
    match actor {
        Actor::System => Scope::Everything,
        Actor::Citizen { id, .. } => Scope::Owner(*id),
        Actor::Officer { id, appointments, .. } => {
            if appointments.iter().any(|held| held.role == Role::Auditor) {
                return Scope::Everything;
            }
            let working = appointments.iter().filter(|held| held.role.works_on_dossiers());
            let units: BTreeSet<UnitCode> = working.map(|held| held.unit.clone()).collect();
            if units.is_empty() { Scope::Owner(*id) } else { Scope::Units { units, owner: *id } }
        }
    }
}

/// Whether this person may see the dossier at all, and in which quality.
pub fn may_see(actor: &Actor, dossier: &Dossier) -> Result<Grant, Denial> {
    if actor.id().is_some_and(|id| dossier.is_owned_by(id)) {
        return Ok(Grant::default());
    }
    match actor {
        Actor::System => Ok(Grant::default()),
        Actor::Citizen { .. } => Err(Denial::NotYourDossier),
        Actor::Officer { appointments, .. } => {
            let units = dossier.units();
            let works_here =
                |held: &&Appointment| held.role.works_on_dossiers() && units.contains(&held.unit);
            let audits = |held: &&Appointment| held.role == Role::Auditor;
            let found = appointments.iter().find(works_here).or_else(|| appointments.iter().find(audits));
            match found {
                Some(held) => Ok(Grant::of(held.clone())),
                None if appointments.iter().any(|held| held.role.works_on_dossiers()) => {
                    Err(Denial::NotYourUnit)
                }
                None => Err(Denial::RoleReadsNoDossiers),
            }
        }
    }
}

/// Whether this person may do this to this dossier, and in which quality, whatever its status. Whether it can be
/// done at all is for the rules to say ([`crate::dossier::decide`]).
pub fn may(actor: &Actor, kind: ActionKind, target: &Target, dossier: &Dossier) -> Result<Grant, Denial> {
    let seen = may_see(actor, dossier)?;
    if actor.id().is_some_and(|id| dossier.is_owned_by(id)) {
        return owner_may(actor, kind);
    }
    match actor {
        Actor::System => system_may(kind),
        Actor::Citizen { .. } => Err(Denial::NotYourDossier),
        Actor::Officer { .. } if kind == ActionKind::Read => Ok(seen),
        Actor::Officer { .. } if seen.role == Some(Role::Auditor) => Err(Denial::AuditorsOnlyRead),
        Actor::Officer { .. } => officer_may(actor, kind, target, dossier),
    }
}

/// Whether this person may file this: applicants for themselves, helpers for somebody who agreed, the desk for
/// whoever comes to it.
pub fn may_file(actor: &Actor, filing: &Filing) -> Result<Grant, Denial> {
    let id = match actor {
        Actor::System => return Err(Denial::ProgramDoesNotDecide),
        Actor::Citizen { id, .. } | Actor::Officer { id, .. } => *id,
    };
    match filing.channel {
        Channel::Online if filing.owner == Some(id) => Ok(Grant::default()),
        Channel::Assisted if filing.representative.is_some() => Ok(Grant::default()),
        Channel::Online | Channel::Assisted => Err(Denial::NotYourDossier),
        Channel::Counter | Channel::Post => {
            let desk = Appointment { unit: filing.receiving_unit.clone(), role: Role::Reception };
            if actor.is(desk.role, &desk.unit) {
                Ok(Grant::of(desk))
            } else {
                Err(Denial::NeedsPost { posts: vec![desk] })
            }
        }
    }
}

fn owner_may(actor: &Actor, kind: ActionKind) -> Result<Grant, Denial> {
    match kind {
        ActionKind::AnswerSupplement | ActionKind::Withdraw | ActionKind::SendMessage | ActionKind::Read => {
            Ok(Grant::default())
        }
        ActionKind::File
        | ActionKind::Accept
        | ActionKind::Refuse
        | ActionKind::RequestSupplement
        | ActionKind::RequestPayment
        | ActionKind::ConfirmPayment
        | ActionKind::Pause
        | ActionKind::Resume
        | ActionKind::Dispatch
        | ActionKind::Forward
        | ActionKind::TakeOver
        | ActionKind::SendBack
        | ActionKind::Assign
        | ActionKind::AskOpinion
        | ActionKind::AnswerOpinion
        | ActionKind::Propose
        | ActionKind::Approve
        | ActionKind::Settle
        | ActionKind::Extend
        | ActionKind::Stop
        | ActionKind::Return
        | ActionKind::AddPaper => Err(match actor {
            Actor::Officer { .. } => Denial::OwnDossier,
            Actor::Citizen { .. } | Actor::System => Denial::ApplicantsDoNot,
        }),
    }
}

/// The program confirms what the payment gateway reports and acts when a deadline has passed; nothing else.
fn system_may(kind: ActionKind) -> Result<Grant, Denial> {
    match kind {
        ActionKind::ConfirmPayment | ActionKind::Resume | ActionKind::Stop => Ok(Grant::default()),
        ActionKind::File
        | ActionKind::Accept
        | ActionKind::Refuse
        | ActionKind::RequestSupplement
        | ActionKind::AnswerSupplement
        | ActionKind::RequestPayment
        | ActionKind::Pause
        | ActionKind::Dispatch
        | ActionKind::Forward
        | ActionKind::TakeOver
        | ActionKind::SendBack
        | ActionKind::Assign
        | ActionKind::AskOpinion
        | ActionKind::AnswerOpinion
        | ActionKind::Propose
        | ActionKind::Approve
        | ActionKind::Settle
        | ActionKind::Extend
        | ActionKind::Withdraw
        | ActionKind::Return
        | ActionKind::AddPaper
        | ActionKind::SendMessage
        | ActionKind::Read => Err(Denial::ProgramDoesNotDecide),
    }
}

fn officer_may(actor: &Actor, kind: ActionKind, target: &Target, dossier: &Dossier) -> Result<Grant, Denial> {
    let posts = posts_for(kind, target, dossier);
    if posts.is_empty() {
        return Err(Denial::NobodyHolds);
    }
    let mut not_in_charge = None;
    for post in posts.iter().filter(|post| actor.is(post.role, &post.unit)) {
        match post.check_charge(actor, dossier, target) {
            Ok(()) => return Ok(Grant { role: Some(post.role), unit: Some(post.unit.clone()) }),
            Err(denial) => not_in_charge = not_in_charge.or(Some(denial)),
        }
    }
    Err(not_in_charge.unwrap_or_else(|| {
        let posts: Vec<Appointment> = posts.into_iter().map(Post::appointment).collect();
        if kind == ActionKind::SendMessage {
            Denial::OneStopOnly { posts }
        } else {
            Denial::NeedsPost { posts }
        }
    }))
}
