//! `src/forms.rs`, on what libFuzzer invents.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| motcua_fuzz_server::forms::read(bytes));
