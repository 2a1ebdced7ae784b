//! What each dossier of a simulation is to be: whose, where, through which door, and what happens to it.

use anyhow::{Context as _, ensure};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use motcua_domain::calendar::Calendar;
use motcua_domain::dossier::{Channel, Office as _};
use motcua_domain::office_time::from_office;
use motcua_domain::procedure::{Competence, ProcedureVersion, StepAgency};

use crate::demo::filing::is_open;
use crate::demo::plan::working_days;
use crate::office::Snapshot;
use crate::random::Random;
use crate::simulate::spec::{DOORS, Shares, Spec, UnitSpec};

/// Late dossiers are of procedures with at most so many working days, so that they can be late before the end.
const LATE_LIMIT_DAYS_MAX: f64 = 10.0;
/// Working hours that a desk takes to accept, at most: what a late dossier needs beside its limit.
const ACCEPTED_AFTER_HOURS: u32 = 8;
/// Hours of the counter, by weight: people come early.
const COUNTER_HOURS: [f64; 24] = [
    0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 4.0, 4.0, 3.0, 1.0, 0.0, 2.0, 3.5, 3.0, 1.5, 0.0, 0.0, 0.0, 0.0,
    0.0, 0.0, 0.0,
];
/// Hours online: also in the evening.
const ONLINE_HOURS: [f64; 24] = [
    0.2, 0.1, 0.1, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 4.5, 4.0, 2.5, 1.5, 2.5, 4.0, 4.0, 3.0, 1.5, 1.2, 2.0, 2.5,
    2.0, 1.0, 0.4,
];
/// Tries to find a day and a procedure for a late dossier.
const LATE_TRIES: u32 = 500;
/// Tries to find an hour at which the counter is open.
const HOUR_TRIES: u32 = 40;

/// What happens besides the smooth course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Besides {
    /// Nothing.
    Nothing,
    /// Papers are asked for at intake, and come.
    SupplementAtIntake,
    /// Papers are asked for during the examination, and come.
    Supplement,
    /// Papers are asked for during the examination, and never come.
    Lapsed,
    /// A payment is asked for, and made.
    Payment,
    /// Refused at intake.
    Refused,
    /// Taken back by the applicant.
    Withdrawn,
    /// Paused on other grounds, and resumed.
    Paused,
    /// Sent back once by the head of the unit.
    SentBack,
}

impl Besides {
    /// As a spec names its share.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::SupplementAtIntake => "supplement_at_intake",
            Self::Supplement => "supplement",
            Self::Lapsed => "lapsed",
            Self::Payment => "payment",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Paused => "paused",
            Self::SentBack => "sent_back",
        }
    }
}

/// One dossier to be.
#[derive(Clone, Copy, Debug)]
pub struct Course {
    /// When it is filed.
    pub filed_at: Timestamp,
    /// Number of the applicant, and of the dossier.
    pub number: u32,
    /// Place of its unit in the spec.
    pub unit: u16,
    /// Place of its procedure.
    pub procedure: u16,
    /// The door.
    pub channel: Channel,
    /// What happens besides.
    pub besides: Besides,
    /// What was asked is not granted.
    pub is_rejected: bool,
    /// Settled late, or running past its due instant at the end.
    pub is_late: bool,
}

impl Course {
    /// Its number, where texts are taken in turn.
    pub fn turn(&self) -> usize {
        usize::try_from(self.number).unwrap_or(0)
    }
}

/// Draws by weights.
#[derive(Clone, Debug)]
struct Urn<T> {
    until: Vec<f64>,
    things: Vec<T>,
}

impl<T: Copy> Urn<T> {
    fn new(things: impl IntoIterator<Item = (T, f64)>) -> Self {
        let mut urn = Self { until: Vec::new(), things: Vec::new() };
        let mut all = 0.0;
        for (thing, weight) in things {
            if 0.0 < weight {
                all += weight;
                urn.until.push(all);
                urn.things.push(thing);
            }
        }
        urn
    }

    fn draw(&self, random: &Random) -> Option<T> {
        let at = unit_interval(random) * self.until.last()?;
        let place = self.until.partition_point(|until| *until <= at);
        self.things.get(place).or(self.things.last()).copied()
    }

    fn is_empty(&self) -> bool {
        self.things.is_empty()
    }
}

/// A number from 0 up to 1.
pub fn unit_interval(random: &Random) -> f64 {
    f64::from(u32::try_from(random.below(1 << 31)).unwrap_or(0)) / f64::from(1_u32 << 31)
}

