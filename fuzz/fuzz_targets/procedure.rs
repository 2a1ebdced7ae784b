//! A procedure from outside: everything pages and publishing ask of it is answered, whatever is wrong with it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use motcua_domain::procedure::ProcedureVersion;

fuzz_target!(|json: &[u8]| {
    let Ok(version) = serde_json::from_slice::<ProcedureVersion>(json) else { return };
    let process = version.process();
    let (parts, defects, broken) = (version.missing_parts(), version.defects(), process.defects());
    for step in &process.steps {
        assert!(process.step(&step.key).is_some());
        if broken.is_empty() {
            assert!(!process.before(&step.key).contains(&step.key), "a sound process has no circle");
        }
    }
    for case in &version.cases {
        assert!(version.case(&case.key).is_some());
        assert!(case.handed_in().count() <= case.components.len());
        for channel in version.open_channels() {
            assert!(version.terms(channel, Some(&case.key)).iter().all(|terms| terms.channel == channel));
        }
    }
    let written = serde_json::to_string(&version).expect("what was read is written");
    let again: ProcedureVersion = serde_json::from_str(&written).expect("what was written is read");
    assert!(again == version);
    assert!(again.missing_parts() == parts && again.defects() == defects, "the same has the same defects");
});
