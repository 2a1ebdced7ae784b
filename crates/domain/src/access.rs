//! Who may do what to which dossier, and why not: the one choke point.

use serde::{Deserialize, Serialize};

use crate::ids::PersonId;
use crate::unit::UnitCode;

/// What a person is appointed to do in a unit (domain vocabulary of Decree 61/2018 and its successors).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Cán bộ tiếp nhận: takes dossiers in at the one-stop desk.
    Reception,
    /// Thu phí: collects fees.
    FeeCollector,
    /// Điều phối: finds the competent unit when nobody knows it.
    Dispatcher,
    /// Chuyên viên: examines and proposes.
    Specialist,
    /// Lãnh đạo phòng, đơn vị: assigns, approves, allows pauses.
    UnitHead,
    /// Lãnh đạo ký: signs the result and the apology.
    SigningLeader,
    /// Văn thư: numbers and seals.
    Clerk,
    /// Trả kết quả: hands the result over.
    ResultReturner,
    /// Kiểm soát thủ tục hành chính: publishes and revises procedures.
    ProcedureController,
    /// Quản trị: people, units, calendars. Cannot read what is in a dossier.
    Administrator,
    /// Kiểm toán viên hệ thống: reads everything, changes nothing.
    Auditor,
}

impl Role {
    /// Every role, in the order they are listed to people.
    pub const ALL: [Self; 11] = [
        Self::Reception,
        Self::FeeCollector,
        Self::Dispatcher,
        Self::Specialist,
        Self::UnitHead,
        Self::SigningLeader,
        Self::Clerk,
        Self::ResultReturner,
        Self::ProcedureController,
        Self::Administrator,
        Self::Auditor,
    ];

    /// The name used in storage, in message keys and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reception => "reception",
            Self::FeeCollector => "fee_collector",
            Self::Dispatcher => "dispatcher",
            Self::Specialist => "specialist",
            Self::UnitHead => "unit_head",
            Self::SigningLeader => "signing_leader",
            Self::Clerk => "clerk",
            Self::ResultReturner => "result_returner",
            Self::ProcedureController => "procedure_controller",
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
        }
    }

    /// The role with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// One role in one unit.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Appointment {
    /// Where.
    pub unit: UnitCode,
    /// As what.
    pub role: Role,
}

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

    /// Whether this officer has `role` in `unit`.
    pub fn is(&self, role: Role, unit: &UnitCode) -> bool {
        match self {
            Self::Officer { appointments, .. } => {
                appointments.iter().any(|held| held.role == role && held.unit == *unit)
            }
            Self::Citizen { .. } | Self::System => false,
        }
    }

    /// Whether this officer has any role in `unit`.
    pub fn belongs_to(&self, unit: &UnitCode) -> bool {
        match self {
            Self::Officer { appointments, .. } => appointments.iter().any(|held| held.unit == *unit),
            Self::Citizen { .. } | Self::System => false,
        }
    }
}
