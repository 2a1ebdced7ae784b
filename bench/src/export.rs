//! A whole list taken away by somebody who sees everything: rows, time, bytes, and what the server needs for it.

use std::time::Instant;

use anyhow::{Context as _, ensure};

use crate::office::Logins;
use crate::server::Server;

/// Takes each list away as text and as a spreadsheet, one after another, and prints what was seen.
pub async fn measure(server: &Server, logins: &Logins) -> anyhow::Result<()> {
    println!(
        "\n| List | Kind | rows | made after | sent after | MiB | MiB a second | memory before | at most |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let auditor = logins.auditor().context("the office has no auditor")?;
    // The code of the province is how the codes of all dossiers begin.
    let province = auditor.rsplit_once('.').map_or(auditor, |(_, code)| code);
    for (list, path, query) in [
        ("everything open", "/can-bo/don-vi/tai-ve", String::new()),
        ("every dossier, by its code", "/can-bo/tra-cuu/tai-ve", format!("?q={province}")),
    ] {
        for kind in ["csv", "xlsx"] {
            let mut browser = logins.browser(&server.address, auditor).await?;
            server.forget_peak()?;
            let (before, _) = server.memory_mib()?;
            let begun = Instant::now();
            let made = browser.get(&format!("{path}/{kind}{query}")).await?;
            let made_after = begun.elapsed();
            if !made.status.is_redirection() {
                // A spreadsheet has its limit.
                println!(
                    "| {list} | {kind} | answered {} | {made_after:.1?} | – | – | – | – | – |",
                    made.status
                );
                continue;
            }
            let taken = browser.take_away(&made.location).await?;
            let sent_after = begun.elapsed();
            ensure!(taken.status.is_success(), "the file of {list} was answered {}", taken.status);
            let (_, most) = server.memory_mib()?;
            let mib = f64::from(u32::try_from(taken.bytes / 1024)?) / 1024.0;
            println!(
                "| {list} | {kind} | {} | {made_after:.1?} | {sent_after:.1?} | {mib:.1} | {:.1} | {before} MiB | {most} MiB |",
                taken.rows,
                mib / sent_after.as_secs_f64(),
            );
        }
    }
    Ok(())
}
