//! Pages of the heads of units, one after another; on two offices in turn when another is named, so that both were asked
//! in the same moments.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use motcua_bench::Seen;
use motcua_bench::browser::Browser;
use motcua_bench::office::Logins;

/// Pages of each kind.
const ROUNDS: usize = 300;
/// Heads whose pages are asked for.
const HEADS: usize = 8;

/// A page that is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Page {
    Work,
    LateWork,
    Search,
    NewDossier,
    Dossier,
}

impl Page {
    const ALL: [Self; 5] = [Self::Work, Self::LateWork, Self::Search, Self::NewDossier, Self::Dossier];

    fn name(self) -> &'static str {
        match self {
            Self::Work => "the work of a unit, with its counters",
            Self::LateWork => "the same, late, by a name",
            Self::Search => "a search by name",
            Self::NewDossier => "one dossier with its timeline, the reading of it recorded",
            Self::Dossier => "the same, once more",
        }
    }

    fn path(self, code: &str) -> String {
        match self {
            Self::Work => "/can-bo/don-vi".to_owned(),
            Self::LateWork => "/can-bo/don-vi?tab=late&q=nguyen".to_owned(),
            Self::Search => "/can-bo/tra-cuu?q=nguyen+van+an".to_owned(),
            Self::NewDossier | Self::Dossier => format!("/can-bo/ho-so/{code}"),
        }
    }
}

/// An office whose pages are measured.
pub struct Office {
    heads: Vec<Head>,
    seen: [Asked; Page::ALL.len()],
}

struct Head {
    browser: Browser,
    codes: Vec<String>,
}

#[derive(Default)]
struct Asked {
    times: Vec<Duration>,
    rows: usize,
}

impl Asked {
    /// Rows of a page, and how long it took.
    fn told(self) -> anyhow::Result<(usize, Seen)> {
        let rows = self.rows / self.times.len().max(1);
        Ok((rows, Seen::of(self.times).context("nothing was measured")?))
    }
}

impl Office {
    /// Signs in heads of some of the units, and reads which dossiers they have.
    pub async fn enter(address: &str, logins: &Logins, units: &[String]) -> anyhow::Result<Self> {
        let mut heads = Vec::new();
        for unit in units.iter().step_by(units.len().div_ceil(HEADS)) {
            let mut browser = logins.browser(address, &format!("truongphong.{unit}")).await?;
            let codes = codes(&browser.get(&Page::Work.path("")).await?.page);
            if !codes.is_empty() {
                heads.push(Head { browser, codes });
            }
        }
        anyhow::ensure!(!heads.is_empty(), "no unit has work");
        Ok(Self { heads, seen: Default::default() })
    }

    async fn ask(&mut self, round: usize, page: Page) -> anyhow::Result<()> {
        let heads = self.heads.len();
        let Head { browser, codes } = &mut self.heads[round % heads];
        let turn = round / heads;
        let path = page.path(&codes[turn % codes.len()]);
        let begun = Instant::now();
        let answer = browser.get(&path).await?;
        let took = begun.elapsed();
        anyhow::ensure!(answer.status.is_success(), "{path} was answered {}", answer.status);
        // A dossier that its head opened before is not recorded again.
        if page == Page::NewDossier && codes.len() <= turn {
            return Ok(());
        }
        let seen = &mut self.seen[page as usize];
        seen.times.push(took);
        seen.rows += answer.page.matches("data-row-link").count();
        Ok(())
    }
}

/// Asks for every kind of page and prints a row for each; `beside` is the office the other is compared with.
pub async fn measure(mut office: Office, mut beside: Option<Office>) -> anyhow::Result<()> {
    for round in 0..ROUNDS {
        for page in Page::ALL {
            office.ask(round, page).await?;
            if let Some(other) = &mut beside {
                other.ask(round, page).await?;
            }
        }
    }
    println!("\n| Page | rows | p50 | p95 | p99 | rows beside | p50 beside | ratio |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    let mut others = beside.map(|other| other.seen.into_iter());
    for (page, asked) in Page::ALL.into_iter().zip(office.seen) {
        let (rows, seen) = asked.told()?;
        let other = others.as_mut().and_then(Iterator::next).map(Asked::told).transpose()?;
        let compared = other.map_or_else(
            || "– | – | –".to_owned(),
            |(rows, other)| {
                let ratio = seen.p50.as_secs_f64() / other.p50.as_secs_f64();
                format!("{rows} | {:.1?} | {ratio:.2}", other.p50)
            },
        );
        println!(
            "| {} | {rows} | {:.1?} | {:.1?} | {:.1?} | {compared} |",
            page.name(),
            seen.p50,
            seen.p95,
            seen.p99
        );
    }
    Ok(())
}

/// The codes of the dossiers on a list.
fn codes(page: &str) -> Vec<String> {
    let rows = page.split("data-row-link href=\"/can-bo/ho-so/").skip(1);
    rows.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}
