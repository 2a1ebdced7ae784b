//! `motcua`: see `motcua --help`.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A third of a step's work is small pieces of memory.
#[global_allocator]
static MEMORY: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    motcua::cli::run()
}
