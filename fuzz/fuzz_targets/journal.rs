//! A journal as somebody may have changed it in storage: `motcua verify` replays it, and must name what is wrong, not fail.
#![no_main]

use libfuzzer_sys::fuzz_target;
use motcua_domain::dossier::apply::replay;
use motcua_domain::dossier::{DossierCode, Recorded};

fuzz_target!(|json: &[u8]| {
    let Ok(entries) = serde_json::from_slice::<Vec<Recorded>>(json) else { return };
    let code: DossierCode = "H99.101-260302-0001".parse().expect("a code");
    if let Ok(dossier) = replay(&code, &entries) {
        let again = replay(&code, &entries).expect("what was replayed once is replayed again");
        assert!(dossier == again, "a journal makes one dossier");
    }
});