/// The procedures a simulation can use: settled by the unit that took them in, within it.
pub fn usable(version: &ProcedureVersion) -> bool {
    let within = |agency: &StepAgency| matches!(agency, StepAgency::Reception | StepAgency::Competent);
    !version.is_outline()
        && !matches!(version.competence, Competence::Unit(_) | Competence::Dispatcher)
        && version.process().steps.iter().all(|step| within(&step.agency))
}

/// Everything that is drawn from.
struct Urns<'a> {
    random: &'a Random,
    office: &'a Snapshot,
    spec: &'a Spec,
    versions: &'a [ProcedureVersion],
    doors: Urn<Channel>,
    hours: [(Channel, Urn<i64>); 3],
    procedures: Urn<u16>,
    quick: Urn<u16>,
    besides: Urn<Besides>,
    days: Urn<Date>,
    working_days: Urn<Date>,
    end: Timestamp,
}

/// Every dossier of a spec, in the order of time.
///
/// # Errors
/// When the spec cannot be kept: late dossiers that no procedure could make late before the end, no day to file on.
pub fn courses(
    spec: &Spec,
    units: &[UnitSpec],
    versions: &[ProcedureVersion],
    office: &Snapshot,
    random: &Random,
) -> anyhow::Result<Vec<Course>> {
    let urns = Urns::new(spec, units, versions, office, random)?;
    let all = units.iter().map(|unit| unit.received).sum::<u64>();
    let mut courses = Vec::with_capacity(usize::try_from(all)?);
    for (place, unit) in (0_u16..).zip(units) {
        let mut late_left = unit.late;
        for left in (1..=unit.received).rev() {
            // Every choice of so many late ones of all is equally likely.
            let is_late = random.below(left) < late_left;
            late_left -= u64::from(is_late);
            courses.push(urns.course(place, unit, is_late)?);
        }
    }
    courses.sort_by_key(|course| course.filed_at);
    for (number, course) in (0_u32..).zip(&mut courses) {
        course.number = number;
    }
    Ok(courses)
}

