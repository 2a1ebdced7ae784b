//! One walk: gather what people are offered, send it as others, and look at what comes back and what changed.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use motcua_domain::access::{Actor, may};
use motcua_domain::dossier::action::Target;
use motcua_domain::dossier::{ActionKind, Dossier};

use super::crawl::{Shot, offers};
use super::doors::{Door, door};
use super::request::{Csrf, request};
use super::routes::{ANY, Routes, parameters};
use super::state::State;
use super::world::{Player, World, unknown_code};
use crate::given::{Answer, Office};

/// Requests of one kind that one person follows while gathering.
const OF_A_KIND: usize = 2;
/// Refusals looked at for each route and method.
const REFUSALS: usize = 4;
/// How often somebody tries to get in where nobody was led.
const ENTRIES: usize = 40;
/// Links of others that are followed for each route.
const FOLLOWED: usize = 6;

/// One walk through one office.
pub struct Walk<'a> {
    office: &'a mut Office,
    world: World,
    routes: Routes,
    /// Everything anybody was offered, and who was.
    offered: BTreeMap<Shot, BTreeSet<usize>>,
    /// Patterns that somebody got into.
    entered: BTreeSet<String>,
    findings: Vec<String>,
}

impl<'a> Walk<'a> {
    /// Before the first step.
    pub fn new(office: &'a mut Office, world: World, routes: Routes) -> Self {
        let (offered, entered) = (BTreeMap::new(), BTreeSet::new());
        Self { office, world, routes, offered, entered, findings: Vec::new() }
    }

    /// What was found.
    pub fn findings(self) -> Vec<String> {
        self.findings
    }

    fn find(&mut self, player: usize, shot: &Shot, said: &str) {
        let who = &self.world.players[player].label;
        let fields = if shot.fields.is_empty() { String::new() } else { format!(" {:?}", shot.fields) };
        self.findings.push(format!("{who}: {} {}{fields}: {said}", shot.method, shot.path));
    }

    /// The pattern of a path that is walked here: not the API, which has no pages.
    fn pattern(&self, path: &str) -> Option<String> {
        self.routes.pattern(path).filter(|pattern| door(pattern) != Door::Api).map(str::to_owned)
    }

    /// Everybody follows what is offered to them, and reads nothing on the way that they may not.
    pub async fn gather(&mut self) {
        let shown = |methods: &BTreeSet<String>| methods.contains("GET") || methods.contains(ANY);
        let starts = self.routes.0.iter().filter(|(path, methods)| !path.contains('{') && shown(methods));
        let starts: Vec<String> = starts.map(|(path, _)| path.clone()).collect();
        for player in 0..self.world.players.len() {
            let mut waiting: Vec<Shot> = starts.iter().map(|path| Shot::new("GET", path)).collect();
            let mut counted: BTreeMap<String, usize> = BTreeMap::new();
            let mut known: BTreeSet<Shot> = waiting.iter().cloned().collect();
            while let Some(shot) = waiting.pop() {
                let Some(pattern) = self.pattern(&shot.path) else { continue };
                self.offered.entry(shot.clone()).or_default().insert(player);
                let count = counted.entry(shot.kind()).or_default();
                *count += 1;
                if OF_A_KIND < *count || shot.method != "GET" || pattern == "/static/{*path}" {
                    continue;
                }
                let answer = self.ask(player, &shot).await;
                if is_in(&answer) {
                    self.entered.insert(pattern);
                }
                if !answer.media_type.starts_with("text/html") {
                    continue;
                }
                let new =
                    offers(&answer.text(), &shot.path).into_iter().filter(|one| known.insert(one.clone()));
                let mut new: Vec<Shot> = new.collect();
                waiting = self
                    .world
                    .some(std::mem::take(&mut new), usize::MAX)
                    .into_iter()
                    .chain(waiting)
                    .collect();
            }
        }
        self.world.read_again(self.office).await;
    }

    /// Sends what is fine to send, and looks for secrets in what comes back.
    async fn ask(&mut self, player: usize, shot: &Shot) -> Answer {
        let answer = self.send(player, shot, Csrf::Right).await;
        let asked = format!("{} {:?}", shot.path, shot.fields);
        for leak in self.world.leaks(&self.world.players[player], &asked, &answer) {
            self.find(player, shot, &format!("tells {leak}"));
        }
        if answer.status.is_server_error() {
            self.find(player, shot, &format!("{}: {}", answer.status, answer.text()));
        }
        answer
    }

