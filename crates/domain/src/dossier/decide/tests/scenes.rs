//! Dossiers in every status and the states inside it, for the table of who may do what.

use super::*;
use crate::dossier::{Filing, Verdict};

/// A dossier in a certain state.
pub(super) struct Scene<'w> {
    pub name: &'static str,
    pub life: Life<'w>,
}

/// Every scene. Where not said otherwise, a commune took the dossier in for a department.
pub(super) fn scenes(world: &World) -> Vec<Scene<'_>> {
    let mut scenes = before_the_process(world);
    scenes.extend(in_process(world));
    scenes.extend(at_a_special_moment(world));
    scenes.extend(waiting(world));
    scenes.extend(at_the_end(world));
    scenes.extend(at_home(world));
    scenes
}

fn scene<'w>(name: &'static str, life: Life<'w>) -> Scene<'w> {
    Scene { name, life }
}

fn elsewhere() -> Filing {
    filing_elsewhere()
}

fn nobody_competent() -> Filing {
    Filing { competent_unit: None, ..elsewhere() }
}

/// Does one thing more.
fn then<'w>(mut life: Life<'w>, actor: &Actor, action: &Action) -> Life<'w> {
    life.act(actor, action);
    life
}

fn later<'w>(mut life: Life<'w>, when: &str) -> Life<'w> {
    life.wait_until(when);
    life
}

fn before_the_process(world: &World) -> Vec<Scene<'_>> {
    vec![
        scene("1 registered", Life::filed(world, elsewhere())),
        scene("1 registered, nobody knows the competent unit", Life::filed(world, nobody_competent())),
        scene("2 accepted", Life::accepted(world, elsewhere())),
        scene("2 accepted, nobody knows the competent unit", Life::accepted(world, nobody_competent())),
        scene("2 accepted and handed over, unsigned", Life::forwarded(world, elsewhere())),
    ]
}

fn in_process(world: &World) -> Vec<Scene<'_>> {
    let unassigned = {
        let life = Life::taken_over(world, elsewhere());
        let head = life.competent(Role::UnitHead);
        then(life, &head, &forward("assign"))
    };
    vec![
        scene("4 to be assigned", Life::taken_over(world, elsewhere())),
        scene("4 to be examined, nobody in charge", unassigned),
        scene("4 being examined", Life::examined(world, elsewhere())),
        scene("4 to be approved", Life::proposed(world, elsewhere())),
        scene("4 to be signed", Life::approved(world, elsewhere())),
    ]
}

fn at_a_special_moment(world: &World) -> Vec<Scene<'_>> {
    let examined = || Life::examined(world, elsewhere());
    let head = officer(Role::UnitHead, DEPARTMENT);
    let pause_of = |life| then(life, &head, &pause(at("2026-03-10 08:00")));
    let paused = || pause_of(examined());
    let asked = {
        let specialist = officer(Role::Specialist, DEPARTMENT);
        then(examined(), &specialist, &ask_opinion(1, OTHER_DEPARTMENT))
    };
    let supplemented = {
        let specialist = officer(Role::Specialist, DEPARTMENT);
        let life = then(examined(), &specialist, &request_supplement());
        then(life, &owner(), &answer_supplement(50))
    };
    let extended = then(examined(), &head, &extend(at("2026-03-20 08:00")));
    let side_by_side = {
        let life = Life::examined(world, filing_in_parallel());
        let specialist = officer(Role::Specialist, OTHER_DEPARTMENT);
        let life = then(life, &specialist, &take_over("opinion"));
        let lead = life.competent(Role::Specialist);
        then(life, &lead, &propose("examine", Verdict::Grant))
    };
    vec![
        scene("4 to be assigned, clock paused", pause_of(Life::taken_over(world, elsewhere()))),
        scene("4 being examined, clock paused", paused()),
        scene("4 to be approved, clock paused", pause_of(Life::proposed(world, elsewhere()))),
        scene("4 to be signed, clock paused", pause_of(Life::approved(world, elsewhere()))),
        scene("4 being examined, clock paused for longer than allowed", later(paused(), "2026-03-11 08:00")),
        scene("4 being examined, another unit asked for its opinion", asked),
        scene("4 being examined after a supplement", supplemented),
        scene("4 being examined after an extension", extended),
        scene("4 being examined, overdue", later(examined(), "2026-03-30 08:00")),
        scene("4 examined at the centre's department, while another gives its opinion", side_by_side),
    ]
}

fn waiting(world: &World) -> Vec<Scene<'_>> {
    let at_intake = || {
        let life = Life::filed(world, elsewhere());
        let desk = life.desk(Role::Reception);
        then(life, &desk, &request_supplement())
    };
    let at_appraisal = || {
        let life = Life::examined(world, elsewhere());
        let specialist = life.competent(Role::Specialist);
        then(life, &specialist, &request_supplement())
    };
    let for_money = {
        let life = Life::examined(world, elsewhere());
        let collector = life.desk(Role::FeeCollector);
        then(life, &collector, &request_payment(at("2026-03-20 08:00")))
    };
    vec![
        scene("5 asked for papers at intake", at_intake()),
        scene("5 asked for papers at intake, time over", later(at_intake(), "2026-04-20 08:00")),
        scene("5 asked for papers at appraisal", at_appraisal()),
        scene("5 asked for papers at appraisal, time over", later(at_appraisal(), "2026-04-20 08:00")),
        scene("6 asked for payment", for_money),
    ]
}

fn at_the_end(world: &World) -> Vec<Scene<'_>> {
    let settled = || Life::settled(world, elsewhere());
    let returner = officer(Role::ResultReturner, COMMUNE);
    let refused = {
        let life = Life::filed(world, elsewhere());
        let desk = life.desk(Role::Reception);
        then(life, &desk, &refuse())
    };
    let stopped = {
        let life = Life::examined(world, elsewhere());
        let head = life.competent(Role::UnitHead);
        then(life, &head, &stop())
    };
    vec![
        scene("3 not accepted", refused),
        scene("7 withdrawn", then(Life::examined(world, elsewhere()), &owner(), &withdraw())),
        scene("8 stopped", stopped),
        scene("9 settled, result on its way to the desk", settled()),
        scene("9 settled, result at the desk", then(settled(), &returner, &take_over("return"))),
        scene("10 returned", then(settled(), &returner, &hand_back())),
    ]
}

fn at_home(world: &World) -> Vec<Scene<'_>> {
    vec![
        scene("2 accepted by the competent commune itself", Life::accepted(world, filing())),
        scene("4 being examined in the commune that took it in", Life::examined(world, filing())),
        scene("9 settled in the commune that took it in", Life::settled(world, filing())),
    ]
}
