//! The inspection after every fault: everything acknowledged is there.

use std::collections::HashMap;

use anyhow::{Context as _, ensure};
use motcua_bench::office::{Logins, dossier, unit_of};

use crate::Office;
use crate::work::Acknowledged;

/// Starts the server again, on a sound machine, and looks for everything that was acknowledged, on the pages that
/// officers see.
pub async fn look(office: &Office<'_>, heard: &Acknowledged) -> anyhow::Result<()> {
    let mut server = office.start(&[])?;
    let logins = Logins::read(&server.address).await?;
    let mut pages: HashMap<&str, String> = HashMap::new();
    let mut heads = HashMap::new();
    for code in &heard.codes {
        let unit = unit_of(code)?;
        if !heads.contains_key(&unit) {
            heads.insert(unit.clone(), logins.head_of(&server.address, &unit).await?);
        }
        let browser = heads.get_mut(&unit).context("nobody heads this unit")?;
        let page = browser.get(&dossier(code)).await?;
        ensure!(page.status.is_success(), "dossier {code} was acknowledged and is answered {}", page.status);
        ensure!(pages.insert(code, page.page).is_none(), "code {code} was given twice");
    }
    for (code, text) in &heard.messages {
        let page = pages.get(code.as_str()).context("a message on a dossier that was not acknowledged")?;
        ensure!(page.contains(text), "a message on {code} was acknowledged and is not there: {text}");
    }
    let mut receptions = HashMap::new();
    for paper in heard.papers.values() {
        if !receptions.contains_key(&paper.unit) {
            receptions.insert(&paper.unit, logins.reception_of(&server.address, &paper.unit).await?);
        }
        paper.look(receptions.get_mut(&paper.unit).context("nobody receives at this unit")?).await?;
    }
    server.kill()
}