    async fn send(&mut self, player: usize, shot: &Shot, csrf: Csrf) -> Answer {
        if let Some(who) = &self.world.players[player].who {
            self.office.switch(who);
        } else {
            self.office.nobody();
            self.office.get("/health").await;
        }
        let token = match csrf {
            Csrf::Right => Some(self.office.csrf()),
            Csrf::Wrong => Some(self.office.csrf().chars().rev().collect()),
            Csrf::Missing => None,
        };
        self.office.send(request(shot, token)).await
    }

    /// Adds a request for each route and method that nobody was offered, with parameters that stood elsewhere.
    pub fn invent(&mut self) {
        let mut values: BTreeMap<String, BTreeMap<String, BTreeSet<usize>>> = BTreeMap::new();
        for (shot, by) in &self.offered {
            let Some(pattern) = self.pattern(&shot.path) else { continue };
            for (name, value) in parameters(&pattern, &shot.path) {
                let scope = format!("{}{name}", pattern.split('{').next().unwrap_or_default());
                for key in [scope, name.to_owned()] {
                    values.entry(key).or_default().entry(value.to_owned()).or_default().extend(by);
                }
            }
        }
        let mut invented = Vec::new();
        for (pattern, methods) in &self.routes.0 {
            if door(pattern) == Door::Api {
                continue;
            }
            let any = ["GET", "HEAD", "POST", "PATCH", "DELETE"].map(str::to_owned);
            let methods: Vec<&String> =
                if methods.contains(ANY) { any.iter().collect() } else { methods.iter().collect() };
            for method in methods.into_iter().filter(|method| *method != "HEAD") {
                let is_this = |shot: &Shot| {
                    shot.method == *method && self.pattern(&shot.path).as_ref() == Some(pattern)
                };
                if !self.offered.keys().any(is_this) {
                    invented.extend(Self::filled(pattern, method, &values));
                }
            }
        }
        for (shot, by) in invented {
            self.offered.entry(shot).or_default().extend(by);
        }
    }

