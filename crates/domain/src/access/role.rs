//! What a person is appointed to do, and where.

use serde::{Deserialize, Serialize};

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

    /// Whether somebody with this role works on dossiers, and so reads those of the unit. Procedure controllers
    /// have no need to; administrators and auditors stand outside (domain rules §2, separation of duties).
    pub fn works_on_dossiers(self) -> bool {
        match self {
            Self::Reception
            | Self::FeeCollector
            | Self::Dispatcher
            | Self::Specialist
            | Self::UnitHead
            | Self::SigningLeader
            | Self::Clerk
            | Self::ResultReturner => true,
            Self::ProcedureController | Self::Administrator | Self::Auditor => false,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_found_by_its_name() {
        for role in Role::ALL {
            assert_eq!(Role::from_name(role.name()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
        }
        assert_eq!(Role::from_name("king"), None);
    }
}
