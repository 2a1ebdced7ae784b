//! What one unit decides about its working time; what it leaves open it takes from the unit above.

use std::{collections::BTreeSet, fmt, str::FromStr};

use jiff::civil::{Date, Time, Weekday};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{holidays::HolidayRule, moment};

/// Most windows one day may have.
pub const WINDOWS_MAX: usize = 6;
/// Most dated exceptions one layer may have: three centuries of holidays and more.
pub const EXCEPTIONS_MAX: usize = 20_000;
/// Most weekly patterns one layer may have.
pub const WEEKS_MAX: usize = 100;
/// Most letters the name of a day may have.
pub const NAME_LETTERS_MAX: usize = 200;

/// A stretch of one day in which the office works, written `07:30-11:30`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Window {
    from: Time,
    to: Time,
}

impl Window {
    /// A window that begins before it ends, both on whole minutes.
    pub fn new(from: Time, to: Time) -> Result<Self, CalendarError> {
        let on_minutes = |time: Time| time.second() == 0 && time.subsec_nanosecond() == 0;
        if from < to && on_minutes(from) && on_minutes(to) {
            Ok(Self { from, to })
        } else {
            Err(CalendarError::NotAWindow)
        }
    }

    /// When the office opens.
    pub fn opens(self) -> Time {
        self.from
    }

    /// When the office closes.
    pub fn closes(self) -> Time {
        self.to
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.from, self.to);
        write!(f, "{:02}:{:02}-{:02}:{:02}", from.hour(), from.minute(), to.hour(), to.minute())
    }
}

impl FromStr for Window {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        let (from, to) = text.split_once(['-', '–']).ok_or(CalendarError::NotAWindow)?;
        Self::new(time_of(from)?, time_of(to)?)
    }
}

/// Reads `7:30` and `07:30`.
fn time_of(text: &str) -> Result<Time, CalendarError> {
    let number = |text: &str| {
        let is_short = matches!(text.len(), 1 | 2) && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_short { text.parse().ok() } else { None }
    };
    let (hour, minute) = text.trim().split_once(':').ok_or(CalendarError::NotAWindow)?;
    let (hour, minute) = number(hour).zip(number(minute)).ok_or(CalendarError::NotAWindow)?;
    Time::new(hour, minute, 0, 0).map_err(|_| CalendarError::NotAWindow)
}

impl TryFrom<String> for Window {
    type Error = CalendarError;

    fn try_from(text: String) -> Result<Self, CalendarError> {
        text.parse()
    }
}

impl From<Window> for String {
    fn from(window: Window) -> Self {
        window.to_string()
    }
}

/// The working windows of a week from a day on. A day without windows is weekly rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Week {
    /// The first day of this pattern; none when it has always been so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// Windows from Monday to Sunday.
    pub days: [Vec<Window>; 7],
}

impl Week {
    /// The same windows from Monday to Friday.
    pub fn five_days(windows: &[Window]) -> Self {
        let work = || windows.to_vec();
        Self { valid_from: None, days: [work(), work(), work(), work(), work(), Vec::new(), Vec::new()] }
    }

    /// The windows of a weekday, in order.
    pub fn windows(&self, weekday: Weekday) -> &[Window] {
        let index = usize::try_from(weekday.to_monday_zero_offset()).expect("weekdays are 0 to 6");
        &self.days[index]
    }
}

impl Default for Week {
    /// Monday to Friday, 07:30–11:30 and 13:30–17:00.
    fn default() -> Self {
        let window = |from: (i8, i8), to: (i8, i8)| Window {
            from: Time::constant(from.0, from.1, 0, 0),
            to: Time::constant(to.0, to.1, 0, 0),
        };
        Self::five_days(&[window((7, 30), (11, 30)), window((13, 30), (17, 0))])
    }
}

/// Why a day differs from its weekday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DayKind {
    /// Off: a public holiday (nghỉ lễ, tết).
    Holiday,
    /// Off: the working day given for a holiday that fell on weekly rest (nghỉ bù).
    Compensation,
    /// Off: exchanged for a make-up day (hoán đổi).
    SwapOff,
    /// Worked: a day of rest exchanged for a day off (làm bù).
    Makeup,
    /// Off by a decision of the place, after a storm for example.
    LocalOff,
}

impl DayKind {
    /// All kinds.
    pub const ALL: [Self; 5] =
        [Self::Holiday, Self::Compensation, Self::SwapOff, Self::Makeup, Self::LocalOff];

    /// Whether the office works on such a day.
    pub fn is_worked(self) -> bool {
        match self {
            Self::Makeup => true,
            Self::Holiday | Self::Compensation | Self::SwapOff | Self::LocalOff => false,
        }
    }

    /// The word used in files and in storage.
    pub fn word(self) -> &'static str {
        match self {
            Self::Holiday => "HOLIDAY",
            Self::Compensation => "COMPENSATION",
            Self::SwapOff => "SWAP_OFF",
            Self::Makeup => "MAKEUP",
            Self::LocalOff => "LOCAL_OFF",
        }
    }

    /// The kind a word of files and storage stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What a day is called, as entered by the office that decided it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayName {
    /// In Vietnamese.
    pub vi: String,
    /// In English, when somebody wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

/// One day that differs from its weekday.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayException {
    /// The day.
    pub day: Date,
    /// How it differs.
    pub kind: DayKind,
    /// What it is called.
    pub name: DayName,
    /// The day off that a make-up day is worked for, or the make-up day of a swapped day off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swapped_with: Option<Date>,
    /// Windows of a make-up day. Without them it has those of the weekday it is swapped with, else those of
    /// the first weekday that is worked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<Window>,
}

