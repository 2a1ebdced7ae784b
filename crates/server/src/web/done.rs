//! What was just done, said on top of the page that follows: the word stands in the address, the page has the sentence.

use serde::Deserialize;

/// The `xong` of an address. Anybody can write anything there, so a page knows its words and says nothing to others.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    xong: String,
}

impl Done {
    /// The word, empty when the page was just opened.
    pub fn word(&self) -> &str {
        &self.xong
    }
}
