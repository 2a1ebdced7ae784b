//! Which dossiers the demonstration has: procedure by procedure, what each is to live through.

use jiff::{SignedDuration, Timestamp};
use motcua_domain::calendar::{Calendar, Limit};

use crate::random::Random;

/// What a dossier of the demonstration is to live through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Everything in time, to the end.
    Smooth,
    /// Handed in at another commune than the one that settles it.
    NonTerritorial,
    /// The desk does not know who settles it; the dispatcher names the unit.
    Dispatched,
    /// The same, and nobody has named it yet.
    Undispatched,
    /// Waits at the desk.
    Waiting,
    /// Accepted and not handed over yet.
    Accepted,
    /// Being examined.
    Examined,
    /// Being examined, and due within a day.
    DueSoon,
    /// Proposed, and not approved by the head yet.
    Proposed,
    /// Approved, and not signed by the leader yet.
    Approved,
    /// Refused at intake.
    Refused,
    /// A supplement asked for at intake, and answered.
    SupplementAtIntake,
    /// A supplement asked for while being examined, and answered.
    SupplementAnswered,
    /// A supplement asked for while being examined, and not answered yet.
    SupplementOpen,
    /// A supplement that never came.
    Lapsed,
    /// A payment asked for, and made.
    Paid,
    /// A payment asked for, and not made yet.
    Unpaid,
    /// Taken back by the applicant.
    Withdrawn,
    /// Stopped by a leader.
    Stopped,
    /// Settled late, without apology.
    Late,
    /// Settled late because one agency of several took too long.
    LateInChain,
    /// Apologised for in time, and settled by the new date.
    Extended,
    /// Apologised for, and not settled yet.
    ExtendedOpen,
    /// Paused on other grounds.
    Paused,
    /// Paused, resumed, settled.
    Resumed,
    /// Settled, and not fetched yet.
    Unfetched,
    /// Still being examined after its due instant.
    Overdue,
    /// Sent back once by the head of the unit.
    SentBack,
    /// An opinion asked for, and answered late.
    OpinionLate,
    /// An opinion asked for, and not answered yet.
    OpinionOpen,
    /// What was asked is not granted.
    Rejected,
    /// Applicant and desk wrote to each other.
    Talked,
}

/// How many dossiers have a fate, and of which procedures in turn.
struct Row(Fate, usize, &'static [&'static str]);