    fn filled(
        pattern: &str,
        method: &str,
        values: &BTreeMap<String, BTreeMap<String, BTreeSet<usize>>>,
    ) -> Vec<(Shot, BTreeSet<usize>)> {
        let head = pattern.split('{').next().unwrap_or_default();
        let first = pattern.split('{').nth(1).and_then(|rest| rest.split('}').next());
        let Some(first) = first else { return vec![(Shot::new(method, pattern), BTreeSet::new())] };
        let known =
            values.get(&format!("{head}{first}")).or_else(|| values.get(first)).cloned().unwrap_or_default();
        let nothing = ("x".to_owned(), BTreeSet::new());
        let known = known.into_iter().chain([nothing]).take(40);
        let rest = |path: String| {
            let one = |part: &str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some("action") => "accept".to_owned(),
                Some("kind") => "csv".to_owned(),
                Some(name) => {
                    values.get(name).and_then(|all| all.keys().next()).cloned().unwrap_or("1".to_owned())
                }
                None => part.to_owned(),
            };
            path.split('/').map(one).collect::<Vec<_>>().join("/")
        };
        known
            .map(|(value, by)| {
                let path = rest(pattern.replacen(&format!("{{{first}}}"), &value, 1));
                let is_multipart =
                    path.ends_with("/tep") || path.ends_with("/nhap") || path.contains("/viec/");
                (Shot { is_multipart, ..Shot::new(method, &path) }, by)
            })
            .collect()
    }

    /// Whether the rules and the doors let this player in.
    fn may_enter(&self, player: usize, shot: &Shot, by: &BTreeSet<usize>) -> bool {
        let pattern = self.pattern(&shot.path).expect("a route");
        let player_of = &self.world.players[player];
        let named = self.world.named(&shot.path);
        let (citizen, officer) = (player_of.is_citizen(), player_of.is_officer());
        let appointments = player_of.actor.as_ref().map(Actor::appointments).unwrap_or_default();
        match door(&pattern) {
            Door::Public | Door::Api => true,
            Door::Citizen => citizen,
            Door::Person => citizen || officer,
            Door::OwnOfPerson => (citizen || officer) && by.contains(&player),
            Door::Officer => officer,
            Door::OwnOfCitizen => citizen && by.contains(&player),
            Door::OwnOfOfficer => officer && by.contains(&player),
            Door::Owner => citizen && named.is_some_and(|dossier| player_of.sees(dossier)),
            Door::Desk => officer && named.is_some_and(|dossier| player_of.sees(dossier)),
            Door::Roles(roles) => appointments.iter().any(|held| roles.contains(&held.role)),
            Door::Demonstration => false,
        }
    }

    /// Those who may try what no page led to, until somebody gets in.
    pub async fn enter(&mut self) {
        let mut chosen: BTreeMap<String, Vec<(usize, Shot)>> = BTreeMap::new();
        for (shot, by) in self.offered.iter().filter(|(shot, _)| shot.method == "GET") {
            let pattern = self.pattern(&shot.path).expect("a route");
            if !self.entered.contains(&pattern) {
                let may = (0..self.world.players.len()).filter(|player| self.may_enter(*player, shot, by));
                chosen.entry(pattern).or_default().extend(may.map(|player| (player, shot.clone())));
            }
        }
        for (pattern, all) in chosen {
            for (player, shot) in self.world.some(all, ENTRIES) {
                if is_in(&self.ask(player, &shot).await) {
                    self.entered.insert(pattern);
                    break;
                }
            }
        }
        self.world.read_again(self.office).await;
    }

    /// Everybody who may not asks all the same: refused, told nothing, and nothing changed.
    pub async fn be_refused(&mut self) {
        let mut chosen: BTreeMap<(String, String), Vec<(usize, Shot)>> = BTreeMap::new();
        for (shot, by) in &self.offered {
            let pattern = self.pattern(&shot.path).expect("a route");
            if door(&pattern) == Door::Public || shot.method == "OPTIONS" {
                continue;
            }
            let all = chosen.entry((pattern, shot.method.clone())).or_default();
            let barred = (0..self.world.players.len()).filter(|player| !self.may_enter(*player, shot, by));
            all.extend(barred.map(|player| (player, shot.clone())));
        }
        let mut by_player: BTreeMap<usize, Vec<Shot>> = BTreeMap::new();
        for ((pattern, method), all) in chosen {
            if all.is_empty() {
                self.findings.push(format!("{method} {pattern}: there is nobody to be refused"));
            }
            let is_shut = door(&pattern) == Door::Demonstration;
            let is_elsewhere = UNREACHED.contains(&pattern.as_str());
            if method == "GET" && !self.entered.contains(&pattern) && !is_shut && !is_elsewhere {
                self.findings.push(format!("{pattern}: nobody got in, so that a refusal says nothing"));
            }
            for (player, shot) in self.world.some(all, REFUSALS) {
                by_player.entry(player).or_default().push(shot);
            }
        }
        let mut before = State::of(self.office).await;
        for (player, shots) in by_player {
            for shot in &shots {
                self.refused(player, shot).await;
            }
            before = self.unchanged(player, &shots, &before).await;
        }
    }

    /// Nothing is different from before, whatever was sent since.
    async fn unchanged(&mut self, player: usize, sent: &[Shot], before: &State) -> State {
        let after = State::of(self.office).await;
        let changes = after.changes(before);
        if !changes.is_empty() {
            let sent: Vec<String> =
                sent.iter().map(|shot| format!("{} {}", shot.method, shot.path)).collect();
            let who = &self.world.players[player].label;
            self.findings.push(format!("{who} changed {changes:#?}\nwith one of {sent:#?}"));
        }
        after
    }

    async fn refused(&mut self, player: usize, shot: &Shot) {
        let answer = self.ask(player, shot).await;
        if !is_refused(&answer) {
            let said = format!("not refused: {} {:?}", answer.status, answer.location);
            self.find(player, shot, &said);
        }
        if shot.method == "GET" {
            let head = self.ask(player, &Shot { method: "HEAD".to_owned(), ..shot.clone() }).await;
            if head.status != answer.status {
                self.find(player, shot, &format!("HEAD says {} and GET {}", head.status, answer.status));
            }
        }
        // A dossier that is hidden answers as one that is not there.
        let Some(hidden) = self.world.named(&shot.path).map(|dossier| dossier.code.clone()) else { return };
        let nowhere = unknown_code(&hidden);
        let swap = |text: &str| text.replace(hidden.as_str(), &nowhere);
        let mut other = shot.clone();
        other.path = swap(&other.path);
        other.fields.iter_mut().for_each(|(_, value)| *value = swap(value));
        let there = self.send(player, &other, Csrf::Right).await;
        let same = there.status == answer.status
            && there.location == answer.location.as_deref().map(swap)
            && there.text() == swap(&answer.text());
        if !same {
            self.find(
                player,
                shot,
                &format!("{}, but {} where there is nothing", answer.status, there.status),
            );
        }
    }

    /// Links of others, through doors that are open: lists with filters of other units, views of other officers.
    pub async fn follow_others(&mut self) {
        let mut chosen: BTreeMap<String, Vec<(usize, Shot)>> = BTreeMap::new();
        for (shot, by) in self.offered.iter().filter(|(shot, _)| shot.method == "GET") {
            let others = (0..self.world.players.len()).filter(|player| !by.contains(player));
            let open = others.filter(|player| self.may_enter(*player, shot, by));
            let pattern = self.pattern(&shot.path).expect("a route");
            chosen.entry(pattern).or_default().extend(open.map(|player| (player, shot.clone())));
        }
        for shots in chosen.into_values() {
            for (player, shot) in self.world.some(shots, FOLLOWED) {
                self.ask(player, &shot).await;
            }
        }
        self.seek_secrets().await;
        self.world.read_again(self.office).await;
    }

    /// Everybody looks for words and people of dossiers they may not see, in every list that can be searched.
    async fn seek_secrets(&mut self) {
        let lists = [
            "/can-bo?q=",
            "/can-bo/don-vi?q=",
            "/can-bo/tra-cuu?q=",
            "/can-bo/tai-ve/csv?q=",
            "/can-bo/don-vi/tai-ve/csv?q=",
            "/can-bo/tra-cuu/tai-ve/csv?q=",
        ];
        for player in 0..self.world.players.len() {
            for list in lists {
                let secret = self.world.secrets[self.world.below(self.world.secrets.len())].word.clone();
                let answer = self.ask(player, &Shot::new("GET", &format!("{list}{secret}"))).await;
                // A table that was made waits at an address of its own.
                if let Some(there) = answer.location.filter(|there| there.starts_with("/can-bo/tep-tai-ve/"))
                {
                    self.ask(player, &Shot::new("GET", &there)).await;
                }
            }
        }
    }

    /// Those who may, without the token of their form, or with another; and every method that no route has.
    pub async fn forge(&mut self) {
        let mut chosen: BTreeMap<(String, String), Vec<(usize, Shot)>> = BTreeMap::new();
        for (shot, by) in &self.offered {
            let pattern = self.pattern(&shot.path).expect("a route");
            if ["GET", "OPTIONS"].contains(&shot.method.as_str()) || WITHOUT_TOKEN.contains(&pattern.as_str())
            {
                continue;
            }
            let may = (0..self.world.players.len()).filter(|player| self.may_enter(*player, shot, by));
            let all = chosen.entry((pattern, shot.method.clone())).or_default();
            all.extend(may.map(|player| (player, shot.clone())));
        }
        let mut before = State::of(self.office).await;
        let mut sent = Vec::new();
        for all in chosen.into_values() {
            for (player, shot) in self.world.some(all, 1) {
                for csrf in [Csrf::Wrong, Csrf::Missing] {
                    let answer = self.send(player, &shot, csrf).await;
                    let is_known = [403, 404, 405, 410, 429].contains(&answer.status.as_u16());
                    if !is_known && !is_refused(&answer) {
                        self.find(player, &shot, &format!("a token that is {csrf:?}: {}", answer.status));
                    }
                }
                sent.push(shot);
            }
        }
        before = self.unchanged(0, &sent, &before).await;
        let patterns: Vec<(String, BTreeSet<String>)> =
            self.routes.0.iter().map(|(pattern, methods)| (pattern.clone(), methods.clone())).collect();
        for (pattern, methods) in patterns {
            let of_it = |shot: &&Shot| self.pattern(&shot.path).as_ref() == Some(&pattern);
            let shots: Vec<Shot> = self.offered.keys().filter(of_it).cloned().collect();
            let Some(shot) = self.world.some(shots, 1).pop().filter(|_| !methods.contains(ANY)) else {
                continue;
            };
            let player = self.world.below(self.world.players.len());
            for method in
                ["GET", "POST", "PUT", "PATCH", "DELETE"].into_iter().filter(|one| !methods.contains(*one))
            {
                let shot = Shot { method: method.to_owned(), ..shot.clone() };
                let answer = self.ask(player, &shot).await;
                if ![StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED].contains(&answer.status) {
                    self.find(player, &shot, &format!("no route has this method: {}", answer.status));
                }
            }
        }
        self.unchanged(0, &[Shot::new("methods", "that no route has")], &before).await;
    }

    /// Those who see a dossier try every act that is not theirs.
    pub async fn be_denied(&mut self) {
        let mut before = State::of(self.office).await;
        for player in 0..self.world.players.len() {
            if !self.world.players[player].is_officer() {
                continue;
            }
            let mut shots = Vec::new();
            for dossier in &self.world.dossiers {
                if self.world.players[player].sees(dossier) {
                    let kinds = ActionKind::ALL.into_iter();
                    let denied = kinds.filter(|kind| is_denied(&self.world.players[player], *kind, dossier));
                    shots.extend(denied.map(|kind| self.act(dossier, kind)));
                }
            }
            let shots = self.world.some(shots, 12);
            for shot in &shots {
                let answer = self.ask(player, shot).await;
                if !answer.status.is_client_error() {
                    self.find(player, shot, &format!("not denied: {}", answer.status));
                }
            }
            before = self.unchanged(player, &shots, &before).await;
        }
    }

    /// The form of an act as somebody was offered it, or a plausible one.
    fn act(&self, dossier: &Dossier, kind: ActionKind) -> Shot {
        let path = format!("/can-bo/ho-so/{}/viec/{}", dossier.code, kind.name());
        if let Some(shot) = self.offered.keys().find(|shot| shot.path == path && !shot.fields.is_empty()) {
            let mut shot = shot.clone();
            shot.fields
                .iter_mut()
                .filter(|(_, value)| value.is_empty())
                .for_each(|(_, value)| "x".clone_into(value));
            return shot;
        }
        let version = dossier.progress.version.to_string();
        let target = dossier.active_tasks().next().map(|task| task.step.to_string()).unwrap_or_default();
        let pairs = [
            ("version", version.as_str()),
            ("target", &target),
            ("note", "x"),
            ("reason", "x"),
            ("legal_base", "x"),
            ("text", "x"),
        ];
        let fields = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Shot { method: "POST".to_owned(), path, fields, is_multipart: true }
    }
}

