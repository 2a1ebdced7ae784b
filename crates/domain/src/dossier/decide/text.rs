//! What is typed: not blank, not endless.

use crate::dossier::refusal::Blank;
use crate::dossier::{LINE_CHARS_MAX, Refusal, TEXT_CHARS_MAX};

/// A short text that must be there, without surrounding blanks.
pub(super) fn line(text: &str, blank: Blank) -> Result<String, Refusal> {
    required(text, blank, LINE_CHARS_MAX)
}

/// A long text that must be there, without surrounding blanks.
pub(super) fn text(text: &str, blank: Blank) -> Result<String, Refusal> {
    required(text, blank, TEXT_CHARS_MAX)
}

/// A long text that may be empty.
pub(super) fn note(text: &str) -> Result<String, Refusal> {
    bounded(text.trim(), TEXT_CHARS_MAX)
}

fn required(text: &str, blank: Blank, max: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() { Err(Refusal::Missing(blank)) } else { bounded(text, max) }
}

fn bounded(text: &str, max: usize) -> Result<String, Refusal> {
    if max < text.chars().count() { Err(Refusal::TooLong { max }) } else { Ok(text.to_owned()) }
}
