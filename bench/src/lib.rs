//! Measures a piece of work beside a fixed one of the same moment, so that a figure from a busy machine can be compared
//! with one from a quiet one. A library of benchmarks would compare with an earlier run instead, which was another moment.

//! Beside it stand the people who load a running server: [`browser`], [`tus`], [`office`], [`export`], [`server`].

pub mod browser;
pub mod export;
pub mod office;
pub mod server;
pub mod tus;

use std::hint::black_box;
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

/// How many times each piece of work is done and timed.
const ROUNDS: usize = 200;
/// How many rounds come first and are not counted: tables are built and caches filled.
const WARM_ROUNDS: usize = 10;

/// What was seen of one piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Half of the rounds took no longer.
    pub p50: Duration,
    /// 95 of 100 rounds took no longer.
    pub p95: Duration,
    /// 99 of 100 rounds took no longer.
    pub p99: Duration,
}

impl Seen {
    /// From the times of all rounds, in any order; `None` of none.
    pub fn of(mut times: Vec<Duration>) -> Option<Self> {
        times.sort_unstable();
        let at = |percent: usize| times.get((times.len() * percent).div_ceil(100).max(1) - 1).copied();
        Some(Self { p50: at(50)?, p95: at(95)?, p99: at(99)? })
    }
}

/// A table of measurements on standard output, each as a ratio to the base: SHA-256 of one mebibyte.
#[derive(Debug)]
pub struct Table {
    base: Duration,
}

impl Table {
    /// Measures the base and prints the head of the table.
    pub fn new(title: &str) -> Self {
        let block = vec![0x5a_u8; 1024 * 1024];
        let seen = time(|_| Sha256::digest(&block));
        let base = seen.map_or(Duration::ZERO, |seen| seen.p50);
        println!("\n{title}\n");
        println!("| Work | p50 | p95 | p50 / base | Budget of p95 |");
        println!("| --- | --- | --- | --- | --- |");
        let table = Self { base };
        table.row("base: SHA-256 of 1 MiB", seen, None);
        table
    }

    /// Does the work many times and prints its row. `budget` is what the design allows.
    pub fn measure<T>(&self, name: &str, budget: Option<Duration>, work: impl FnMut(usize) -> T) {
        self.row(name, time(work), budget);
    }

    fn row(&self, name: &str, seen: Option<Seen>, budget: Option<Duration>) {
        let Some(seen) = seen else { return };
        let ratio = seen.p50.as_secs_f64() / self.base.as_secs_f64();
        let budget = budget.map_or_else(
            || "–".to_owned(),
            |budget| {
                let word = if seen.p95 <= budget { "kept" } else { "MISSED" };
                format!("{budget:?}: {word}")
            },
        );
        println!("| {name} | {:.1?} | {:.1?} | {ratio:.4} | {budget} |", seen.p50, seen.p95);
    }
}

fn time<T>(mut work: impl FnMut(usize) -> T) -> Option<Seen> {
    let mut times = Vec::with_capacity(ROUNDS);
    for round in 0..WARM_ROUNDS + ROUNDS {
        let start = Instant::now();
        black_box(work(round));
        let took = start.elapsed();
        if WARM_ROUNDS <= round {
            times.push(took);
        }
    }
    Seen::of(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_sorted_times() {
        let times: Vec<Duration> = (1..=100).rev().map(Duration::from_millis).collect();
        let ms = Duration::from_millis;
        let seen = Seen { p50: ms(50), p95: ms(95), p99: ms(99) };
        assert_eq!(Seen::of(times), Some(seen));
        let one = Duration::from_millis(7);
        assert_eq!(Seen::of(vec![one]), Some(Seen { p50: one, p95: one, p99: one }));
        assert_eq!(Seen::of(Vec::new()), None);
    }
}
