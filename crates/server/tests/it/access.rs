//! Access, walked: everybody asks for everything that anybody was ever offered, and for more. Whoever may not see a
//! dossier gets nothing of it, learns not even whether it exists, and changes nothing.
//!
//! Who may is decided here by the rules (`motcua_domain::access`) and by the table of doors, never by the handlers.
//! A run is its seed: `MOTCUA_ACCESS_SEED=7` walks another way.

mod api;
mod crawl;
mod doors;
mod examples;
mod request;
mod routes;
mod state;
mod walk;
mod world;

use crate::given::{Office, on_each_engine};
use routes::Routes;
use walk::Walk;
use world::World;

/// The seed of a run: that of the test, unless another is asked for.
fn seeded(seed: u64) -> u64 {
    std::env::var("MOTCUA_ACCESS_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(seed)
}

/// The table of the whole service.
fn table(office: &Office) -> Routes {
    Routes::of(&motcua::web::router::router(office.app.clone()))
}

fn walk(seed: u64) {
    let seed = seeded(seed);
    on_each_engine(async |mut office| {
        let world = World::open(&mut office, seed).await;
        let routes = table(&office);
        let mut walk = Walk::new(&mut office, world, routes);
        walk.gather().await;
        walk.invent();
        walk.enter().await;
        walk.be_refused().await;
        walk.follow_others().await;
        walk.forge().await;
        walk.be_denied().await;
        let findings = walk.findings();
        assert!(findings.is_empty(), "seed {seed}, {} findings:\n{}", findings.len(), findings.join("\n"));
    });
}

#[test]
fn nothing_leaks_to_whoever_may_not_see_it() {
    walk(1);
}

#[test]
fn nothing_leaks_on_another_way_either() {
    walk(2);
}

#[test]
fn every_route_has_a_door_and_every_door_a_route() {
    on_each_engine(async |office| {
        let routes = table(&office);
        assert!(150 < routes.0.len(), "the table is read whole: {}", routes.0.len());
        for pattern in routes.0.keys() {
            doors::door(pattern);
        }
        for (path, _) in doors::DOORS {
            assert!(routes.0.contains_key(*path), "{path} is no route any more");
        }
    });
}
