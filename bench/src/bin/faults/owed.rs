//! What workers owe: every letter that was written is sent, every run that was confirmed is done, and nothing twice.

use std::time::Duration;

use anyhow::ensure;
use motcua_bench::office::{Logins, Signed, dossier, unit_of};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use crate::Office;
use crate::machine::Machine;
use crate::relay::Relay;
use crate::store;
use crate::work::Acknowledged;

/// How far the clock runs ahead at first, in seconds: beyond the lease of a worker that died while the clock was ahead.
const AHEAD: i64 = 3 * 86_400 + 3_600;
/// How much further after each wait, for what is tried again later.
const FURTHER: i64 = 3_600;
const WAIT: Duration = Duration::from_millis(250);
/// Waits after which the clock is put further.
const WAITS: u32 = 12;
/// Everything must be done by then.
const DONE_AFTER: Duration = Duration::from_mins(2);
/// What the page of a run says of three dossiers that were handed over.
const RUN_DONE: &str = "làm được 3 trong 3 hồ sơ";
/// What the timeline calls the things that applicants are told, each in a letter of its own.
const TOLD: [&str; 4] = ["Hồ sơ được nộp", "Hồ sơ được tiếp nhận", "Tin nhắn", "Ký, ban hành kết quả"];
/// What it calls the handing over.
const HANDED_OVER: &str = "Chuyển bước tiếp theo";

/// Lets workers do everything that waits, on a clock that runs ahead of leases and of the waits between tries; then
/// looks at what became of it.
pub async fn look(
    office: &Office<'_>,
    machine: &Machine,
    relay: &Relay,
    heard: &Acknowledged,
) -> anyhow::Result<()> {
    machine.step_clock(AHEAD)?;
    let mut server = office.start(&machine.environment())?;
    everything_done(office, machine).await?;
    let logins = Logins::read(&server.address).await?;
    let mut signed = Signed::new(&logins, &server.address);
    letters(office, relay, heard, &mut signed).await?;
    runs(heard, &mut signed).await?;
    server.kill()?;
    machine.mend()
}

async fn everything_done(office: &Office<'_>, machine: &Machine) -> anyhow::Result<()> {
    let (begun, mut ahead) = (Instant::now(), AHEAD);
    for wait in 1.. {
        let database = office.database();
        let (waiting, given_up) = spawn_blocking(move || store::jobs(&database)).await??;
        ensure!(given_up.is_empty(), "jobs were given up: {given_up:?}");
        if waiting == 0 {
            break;
        }
        ensure!(begun.elapsed() < DONE_AFTER, "{waiting} jobs are not done after {DONE_AFTER:?}");
        sleep(WAIT).await;
        if wait % WAITS == 0 {
            ahead += FURTHER;
            machine.step_clock(ahead)?;
        }
    }
    Ok(())
}

/// Every letter that lies in storage came to the relay, nothing else came, and there is one for each thing that
/// applicants are told.
async fn letters(
    office: &Office<'_>,
    relay: &Relay,
    heard: &Acknowledged,
    signed: &mut Signed<'_>,
) -> anyhow::Result<()> {
    let database = office.database();
    let written = spawn_blocking(move || store::letters(&database)).await??;
    let taken = relay.taken();
    for (id, letter) in &written {
        ensure!(taken.contains_key(id), "{} was written and never sent: {id}", letter.subject);
    }
    let unknown = taken.keys().find(|id| !written.contains_key(*id));
    ensure!(unknown.is_none(), "a letter was sent that nobody wrote: {unknown:?}");
    for code in &heard.told {
        let page = signed.head_of(&unit_of(code)?).await?.get(&dossier(code)).await?.page;
        let wanted: usize = TOLD.iter().map(|title| times(&page, title)).sum();
        let of_it = written.values().filter(|letter| letter.about == *code);
        let told: Vec<&str> = of_it.map(|letter| letter.subject.as_str()).collect();
        ensure!(told.len() == wanted, "{code} should have {wanted} letters, and has these: {told:?}");
    }
    Ok(())
}

/// Every run came to its end, and handed each dossier over once.
async fn runs(heard: &Acknowledged, signed: &mut Signed<'_>) -> anyhow::Result<()> {
    for run in &heard.runs {
        let reception = signed.reception_of(&run.unit).await?;
        let page = reception.get(&run.href).await?.page;
        ensure!(page.contains(RUN_DONE), "the run {} was confirmed and is not done", run.href);
        for code in &run.codes {
            let page = reception.get(&dossier(code)).await?.page;
            let times = times(&page, HANDED_OVER);
            ensure!(times == 1, "{code} of the run {} was handed over {times} times", run.href);
        }
    }
    Ok(())
}

/// How often something happened to a dossier, by its page.
fn times(page: &str, title: &str) -> usize {
    page.matches(&format!("moj-timeline__title\">{title}<")).count()
}
