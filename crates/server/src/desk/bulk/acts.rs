//! What can be done to many dossiers at once.

use motcua_domain::dossier::ActionKind;

use crate::web::locale::Locale;

/// One thing that can be done to many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// An act on each dossier, as its page offers it.
    Take(ActionKind),
    /// Printing one paper of each into one file.
    Print,
}

impl Act {
    /// Every one, in the order they are offered.
    pub const ALL: [Self; 6] = [
        Self::Take(ActionKind::Assign),
        Self::Take(ActionKind::TakeOver),
        Self::Take(ActionKind::Forward),
        Self::Take(ActionKind::Approve),
        Self::Take(ActionKind::Return),
        Self::Print,
    ];

    /// The name in forms and in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Take(kind) => kind.name(),
            Self::Print => "print",
        }
    }

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.name() == name)
    }

    /// In words.
    pub fn label(self, locale: Locale) -> &'static str {
        match self {
            Self::Take(kind) => locale.t(&format!("action.{}", kind.name())),
            Self::Print => locale.t("bulk.print"),
        }
    }
}
