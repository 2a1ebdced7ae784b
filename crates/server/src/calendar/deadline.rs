//! `motcua deadline`: a due instant and how it comes about, from a shell.

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::civil::DateTime;
use motcua_domain::calendar::{
    Calendar, Clock, ClockInput, ExplanationLine, Limit, Pause, PauseKind, SupplementPolicy, clock,
};
use motcua_domain::dossier::Office as _;
use motcua_domain::office_time::{OFFICE, day_of, from_office};
use motcua_domain::unit::UnitCode;
use serde::Serialize;

use crate::calendar::{seed, words};
use crate::cli::{Exit, Place, print};
use crate::web::locale::Locale;

/// Years in which a dossier can have been received.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2100;

/// When a dossier is due, and why.
#[derive(Args, Clone, Debug)]
pub struct Deadline {
    /// When the complete dossier was received: ISO 8601, office time (+07:00) unless it says otherwise.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    received: Timestamp,
    /// 12wh working hours, 5wd working days, 10d days, 1mo months.
    #[arg(long)]
    limit: Limit,
    /// A pause from A to B while the applicant's papers were awaited; `A/` while they still are.
    #[arg(long = "pause", value_name = "A/B", value_parser = pause)]
    pauses: Vec<Pause>,
    /// What complete papers do: begin again from zero, or add the waiting.
    #[arg(long, value_enum, default_value_t = Policy::Restart)]
    policy: Policy,
    /// The unit whose calendar counts; that of the whole office when not given.
    #[arg(long, value_name = "CODE")]
    unit: Option<UnitCode>,
    /// Answer JSON, with the explanation in every language.
    #[arg(long)]
    json: bool,
    /// The language of the explanation.
    #[arg(long, value_enum, default_value_t = Language::Vi)]
    lang: Language,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Policy {
    Restart,
    Extend,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Language {
    Vi,
    En,
}

/// The answer in JSON. Fields are only ever added.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    received: String,
    limit: Limit,
    started_at: String,
    /// Before the pauses.
    first_due: Option<String>,
    due: Option<String>,
    /// Whether the clock stands still, so that the due instant will yet move.
    paused: bool,
    provisional: bool,
    provisional_years: &'a [i16],
    explanation: Explanations,
    lines: &'a [ExplanationLine],
}

#[derive(Debug, Serialize)]
struct Explanations {
    vi: Vec<String>,
    en: Vec<String>,
}

impl Deadline {
    /// Computes and prints.
    pub fn run(&self, place: &Place) -> anyhow::Result<Exit> {
        if !place.has_database() {
            let Some(unit) = &self.unit else { return self.tell(&seed::calendar()) };
            eprintln!("motcua: {unit} is not known: there is no database in {}", place.data.display());
            return Ok(Exit::CouldNot);
        }
        let app = place.open()?;
        let office = app.office();
        if let Some(unit) = self.unit.as_ref().filter(|unit| office.units().latest(unit).is_none()) {
            eprintln!("motcua: there is no unit {unit}");
            return Ok(Exit::WrongUse);
        }
        self.tell(office.calendar(self.unit.as_ref()))
    }

    fn tell(&self, calendar: &Calendar) -> anyhow::Result<Exit> {
        let clock = clock(&self.input(calendar));
        let locale = match self.lang {
            Language::Vi => Locale::Vi,
            Language::En => Locale::En,
        };
        let text = if self.json {
            serde_json::to_string_pretty(&self.answer(&clock))?
        } else {
            words::explanation(locale, &clock.explanation).join("\n")
        };
        print(&text)?;
        Ok(Exit::Done)
    }

    fn input<'a>(&'a self, calendar: &'a Calendar) -> ClockInput<'a> {
        ClockInput {
            calendar,
            received: self.received,
            competent_received: None,
            limit: Some(self.limit),
            pauses: &self.pauses,
            policy: match self.policy {
                Policy::Restart => SupplementPolicy::Restart,
                Policy::Extend => SupplementPolicy::ExtendByWaiting,
            },
            extension: None,
        }
    }

    fn answer<'a>(&self, clock: &'a Clock) -> Answer<'a> {
        Answer {
            received: iso(self.received),
            limit: self.limit,
            started_at: iso(clock.started_at),
            first_due: clock.first_due.map(iso),
            due: clock.due.map(iso),
            paused: clock.is_paused(),
            provisional: !clock.provisional_years.is_empty(),
            provisional_years: &clock.provisional_years,
            explanation: Explanations {
                vi: words::explanation(Locale::Vi, &clock.explanation),
                en: words::explanation(Locale::En, &clock.explanation),
            },
            lines: &clock.explanation,
        }
    }
}