const PLAN: [Row; 32] = [
    Row(Fate::Smooth, 46, &EVERYDAY),
    Row(
        Fate::Waiting,
        9,
        &["1.001193", "1.004873", "1.001612", "1.013225", "1.001193", "1.000656", "1.001776"],
    ),
    Row(Fate::Examined, 15, &["1.001776", "1.013225", "2.001263", "2.000986", "1.001010", "1.001612"]),
    Row(Fate::Overdue, 7, &["1.013225", "1.004873", "1.001776", "2.000986", "1.001612"]),
    Row(Fate::DueSoon, 9, &["1.004873", "1.001612", "1.013225", "1.001776", "1.013237", "1.004859"]),
    Row(Fate::Proposed, 6, &["1.013225", "1.001776", "1.001612"]),
    Row(Fate::Approved, 6, &["1.001612", "1.013225", "1.004873"]),
    Row(Fate::SupplementOpen, 7, &["1.013225", "1.001612", "1.001776", "2.001263"]),
    Row(Fate::Unpaid, 5, &["1.013225", "1.004873", "1.004859"]),
    Row(Fate::Unfetched, 8, &["1.004873", "1.001193", "1.000894", "1.001612"]),
    Row(Fate::Accepted, 5, &["1.001193", "1.004873", "1.000656"]),
    Row(Fate::Refused, 6, &["1.001193", "1.004873", "1.001612"]),
    Row(Fate::Withdrawn, 5, &["1.013225", "1.001612", "1.001776"]),
    Row(Fate::Stopped, 3, &["1.013225", "2.001263", "1.001776"]),
    Row(Fate::Lapsed, 4, &["1.013225", "1.001776", "1.004859"]),
    Row(Fate::Late, 8, &["1.004873", "1.013225", "1.001612", "1.004859"]),
    Row(Fate::LateInChain, 3, &["2.000986"]),
    Row(Fate::Extended, 5, &["1.013225", "1.001776", "1.013237"]),
    Row(Fate::ExtendedOpen, 4, &["1.013225", "1.001776"]),
    Row(Fate::Paused, 4, &["2.001263", "1.001010", "1.013225"]),
    Row(Fate::Resumed, 3, &["1.013225", "1.001776"]),
    Row(Fate::SupplementAtIntake, 6, &["1.001193", "1.001612", "1.004873"]),
    Row(Fate::SupplementAnswered, 6, &["1.013225", "1.001776", "1.001612"]),
    Row(Fate::Paid, 6, &["1.013225", "1.004873", "1.013237"]),
    Row(Fate::NonTerritorial, 6, &["1.001612", "1.115563"]),
    Row(Fate::Dispatched, 3, &["1.115563", "1.001612"]),
    Row(Fate::Undispatched, 2, &["1.115563"]),
    Row(Fate::SentBack, 4, &["1.001776", "1.013225", "1.013237"]),
    Row(Fate::OpinionLate, 4, &["1.001776", "1.013237", "1.013225"]),
    Row(Fate::OpinionOpen, 3, &["2.001263", "1.001776"]),
    Row(Fate::Rejected, 3, &["1.001776", "1.013225", "1.004859"]),
    Row(Fate::Talked, 4, &["1.001612", "1.013225"]),
];

/// What people come for every day.
const EVERYDAY: [&str; 16] = [
    "1.001193", "2.000815", "1.004873", "2.000635", "1.001612", "1.001193", "1.000894", "2.000815",
    "1.004859", "1.000656", "2.000986", "2.000635", "1.013225", "1.115563", "1.001776", "1.013237",
];

/// One dossier to be.
#[derive(Clone, Copy, Debug)]
pub struct Life {
    /// Its number; also who, where and by which door.
    pub at: usize,
    /// What it lives through.
    pub fate: Fate,
    /// Code of its procedure.
    pub procedure: &'static str,
    /// How many of this fate came before it.
    pub turn: usize,
}

impl Life {
    /// Which of `cases` cases it is.
    pub fn case(self, cases: usize) -> usize {
        self.at / 3 % cases.max(1)
    }
}

/// The first `count` dossiers of the plan, all fates in turn: however few there are, many fates are met.
pub fn lives(count: usize) -> Vec<Life> {
    let mut lives = Vec::new();
    for turn in 0.. {
        let open: Vec<&Row> = PLAN.iter().filter(|row| turn < row.1).collect();
        if open.is_empty() {
            break;
        }
        for Row(fate, _, procedures) in open {
            let procedure = procedures[turn % procedures.len()];
            lives.push(Life { at: lives.len(), fate: *fate, procedure, turn });
        }
    }
    lives.truncate(count);
    lives
}

/// Roughly how many working days a limit gives.
pub fn working_days(limit: Option<Limit>) -> f64 {
    match limit {
        Some(Limit::WorkingHours(hours)) => f64::from(hours) / 8.0,
        Some(Limit::WorkingDays(days)) => f64::from(days),
        Some(Limit::Days(days)) => f64::from(days) * 5.0 / 7.0,
        Some(Limit::Months(months)) => f64::from(months) * 21.0,
        None => 0.25,
    }
}

/// The longest any dossier is old, in working days.
const OLDEST: f64 = 39.0;

