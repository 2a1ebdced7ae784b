//! Who may look after the office itself: its units, its catalogue of procedures. Dossiers are no part of it.

use crate::access::{Actor, Denial, Grant, Role};

/// A part of the office that somebody looks after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Matter {
    /// Units: the tree, their names, where they receive people, the accounts fees are paid into.
    Units,
    /// The catalogue: publishing, revising and ending procedures.
    Procedures,
}

impl Matter {
    /// Every matter.
    pub const ALL: [Self; 2] = [Self::Units, Self::Procedures];

    /// Who may change it. Publishing a procedure is a legal act of the controller, not of whoever runs the machine
    /// (domain rules §2, separation of duties).
    pub fn keepers(self) -> &'static [Role] {
        match self {
            Self::Units => &[Role::Administrator],
            Self::Procedures => &[Role::ProcedureController],
        }
    }

    /// Who may look at it from inside, besides its keepers.
    fn readers(self) -> &'static [Role] {
        match self {
            Self::Units => &[],
            Self::Procedures => &[Role::Administrator, Role::Auditor],
        }
    }
}

/// Whether this person may change something of it, and in which quality: one of its keepers, appointed anywhere.
pub fn may_manage(actor: &Actor, matter: Matter) -> Result<Grant, Denial> {
    held(actor, matter.keepers()).ok_or(Denial::NeedsRole { roles: matter.keepers().to_vec() })
}

/// Whether this person may see it as its keepers do.
pub fn may_inspect(actor: &Actor, matter: Matter) -> Result<Grant, Denial> {
    let roles = [matter.keepers(), matter.readers()].concat();
    held(actor, &roles).ok_or(Denial::NeedsRole { roles })
}

/// The first of these roles that this officer holds.
fn held(actor: &Actor, roles: &[Role]) -> Option<Grant> {
    let of = |role: &Role| actor.appointments().iter().find(|held| held.role == *role);
    roles.iter().find_map(of).map(|held| Grant::of(held.clone()))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::access::Appointment;
    use crate::ids::PersonId;

    fn officer(role: Role) -> Actor {
        let appointments = vec![Appointment { unit: "H44.100".parse().unwrap(), role }];
        Actor::Officer { id: PersonId::new(Uuid::from_u128(1)), name: "A".to_owned(), appointments }
    }

    /// Every role and every matter, with no pair left out.
    #[test]
    fn each_role_manages_and_inspects_what_is_its_own() {
        for role in Role::ALL {
            let actor = officer(role);
            for matter in Matter::ALL {
                let (manages, inspects) = match (matter, role) {
                    (Matter::Units, Role::Administrator)
                    | (Matter::Procedures, Role::ProcedureController) => (true, true),
                    (Matter::Procedures, Role::Administrator | Role::Auditor) => (false, true),
                    (Matter::Units | Matter::Procedures, _) => (false, false),
                };
                assert_eq!(may_manage(&actor, matter).is_ok(), manages, "{role:?} {matter:?}");
                assert_eq!(may_inspect(&actor, matter).is_ok(), inspects, "{role:?} {matter:?}");
            }
        }
    }

    #[test]
    fn neither_citizens_nor_the_program_look_after_the_office() {
        let citizen = Actor::Citizen { id: PersonId::new(Uuid::from_u128(1)), name: "A".to_owned() };
        for matter in Matter::ALL {
            for actor in [&citizen, &Actor::System] {
                let denied = Denial::NeedsRole { roles: matter.keepers().to_vec() };
                assert_eq!(may_manage(actor, matter), Err(denied));
                assert!(may_inspect(actor, matter).is_err());
            }
        }
    }
}
