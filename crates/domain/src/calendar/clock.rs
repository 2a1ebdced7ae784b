//! The clock of a dossier over its whole life: start, limit, pauses, restarts, extension.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Calendar, ExplanationLine, Limit,
    explain::Explainer,
    moment::{Moment, year_at, year_index},
};

/// What the clock stood still for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseKind {
    /// The applicant's missing papers (status 5). What happens afterwards is decided by [`SupplementPolicy`].
    Supplement,
    /// The applicant's payment (status 6). The waiting is added to the limit.
    Finance,
    /// Anything else with a legal base and a leader's approval. The waiting is added to the limit.
    Other,
}

/// A time in which the clock stood still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// From when.
    pub from: Timestamp,
    /// Until when; none while it still stands.
    pub to: Option<Timestamp>,
    /// What is waited for.
    pub kind: PauseKind,
}

/// What a complete supplement does to the clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupplementPolicy {
    /// It begins again from zero.
    #[default]
    Restart,
    /// It goes on; the waiting is added to the limit.
    ExtendByWaiting,
}

/// A new due instant given with an apology.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// When it was given.
    pub granted_at: Timestamp,
    /// The new due instant.
    pub new_due: Timestamp,
}

/// Everything the clock of one dossier depends on.
#[derive(Clone, Copy, Debug)]
pub struct ClockInput<'a> {
    /// The working time of the competent unit.
    pub calendar: &'a Calendar,
    /// When the complete dossier was received.
    pub received: Timestamp,
    /// When the competent unit received a dossier that was handed in elsewhere; its clock starts there.
    pub competent_received: Option<Timestamp>,
    /// The time limit; none when the procedure has none.
    pub limit: Option<Limit>,
    /// The pauses, in any order; they may overlap, and the overlap counts once.
    pub pauses: &'a [Pause],
    /// What a complete supplement does.
    pub policy: SupplementPolicy,
    /// The one extension, if it was given. A later restart makes it lapse.
    pub extension: Option<Extension>,
}

/// The clock of a dossier. All instants are in whole seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// Where counting first began.
    pub started_at: Timestamp,
    /// Where the count in force began: the last restart, else the start.
    pub running_from: Timestamp,
    /// The due instant before any pause or extension; none without a limit.
    pub first_due: Option<Timestamp>,
    /// The due instant with pauses and restarts but without the extension; none without a limit.
    pub original_due: Option<Timestamp>,
    /// The due instant with everything; none without a limit and without an extension.
    pub due: Option<Timestamp>,
    /// Since when the clock stands still, when it does.
    pub paused_since: Option<Timestamp>,
    /// Working time waited since `running_from`, in seconds.
    pub waited_seconds: i64,
    /// How often the clock began again from zero.
    pub restarts: u32,
    /// Whether a pause began only after the due instant in force had passed.
    pub late_when_paused: bool,
    /// Line by line, in order.
    pub explanation: Vec<ExplanationLine>,
    /// Years that were computed because nobody has published them.
    pub provisional_years: Vec<i16>,
}

impl Clock {
    /// Whether the clock stands still.
    pub fn is_paused(&self) -> bool {
        self.paused_since.is_some()
    }
}

impl ClockInput<'_> {
    /// Working time from the first start to `until` that nobody was waited for, in seconds. Restarts do not
    /// give time back: this is what the office really took.
    pub fn net_working_seconds(&self, until: Timestamp) -> i64 {
        let calendar = self.calendar;
        let until = Moment::of(until);
        let start = calendar.normalise_moment(Moment::of(self.competent_received.unwrap_or(self.received)));
        let mut covered = start;
        let mut waited = 0;
        for pause in in_order(self.pauses) {
            let to = pause.to.map_or(until, Moment::of).min(until);
            let from = Moment::of(pause.from).max(covered);
            if from < to {
                waited += calendar.seconds_between(from, to);
                covered = to;
            }
        }
        calendar.seconds_between(start, until).max(0) - waited
    }
}

/// The clock of a dossier, explained.
pub fn clock(input: &ClockInput<'_>) -> Clock {
    Run::new(input, Some(Explainer::new(input.calendar))).finish()
}

/// The same clock with an empty explanation, for lists and figures.
pub fn clock_without_explanation(input: &ClockInput<'_>) -> Clock {
    Run::new(input, None).finish()
}

fn in_order(pauses: &[Pause]) -> impl Iterator<Item = Pause> {
    let mut pauses = pauses.to_vec();
    pauses.sort_by_key(|pause| pause.from);
    pauses.into_iter()
}

/// The state while the events of a life are gone through in order.
struct Run<'a> {
    input: &'a ClockInput<'a>,
    explainer: Option<Explainer<'a>>,
    received: Moment,
    started: Moment,
    running_from: Moment,
    first_due: Option<Moment>,
    due: Option<Moment>,
    /// The extension and the waiting since it was given.
    extended: Option<Moment>,
    extension_is_ahead: bool,
    /// Up to where pauses have been taken into account.
    covered: Moment,
    waited: i64,
    restarts: u32,
    paused_since: Option<Moment>,
    late_when_paused: bool,
}

impl<'a> Run<'a> {
    fn new(input: &'a ClockInput<'a>, mut explainer: Option<Explainer<'a>>) -> Self {
        let received = Moment::of(input.received);
        let effective = input.competent_received.map_or(received, Moment::of);
        if let Some(explainer) = &mut explainer {
            explainer.received(received);
            if let Some(at) = input.competent_received {
                explainer.push(ExplanationLine::CompetentReceived { at });
            }
        }
        let mut run = Self {
            input,
            explainer,
            received,
            started: effective,
            running_from: effective,
            first_due: None,
            due: None,
            extended: None,
            extension_is_ahead: input.extension.is_some(),
            covered: effective,
            waited: 0,
            restarts: 0,
            paused_since: None,
            late_when_paused: false,
        };
        run.begin(effective);
        run.started = run.running_from;
        run.first_due = run.due;
        run
    }

