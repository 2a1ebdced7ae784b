//! Running totals of one year, so that counting working time is a look-up.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use super::{
    layer::{DayException, Week, Window},
    moment::{date_of, second_of, year_length, year_start},
    week_on,
};

/// How the working time of a day is cut: the same for many days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    windows: Vec<Window>,
    /// The windows in seconds since midnight.
    pub spans: Vec<(i64, i64)>,
    /// Seconds of work in the day.
    pub total: i64,
}

impl Plan {
    fn new(windows: &[Window]) -> Self {
        let span = |window: &Window| (second_of(window.opens()), second_of(window.closes()));
        let spans: Vec<_> = windows.iter().map(span).collect();
        let total = spans.iter().map(|(from, to)| to - from).sum();
        Self { windows: windows.to_vec(), spans, total }
    }

    pub fn windows(&self) -> Vec<Window> {
        self.windows.clone()
    }

    pub fn is_worked(&self) -> bool {
        !self.spans.is_empty()
    }

    /// Seconds of work before a second of the day.
    pub fn worked_before(&self, second: i64) -> i64 {
        self.spans.iter().map(|&(from, to)| (second.min(to) - from).max(0)).sum()
    }

    /// The second at which `worked` seconds of the day's work are done; the end of a window rather than the
    /// beginning of the next. `worked` lies between 1 and the total.
    pub fn second_after(&self, mut worked: i64) -> i64 {
        for &(from, to) in &self.spans {
            if worked <= to - from {
                return from + worked;
            }
            worked -= to - from;
        }
        self.close()
    }

    /// The second at which work begins, of a day that is worked.
    pub fn open(&self) -> i64 {
        self.spans.first().map_or(0, |&(from, _)| from)
    }

    /// The second at which work ends, of a day that is worked.
    pub fn close(&self) -> i64 {
        self.spans.last().map_or(0, |&(_, to)| to)
    }
}

/// The plans that occur in a calendar. Number zero is the day off.
#[derive(Clone, Debug)]
pub(super) struct Plans {
    plans: Vec<Plan>,
    numbers: HashMap<Vec<Window>, u16>,
}

const OFF: u16 = 0;

impl Plans {
    pub fn new(weeks: &[Week], exceptions: &BTreeMap<Date, DayException>) -> Self {
        let mut plans = Self { plans: Vec::new(), numbers: HashMap::new() };
        plans.add(&[]);
        weeks.iter().flat_map(|week| &week.days).for_each(|windows| plans.add(windows));
        for exception in exceptions.values().filter(|exception| exception.kind.is_worked()) {
            plans.add(makeup_windows(weeks, exception));
        }
        plans
    }

    fn add(&mut self, windows: &[Window]) {
        if !self.numbers.contains_key(windows) {
            let number = u16::try_from(self.plans.len()).expect("layers are bounded, so plans are few");
            self.numbers.insert(windows.to_vec(), number);
            self.plans.push(Plan::new(windows));
        }
    }

    pub fn get(&self, number: u16) -> &Plan {
        &self.plans[usize::from(number)]
    }

    fn number_of(&self, windows: &[Window]) -> u16 {
        self.numbers[windows]
    }
}

/// The windows of a make-up day: its own, else those of the day it is worked for, else those of the first
/// weekday that is worked.
fn makeup_windows<'a>(weeks: &'a [Week], exception: &'a DayException) -> &'a [Window] {
    if !exception.windows.is_empty() {
        return &exception.windows;
    }
    let swapped = exception.swapped_with.map(|day| week_on(weeks, day).windows(day.weekday()));
    let days = &week_on(weeks, exception.day).days;
    let first_worked = days.iter().map(Vec::as_slice).find(|windows| !windows.is_empty());
    swapped.filter(|windows| !windows.is_empty()).or(first_worked).expect("every week has work in it")
}

/// One year of a calendar.
#[derive(Clone, Debug)]
pub(super) struct YearTable {
    first_day: i64,
    /// The number of each day's plan.
    plans: Vec<u16>,
    /// Working days before each day of the year; one more for the end of the year.
    days_before: Vec<u16>,
    /// Seconds of work before each day of the year; one more for the end of the year.
    seconds_before: Vec<u32>,
    /// Days off computed from the law, in order.
    computed: Vec<DayException>,
}

impl YearTable {
    pub fn new(
        index: usize,
        plans: &Plans,
        weeks: &[Week],
        exceptions: &BTreeMap<Date, DayException>,
        computed: Vec<DayException>,
    ) -> Self {
        let first_day = year_start(index);
        let mut table =
            Self { first_day, plans: Vec::new(), days_before: vec![0], seconds_before: vec![0], computed };
        let (mut days, mut seconds) = (0, 0);
        for day in first_day..first_day + year_length(index) {
            let date = date_of(day);
            let number = match exceptions.get(&date) {
                Some(exception) if exception.kind.is_worked() => {
                    plans.number_of(makeup_windows(weeks, exception))
                }
                Some(_) => OFF,
                None if table.computed_on(date).is_some() => OFF,
                None => plans.number_of(week_on(weeks, date).windows(date.weekday())),
            };
            let plan = plans.get(number);
            days += u16::from(plan.is_worked());
            seconds += u32::try_from(plan.total).expect("a day has 86,400 seconds");
            table.plans.push(number);
            table.days_before.push(days);
            table.seconds_before.push(seconds);
        }
        table
    }

    pub fn computed_on(&self, date: Date) -> Option<&DayException> {
        let found = self.computed.binary_search_by_key(&date, |exception| exception.day);
        found.ok().map(|index| &self.computed[index])
    }

    fn offset(&self, day: i64) -> usize {
        usize::try_from(day - self.first_day).expect("the day lies in this year")
    }

    pub fn plan_on(&self, day: i64) -> u16 {
        self.plans[self.offset(day)]
    }

    /// Working days of the year up to `day`, itself included.
    pub fn days_through(&self, day: i64) -> i64 {
        i64::from(self.days_before[self.offset(day) + 1])
    }

    /// Working days of the year before `day`.
    pub fn days_until(&self, day: i64) -> i64 {
        i64::from(self.days_before[self.offset(day)])
    }

    /// Working days of the whole year.
    pub fn days(&self) -> i64 {
        self.days_before.last().copied().map_or(0, i64::from)
    }

    /// The working day number `rank` of the year, from 1 to [`Self::days`].
    pub fn day_of_rank(&self, rank: i64) -> i64 {
        let ended = self.days_before.partition_point(|&before| i64::from(before) < rank);
        self.first_day + i64::try_from(ended).expect("a year has 366 days") - 1
    }

    /// Seconds of work in the year before `day`.
    pub fn seconds_until(&self, day: i64) -> i64 {
        i64::from(self.seconds_before[self.offset(day)])
    }

    /// Seconds of work in the whole year.
    pub fn seconds(&self) -> i64 {
        self.seconds_before.last().copied().map_or(0, i64::from)
    }

    /// The day in which `worked` seconds of the year's work are done, from 1 to [`Self::seconds`].
    pub fn day_of_second(&self, worked: i64) -> i64 {
        let ended = self.seconds_before.partition_point(|&before| i64::from(before) < worked);
        self.first_day + i64::try_from(ended).expect("a year has 366 days") - 1
    }
}