impl Fate {
    /// How many working days ago such a dossier was filed, when its procedure gives `limit` of them.
    pub fn age(self, limit: f64, turn: usize, random: &Random) -> f64 {
        let between = |from: f64, to: f64| {
            let share = f64::from(u32::try_from(random.below(10_000)).unwrap_or(0)) / 10_000.0;
            from + (to.max(from) - from) * share
        };
        match self {
            // Some desks answer late.
            Self::Waiting if turn % 4 == 3 => between(1.3, 1.8),
            Self::Waiting | Self::Accepted | Self::Undispatched => between(0.05, 0.7),
            Self::Examined => between(0.3, 0.6) * limit.min(40.0) + 0.1,
            Self::Proposed => between(0.7, 0.9) * limit,
            Self::Approved => between(0.8, 0.95) * limit,
            Self::DueSoon => (limit - between(0.3, 0.8)).max(0.3),
            Self::SupplementOpen => between(2.0, 8.0),
            Self::Unpaid => between(2.0, 6.0),
            Self::Paused => between(0.5, 0.8) * limit.min(18.0),
            Self::OpinionOpen => between(4.0, 7.0),
            Self::Overdue => limit + between(1.0, 4.0),
            Self::ExtendedOpen => limit + between(0.4, 1.5),
            Self::Unfetched => limit + between(0.5, 6.0),
            Self::Lapsed => between(27.0, OLDEST),
            Self::Refused => between(2.0, OLDEST),
            Self::Smooth
            | Self::NonTerritorial
            | Self::Dispatched
            | Self::SupplementAtIntake
            | Self::SupplementAnswered
            | Self::Paid
            | Self::Withdrawn
            | Self::Stopped
            | Self::Late
            | Self::LateInChain
            | Self::Extended
            | Self::Resumed
            | Self::SentBack
            | Self::OpinionLate
            | Self::Rejected
            | Self::Talked => between((limit * 1.6 + 5.0).min(OLDEST - 4.0), OLDEST),
        }
    }
}

/// How long people really work on a day, in minutes: for limits a day may count as longer.
pub const MINUTES_A_DAY: f64 = 450.0;

/// The last instant with so many working days between it and `now`, whatever the hour: on a Sunday, half a day ago was Friday
/// afternoon.
pub fn working_days_ago(calendar: &Calendar, now: Timestamp, days: f64) -> Timestamp {
    let wanted = i64::from(whole(days * MINUTES_A_DAY * 60.0));
    let back = i64::from(whole(days.ceil())) * 3 + 30;
    let (mut early, mut late) = (now - SignedDuration::from_hours(24 * back), now);
    while 1 < late.as_second() - early.as_second() {
        let middle = early + late.duration_since(early) / 2;
        if wanted <= calendar.working_seconds_between(middle, now) { early = middle } else { late = middle }
    }
    early
}

/// A number of days or seconds without its fraction; none below zero.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded just before")]
pub fn whole(number: f64) -> u32 {
    number.clamp(0.0, 1e9) as u32
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn half_a_day_ago_is_working_time_on_a_sunday_too() {
        let calendar = crate::calendar::seed::calendar();
        for now in ["2026-03-08T20:00:00+07:00", "2026-03-09T06:00:00+07:00", "2026-03-06T23:00:00+07:00"] {
            let now: Timestamp = now.parse().unwrap();
            let ago = working_days_ago(&calendar, now, 0.5);
            let seconds = calendar.working_seconds_between(ago, now);
            assert!((13_490..=13_510).contains(&seconds), "{seconds} before {now}");
            assert_eq!(motcua_domain::office_time::day_of(ago).to_string(), "2026-03-06");
        }
    }

    #[test]
    fn the_plan_has_some_two_hundred_dossiers_and_every_fate_early() {
        let all = lives(usize::MAX);
        assert!((190..=220).contains(&all.len()), "{}", all.len());
        let mut early: BTreeMap<String, usize> = BTreeMap::new();
        for life in lives(PLAN.len()) {
            *early.entry(format!("{:?}", life.fate)).or_default() += 1;
        }
        assert_eq!(early.len(), PLAN.len());
    }
}
