//! The same walk for programs: every endpoint of the list that the router is made from, by everybody's tokens, to
//! dossiers they may see and dossiers they may not.

use axum::http::StatusCode;
use motcua::api::endpoint::{Body, Endpoint};
use motcua::api::token::Scope;
use motcua_domain::access::may;
use motcua_domain::dossier::action::Target;
use motcua_domain::dossier::{ActionKind, Dossier};
use serde_json::{Value, json};

use super::seeded;
use super::state::State;
use super::world::{Player, World, unknown_code};
use crate::api::{Call, filing, problem};
use crate::given::province::BIRTH;
use crate::given::{Answer, Office, on_each_engine};

/// Dossiers that each token tries at each endpoint.
const DOSSIERS: usize = 2;

/// One call to be made.
struct Trial<'a> {
    endpoint: &'a Endpoint,
    path: String,
    body: Value,
    key: String,
}

impl Trial<'_> {
    async fn send(&self, office: &mut Office, token: Option<&str>) -> Answer {
        let call = match self.endpoint.method {
            "get" => Call::get(&self.path),
            _ => Call::post(&self.path, &self.body),
        };
        let call = call.with("idempotency-key", &self.key).with("if-match", "\"1\"");
        let call = if let Some(token) = token { call.by(token) } else { call };
        call.send(office).await
    }
}

/// Steps as a program sends them, one of which everybody is denied.
fn steps() -> [Value; 8] {
    [
        json!({ "action": "accept" }),
        json!({ "action": "refuse", "reason": "x", "legal_base": "x" }),
        json!({ "action": "forward", "step": "receive" }),
        json!({ "action": "approve", "step": "approve" }),
        json!({ "action": "withdraw", "reason": "x" }),
        json!({ "action": "send_message", "text": "x" }),
        json!({ "action": "stop", "reason": "x", "legal_base": "x", "fee_settlement": "x" }),
        json!({ "action": "confirm_payment", "amount": 8_000, "receipt": "1" }),
    ]
}

/// The path of an endpoint for a dossier.
fn path(endpoint: &Endpoint, dossier: &Dossier, world: &World) -> String {
    let papers: Vec<String> = dossier.papers().map(|paper| paper.id.to_string()).collect();
    let paper = world.some(papers, 1).pop().expect("a paper");
    let code = if endpoint.path.contains("procedures") { BIRTH } else { dossier.code.as_str() };
    endpoint.path.replace("{code}", code).replace("{paper}", &paper)
}

fn trial<'a>(endpoint: &'a Endpoint, dossier: &Dossier, world: &World) -> Trial<'a> {
    let body = match (&endpoint.request, endpoint.id) {
        (Body::Json(_), "take_step") => world.some(steps().to_vec(), 1).pop().expect("a step"),
        (Body::Json(_), _) => filing("01990000-0000-7000-8000-000000000000"),
        (Body::Nothing | Body::File, _) => Value::Null,
    };
    let key = format!("thu-{}", world.below(1_000_000));
    Trial { endpoint, path: path(endpoint, dossier, world), body, key }
}

/// Whether the rules let this player do what a step asks for, to any part of a dossier.
fn may_act(player: &Player, body: &Value, dossier: &Dossier) -> bool {
    let Some(kind) = body["action"].as_str().and_then(ActionKind::from_name) else { return false };
    let actor = player.actor.as_ref().expect("somebody");
    let steps = dossier.filing.process.steps.iter().map(|step| Target::Step(step.key.clone()));
    steps.chain([Target::Dossier]).any(|target| may(actor, kind, &target, dossier).is_ok())
}

/// What is wrong with an answer, if anything.
fn wrong(
    trial: &Trial<'_>,
    player: &Player,
    scopes: &[&str],
    dossier: &Dossier,
    answer: &Answer,
) -> Option<String> {
    let status = answer.status;
    if trial.endpoint.scopes.is_empty() {
        return None;
    }
    if player.who.is_none() {
        return (status != StatusCode::UNAUTHORIZED).then(|| format!("{status} without a token"));
    }
    let holds = |scope: &Scope| scopes.contains(&scope.name());
    if !trial.endpoint.scopes.iter().any(holds) {
        let is_said = status == StatusCode::FORBIDDEN && problem(answer) == "missing_scope";
        return (!is_said).then(|| format!("{status} to a token that may {scopes:?}"));
    }
    if !trial.endpoint.path.contains("/dossiers/{code}") {
        return None;
    }
    if !player.sees(dossier) {
        let is_hidden = status == StatusCode::NOT_FOUND && problem(answer) == "not_found";
        return (!is_hidden).then(|| format!("{status} for a dossier that is hidden"));
    }
    let denied = trial.endpoint.method == "post" && !may_act(player, &trial.body, dossier);
    let is_refused =
        [StatusCode::FORBIDDEN, StatusCode::CONFLICT, StatusCode::PRECONDITION_FAILED].contains(&status);
    (denied && !is_refused).then(|| format!("{status} for a step that is not theirs"))
}