/// What "n working days later" means within the last day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayCount {
    /// At the time of day at which counting began.
    #[default]
    SameClockTime,
    /// When the office closes.
    EndOfDay,
}

/// The decisions of one unit about its calendar. Layers are stacked from the root of the unit tree to the
/// unit itself; each overrides the ones above it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CalendarLayer {
    /// Weekly patterns; none inherits. The first in time replaces the inherited ones from its day on.
    pub weeks: Vec<Week>,
    /// Days that differ; a day at most once. An exception replaces the inherited one of the same day.
    pub exceptions: Vec<DayException>,
    /// Years whose days off have been decided and entered. Other years are computed from the rules.
    pub published_years: BTreeSet<i16>,
    /// The law's holidays; none inherits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<Vec<HolidayRule>>,
    /// Minutes that one working day stands for when a limit in days is compared with one in hours; none
    /// inherits, and the root has 480.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes_per_day: Option<u16>,
    /// How the last day of a limit ends; none inherits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_count: Option<DayCount>,
}

/// Why decisions about working time do not make a calendar.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CalendarError {
    /// Not written `07:30-11:30`, or it ends before it begins.
    #[error("a working window is written 07:30-11:30 and ends after it begins")]
    NotAWindow,
    /// The windows of a day overlap, touch, or are out of order.
    #[error("the windows {0} and {1} of one day must follow each other with a break between them")]
    WindowsOverlap(Window, Window),
    /// More windows than [`WINDOWS_MAX`] in one day.
    #[error("a day has at most {WINDOWS_MAX} working windows")]
    TooManyWindows,
    /// A week in which nobody works would never reach a due instant.
    #[error("a week needs at least one working window")]
    WeekWithoutWork,
    /// Two weekly patterns of one layer begin on the same day.
    #[error("two weekly patterns begin on the same day")]
    WeekTwice(Option<Date>),
    /// More patterns than [`WEEKS_MAX`].
    #[error("a calendar has at most {WEEKS_MAX} weekly patterns")]
    TooManyWeeks,
    /// A day is listed twice in one layer.
    #[error("the day {0} is listed twice")]
    DayTwice(Date),
    /// A day lies outside the known years.
    #[error("the day {0} is outside the years {first}–{last}", first = moment::FIRST_YEAR, last = moment::LAST_YEAR)]
    DayOutOfRange(Date),
    /// More exceptions than [`EXCEPTIONS_MAX`].
    #[error("a calendar has at most {EXCEPTIONS_MAX} dated exceptions")]
    TooManyExceptions,
    /// Windows were given for a day off.
    #[error("the day {0} is off and cannot have working windows")]
    WindowsOnDayOff(Date),
    /// A day without a name, or with one that is too long.
    #[error("a day needs a name of 1 to {NAME_LETTERS_MAX} letters")]
    BadName,
    /// Minutes of a working day outside 60–1440.
    #[error("a working day stands for 60 to 1440 minutes, not {0}")]
    MinutesPerDay(u16),
    /// A holiday rule names a day that no year has, or too many days.
    #[error("the holiday rule {0:?} names a day that no year has")]
    BadRule(String),
}

impl CalendarLayer {
    /// Checks everything that can be wrong in one layer.
    pub fn check(&self) -> Result<(), CalendarError> {
        if WEEKS_MAX < self.weeks.len() {
            return Err(CalendarError::TooManyWeeks);
        }
        let mut starts = BTreeSet::new();
        for week in &self.weeks {
            if !starts.insert(week.valid_from) {
                return Err(CalendarError::WeekTwice(week.valid_from));
            }
            week.days.iter().try_for_each(|windows| check_windows(windows))?;
            if week.days.iter().all(Vec::is_empty) {
                return Err(CalendarError::WeekWithoutWork);
            }
        }
        self.check_exceptions()?;
        for rule in self.rules.iter().flatten() {
            rule.check()?;
        }
        match self.minutes_per_day {
            Some(minutes) if !(60..=1440).contains(&minutes) => Err(CalendarError::MinutesPerDay(minutes)),
            Some(_) | None => Ok(()),
        }
    }

    fn check_exceptions(&self) -> Result<(), CalendarError> {
        if EXCEPTIONS_MAX < self.exceptions.len() {
            return Err(CalendarError::TooManyExceptions);
        }
        let mut days = BTreeSet::new();
        for exception in &self.exceptions {
            let day = exception.day;
            if !(moment::FIRST_YEAR..=moment::LAST_YEAR).contains(&day.year()) {
                return Err(CalendarError::DayOutOfRange(day));
            }
            if !days.insert(day) {
                return Err(CalendarError::DayTwice(day));
            }
            if !exception.kind.is_worked() && !exception.windows.is_empty() {
                return Err(CalendarError::WindowsOnDayOff(day));
            }
            check_windows(&exception.windows)?;
            exception.name.check()?;
        }
        Ok(())
    }
}

impl DayName {
    /// Checks that there is a Vietnamese name and that both are short enough.
    pub fn check(&self) -> Result<(), CalendarError> {
        let fits = |name: &str| (1..=NAME_LETTERS_MAX).contains(&name.trim().chars().count());
        if fits(&self.vi) && self.en.as_deref().is_none_or(fits) {
            Ok(())
        } else {
            Err(CalendarError::BadName)
        }
    }
}

fn check_windows(windows: &[Window]) -> Result<(), CalendarError> {
    if WINDOWS_MAX < windows.len() {
        return Err(CalendarError::TooManyWindows);
    }
    match windows.windows(2).find(|pair| pair[1].from <= pair[0].to) {
        Some(pair) => Err(CalendarError::WindowsOverlap(pair[0], pair[1])),
        None => Ok(()),
    }
}
