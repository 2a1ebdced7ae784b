//! Rows of a form that people add, take out and move with plain buttons: what was typed stays, no script is needed.
//!
//! A field of the third row of `stop` is named `stop-2-name`; rows may hold rows (`terms-0-fee-1-amount`). The buttons
//! are all named [`BUTTON`] and say what to do: `add:stop`, `drop:stop-2`, `up:stop-2`.

use crate::web::form::{DateField, Field, Form};

/// Name of the buttons that change rows instead of saving.
pub const BUTTON: &str = "row";

/// The most rows under one name: more is a mistake or an attack.
pub const ROWS_MAX: usize = 150;

/// One row of a form, as a template shows it.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    form: &'a Form,
    /// `stop-2`: names of its fields begin with it.
    pub name: String,
    /// Its number as people count.
    pub number: usize,
    /// Whether one stands before it.
    pub has_before: bool,
    /// Whether one stands after it.
    pub has_after: bool,
}

impl Row<'_> {
    /// The whole name of a field of this row.
    pub fn of(&self, field: &str) -> String {
        format!("{}-{field}", self.name)
    }

    /// A field, for the macros.
    pub fn field(&self, field: &str) -> Field {
        self.form.field(&self.of(field))
    }

    /// A day, for the macros.
    pub fn date_field(&self, field: &str) -> DateField {
        self.form.date_field(&self.of(field))
    }

    /// What was typed, without the blanks around it.
    pub fn text(&self, field: &str) -> &str {
        self.form.value(&self.of(field)).trim()
    }

    /// Whether a checkbox of this row is ticked.
    pub fn checked(&self, field: &str) -> bool {
        self.form.checked(&self.of(field))
    }

    /// The rows inside this row.
    pub fn rows(&self, name: &str) -> Vec<Row<'_>> {
        self.form.rows(&self.of(name))
    }

    /// The name of the row before it, which it takes when it is moved up.
    pub fn above(&self) -> String {
        let list = split(&self.name).map_or(self.name.as_str(), |(list, _)| list);
        format!("{list}-{}", self.number.saturating_sub(2))
    }

    /// The row that stands in its place, or else before it, when it is taken out.
    pub fn after_drop(&self) -> String {
        if self.has_after || !self.has_before { self.name.clone() } else { self.above() }
    }

    /// Whether nothing was typed into it: such a row is left out, not refused. `chosen` are fields that always have a
    /// value, such as selects.
    pub fn is_blank(&self, chosen: &[&str]) -> bool {
        let start = format!("{}-", self.name);
        self.form.names_under(&start).all(|(name, is_typed)| {
            let field = &name[start.len()..];
            !is_typed || field == MARK || chosen.contains(&field)
        })
    }
}

/// The hidden field that every row has, so that an empty one is a row too.
pub const MARK: &str = "row";

impl Form {
    /// The rows under a name, in order.
    pub fn rows(&self, name: &str) -> Vec<Row<'_>> {
        let count = self.rows_count(name);
        (0..count)
            .map(|place| Row {
                form: self,
                name: format!("{name}-{place}"),
                number: place + 1,
                has_before: 0 < place,
                has_after: place + 1 < count,
            })
            .collect()
    }

    /// Rows without a gap from the first one on: our pages leave none, and a few forged names must not make thousands of
    /// rows.
    fn rows_count(&self, name: &str) -> usize {
        let mut is_there = [false; ROWS_MAX];
        for (pair, _) in self.names_under(&format!("{name}-")) {
            if let Some((place, _)) = place_in(pair, name) {
                is_there[place] = true;
            }
        }
        is_there.into_iter().take_while(|is| *is).count()
    }

    /// Adds an empty row under a name, unless there are too many; answers its name.
    pub fn add_row(&mut self, name: &str) -> Option<String> {
        let place = self.rows_count(name);
        if ROWS_MAX <= place {
            return None;
        }
        let row = format!("{name}-{place}");
        self.set(&format!("{row}-{MARK}"), "1");
        Some(row)
    }

    /// Does what a pressed row button says; answers whether one was pressed, and the page is to be shown again.
    pub fn change_rows(&mut self) -> bool {
        let pressed = self.value(BUTTON).to_owned();
        let Some((act, what)) = pressed.split_once(':') else { return false };
        match act {
            "add" => _ = self.add_row(what),
            "drop" => self.drop_row(what),
            "up" => self.lift_row(what),
            _ => {}
        }
        self.set(BUTTON, "");
        true
    }

    fn drop_row(&mut self, row: &str) {
        let Some((name, dropped)) = split(row) else { return };
        self.rename(|pair| match place_in(pair, name) {
            Some((place, _)) if place == dropped => None,
            Some((place, rest)) if dropped < place => Some(format!("{name}-{}-{rest}", place - 1)),
            Some(_) | None => Some(pair.to_owned()),
        });
    }

    /// Moves a row before the one above it.
    fn lift_row(&mut self, row: &str) {
        let Some((name, lifted)) = split(row) else { return };
        if lifted == 0 || self.rows_count(name) <= lifted {
            return;
        }
        self.rename(|pair| {
            let moved = |to: usize, rest: &str| Some(format!("{name}-{to}-{rest}"));
            match place_in(pair, name) {
                Some((place, rest)) if place == lifted => moved(lifted - 1, rest),
                Some((place, rest)) if place + 1 == lifted => moved(lifted, rest),
                Some(_) | None => Some(pair.to_owned()),
            }
        });
    }
}

