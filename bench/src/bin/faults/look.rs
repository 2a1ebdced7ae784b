//! The inspection after every fault: everything acknowledged is there.

use std::collections::HashMap;

use anyhow::{Context as _, ensure};
use motcua_bench::office::Logins;

use crate::Office;
use crate::work::Acknowledged;

/// Starts the server again, on a sound machine, and looks for everything that was acknowledged, on the pages that
/// officers see.
pub async fn look(office: &Office<'_>, heard: &Acknowledged) -> anyhow::Result<()> {
    let mut server = office.start(&[])?;
    let logins = Logins::read(&server.address).await?;
    let mut pages: HashMap<&str, String> = HashMap::new();
    let mut browsers = HashMap::new();
    for code in &heard.codes {
        let unit = code.rsplit_once('-').and_then(|(rest, _)| rest.rsplit_once('-')).map(|(unit, _)| unit);
        let unit = unit.with_context(|| format!("{code} is a code without its unit"))?.to_lowercase();
        if !browsers.contains_key(&unit) {
            let browser = logins.browser(&server.address, &format!("truongphong.{unit}")).await?;
            browsers.insert(unit.clone(), browser);
        }
        let browser = browsers.get_mut(&unit).context("nobody heads this unit")?;
        let page = browser.get(&format!("/can-bo/ho-so/{code}")).await?;
        ensure!(page.status.is_success(), "dossier {code} was acknowledged and is answered {}", page.status);
        ensure!(pages.insert(code, page.page).is_none(), "code {code} was given twice");
    }
    for (code, text) in &heard.messages {
        let page = pages.get(code.as_str()).context("a message on a dossier that was not acknowledged")?;
        ensure!(page.contains(text), "a message on {code} was acknowledged and is not there: {text}");
    }
    server.kill()
}
