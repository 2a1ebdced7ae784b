//! What an import did: what was taken, changed, left out, and what in the source deserves a look.

/// Something in the source that was not taken at its word, or not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Line of the file, or element of a JSON array, from 1.
    pub row: u64,
    /// Code of the thing the row is about.
    pub subject: String,
    /// Key of the sentence that says what was found and what was done.
    pub key: &'static str,
    /// The value found, for the list of details.
    pub value: String,
}

/// What an import of one file did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Name of the file.
    pub file: String,
    /// How many rows became something new.
    pub taken: u64,
    /// How many changed something that was there.
    pub changed: u64,
    /// How many said what was there already.
    pub unchanged: u64,
    /// How many were left out; each has a finding that says why.
    pub left_out: u64,
    /// What deserves a look.
    pub findings: Vec<Finding>,
}

/// All findings of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group<'a> {
    /// Key of the sentence.
    pub key: &'static str,
    /// The findings, in the order of rows.
    pub findings: Vec<&'a Finding>,
}

impl Report {
    /// A report on this file, with nothing in it.
    pub fn new(file: impl Into<String>) -> Self {
        Self { file: file.into(), ..Self::default() }
    }

    /// The findings by kind, in the order in which the kinds were first met.
    pub fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: Vec<Group<'_>> = Vec::new();
        for finding in &self.findings {
            match groups.iter_mut().find(|group| group.key == finding.key) {
                Some(group) => group.findings.push(finding),
                None => groups.push(Group { key: finding.key, findings: vec![finding] }),
            }
        }
        groups
    }

    /// How many findings of this kind there are.
    pub fn count_of(&self, key: &str) -> usize {
        self.findings.iter().filter(|finding| finding.key == key).count()
    }
}
