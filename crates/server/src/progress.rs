//! How far a long command is, drawn on standard error when that is a terminal.

use std::borrow::Cow;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over bytes that are read.
pub fn over_bytes(length: u64, what: impl Into<Cow<'static, str>>) -> ProgressBar {
    styled(ProgressBar::new(length), "{msg} {bar:30} {bytes}/{total_bytes} {eta}").with_message(what)
}

/// A bar over things that are made.
pub fn over_things(count: u64, what: impl Into<Cow<'static, str>>) -> ProgressBar {
    styled(ProgressBar::new(count), "{msg} {bar:30} {pos}/{len} {elapsed} {eta}").with_message(what)
}

/// Bytes that are written, nobody knows how many.
pub fn of_bytes() -> ProgressBar {
    styled(ProgressBar::new_spinner(), "{spinner} {msg} {bytes} {elapsed}")
}

fn styled(bar: ProgressBar, template: &str) -> ProgressBar {
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