/// `stop-2` is the third row of `stop`.
fn split(row: &str) -> Option<(&str, usize)> {
    let (name, place) = row.rsplit_once('-')?;
    Some((name, place.parse().ok()?))
}

/// Of `stop-2-name` under `stop`: 2 and `name`.
fn place_in<'a>(pair: &'a str, name: &str) -> Option<(usize, &'a str)> {
    let (place, rest) = pair.strip_prefix(name)?.strip_prefix('-')?.split_once('-')?;
    let place = place.parse().ok().filter(|place| *place < ROWS_MAX)?;
    Some((place, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(form: &Form, list: &str) -> Vec<String> {
        form.rows(list).iter().map(|row| row.text("name").to_owned()).collect()
    }

    fn press(form: &mut Form, what: &str) {
        form.set(BUTTON, what);
        assert!(form.change_rows());
    }

    #[test]
    fn rows_are_added_dropped_and_moved_with_everything_typed_in_them() {
        let mut form = Form::from_pairs([
            ("stop-0-name", "A"),
            ("stop-1-name", "B"),
            ("stop-1-fee-0-amount", "5"),
            ("stop-2-name", "C"),
            ("other", "x"),
        ]);
        assert!(!form.change_rows());
        press(&mut form, "add:stop");
        assert_eq!(names(&form, "stop"), ["A", "B", "C", ""]);
        press(&mut form, "up:stop-1");
        assert_eq!(names(&form, "stop"), ["B", "A", "C", ""]);
        assert_eq!(form.value("stop-0-fee-0-amount"), "5");
        press(&mut form, "drop:stop-1");
        assert_eq!(names(&form, "stop"), ["B", "C", ""]);
        press(&mut form, "add:stop-0-fee");
        assert_eq!(form.rows("stop")[0].rows("fee").len(), 2);
        press(&mut form, "drop:stop-0-fee-0");
        assert_eq!(form.rows("stop")[0].rows("fee").len(), 1);
        assert_eq!(form.value("other"), "x");
        let places: Vec<(String, String)> =
            form.rows("stop").iter().map(|row| (row.above(), row.after_drop())).collect();
        let expected = [("stop-0", "stop-0"), ("stop-0", "stop-1"), ("stop-1", "stop-1")];
        assert_eq!(places, expected.map(|(above, after)| (above.to_owned(), after.to_owned())));
        assert!(form.rows("stop")[2].is_blank(&[]) && !form.rows("stop")[1].is_blank(&[]));
    }

    #[test]
    fn buttons_that_make_no_sense_change_nothing() {
        let before = Form::from_pairs([("stop-0-name", "A")]);
        for what in [
            "up:stop-0",
            "up:stop-7",
            "drop:stop",
            "drop:-",
            "add2:x",
            "up:",
            "drop:stop-99999999999999999999",
        ] {
            let mut form = before.clone();
            press(&mut form, what);
            assert_eq!(names(&form, "stop"), ["A"], "{what}");
        }
        let mut full = Form::from_pairs((0..ROWS_MAX).map(|place| (format!("stop-{place}-name"), "A")));
        press(&mut full, "add:stop");
        assert_eq!(full.rows("stop").len(), ROWS_MAX);
        assert!(full.rows("other").is_empty());
        assert!(Form::from_pairs([("stop-4000000000-name", "A")]).rows("stop").is_empty());
        let gap = Form::from_pairs([("stop-0-name", "A"), ("stop-149-name", "B"), ("stopper-1-name", "C")]);
        assert_eq!(names(&gap, "stop"), ["A"], "rows after a gap are no rows of ours");
    }
}
