//! The demonstration: every state is met, and nothing in it is made by hand.

use std::collections::{BTreeMap, BTreeSet};

use motcua::clock::stored;
use motcua::demo::fill;
use motcua::desk::search::store::{Place, Wanted, find};
use motcua::dossier::steps;
use motcua::dossier::store::{self, DossierRow};
use motcua::dossier::verify::verify;
use motcua_domain::access::{Role, list_scope, may_see};
use motcua_domain::dossier::Dossier;

use crate::given::{Office, on_each_engine};

/// The whole plan: no number of dossiers is asked for.
const ALL: usize = usize::MAX;

fn rows(office: &Office) -> Vec<DossierRow> {
    office.app.store.read_sync(|tx| store::rows_after(tx, "", 1_000)).unwrap()
}

#[test]
fn the_demonstration_has_every_state_and_role_and_verifies() {
    on_each_engine(async |office| {
        let filled = fill(&office.app, ALL).await.unwrap();
        assert_eq!(filled.refused, Vec::<String>::new());
        let rows = rows(&office);
        assert_eq!(rows.len(), filled.dossiers);
        let mut by_status: BTreeMap<i64, usize> = BTreeMap::new();
        for row in &rows {
            *by_status.entry(row.status).or_default() += 1;
        }
        for status in 1..=10 {
            let count = by_status.get(&status).copied().unwrap_or_default();
            assert!(3 <= count, "{count} dossiers are in status {status}: {by_status:?}");
        }
        let now = stored(office.app.clock.now());
        let late = |row: &&DossierRow| match (&row.due_at, &row.ended_at) {
            (Some(due), Some(ended)) => due < ended,
            (Some(due), None) => *due < now,
            (None, _) => false,
        };
        let count = |wanted: &dyn Fn(&&DossierRow) -> bool| rows.iter().filter(wanted).count();
        assert!(3 <= count(&|row| row.paused && row.status == 4), "few are paused");
        assert!(6 <= count(&|row| late(row) && row.ended_at.is_none()), "few are late now");
        assert!(6 <= count(&|row| late(row) && row.ended_at.is_some()), "few were late");
        for channel in ["online", "counter", "post", "assisted"] {
            assert!(3 <= count(&|row| row.channel == channel), "few came in by {channel}");
        }
        let procedures: BTreeSet<&str> = rows.iter().map(|row| row.procedure_code.as_str()).collect();
        assert!(12 <= procedures.len(), "{procedures:?}");
        let elsewhere = |row: &&DossierRow| {
            row.receiving_unit != "H99"
                && row.competent_unit.as_ref().is_some_and(|unit| *unit != row.receiving_unit)
        };
        assert!(3 <= count(&elsewhere), "few were handed in elsewhere");
        for role in Role::ALL {
            let held = |held: &motcua_domain::access::Appointment| held.role == role;
            let anybody = filled.people.officers.iter().any(|officer| officer.appointments.iter().any(held));
            assert!(anybody, "nobody is {}", role.name());
        }
        verify(&office.app).await.expect("everything went the one road");
    });
}

#[test]
fn officers_find_exactly_the_dossiers_they_may_open() {
    on_each_engine(async |office| {
        let filled = fill(&office.app, 60).await.unwrap();
        let app = office.app.clone();
        let dossiers: Vec<Dossier> = rows(&office)
            .iter()
            .map(|row| {
                let (app, code) = (app.clone(), row.code.parse().unwrap());
                app.store.clone().read_sync(move |tx| steps::load(tx, &app, &code)).unwrap().unwrap().dossier
            })
            .collect();
        let mut both = (0, 0);
        for officer in &filled.people.officers {
            let actor = officer.actor();
            let may: BTreeSet<String> = dossiers
                .iter()
                .filter(|dossier| may_see(&actor, dossier).is_ok())
                .map(|dossier| dossier.code.to_string())
                .collect();
            let scope = list_scope(&actor);
            let everything = Wanted::default();
            let (mut found, mut place): (Vec<String>, Option<Place>) = (Vec::new(), None);
            loop {
                let page =
                    app.store.read_sync(|tx| find(tx, &scope, &everything, place.as_ref(), 7)).unwrap();
                let Some(last) = page.last() else { break };
                place = Some(last.place.clone());
                found.extend(page.into_iter().map(|one| one.code));
            }
            let all = found.len();
            let found: BTreeSet<String> = found.into_iter().collect();
            assert_eq!(found.len(), all, "no page answers a dossier again: {}", officer.name);
            assert_eq!(found, may, "{}: {:?}", officer.name, officer.appointments);
            both = (both.0 + may.len(), both.1 + dossiers.len() - may.len());
        }
        assert!(100 < both.0 && 100 < both.1, "the test has to see both: {both:?}");
    });
}

#[test]
fn the_same_day_makes_the_same_demonstration() {
    let shown = std::sync::Mutex::new(Vec::new());
    for _ in 0..2 {
        on_each_engine(async |office| {
            fill(&office.app, 40).await.unwrap();
            let seen = |row: DossierRow| (row.code, row.status, row.applicant_name, row.due_at);
            shown.lock().unwrap().push(rows(&office).into_iter().map(seen).collect::<Vec<_>>());
        });
    }
    let shown = shown.into_inner().unwrap();
    assert!(shown.iter().all(|one| *one == shown[0]));
}
