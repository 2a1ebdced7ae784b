//! A slow and obviously right model: time is a row of half hours, each worked or not. The clock must agree with it
//! on 100,000 random lives.

use jiff::{SignedDuration, civil::DateTime};

use super::*;

const WORLDS: u64 = 250;
const LIVES_PER_WORLD: u64 = 400;
const CELLS_PER_DAY: usize = 48;
const DAYS: usize = 700;

/// A small generator, so that a failing case is found again by its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }
}

fn first_day() -> Date {
    date(2026, 1, 1)
}

fn day(number: usize) -> Date {
    let hours = 24 * i64::try_from(number).unwrap();
    first_day().checked_add(SignedDuration::from_hours(hours)).unwrap()
}

/// The instant at which a cell begins.
fn instant(cell: usize) -> Timestamp {
    let minutes = 30 * i64::try_from(cell).unwrap();
    let wall: DateTime = first_day().at(0, 0, 0, 0);
    from_office(wall.checked_add(SignedDuration::from_mins(minutes)).unwrap())
}

/// One office: its decisions, and whether each half hour is worked.
struct World {
    layer: CalendarLayer,
    cells: Vec<bool>,
    ends_at_close: bool,
}

fn random_windows(random: &mut Random, count: usize) -> Vec<(usize, usize)> {
    let mut edges: Vec<usize> = (0..2 * count).map(|_| 10 + random.below(34)).collect();
    edges.sort_unstable();
    edges.dedup();
    edges.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
}

fn as_windows(cells: &[(usize, usize)]) -> Vec<Window> {
    let time = |cell: usize| format!("{:02}:{:02}", cell / 2, cell % 2 * 30);
    cells.iter().map(|&(from, to)| format!("{}-{}", time(from), time(to)).parse().unwrap()).collect()
}

fn random_week(random: &mut Random) -> Vec<Vec<(usize, usize)>> {
    let mut week: Vec<_> = (0..7)
        .map(|_| {
            let count = if random.one_in(4) { 0 } else { 1 + random.below(3) };
            random_windows(random, count)
        })
        .collect();
    week[0] = vec![(15, 23), (27, 34)];
    week
}

fn random_world(seed: u64) -> World {
    let random = &mut Random(seed);
    let weeks = [random_week(random), random_week(random)];
    let change = 100 + random.below(100);
    let week_of = |number: usize| &weeks[usize::from(change <= number)];
    let weekday = |number: usize| usize::try_from(day(number).weekday().to_monday_zero_offset()).unwrap();
    let mut worked: Vec<Vec<(usize, usize)>> =
        (0..DAYS).map(|number| week_of(number)[weekday(number)].clone()).collect();
    let mut exceptions = BTreeMap::new();
    for _ in 0..random.below(120) {
        let number = random.below(DAYS - 100);
        let kind = DayKind::ALL[random.below(5)];
        let mut exception = off(day(number), kind, "x");
        worked[number] = Vec::new();
        if kind.is_worked() {
            // A make-up day without windows of its own works as the Monday of its week.
            worked[number] = week_of(number)[0].clone();
            if random.one_in(2) {
                worked[number] = vec![(14 + random.below(4), 20 + random.below(10))];
                exception.windows = as_windows(&worked[number]);
            }
        }
        exceptions.insert(exception.day, exception);
    }
    let mut cells = vec![false; DAYS * CELLS_PER_DAY];
    for (number, windows) in worked.iter().enumerate() {
        for &(from, to) in windows {
            cells[number * CELLS_PER_DAY + from..number * CELLS_PER_DAY + to].fill(true);
        }
    }
    let week = |valid_from, week: &[Vec<(usize, usize)>]| Week {
        valid_from,
        days: std::array::from_fn(|weekday| as_windows(&week[weekday])),
    };
    let ends_at_close = random.one_in(4);
    let layer = CalendarLayer {
        weeks: vec![week(None, &weeks[0]), week(Some(day(change)), &weeks[1])],
        exceptions: exceptions.into_values().collect(),
        published_years: (2026..=2028).collect(),
        day_count: ends_at_close.then_some(DayCount::EndOfDay),
        ..CalendarLayer::default()
    };
    World { layer, cells, ends_at_close }
}

impl World {
    fn start(&self, mut cell: usize) -> usize {
        while !self.cells[cell] {
            cell += 1;
        }
        cell
    }

    /// Walks until `count` worked cells are behind; the end of the last of them.
    fn after(&self, mut cell: usize, mut count: usize) -> usize {
        while count > 0 {
            count -= usize::from(self.cells[cell]);
            cell += 1;
        }
        cell
    }

    fn is_worked(&self, day: usize) -> bool {
        self.cells[day * CELLS_PER_DAY..(day + 1) * CELLS_PER_DAY].contains(&true)
    }

    /// The time of day of `start` on `day` or the first worked day after it.
    fn on_day(&self, mut day: usize, start: usize) -> usize {
        while !self.is_worked(day) {
            day += 1;
        }
        let first = day * CELLS_PER_DAY;
        if self.ends_at_close {
            let last = (first..first + CELLS_PER_DAY).rev().find(|&cell| self.cells[cell]);
            return last.unwrap() + 1;
        }
        let cell = first + start % CELLS_PER_DAY;
        // The closing minute of a window is still inside it.
        let closes_here = self.cells[cell - 1];
        if closes_here { cell } else { self.start(cell) }
    }

