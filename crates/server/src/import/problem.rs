//! Why a file is not taken, so that the person who sent it can find the place.

use std::fmt;
use std::path::PathBuf;

use motcua_db::DbError;

/// What is wrong with one value: the key of a sentence, and the value as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Key of the sentence that says what is wrong; `{value}` in it is the value.
    pub key: &'static str,
    /// The value, cut to a readable length.
    pub value: String,
}

/// The longest value shown, in characters.
const VALUE_CHARS_MAX: usize = 80;

impl Problem {
    /// A problem with this value.
    pub fn new(key: &'static str, value: impl fmt::Display) -> Self {
        let value = value.to_string();
        let short = match value.char_indices().nth(VALUE_CHARS_MAX) {
            Some((end, _)) => format!("{}…", &value[..end]),
            None => value,
        };
        Self { key, value: short }
    }

    /// What a JSON value is instead of what is expected, without the English of the parser where people meet it often.
    pub fn json(error: &serde_json::Error) -> Self {
        let words = error.to_string();
        let quoted = || words.split('`').nth(1).unwrap_or_default();
        if words.starts_with("failed to parse") {
            Self::new("import.not_a_day", "")
        } else if words.starts_with("missing field") {
            Self::new("import.missing_field", quoted())
        } else if words.starts_with("unknown field") {
            Self::new("import.unknown_field", quoted())
        } else {
            Self::new("import.not_as_expected", words)
        }
    }

    /// The problem, in a column.
    pub fn in_column(self, column: impl Into<String>) -> BadValue {
        BadValue { column: column.into(), problem: self }
    }
}

/// A problem and the column, or path, it is in. The row is known by whoever reads rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadValue {
    /// Column of a table, or path into a JSON object: `executionMethods[2].fees[0].value`.
    pub column: String,
    /// What is wrong.
    pub problem: Problem,
}

impl BadValue {
    /// The value, in a row.
    pub fn in_row(self, row: u64) -> BadRow {
        BadRow { row, column: self.column, problem: self.problem }
    }
}

/// A row that forbids taking the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// Line of the file, or element of a JSON array, from 1.
    pub row: u64,
    /// Column of a table, or path into a JSON object.
    pub column: String,
    /// What is wrong.
    pub problem: Problem,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}, {}: {} {:?}", self.row, self.column, self.problem.key, self.problem.value)
    }
}

/// The most bad rows listed; a file with more is wrong as a whole.
pub const BAD_ROWS_MAX: usize = 20;

/// Why a file was not taken. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It cannot be opened or read.
    #[error("{path} cannot be read")]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// It is larger, unpacked, than any such file can be.
    #[error("the file has more than {0} MB")]
    TooLarge(u64),
    /// It has more rows than any such file can have.
    #[error("the file has more than {0} rows")]
    TooManyRows(u64),
    /// Nothing in it says what it is.
    #[error("the file is of no known kind: {0:?}")]
    UnknownKind(String),
    /// It has no rows.
    #[error("the file has no rows")]
    Empty,
    /// These rows are wrong; at most [`BAD_ROWS_MAX`] are listed.
    #[error("{} bad rows, first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    BadRows(Vec<BadRow>),
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
}

/// Collects bad rows until there are too many to be worth listing.
#[derive(Debug, Default)]
pub struct BadRows(Vec<BadRow>);

impl BadRows {
    /// Notes a bad row. `Err` when the list is full.
    pub fn note(&mut self, row: BadRow) -> Result<(), ImportError> {
        self.0.push(row);
        if self.0.len() < BAD_ROWS_MAX {
            Ok(())
        } else {
            Err(ImportError::BadRows(std::mem::take(&mut self.0)))
        }
    }

    /// `Err` when any was noted.
    pub fn none_or_err(self) -> Result<(), ImportError> {
        if self.0.is_empty() { Ok(()) } else { Err(ImportError::BadRows(self.0)) }
    }
}
