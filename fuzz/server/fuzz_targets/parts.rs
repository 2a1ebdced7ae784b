//! `src/parts.rs`, on what libFuzzer invents.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| motcua_fuzz_server::parts::read(bytes));