    fn due(&self, start: usize, limit: Limit) -> usize {
        let start_day = start / CELLS_PER_DAY;
        match limit {
            Limit::WorkingHours(hours) => self.after(start, 2 * usize::try_from(hours).unwrap()),
            Limit::WorkingDays(days) => {
                let (mut day, mut left) = (start_day, days);
                while left > 0 {
                    day += 1;
                    left -= u32::from(self.is_worked(day));
                }
                self.on_day(day, start)
            }
            Limit::Days(days) => self.on_day(start_day + usize::try_from(days).unwrap(), start),
            Limit::Months(months) => self.on_day(months_later(start_day, months), start),
        }
    }
}

/// Walks day by day to the same day number `months` later, or to the last day of that month.
fn months_later(start_day: usize, months: u32) -> usize {
    let wanted = day(start_day).day();
    let (mut number, mut left) = (start_day, months);
    while left > 0 {
        number += 1;
        left -= u32::from(day(number).day() == 1);
    }
    while day(number).day() != wanted && day(number + 1).day() != 1 {
        number += 1;
    }
    number
}

struct Life {
    received: usize,
    competent: Option<usize>,
    limit: Limit,
    restarts: bool,
    /// From, to, kind; in order and apart.
    pauses: Vec<(usize, usize, PauseKind)>,
    /// Granted at, new due.
    extension: Option<(usize, usize)>,
}

fn random_life(random: &mut Random) -> Life {
    let received = random.below(200 * CELLS_PER_DAY);
    let amount = |random: &mut Random, bound| u32::try_from(1 + random.below(bound)).unwrap();
    let limit = match random.below(4) {
        0 => Limit::WorkingHours(amount(random, 60)),
        1 => Limit::WorkingDays(amount(random, 30)),
        2 => Limit::Days(amount(random, 40)),
        _ => Limit::Months(amount(random, 3)),
    };
    let competent = random.one_in(4).then(|| received + random.below(200));
    let mut cell = received;
    let mut pauses = Vec::new();
    for _ in 0..random.below(4) {
        let from = cell + random.below(300);
        cell = from + 1 + random.below(200);
        let kind = [PauseKind::Supplement, PauseKind::Finance, PauseKind::Other][random.below(3)];
        pauses.push((from, cell, kind));
    }
    let extension = random.one_in(3).then(|| {
        let granted = received + random.below(900);
        (granted, granted + random.below(900))
    });
    Life { received, competent, limit, restarts: random.one_in(2), pauses, extension }
}

/// The original and the final due cell of a life.
fn model_due(world: &World, life: &Life) -> (usize, usize) {
    let mut start = world.start(life.competent.unwrap_or(life.received));
    let mut due = world.due(start, life.limit);
    let mut extended = None;
    let mut extension = life.extension;
    for &(from, to, kind) in &life.pauses {
        if let Some((granted, new_due)) = extension.filter(|&(granted, _)| granted <= from) {
            (extended, extension) = (Some(new_due), None);
            assert!(granted <= from);
        }
        if kind == PauseKind::Supplement && life.restarts {
            if start <= to {
                start = world.start(to);
                due = world.due(start, life.limit);
                extended = None;
            }
        } else {
            let waited = (from.max(start)..to).filter(|&cell| world.cells[cell]).count();
            due = world.after(due, waited);
            extended = extended.map(|extended| world.after(extended, waited));
        }
    }
    extended = extension.map(|(_, new_due)| new_due).or(extended);
    (due, extended.unwrap_or(due))
}

#[test]
fn the_clock_agrees_with_a_row_of_half_hours_on_100_000_lives() {
    for world_seed in 1..=WORLDS {
        let world = random_world(world_seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let calendar = Calendar::resolve(std::slice::from_ref(&world.layer)).unwrap();
        for life_seed in 1..=LIVES_PER_WORLD {
            let random = &mut Random((world_seed * 1_000 + life_seed).wrapping_mul(0xD129_0D3B_3F4F_9A7D));
            let life = random_life(random);
            check_life(&world, &calendar, &life, &format!("world {world_seed}, life {life_seed}"));
        }
    }
}

fn check_life(world: &World, calendar: &Calendar, life: &Life, seed: &str) {
    let (original, last) = model_due(world, life);
    let pauses: Vec<Pause> = life
        .pauses
        .iter()
        .map(|&(from, to, kind)| Pause { from: instant(from), to: Some(instant(to)), kind })
        .collect();
    let input = ClockInput {
        calendar,
        received: instant(life.received),
        competent_received: life.competent.map(instant),
        limit: Some(life.limit),
        pauses: &pauses,
        policy: if life.restarts { SupplementPolicy::Restart } else { SupplementPolicy::ExtendByWaiting },
        extension: life
            .extension
            .map(|(granted, due)| Extension { granted_at: instant(granted), new_due: instant(due) }),
    };
    let found = clock_without_explanation(&input);
    assert_eq!(found.original_due, Some(instant(original)), "{seed}: {:?}", life.limit);
    assert_eq!(found.due, Some(instant(last)), "{seed}: {:?}", life.limit);
    let worked =
        world.cells[life.received..original.max(life.received)].iter().filter(|&&worked| worked).count();
    let minutes =
        calendar.working_minutes_between(instant(life.received), instant(original.max(life.received)));
    assert_eq!(minutes, 30 * i64::try_from(worked).unwrap(), "{seed}");
}