    fn finish(mut self) -> Clock {
        if !self.input.pauses.is_empty() || self.extension_is_ahead {
            self.explain(|run| run.first_due.map(|at| ExplanationLine::FirstDue { at: at.timestamp() }));
        }
        for pause in in_order(self.input.pauses) {
            self.extend_before(Some(pause.from));
            self.pause(pause);
        }
        self.extend_before(None);
        let due = self.extended.or(self.due);
        let provisional_years = self.close(due);
        Clock {
            started_at: self.started.timestamp(),
            running_from: self.running_from.timestamp(),
            first_due: self.first_due.map(Moment::timestamp),
            original_due: self.due.map(Moment::timestamp),
            due: due.map(Moment::timestamp),
            paused_since: self.paused_since.map(Moment::timestamp),
            waited_seconds: self.waited,
            restarts: self.restarts,
            late_when_paused: self.late_when_paused,
            explanation: self.explainer.map(|explainer| explainer.lines).unwrap_or_default(),
            provisional_years,
        }
    }

    /// Begins to count from zero at `at`.
    fn begin(&mut self, at: Moment) {
        let calendar = self.input.calendar;
        self.running_from = match &mut self.explainer {
            Some(explainer) => explainer.started(at),
            None => calendar.normalise_moment(at),
        };
        let start = self.running_from;
        self.due = self.input.limit.map(|limit| calendar.due_moment(start, limit));
        if let Some(explainer) = &mut self.explainer {
            match self.input.limit.zip(self.due) {
                Some((limit, due)) => explainer.counted(start, limit, due),
                None => explainer.push(ExplanationLine::Unlimited),
            }
        }
        self.covered = self.covered.max(start);
        self.waited = 0;
    }

    fn pause(&mut self, pause: Pause) {
        let from = Moment::of(pause.from);
        self.explain(|_| Some(ExplanationLine::Paused { from: pause.from, to: pause.to, pause: pause.kind }));
        self.late_when_paused |= self.extended.or(self.due).is_some_and(|due| due < from);
        let Some(to) = pause.to.map(Moment::of) else {
            self.paused_since = Some(self.paused_since.map_or(from, |since| since.min(from)));
            return;
        };
        match (pause.kind, self.input.policy) {
            (PauseKind::Supplement, SupplementPolicy::Restart) => self.restart(to),
            (PauseKind::Supplement, SupplementPolicy::ExtendByWaiting)
            | (PauseKind::Finance | PauseKind::Other, _) => self.wait(from, to),
        }
    }

    fn restart(&mut self, to: Moment) {
        // A supplement that was complete before the count in force began changes nothing.
        if to < self.running_from {
            return;
        }
        self.explain(|run| {
            let old_due = run.extended.or(run.due).map(Moment::timestamp);
            Some(ExplanationLine::Restarted { at: to.timestamp(), old_due })
        });
        self.restarts += 1;
        self.extended = None;
        let covered = self.covered;
        self.begin(to);
        // Another pause that began before may still have lasted when the supplement was complete.
        self.add_waiting(self.running_from, covered);
    }

    fn wait(&mut self, from: Moment, to: Moment) {
        let from = from.max(self.covered);
        self.covered = self.covered.max(to);
        self.add_waiting(from, to);
    }

    fn add_waiting(&mut self, from: Moment, to: Moment) {
        let calendar = self.input.calendar;
        let seconds = if from < to { calendar.seconds_between(from, to) } else { 0 };
        if seconds == 0 {
            return;
        }
        let later = |due: Moment| calendar.seconds_after(calendar.normalise_moment(due), seconds);
        let old_due = self.extended.or(self.due).map(Moment::timestamp);
        self.waited += seconds;
        self.due = self.due.map(later);
        self.extended = self.extended.map(later);
        self.explain(|run| {
            let new_due = run.extended.or(run.due).map(Moment::timestamp);
            Some(ExplanationLine::WaitingAdded { seconds, old_due, new_due })
        });
    }

    /// Gives the extension when it was granted before `instant`, or at all.
    fn extend_before(&mut self, instant: Option<Timestamp>) {
        let Some(extension) = self.input.extension.filter(|_| self.extension_is_ahead) else {
            return;
        };
        if instant.is_some_and(|instant| instant < extension.granted_at) {
            return;
        }
        self.extension_is_ahead = false;
        self.explain(|run| {
            let (granted_at, new_due) = (extension.granted_at, extension.new_due);
            Some(ExplanationLine::Extended { granted_at, old_due: run.due.map(Moment::timestamp), new_due })
        });
        self.extended = Some(Moment::of(extension.new_due));
    }

    /// Writes the last lines; answers the provisional years.
    fn close(&mut self, due: Option<Moment>) -> Vec<i16> {
        let (received, calendar) = (self.received, self.input.calendar);
        let last = due.unwrap_or(self.running_from);
        let Some(explainer) = &mut self.explainer else {
            let years = (year_index(received.day)..=year_index(last.day)).map(year_at);
            return years.filter(|&year| calendar.is_provisional(year)).collect();
        };
        let years = explainer.provisional(received, last);
        if let Some(due) = due {
            explainer.due(due);
        }
        years
    }

    fn explain(&mut self, line: impl FnOnce(&Self) -> Option<ExplanationLine>) {
        if self.explainer.is_none() {
            return;
        }
        let line = line(self);
        if let (Some(explainer), Some(line)) = (&mut self.explainer, line) {
            explainer.push(line);
        }
    }
}