impl<'a> Urns<'a> {
    fn new(
        spec: &'a Spec,
        units: &[UnitSpec],
        versions: &'a [ProcedureVersion],
        office: &'a Snapshot,
        random: &'a Random,
    ) -> anyhow::Result<Self> {
        let weight = |version: &ProcedureVersion| {
            let named = spec.procedures.get(version.code.as_str()).copied();
            named.unwrap_or(if spec.procedures.is_empty() { 1.0 } else { 0.0 })
        };
        for code in spec.procedures.keys() {
            ensure!(
                versions.iter().any(|version| version.code.as_str() == code),
                "procedures.{code}: there is no such procedure that one unit settles by itself"
            );
        }
        let places = || (0_u16..).zip(versions);
        let procedures = Urn::new(places().map(|(place, version)| (place, weight(version))));
        let quick = Urn::new(
            places()
                .filter(|(_, version)| limit_days(version).is_some_and(|days| days <= LATE_LIMIT_DAYS_MAX))
                .map(|(place, version)| (place, weight(version))),
        );
        ensure!(!procedures.is_empty(), "procedures: every weight is 0");
        ensure!(
            !quick.is_empty() || units.iter().all(|unit| unit.late == 0),
            "procedures: none has a limit of {LATE_LIMIT_DAYS_MAX} working days or less, so none can be late in time"
        );
        let everywhere = office.calendar(None);
        let days = || spec.from.series(jiff::Span::new().days(1)).take_while(|day| *day <= spec.to);
        let weekday =
            |day: Date| spec.weekdays[usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0)];
        let doors = DOORS.map(|door| (door, spec.doors.get(door.name()).copied().unwrap_or(0.0)));
        let urns = Self {
            random,
            office,
            spec,
            versions,
            doors: Urn::new(doors),
            hours: DOORS.map(|door| (door, hours(spec, door))),
            procedures,
            quick,
            besides: besides(&spec.shares),
            days: Urn::new(days().map(|day| (day, weekday(day)))),
            working_days: Urn::new(
                days().filter(|day| everywhere.is_working_day(*day)).map(|day| (day, weekday(day))),
            ),
            end: end_of(spec.until()),
        };
        let is_online_only = || {
            doors.iter().all(|(door, share)| *door == Channel::Online || *share <= 0.0)
                && versions.iter().all(|version| weight(version) <= 0.0 || is_open(version, Channel::Online))
        };
        ensure!(
            !urns.working_days.is_empty() || is_online_only(),
            "from, to: not one working day lies between them, and the counter is open on working days"
        );
        ensure!(!urns.days.is_empty(), "weekdays: no day between from and to has a weight");
        Ok(urns)
    }

    fn course(&self, place: u16, unit: &UnitSpec, is_late: bool) -> anyhow::Result<Course> {
        let calendar = self.office.calendar_of(&unit.code);
        let (channel, filed_at, procedure) = if is_late {
            // What is filed on the last days cannot be late yet.
            let late = (0..LATE_TRIES).find_map(|_| self.late(calendar));
            late.with_context(|| {
                format!(
                    "until: no procedure of {} can be late by the end of {}; let it end later, or begin earlier",
                    unit.code,
                    self.spec.until()
                )
            })?
        } else {
            let procedure = self.procedures.draw(self.random).unwrap_or(0);
            let channel = self.door(procedure);
            (channel, self.filed_at(calendar, channel), procedure)
        };
        let besides = if is_late {
            Besides::Nothing
        } else {
            self.besides.draw(self.random).unwrap_or(Besides::Nothing)
        };
        // What is due must be granted or refused in time: too late, the law leaves no refusal.
        let is_rejected = !is_late && unit_interval(self.random) < self.spec.shares.rejected;
        Ok(Course { filed_at, number: 0, unit: place, procedure, channel, besides, is_rejected, is_late })
    }

    /// Door, instant and procedure of a dossier whose limit, counted from filing, runs out before the end; `None` when
    /// chance found none.
    fn late(&self, calendar: &Calendar) -> Option<(Channel, Timestamp, u16)> {
        let procedure = self.quick.draw(self.random)?;
        let channel = self.door(procedure);
        let filed_at = self.filed_at(calendar, channel);
        let limit = limit_of(&self.versions[usize::from(procedure)])?;
        let accepted = calendar.add_working_seconds(filed_at, ACCEPTED_AFTER_HOURS * 3_600);
        (calendar.due_at(accepted, limit) < self.end).then_some((channel, filed_at, procedure))
    }

    /// Some door; whoever cannot file this procedure through it comes to the counter.
    fn door(&self, procedure: u16) -> Channel {
        let wanted = self.doors.draw(self.random).unwrap_or(Channel::Counter);
        if is_open(&self.versions[usize::from(procedure)], wanted) { wanted } else { Channel::Counter }
    }

    /// Some instant of a day that this door knows.
    fn filed_at(&self, calendar: &Calendar, channel: Channel) -> Timestamp {
        let is_online = channel == Channel::Online;
        let days = if is_online { &self.days } else { &self.working_days };
        let day = days.draw(self.random).unwrap_or(self.spec.from);
        let hours = self.hours.iter().find(|(door, _)| *door == channel);
        let midnight = from_office(day.at(0, 0, 0, 0));
        let at = || {
            let second = i64::try_from(self.random.below(3_600)).unwrap_or(0);
            let hour = hours.and_then(|(_, hours)| hours.draw(self.random)).unwrap_or(9);
            midnight + SignedDuration::from_secs(hour * 3_600 + second)
        };
        if is_online {
            return at();
        }
        let open = (0..HOUR_TRIES).map(|_| at()).find(|at| calendar.normalise(*at) == *at);
        open.unwrap_or_else(|| calendar.normalise(midnight))
    }
}

/// When people come through a door.
fn hours(spec: &Spec, door: Channel) -> Urn<i64> {
    let usual = if door == Channel::Online { &ONLINE_HOURS } else { &COUNTER_HOURS };
    let weights = spec.hours.get(door.name()).map_or(usual.as_slice(), Vec::as_slice);
    Urn::new((0..).zip(weights.iter().copied()))
}

fn besides(shares: &Shares) -> Urn<Besides> {
    let named = shares.besides();
    let rest = 1.0 - named.iter().map(|(_, share)| share).sum::<f64>();
    Urn::new(named.into_iter().chain([(Besides::Nothing, rest)]))
}

/// The longest limit of a procedure, whatever the case and the door.
fn limit_of(version: &ProcedureVersion) -> Option<motcua_domain::calendar::Limit> {
    let limits = version.channels.iter().map(|terms| terms.limit);
    let all: Option<Vec<_>> = limits.collect();
    all?.into_iter().max_by(|one, other| working_days(Some(*one)).total_cmp(&working_days(Some(*other))))
}

fn limit_days(version: &ProcedureVersion) -> Option<f64> {
    limit_of(version).map(|limit| working_days(Some(limit)))
}

/// The last instant of a day at the office.
pub fn end_of(day: Date) -> Timestamp {
    from_office(day.at(23, 59, 59, 0))
}
