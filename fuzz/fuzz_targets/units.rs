//! Units from outside: those that are taken have a path to a root, and no way round in a circle.
#![no_main]

use libfuzzer_sys::fuzz_target;
use motcua_domain::unit::{Unit, Units};

fuzz_target!(|json: &[u8]| {
    let Ok(units) = serde_json::from_slice::<Vec<Unit>>(json) else { return };
    let codes: Vec<_> = units.iter().map(|unit| (unit.code.clone(), unit.valid_from)).collect();
    let Ok(units) = Units::new(units) else { return };
    for (code, day) in codes {
        assert!(units.on(&code, day).is_some(), "{code} was taken and is there");
    }
});
