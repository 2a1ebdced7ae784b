//! Why a database did not do what it was asked.

use std::error::Error;
use std::sync::Arc;

/// The engine's own error, kept for the log. Shared, because one failed commit answers many callers.
pub type Source = Arc<dyn Error + Send + Sync>;

/// Why a database did not do what it was asked. The text is for the log, never for a page.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DbError {
    /// Somebody else was first: a key exists already, or the row changed since it was read.
    /// For a key the text is `table.column, table.column`, the same on both engines.
    #[error("conflict: {0}")]
    Conflict(String),
    /// The engine failed or refused the statement.
    #[error("the database failed")]
    Engine(#[source] Source),
    /// The disk or the quota of the database is full. Nothing of the transaction was kept.
    #[error("the disk of the database is full")]
    DiskFull(#[source] Source),
    /// Too much is waiting, or a lock was not free in time. Trying again later may succeed.
    #[error("the database is busy")]
    Busy,
    /// A value on its way out is not of the type that was asked for.
    #[error("unexpected value: {0}")]
    Decode(String),
    /// A value on its way in that the two engines would not keep alike: text with a zero
    /// character, a number that is not finite.
    #[error("value refused: {0}")]
    BadValue(String),
    /// An earlier statement of this transaction failed, so nothing more can be done in it.
    #[error("an earlier statement of this transaction failed")]
    Aborted,
    /// The database was written by a newer program.
    #[error(
        "the database was written by a newer motcua (migration {found}, this one knows {known}): use that one or a newer; nothing was changed"
    )]
    NewerSchema {
        /// Number of the newest migration in the database.
        found: u32,
        /// Number of the newest migration in this program.
        known: u32,
    },
    /// A migration that already ran has another text now.
    #[error("migration {number} ({name}) was changed after it ran")]
    ChangedMigration {
        /// Number of the migration.
        number: u32,
        /// Name of the migration in this program.
        name: String,
    },
    /// The address is not one of a database, or that database is not set up as it must be.
    #[error("the database cannot be used: {0}")]
    Unfit(String),
}

impl DbError {
    /// An engine error that only this crate can describe.
    pub(crate) fn engine(text: impl Into<String>) -> DbError {
        DbError::Engine(Arc::from(Box::<dyn Error + Send + Sync>::from(text.into())))
    }
}
