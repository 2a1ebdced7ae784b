//! The demonstration: every state is met, and nothing in it is made by hand.

use motcua::demo::fill;
use motcua::dossier::store;
use motcua::dossier::verify::verify;

use crate::given::on_each_engine;

#[test]
fn the_demonstration_has_every_state_and_verifies() {
    on_each_engine(async |office| {
        let filled = fill(&office.app, 60).await.unwrap();
        assert_eq!(filled.refused, Vec::<String>::new());
        let rows = office.app.store.read_sync(|tx| store::rows_after(tx, "", 500)).unwrap();
        assert_eq!(rows.len(), 60);
        for status in 1..=10 {
            assert!(rows.iter().any(|row| row.status == status), "no dossier is in status {status}");
        }
        assert!(rows.iter().any(|row| row.paused && row.status == 4), "none is paused");
        let late = |row: &&store::DossierRow| match (&row.due_at, &row.ended_at) {
            (Some(due), Some(ended)) => due < ended,
            (Some(due), None) => *due < motcua::clock::stored(office.app.clock.now()),
            (None, _) => false,
        };
        assert!(0 < rows.iter().filter(late).count(), "none is late");
        verify(&office.app).await.expect("everything went the one road");
    });
}