/// Whether a call may change something by right, and so is not made here.
fn may_change(trial: &Trial<'_>, player: &Player, scopes: &[&str], dossier: &Dossier) -> bool {
    let changes = trial.endpoint.method == "post"
        && trial.endpoint.scopes.iter().any(|scope| scopes.contains(&scope.name()));
    changes
        && (!trial.path.contains("/steps") || (player.sees(dossier) && may_act(player, &trial.body, dossier)))
}

/// Everybody's tokens at every endpoint of one method.
async fn walk(office: &mut Office, world: &World, method: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let endpoints: Vec<Endpoint> =
        motcua::api::endpoints().into_iter().filter(|endpoint| endpoint.method == method).collect();
    for player in &world.players {
        let nobody = (&[][..], String::new());
        let tokens = if player.who.is_some() { &player.tokens[..] } else { std::slice::from_ref(&nobody) };
        for (scopes, token) in tokens {
            let token = Some(token.as_str()).filter(|token| !token.is_empty());
            // Reading is recorded, and so changes what it is allowed to.
            let before = if method == "get" { None } else { Some(State::of(office).await) };
            for endpoint in &endpoints {
                for dossier in world.some(world.dossiers.iter().collect(), DOSSIERS) {
                    let trial = trial(endpoint, dossier, world);
                    if may_change(&trial, player, scopes, dossier) {
                        continue;
                    }
                    let answer = trial.send(office, token).await;
                    let wrong = wrong(&trial, player, scopes, dossier, &answer);
                    let mut said: Vec<String> = wrong.into_iter().collect();
                    let asked = format!("{} {}", trial.path, trial.body);
                    said.extend(world.leaks(player, &asked, &answer));
                    said.extend(differs(office, &trial, token, player, dossier, &answer).await);
                    let who = format!("{} with {scopes:?}: {} {}", player.label, endpoint.method, trial.path);
                    findings.extend(said.into_iter().map(|said| format!("{who} {}: {said}", trial.body)));
                    if !trial.path.contains(dossier.code.as_str()) {
                        break;
                    }
                }
            }
            if let Some(before) = before {
                let changes = State::of(office).await.changes(&before);
                let who = format!("{} with {scopes:?}", player.label);
                findings.extend(changes.into_iter().map(|change| format!("{who} changed {change}")));
            }
        }
    }
    findings
}

/// A dossier that is hidden answers as one that is not there.
async fn differs(
    office: &mut Office,
    trial: &Trial<'_>,
    token: Option<&str>,
    player: &Player,
    dossier: &Dossier,
    answer: &Answer,
) -> Option<String> {
    let code = dossier.code.as_str();
    if player.sees(dossier) || !trial.path.contains("/dossiers/") || !trial.path.contains(code) {
        return None;
    }
    let path = trial.path.replace(code, &unknown_code(&dossier.code));
    let key = format!("{}-2", trial.key);
    let nowhere = Trial { path, body: trial.body.clone(), key, endpoint: trial.endpoint };
    let there = nowhere.send(office, token).await;
    let same = there.status == answer.status
        && there.text() == answer.text().replace(code, &unknown_code(&dossier.code));
    (!same).then(|| format!("{} here, {} where there is nothing", answer.text(), there.text()))
}

#[test]
fn no_token_opens_more_than_its_owner_may_and_its_scopes_say() {
    let seed = seeded(3);
    on_each_engine(async |mut office| {
        let world = World::open(&mut office, seed).await;
        let mut findings = walk(&mut office, &world, "post").await;
        findings.extend(walk(&mut office, &world, "get").await);
        assert!(findings.is_empty(), "seed {seed}, {} findings:\n{}", findings.len(), findings.join("\n"));
    });
}
