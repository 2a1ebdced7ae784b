//! `motcua`: see `motcua --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    motcua::cli::run()
}
