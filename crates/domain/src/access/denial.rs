//! Why a person may not do something. Every variant has a sentence in each language.

use std::fmt;

use crate::access::{Appointment, Role};
use crate::dossier::refusal::Arg;

/// Why this person may not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    /// Somebody else's dossier.
    NotYourDossier,
    /// Only officers do this.
    ApplicantsDoNot,
    /// Only officers do this, and nobody is an officer in a matter of their own.
    OwnDossier,
    /// The dossier has nothing to do with a unit of this officer.
    NotYourUnit,
    /// The roles of this officer read no dossiers: administrators, procedure controllers.
    RoleReadsNoDossiers,
    /// Auditors read everything and change nothing.
    AuditorsOnlyRead,
    /// Others do this.
    NeedsPost {
        /// Who.
        posts: Vec<Appointment>,
    },
    /// People with another role do this, wherever they are appointed.
    NeedsRole {
        /// Which.
        roles: Vec<Role>,
    },
    /// Papers and messages go through the one-stop; nobody else turns to the applicant (domain rules §3.3.5).
    OneStopOnly {
        /// Who.
        posts: Vec<Appointment>,
    },
    /// Another officer is in charge of this step.
    NotInCharge {
        /// Who, as a label.
        officer_name: String,
    },
    /// Nobody is in charge of this step yet: a head has to assign it.
    NotAssigned,
    /// No unit holds the dossier now.
    NobodyHolds,
    /// The program helps and reminds; people decide (domain rules §2).
    ProgramDoesNotDecide,
}

impl Denial {
    /// The key of its sentence.
    pub fn key(&self) -> &'static str {
        match self {
            Self::NotYourDossier => "access.denied_not_your_dossier",
            Self::ApplicantsDoNot => "access.denied_applicants_do_not",
            Self::OwnDossier => "access.denied_own_dossier",
            Self::NotYourUnit => "access.denied_not_your_unit",
            Self::RoleReadsNoDossiers => "access.denied_role_reads_no_dossiers",
            Self::AuditorsOnlyRead => "access.denied_auditors_only_read",
            Self::NeedsPost { .. } => "access.denied_needs_post",
            Self::NeedsRole { .. } => "access.denied_needs_role",
            Self::OneStopOnly { .. } => "access.denied_one_stop_only",
            Self::NotInCharge { .. } => "access.denied_not_in_charge",
            Self::NotAssigned => "access.denied_not_assigned",
            Self::NobodyHolds => "access.denied_nobody_holds",
            Self::ProgramDoesNotDecide => "access.denied_program_does_not_decide",
        }
    }

    /// The values of its sentence, by the names used there.
    pub fn args(&self) -> Vec<(&'static str, Arg)> {
        match self {
            Self::NeedsPost { posts } | Self::OneStopOnly { posts } => {
                vec![("posts", Arg::Posts(posts.clone()))]
            }
            Self::NeedsRole { roles } => vec![("roles", Arg::Roles(roles.clone()))],
            Self::NotInCharge { officer_name } => vec![("officer", Arg::Text(officer_name.clone()))],
            Self::NotYourDossier
            | Self::ApplicantsDoNot
            | Self::OwnDossier
            | Self::NotYourUnit
            | Self::RoleReadsNoDossiers
            | Self::AuditorsOnlyRead
            | Self::NotAssigned
            | Self::NobodyHolds
            | Self::ProgramDoesNotDecide => Vec::new(),
        }
    }

    /// Whether this person may not even know that the dossier exists: the server answers "not found".
    pub fn hides_dossier(&self) -> bool {
        match self {
            Self::NotYourDossier | Self::NotYourUnit | Self::RoleReadsNoDossiers => true,
            Self::ApplicantsDoNot
            | Self::OwnDossier
            | Self::AuditorsOnlyRead
            | Self::NeedsPost { .. }
            | Self::NeedsRole { .. }
            | Self::OneStopOnly { .. }
            | Self::NotInCharge { .. }
            | Self::NotAssigned
            | Self::NobodyHolds
            | Self::ProgramDoesNotDecide => false,
        }
    }
}

impl fmt::Display for Denial {
    /// The key of the sentence, for logs and problem details.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}
