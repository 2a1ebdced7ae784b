//! The inspection after every fault: everything acknowledged is there.

use std::collections::HashMap;

use anyhow::{Context as _, ensure};
use motcua_bench::office::{Logins, Signed, dossier, unit_of};

use crate::Office;
use crate::work::Acknowledged;

/// Starts the server again, on a sound machine, and looks for everything that was acknowledged, on the pages that
/// officers see.
pub async fn look(office: &Office<'_>, heard: &Acknowledged) -> anyhow::Result<()> {
    let mut server = office.start(&[])?;
    let logins = Logins::read(&server.address).await?;
    let mut pages: HashMap<&str, String> = HashMap::new();
    let mut signed = Signed::new(&logins, &server.address);
    for code in &heard.codes {
        let page = signed.head_of(&unit_of(code)?).await?.get(&dossier(code)).await?;
        ensure!(page.status.is_success(), "dossier {code} was acknowledged and is answered {}", page.status);
        ensure!(pages.insert(code, page.page).is_none(), "code {code} was given twice");
    }
    for (code, text) in &heard.messages {
        let page = pages.get(code.as_str()).context("a message on a dossier that was not acknowledged")?;
        ensure!(page.contains(text), "a message on {code} was acknowledged and is not there: {text}");
    }
    for paper in heard.papers.values() {
        paper.look(signed.reception_of(&paper.unit).await?).await?;
    }
    server.kill()
}
