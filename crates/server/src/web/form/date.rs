//! Days in forms: three boxes, or one line.

use jiff::civil::Date;

use super::Form;

/// The three boxes of a day: `NAME-day`, `NAME-month`, `NAME-year`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DateField {
    /// Name of the whole; the boxes add `-day`, `-month`, `-year`.
    pub name: String,
    pub day: String,
    pub month: String,
    pub year: String,
    /// The sentence shown above the boxes.
    pub error: Option<String>,
    /// Which boxes are marked.
    pub wrong: DateParts,
}

/// Which of the three boxes of a day are meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DateParts {
    pub day: bool,
    pub month: bool,
    pub year: bool,
}

/// Why three boxes are not a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateProblem {
    #[error("the day of the month is missing")]
    NoDay,
    #[error("the month is missing")]
    NoMonth,
    #[error("the year is missing")]
    NoYear,
    #[error("the year needs four digits")]
    ShortYear,
    #[error("no such day in the calendar")]
    NotADay,
}

impl Form {
    /// Fills the three boxes of `name` with a day.
    pub fn set_date(&mut self, name: &str, date: Date) {
        self.set(&format!("{name}-day"), date.day().to_string());
        self.set(&format!("{name}-month"), date.month().to_string());
        self.set(&format!("{name}-year"), date.year().to_string());
    }

    /// The day in the three boxes of `name`; `Ok(None)` when all are empty.
    ///
    /// A whole day typed or pasted into the first box (`1/2/2026`, `01-02-2026`, `01.02.2026`) is taken too,
    /// and so is a day sent under the bare name by a script (`2026-02-01`).
    pub fn date(&self, name: &str) -> Result<Option<Date>, DateProblem> {
        let [day, month, year] = self.date_boxes(name);
        if let Some(whole) = self.text(name) {
            return parse_day(whole).map(Some).ok_or(DateProblem::NotADay);
        }
        match (day.is_empty(), month.is_empty(), year.is_empty()) {
            (true, true, true) => Ok(None),
            (false, true, true) if day.contains(['/', '-', '.']) => {
                parse_day(&day).map(Some).ok_or(DateProblem::NotADay)
            }
            (true, _, _) => Err(DateProblem::NoDay),
            (false, true, _) => Err(DateProblem::NoMonth),
            (false, false, true) => Err(DateProblem::NoYear),
            (false, false, false) if year.chars().count() != 4 => Err(DateProblem::ShortYear),
            (false, false, false) => {
                parse_day(&format!("{day}/{month}/{year}")).map(Some).ok_or(DateProblem::NotADay)
            }
        }
    }

    fn date_boxes(&self, name: &str) -> [String; 3] {
        ["day", "month", "year"].map(|part| self.value(&format!("{name}-{part}")).trim().to_owned())
    }

    /// Records what to do about a day; focus goes to the box that is wrong.
    pub fn refuse_date(&mut self, name: &str, problem: DateProblem, message: impl Into<String>) {
        self.refuse_at(name, &format!("{name}-{}", problem.part()), message);
    }

    /// The three boxes of a day for the macro `date_input`.
    pub fn date_field(&self, name: &str) -> DateField {
        let [day, month, year] = self.date_boxes(name);
        let complaint = self.errors.iter().find(|error| error.name == name);
        let wrong = match complaint {
            None => DateParts::default(),
            // A box that is missing or short is marked alone; anything else is about the whole day.
            Some(_) => self.date(name).err().map_or(DateParts::ALL, DateProblem::parts),
        };
        let error = complaint.map(|error| error.message.clone());
        DateField { name: name.to_owned(), day, month, year, error, wrong }
    }
}

impl DateParts {
    /// All three boxes.
    pub const ALL: Self = Self { day: true, month: true, year: true };
}

impl DateProblem {
    /// Key of the sentence that says what to do; it takes the argument `what` ("Ngày sinh").
    pub fn key(self) -> &'static str {
        match self {
            Self::NoDay => "form.date_no_day",
            Self::NoMonth => "form.date_no_month",
            Self::NoYear => "form.date_no_year",
            Self::ShortYear => "form.date_short_year",
            Self::NotADay => "form.date_not_a_day",
        }
    }

    /// The box that takes the focus.
    fn part(self) -> &'static str {
        match self {
            Self::NoDay | Self::NotADay => "day",
            Self::NoMonth => "month",
            Self::NoYear | Self::ShortYear => "year",
        }
    }

    fn parts(self) -> DateParts {
        match self {
            Self::NoDay => DateParts { day: true, ..DateParts::default() },
            Self::NoMonth => DateParts { month: true, ..DateParts::default() },
            Self::NoYear | Self::ShortYear => DateParts { year: true, ..DateParts::default() },
            Self::NotADay => DateParts::ALL,
        }
    }
}

/// A day as people write it in Vietnam, day first (`1/2/2026`), or as machines do (`2026-02-01`).
pub fn parse_day(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.trim().split(['/', '-', '.', ' ']).filter(|part| !part.is_empty()).collect();
    let [first, month, last] = parts[..] else { return None };
    let (day, year) = if first.len() == 4 { (last, first) } else { (first, last) };
    let digits_only = parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    if year.len() != 4 || !digits_only {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}
