//! The templates and sets of forms that come with the program.

use rust_embed::RustEmbed;

/// The sets of forms.
pub const SETS: &str = "sets.toml";
/// What the shipped and the edited templates have in common: page, head, tables, signatures.
pub const FRAME: &str = "frame.typ";

#[derive(RustEmbed)]
#[folder = "seed/forms"]
struct Seed;

/// The text of a shipped file.
pub fn text(name: &str) -> Option<String> {
    let file = Seed::get(name)?;
    String::from_utf8(file.data.into_owned()).ok()
}