/// ISO 8601 with the offset of the office.
fn iso(at: Timestamp) -> String {
    at.display_with_offset(OFFICE).to_string()
}

/// Reads an instant; without an offset it is office time.
fn instant(text: &str) -> Result<Timestamp, String> {
    let text = text.trim();
    let says_offset = text.contains(['Z', 'z', '+', '[']) || 2 < text.matches('-').count();
    let how = |_| "an instant is written as 2026-02-13T16:20, and its day must exist".to_owned();
    let at = if says_offset {
        text.parse::<Timestamp>().map_err(how)?
    } else {
        from_office(text.parse::<DateTime>().map_err(how)?)
    };
    if YEARS.contains(&day_of(at).year()) {
        return Ok(at);
    }
    Err(format!("the year must lie between {} and {}", YEARS.start(), YEARS.end()))
}

/// Reads `A/B`, or `A/` for a pause that goes on.
fn pause(text: &str) -> Result<Pause, String> {
    let (from, to) = text.split_once('/').ok_or("a pause is written A/B, or A/ while it goes on")?;
    let from = instant(from)?;
    let to = if to.trim().is_empty() { None } else { Some(instant(to)?) };
    if to.is_some_and(|to| to < from) {
        return Err("the pause ends before it begins".to_owned());
    }
    Ok(Pause { from, to, kind: PauseKind::Supplement })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deadline(received: &str, limit: &str, pauses: &[&str], policy: Policy) -> Deadline {
        Deadline {
            received: instant(received).unwrap(),
            limit: limit.parse().unwrap(),
            pauses: pauses.iter().map(|text| pause(text).unwrap()).collect(),
            policy,
            unit: None,
            json: true,
            lang: Language::Vi,
        }
    }

    fn due(received: &str, limit: &str, pauses: &[&str], policy: Policy) -> String {
        let calendar = seed::calendar();
        clock(&deadline(received, limit, pauses, policy).input(&calendar)).due.map(iso).unwrap()
    }

    #[test]
    fn the_contract_is_kept() {
        let due = |received, limit| due(received, limit, &[], Policy::Restart);
        assert_eq!(due("2026-02-13T16:20", "5wd"), "2026-02-27T16:20:00+07:00");
        assert_eq!(due("2026-04-24T15:00", "12wh"), "2026-04-29T10:00:00+07:00");
        assert_eq!(due("2026-02-13T09:20:00Z", "5wd"), "2026-02-27T16:20:00+07:00");
    }

    #[test]
    fn pauses_restart_or_extend() {
        let pauses = ["2026-03-11T16:00/2026-03-12T08:00"];
        let due = |policy| due("2026-03-10T09:00", "5wd", &pauses, policy);
        assert_eq!(due(Policy::Restart), "2026-03-19T08:00:00+07:00");
        assert_eq!(due(Policy::Extend), "2026-03-17T10:30:00+07:00");
    }

    #[test]
    fn the_answer_is_complete_json() {
        let calendar = seed::calendar();
        let deadline = deadline("2026-12-30T09:00", "5wd", &["2026-12-31T09:00/"], Policy::Restart);
        let clock = clock(&deadline.input(&calendar));
        let answer = serde_json::to_value(deadline.answer(&clock)).unwrap();
        assert_eq!(answer["paused"], true);
        assert_eq!(answer["provisional"], true);
        assert_eq!(answer["provisional_years"], serde_json::json!([2027]));
        let lines = answer["lines"].as_array().unwrap().len();
        assert_eq!(answer["explanation"]["vi"].as_array().unwrap().len(), lines);
        assert_eq!(answer["explanation"]["en"].as_array().unwrap().len(), lines);
    }

    #[test]
    fn wrong_instants_are_refused() {
        for text in
            ["", "tomorrow", "2026-02-30T10:00", "2026-02-13T25:00", "1969-12-31T10:00", "2101-01-01T10:00"]
        {
            assert!(instant(text).is_err(), "{text}");
        }
        assert!(instant("2026-02-13T16:20+26:00").is_err());
        assert_eq!(instant("2026-02-13T16:20-05:00"), instant("2026-02-14T04:20"));
        assert_eq!(instant("2026-02-13"), instant("2026-02-13T00:00"));
        assert!(pause("2026-02-13T16:20").is_err());
        assert!(pause("2026-02-13T16:20/2026-02-13T16:19").is_err());
    }
}