/// Where no page of the walk leads: who gets in there is looked at in `exports.rs`, `handoff.rs` and `upload.rs`.
const UNREACHED: [&str; 4] = [
    "/can-bo/tep-tai-ve/{id}",
    "/can-bo/tep/{draft}/{file}",
    "/can-bo/tiep-nhan/chup/{handoff}",
    "/tai-len/{id}",
];
/// Signing out asks for no token, so that nobody whose session is over is told that a form is stale; and what an upload
/// may look like is asked without one.
const WITHOUT_TOKEN: [&str; 2] = ["/dang-xuat", "/can-bo/dang-xuat"];

/// Whether the rules deny an act to this person, whatever it is about.
fn is_denied(player: &Player, kind: ActionKind, dossier: &Dossier) -> bool {
    let actor = player.actor.as_ref().expect("somebody");
    let steps = dossier.filing.process.steps.iter().map(|step| Target::Step(step.key.clone()));
    let opinions = dossier.progress.opinions.iter().map(|opinion| Target::Opinion(opinion.id));
    let mut targets = steps.chain(opinions).chain([Target::Dossier]);
    targets.all(|target| may(actor, kind, &target, dossier).is_err())
}

/// Shown, or led on to where it is shown.
fn is_in(answer: &Answer) -> bool {
    answer.status.is_success() || (answer.status.is_redirection() && !is_refused(answer))
}

/// Not there, not allowed, or to sign in first.
fn is_refused(answer: &Answer) -> bool {
    let to = answer.location.as_deref().unwrap_or_default();
    let signs_in = to.starts_with("/dang-nhap") || to.starts_with("/can-bo/dang-nhap");
    [401, 403, 404].contains(&answer.status.as_u16()) || (answer.status == StatusCode::SEE_OTHER && signs_in)
}
