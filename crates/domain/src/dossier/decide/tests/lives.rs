//! Ten thousand random lives: people who know their work, people who do not, and time that passes.

use proptest::prelude::*;

use super::invariants::{check_step, check_whole};
use super::moves::{Dice, next_move, pass_time};
use super::*;
use crate::calendar::{Limit, SupplementPolicy};
use crate::dossier::choice::allowed_actions;
use crate::dossier::{Channel, Filing, Refusal};

/// What differs from one life to another before it begins.
#[derive(Clone, Debug)]
struct Start {
    kind: u8,
    limit: Option<Limit>,
    policy: SupplementPolicy,
    second_supplement: bool,
    max_extensions: u32,
    knows_competence: bool,
}

impl Start {
    fn filing(&self) -> Filing {
        let filing = match self.kind {
            0 => filing(),
            1 => filing_elsewhere(),
            2 => filing_at_centre(),
            3 => Filing { channel: Channel::Counter, ..filing() },
            _ => filing_in_parallel(),
        };
        let competent_unit = filing.competent_unit.clone().filter(|_| self.knows_competence);
        Filing { limit: self.limit, supplement_policy: self.policy, competent_unit, ..filing }
    }
}

fn starts() -> impl Strategy<Value = Start> {
    let limits = prop_oneof![
        1 => Just(None),
        4 => (1u32..20).prop_map(|days| Some(Limit::WorkingDays(days))),
        1 => (1u32..40).prop_map(|hours| Some(Limit::WorkingHours(hours))),
        1 => (1u32..40).prop_map(|days| Some(Limit::Days(days))),
        1 => (1u32..3).prop_map(|months| Some(Limit::Months(months))),
    ];
    let policies = prop_oneof![Just(SupplementPolicy::Restart), Just(SupplementPolicy::ExtendByWaiting)];
    (0u8..5, limits, policies, any::<bool>(), 0u32..3, prop::bool::weighted(0.8)).prop_map(
        |(kind, limit, policy, second_supplement, max_extensions, knows_competence)| Start {
            kind,
            limit,
            policy,
            second_supplement,
            max_extensions,
            knows_competence,
        },
    )
}

fn dice() -> impl Strategy<Value = Dice> {
    let waits = prop_oneof![8 => 0u32..200, 4 => 0u32..3_000, 1 => 0u32..60_000];
    (any::<u32>(), waits, prop::bool::weighted(0.15)).prop_map(|(salt, wait_minutes, is_nonsense)| Dice {
        salt,
        wait_minutes,
        is_nonsense,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    /// No life, however odd, breaks what must always be true.
    #[test]
    fn every_life_keeps_the_rules(start in starts(), moves in prop::collection::vec(dice(), 1..60)) {
        let mut world = World::new();
        world.settings.second_supplement_with_approval = start.second_supplement;
        world.settings.max_extensions = start.max_extensions;
        let mut life = Life::filed(&world, start.filing());
        for dice in moves {
            life.now = pass_time(life.now, dice);
            let before = life.dossier.clone();
            let (actor, action) = next_move(&life, dice);
            // After the end a few knocks on the door are enough.
            if before.status().is_closed() && !dice.is_nonsense {
                break;
            }
            match life.try_act(&actor, &action) {
                Ok(()) => check_step(&before, &life),
                Err(Refusal::ForbiddenTransition { from, to }) => panic!("{action:?}: {from:?} to {to:?}"),
                Err(_) => {}
            }
        }
        check_whole(&life);
        check_choices(&life);
    }
}

/// What a screen says about a button is what the rules answer.
fn check_choices(life: &Life<'_>) {
    let everybody = everybody();
    let some = everybody.iter().skip(life.journal.len() % 7).step_by(7);
    for actor in some {
        let ctx = life.world.ctx(actor, life.now, 0);
        for choice in allowed_actions(&ctx, &life.dossier) {
            let asked = crate::dossier::decide::gate::gate(&ctx, &life.dossier, choice.kind, &choice.target);
            assert_eq!(asked.map(|_| ()), choice.verdict);
        }
    }
}
