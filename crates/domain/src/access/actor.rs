//! Who asks.

use crate::access::{Appointment, Role};
use crate::ids::PersonId;
use crate::unit::UnitCode;

/// Who asks, as far as the rules may know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A citizen or the representative of an organisation, signed in.
    Citizen {
        /// The account.
        id: PersonId,
        /// As shown in the journal.
        name: String,
    },
    /// An officer, signed in with a second factor.
    Officer {
        /// The account.
        id: PersonId,
        /// As shown in the journal.
        name: String,
        /// Everything this officer is appointed to today.
        appointments: Vec<Appointment>,
    },
    /// The program itself: reminders, expiries, forms. Never decides.
    System,
}

impl Actor {
    /// The account, unless it is the program itself.
    pub fn id(&self) -> Option<PersonId> {
        match self {
            Self::Citizen { id, .. } | Self::Officer { id, .. } => Some(*id),
            Self::System => None,
        }
    }

    /// As shown in the journal; empty for the program itself.
    pub fn name(&self) -> &str {
        match self {
            Self::Citizen { name, .. } | Self::Officer { name, .. } => name,
            Self::System => "",
        }
    }

    /// What this officer is appointed to; nothing for others.
    pub fn appointments(&self) -> &[Appointment] {
        match self {
            Self::Officer { appointments, .. } => appointments,
            Self::Citizen { .. } | Self::System => &[],
        }
    }

    /// Whether this officer has `role` in `unit`.
    pub fn is(&self, role: Role, unit: &UnitCode) -> bool {
        self.appointments().iter().any(|held| held.role == role && held.unit == *unit)
    }

    /// Whether this officer has any role in `unit`.
    pub fn belongs_to(&self, unit: &UnitCode) -> bool {
        self.appointments().iter().any(|held| held.unit == *unit)
    }
}
