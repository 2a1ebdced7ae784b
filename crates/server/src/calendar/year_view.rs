//! One year of a calendar as a page shows it: twelve months, and every day that differs in words.

use jiff::civil::{Date, date};
use motcua_domain::calendar::{Calendar, CalendarLayer, DayException, DayKind, lunar};

use crate::calendar::words;
use crate::web::locale::Locale;

/// One month: a grid for the eye, a list for everybody.
#[derive(Clone, Debug)]
pub struct Month {
    /// `tháng 2`.
    pub name: String,
    /// Weeks from Monday to Sunday; none where the month does not reach.
    pub weeks: Vec<[Option<Cell>; 7]>,
    /// Days that differ from their weekday.
    pub days: Vec<NamedDay>,
}

/// One day of the grid.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Day of the month.
    pub number: i8,
    /// How it looks.
    pub look: Look,
    /// What it is, for whoever does not see the look; empty for an ordinary day.
    pub words: String,
}

/// How a day looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Worked as usual.
    Worked,
    /// Weekly rest.
    Rest,
    /// Off, and entered by somebody.
    Off,
    /// Off, computed from the law.
    Computed,
    /// Worked in exchange for a day off.
    Makeup,
}

impl Look {
    /// The class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Worked => "worked",
            Self::Rest => "rest",
            Self::Off => "off",
            Self::Computed => "computed",
            Self::Makeup => "makeup",
        }
    }
}

/// A day that differs, in words.
#[derive(Clone, Debug)]
pub struct NamedDay {
    /// `2026-02-17`, for addresses.
    pub day: Date,
    /// `Thứ Ba 17/02/2026`.
    pub when: String,
    /// `1/1 âm lịch`.
    pub lunar: String,
    /// `Nghỉ lễ, tết`.
    pub kind: String,
    /// `Tết Nguyên đán`.
    pub name: String,
    /// Who decided it.
    pub origin: Origin,
}

/// Who decided that a day differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The unit whose calendar is shown.
    Own,
    /// A unit above it.
    Inherited,
    /// Nobody yet: it follows from the law.
    Computed,
}

impl Origin {
    /// Whether the unit shown decided it itself.
    pub fn is_own(self) -> bool {
        self == Self::Own
    }

    /// Whether nobody has decided it.
    pub fn is_computed(self) -> bool {
        self == Self::Computed
    }
}

/// What a year is looked at with.
#[derive(Clone, Copy, Debug)]
pub struct YearView<'a> {
    /// The calendar in force.
    pub calendar: &'a Calendar,
    /// The decisions of the unit itself.
    pub own: &'a CalendarLayer,
    /// The language.
    pub locale: Locale,
    /// The year.
    pub year: i16,
}

