//! What a controller prepares: kept as typed, right or wrong, until it is published or thrown away.

use motcua_domain::procedure::ProcedureVersion;

pub mod fields;
pub mod store;

/// The next version of a procedure, as far as it has been typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The version it was begun from; what no form asks for stays as it is there.
    pub base: ProcedureVersion,
    /// The number of that version; 0 for a procedure that is new.
    pub base_version: u32,
    /// Every field of every section, as typed.
    pub pairs: Vec<(String, String)>,
    /// Counts up with each saving.
    pub version: i64,
    /// When it was saved last, as storage keeps instants.
    pub changed_at: String,
    /// By whom, as a label.
    pub changed_by: String,
}

impl Draft {
    /// The name as typed; that of the version it was begun from while nothing is.
    pub fn name(&self) -> &str {
        let typed = self.pairs.iter().find(|(name, _)| name == "name").map(|(_, value)| value.trim());
        typed.filter(|name| !name.is_empty()).unwrap_or(&self.base.name)
    }
}
