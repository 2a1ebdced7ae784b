//! One act on many dossiers: how long its officer waits for the preview, and workers need for the rest.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use motcua_bench::browser::attribute;
use motcua_bench::office::{Desk, Logins};
use motcua_bench::server::Server;
use tokio::time::sleep;

/// Dossiers of one run: the most there may be.
const DOSSIERS: usize = 2_000;
/// Sessions that take them in.
const COUNTERS: usize = 8;
/// What the page of a run says when it is done.
const DONE: &str = "làm được 2.000 trong 2.000 hồ sơ";
const WAIT: Duration = Duration::from_millis(100);
const DONE_AFTER: Duration = Duration::from_mins(5);

/// Takes many dossiers in at one desk, prints a paper of each, and hands them over; prints a table of both runs.
pub async fn measure(server: &Server, logins: &Logins, units: &[String]) -> anyhow::Result<()> {
    let unit = units.last().context("the office has no desks")?;
    let mut counters = Vec::new();
    for counter in 0..COUNTERS {
        counters.push(super::desk_of(server, logins, unit, units.len() + counter).await?);
    }
    let taking_in = counters.into_iter().map(async |mut desk| {
        let codes = desk.take_in_many(DOSSIERS / COUNTERS).await?;
        anyhow::Ok((desk, codes))
    });
    let begun = Instant::now();
    let taken_in = futures_util::future::try_join_all(taking_in).await?;
    let took = begun.elapsed();
    let (mut desks, codes): (Vec<Desk>, Vec<Vec<String>>) = taken_in.into_iter().unzip();
    let (mut desk, codes) = (desks.pop().context("nobody takes in")?, codes.concat());
    println!("\n{DOSSIERS} dossiers were taken in by {COUNTERS} counters in {took:.1?}");
    println!("\n| Run | dossiers | foreseen after | done after | of it a second | memory before | at most |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let paper = [("paper", "receipt"), ("sides", "one")];
    run(server, &mut desk, "print", &codes, &paper).await?;
    run(server, &mut desk, "forward", &codes, &[]).await
}

async fn run(
    server: &Server,
    desk: &mut Desk,
    act: &str,
    codes: &[String],
    fields: &[(&str, &str)],
) -> anyhow::Result<()> {
    server.forget_peak()?;
    let (before, _) = server.memory_mib()?;
    let begun = Instant::now();
    let run = desk.foresee_run(act, codes, fields).await?;
    let foreseen = begun.elapsed();
    desk.confirm_run(&run).await?;
    let begun = Instant::now();
    let page = loop {
        let page = desk.reception.get(&run).await?.page;
        if page.contains(DONE) {
            break page;
        }
        ensure!(begun.elapsed() < DONE_AFTER, "a run is not done after {DONE_AFTER:?}");
        sleep(WAIT).await;
    };
    let took = begun.elapsed();
    let (_, most) = server.memory_mib()?;
    println!(
        "| {act} | {} | {foreseen:.1?} | {took:.1?} | {:.0} | {before} MiB | {most} MiB |",
        codes.len(),
        super::per_second(codes.len(), took)
    );
    let mut links = page.split('<').filter_map(|tag| attribute(tag, "href"));
    if let Some(file) = links.find(|href| href.contains("/tep-tai-ve/")) {
        let begun = Instant::now();
        let taken = desk.reception.take_away(&file).await?;
        let (rows, kib) = (taken.rows, taken.bytes / 1024);
        println!("| its file | {rows} | {kib} KiB | {:.1?} | – | – | – |", begun.elapsed());
    }
    Ok(())
}