impl YearView<'_> {
    /// The twelve months.
    pub fn months(&self) -> Vec<Month> {
        (1..=12).map(|month| self.month(month)).collect()
    }

    /// The days off that the law gives in this year while nobody has published it.
    pub fn computed(&self) -> Vec<DayException> {
        self.days()
            .filter(|day| self.origin(*day) == Origin::Computed)
            .filter_map(|day| self.calendar.exception_on(day).cloned())
            .collect()
    }

    fn days(&self) -> impl Iterator<Item = Date> {
        date(self.year, 1, 1).series(jiff::Span::new().days(1)).take_while(|day| day.year() == self.year)
    }

    fn month(&self, month: i8) -> Month {
        let days: Vec<Date> = self.days().filter(|day| day.month() == month).collect();
        let mut weeks = Vec::new();
        let mut week: [Option<Cell>; 7] = Default::default();
        for day in &days {
            let column = usize::try_from(day.weekday().to_monday_zero_offset()).expect("weekdays are 0 to 6");
            week[column] = Some(self.cell(*day));
            if column == 6 {
                weeks.push(std::mem::take(&mut week));
            }
        }
        if week.iter().any(Option::is_some) {
            weeks.push(week);
        }
        let name = words::month_name(self.locale, month).to_owned();
        Month { name, weeks, days: days.into_iter().filter_map(|day| self.named(day)).collect() }
    }

    fn cell(&self, day: Date) -> Cell {
        let differs = self.calendar.exception_on(day);
        let look = match (differs.map(|exception| exception.kind), self.calendar.is_working_day(day)) {
            (Some(DayKind::Makeup), _) => Look::Makeup,
            (Some(_), _) if self.origin(day) == Origin::Computed => Look::Computed,
            (Some(DayKind::Holiday | DayKind::Compensation | DayKind::SwapOff | DayKind::LocalOff), _) => {
                Look::Off
            }
            (None, true) => Look::Worked,
            (None, false) => Look::Rest,
        };
        let words = match (differs, look) {
            (Some(exception), _) => {
                let name = words::name(self.locale, &exception.name);
                format!("{}: {name}", words::kind(self.locale, exception.kind))
            }
            (None, Look::Rest) => self.locale.t("calendar.weekly_rest").to_owned(),
            (None, Look::Worked | Look::Off | Look::Computed | Look::Makeup) => String::new(),
        };
        Cell { number: day.day(), look, words }
    }

    fn named(&self, day: Date) -> Option<NamedDay> {
        let exception = self.calendar.exception_on(day)?;
        Some(NamedDay {
            day,
            when: words::capital(&words::day(self.locale, day)),
            lunar: self.lunar(day),
            kind: words::capital(words::kind(self.locale, exception.kind)),
            name: words::name(self.locale, &exception.name).to_owned(),
            origin: self.origin(day),
        })
    }

    fn lunar(&self, day: Date) -> String {
        lunar::from_solar(day).map_or_else(
            |_| String::new(),
            |lunar| {
                self.locale.say("calendar.lunar").arg("day", lunar.day).arg("month", lunar.month).to_string()
            },
        )
    }

    fn origin(&self, day: Date) -> Origin {
        if self.own.exceptions.iter().any(|exception| exception.day == day) {
            Origin::Own
        } else if self.calendar.is_computed(day) {
            Origin::Computed
        } else {
            Origin::Inherited
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::seed;

    fn view<T>(year: i16, look: impl FnOnce(YearView<'_>) -> T) -> T {
        let (calendar, own) = (seed::calendar(), seed::national());
        look(YearView { calendar: &calendar, own: &own, locale: Locale::Vi, year })
    }

    #[test]
    fn a_published_year_shows_what_was_entered() {
        let months = view(2026, |view| view.months());
        let days: usize = months.iter().flat_map(|month| &month.weeks).flatten().flatten().count();
        assert_eq!((months.len(), days), (12, 365));
        let february = &months[1];
        assert_eq!(february.name, "tháng 2");
        assert_eq!(february.days.len(), 5);
        let tet = &february.days[1];
        assert_eq!((tet.when.as_str(), tet.name.as_str()), ("Thứ Ba 17/02/2026", "Tết Nguyên đán"));
        assert_eq!((tet.lunar.as_str(), tet.origin), ("1/1 âm lịch", Origin::Own));
        let first = february.weeks[0][6].as_ref().unwrap();
        assert_eq!((first.number, first.look), (1, Look::Rest));
        let makeup = months[0].weeks[1][5].as_ref().unwrap();
        assert_eq!((makeup.number, makeup.look), (10, Look::Makeup));
        assert!(view(2026, |view| view.computed()).is_empty());
    }

    #[test]
    fn a_year_nobody_has_published_shows_what_the_law_gives() {
        let computed = view(2027, |view| view.computed());
        assert!(computed.iter().any(|exception| exception.day == date(2027, 2, 6)));
        let months = view(2027, |view| view.months());
        assert!(months[1].days.iter().all(|day| day.origin.is_computed()));
    }
}
