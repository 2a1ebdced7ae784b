//! A calendar from outside and any instant: what is taken never makes the clock stop, go back or fail.
#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use motcua_domain::calendar::{Calendar, CalendarLayer, Limit};

fuzz_target!(|input: (u32, u16, u8, &str)| {
    let (second, amount, unit, json) = input;
    let Ok(layers) = serde_json::from_str::<Vec<CalendarLayer>>(json) else { return };
    let Ok(calendar) = Calendar::resolve(&layers) else { return };
    let Ok(start) = Timestamp::from_second(i64::from(second)) else { return };
    let suffix = ["wh", "wd", "d", "mo"][usize::from(unit % 4)];
    let Ok(limit) = format!("{amount}{suffix}").parse::<Limit>() else { return };
    let due = calendar.due_at(start, limit);
    assert!(start <= due, "{limit} from {start} ends at {due}");
    assert_eq!(calendar.due(start, limit).at, due, "explained and bare agree");
    assert!(calendar.working_seconds_between(start, due) >= 0);
});
