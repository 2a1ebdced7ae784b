//! Papers that come in pieces: sent while something goes wrong, and looked for afterwards.

use anyhow::{Context as _, ensure};
use motcua_bench::browser::{Browser, attribute};
use motcua_bench::office::{Desk, dossier};

/// Bytes of one paper, about.
const SIZE: usize = 192 * 1024;
/// What every paper ends with.
const END: &[u8] =
    b"1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n";
/// Bytes of one piece.
const PIECE: usize = 64 * 1024;

/// A paper on its way to a dossier, as far as it was acknowledged.
#[derive(Clone)]
pub struct Paper {
    /// The unit whose reception sends it, in lower case.
    pub unit: String,
    /// Its dossier.
    pub code: String,
    /// No two papers have the same; its content follows from it.
    pub number: u64,
    /// Where its pieces go.
    pub href: String,
    /// Bytes that were acknowledged.
    pub received: usize,
    /// How far its adding came.
    pub added: Added,
}

/// How far the act came that adds a paper to its dossier.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It was not asked for.
    No,
    /// It was asked for, and may be done or not.
    Asked,
    /// It was acknowledged.
    Yes,
}

impl Paper {
    /// A paper of which nothing was sent.
    pub fn new(unit: &str, code: &str, number: u64) -> Self {
        let (unit, code) = (unit.to_owned(), code.to_owned());
        Self { unit, code, number, href: String::new(), received: 0, added: Added::No }
    }

    /// Sends it in pieces and adds it to its dossier. `heard` is told of everything that was acknowledged.
    pub async fn send(mut self, desk: &mut Desk, heard: impl Fn(&Self)) -> anyhow::Result<()> {
        let content = self.content();
        self.href = desk.begin_paper(&self.code, &self.name(), content.len()).await?;
        heard(&self);
        for piece in content.chunks(PIECE) {
            self.received = desk.reception.send_piece(&self.href, self.received, piece).await?;
            heard(&self);
        }
        self.added = Added::Asked;
        heard(&self);
        desk.add_paper(&self.code, &self.title()).await?;
        self.added = Added::Yes;
        heard(&self);
        Ok(())
    }

    /// Looks for it with the browser of its reception: whole on the page of its dossier, or as far as it was
    /// acknowledged. What was on its way is then sent to its end.
    pub async fn look(&self, reception: &mut Browser) -> anyhow::Result<()> {
        let (code, title) = (&self.code, self.title());
        let page = reception.get(&dossier(code)).await?.page;
        let is_there = page.contains(&title);
        ensure!(is_there || self.added != Added::Yes, "{title} of {code} was acknowledged and is not there");
        if is_there {
            let found = page.split('<').filter_map(|tag| attribute(tag, "href"));
            for href in found.filter(|href| href.contains(&format!("{code}/giay-to/"))) {
                if reception.get(&href).await?.page.as_bytes() == self.content() {
                    return Ok(());
                }
            }
            anyhow::bail!("{title} of {code} is there, and not what was sent");
        }
        self.finish(reception).await
    }

    async fn finish(&self, reception: &mut Browser) -> anyhow::Result<()> {
        let (href, code) = (&self.href, &self.code);
        let received = reception.received(href).await?;
        ensure!(
            self.received <= received,
            "{} bytes of a paper of {code} were acknowledged, {received} are there",
            self.received
        );
        let content = self.content();
        if received < content.len() {
            reception.send_piece(href, received, &content[received..]).await?;
        }
        let row = reception.get(href).await?;
        let mut tags = row.page.split('<');
        let link = tags.find_map(|tag| attribute(tag, "href")).with_context(|| {
            format!("a paper of {code} was sent to its end and is answered {}", row.status)
        })?;
        let given = reception.get(&link).await?.page;
        ensure!(given.as_bytes() == content, "a paper of {code} was sent to its end, and is another");
        Ok(())
    }

    fn name(&self) -> String {
        format!("giay-to-{}.pdf", self.number)
    }

    fn title(&self) -> String {
        format!("Giấy tờ số {}", self.number)
    }

    fn content(&self) -> Vec<u8> {
        let mut content = b"%PDF-1.4\n".to_vec();
        while content.len() < SIZE {
            content.extend(format!("% {} {}\n", self.number, content.len()).into_bytes());
        }
        content.extend_from_slice(END);
        content
    }
}
