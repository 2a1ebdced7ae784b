//! The people of a simulated office, and a dossier's whole life at the counter.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

use crate::browser::{Browser, attribute, done, input, inputs};

/// What is handed in: a procedure of the demonstration that one unit settles by itself.
const PROCEDURE: &str = "2.000635";
/// The result of every dossier.
const RESULT: &[u8] =
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n";

/// Where the officers of a unit see what it has to do, and choose from it.
const CHOOSE: &str = "/can-bo/hang-loat?list=units&query=";
/// The act by which a paper comes to a dossier.
const ADD_PAPER: &str = "add_paper";

/// Digits in the last part of the code of a commune; that of a department has two.
const COMMUNE_DIGITS: usize = 3;
/// How the logins of officers begin.
const POSTS: [&str; 5] = ["motcua.", "chuyenvien", "truongphong.", "lanhdao.", "kiemtoan."];

/// The officers of one unit, each at a browser.
pub struct Desk {
    /// Takes in, hands over, gives back.
    pub reception: Browser,
    /// Examines.
    pub specialist: Browser,
    /// Assigns and approves.
    pub head: Browser,
    /// Signs.
    pub leader: Browser,
    specialist_id: String,
    /// The code of the unit, which settles what it takes in.
    unit: String,
    number: u64,
}

/// Logins of a simulated office with the ids they are signed in by.
pub struct Logins(BTreeMap<String, String>);

impl Logins {
    /// Reads them from the page that lists them.
    pub async fn read(address: &str) -> anyhow::Result<Self> {
        let page = Browser::new(address).get("/demo").await?;
        ensure!(
            page.status.is_success(),
            "the page of the people was answered {}: is it a simulation?",
            page.status
        );
        let mut logins = BTreeMap::new();
        for row in page.page.split("<tr").skip(1) {
            let strong = row.split("<strong>").skip(1).map(|rest| rest.split('<').next().unwrap_or_default());
            let login = strong.into_iter().find(|text| POSTS.iter().any(|post| text.starts_with(post)));
            // The id stands on the button, whose name comes before its value.
            let person =
                row.split_once("name=\"person\" value=\"").and_then(|(_, rest)| rest.split_once('"'));
            if let (Some(login), Some((person, _))) = (login, person) {
                logins.insert(login.to_owned(), person.to_owned());
            }
        }
        Ok(Self(logins))
    }

    /// Codes of the communes with a desk, in lower case: the procedure is one of theirs.
    pub fn communes(&self) -> Vec<String> {
        let desks = self.0.keys().filter_map(|login| login.strip_prefix("motcua."));
        let is_commune =
            |code: &&str| code.rsplit('.').next().is_some_and(|last| last.len() == COMMUNE_DIGITS);
        desks.filter(is_commune).map(str::to_owned).collect()
    }

    /// Somebody who sees every dossier.
    pub fn auditor(&self) -> Option<&str> {
        self.0.keys().map(String::as_str).find(|login| login.starts_with("kiemtoan."))
    }

    fn id(&self, login: &str) -> anyhow::Result<&str> {
        self.0.get(login).map(String::as_str).with_context(|| format!("nobody is called {login}"))
    }

    /// Somebody at a browser.
    pub async fn browser(&self, address: &str, login: &str) -> anyhow::Result<Browser> {
        let mut browser = Browser::new(address);
        browser.sign_in(self.id(login)?).await?;
        Ok(browser)
    }

    /// The officers of a unit. `number` tells the dossiers of one desk from those of another.
    pub async fn desk(&self, address: &str, unit: &str, number: u64) -> anyhow::Result<Desk> {
        Ok(Desk {
            reception: self.browser(address, &reception(unit)).await?,
            specialist: self.browser(address, &format!("chuyenvien1.{unit}")).await?,
            head: self.browser(address, &head(unit)).await?,
            leader: self.browser(address, &format!("lanhdao.{unit}")).await?,
            specialist_id: self.id(&format!("chuyenvien1.{unit}"))?.to_owned(),
            unit: unit.to_uppercase(),
            number,
        })
    }
}

/// Officers at their browsers, each signed in once, when first asked for. Units are given in lower case.
pub struct Signed<'a> {
    logins: &'a Logins,
    address: &'a str,
    browsers: HashMap<String, Browser>,
}

impl<'a> Signed<'a> {
    /// Nobody yet.
    pub fn new(logins: &'a Logins, address: &'a str) -> Self {
        Self { logins, address, browsers: HashMap::new() }
    }

    /// Who takes in at a unit.
    pub async fn reception_of(&mut self, unit: &str) -> anyhow::Result<&mut Browser> {
        self.browser(reception(unit)).await
    }

    /// Who heads a unit.
    pub async fn head_of(&mut self, unit: &str) -> anyhow::Result<&mut Browser> {
        self.browser(head(unit)).await
    }

    async fn browser(&mut self, login: String) -> anyhow::Result<&mut Browser> {
        Ok(match self.browsers.entry(login) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => {
                let browser = self.logins.browser(self.address, free.key()).await?;
                free.insert(browser)
            }
        })
    }
}

fn reception(unit: &str) -> String {
    format!("motcua.{unit}")
}

fn head(unit: &str) -> String {
    format!("truongphong.{unit}")
}

/// Who, what, on which step, with which fields.
type Act<'a> = (Who, &'a str, &'a str, &'a [(&'a str, &'a str)]);

/// Who does an act.
#[derive(Clone, Copy)]
enum Who {
    Reception,
    Specialist,
    Head,
    Leader,
}

impl Desk {
    /// Takes a dossier in at the counter and answers its code. Its applicant is written to at `email`.
    pub async fn take_in(&mut self, email: Option<&str>) -> anyhow::Result<String> {
        self.number += 1;
        let name = format!("Nguyễn Văn {}", in_letters(self.number));
        // No other run on the same data may have pressed the same button.
        let key = format!("load-{}-{}", std::process::id(), self.number);
        let first = [
            ("procedure", PROCEDURE),
            ("kind", "citizen"),
            ("name", &name),
            ("address", "Tổ 3"),
            ("channel", "counter"),
            ("email", email.unwrap_or_default()),
        ];
        let page = self.reception.post("/can-bo/tiep-nhan", &first).await?;
        let mut fields = inputs(&page.page);
        fields.retain(|(field, _)| !["csrf", "card", "q", "submit_key"].contains(&field.as_str()));
        fields.push(("submit_key".to_owned(), key));
        fields.push(("accept".to_owned(), "yes".to_owned()));
        fields.push(("unit".to_owned(), self.unit.clone()));
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = self.reception.post("/can-bo/tiep-nhan", &fields).await?;
        done("taking in", &answer)?;
        Ok(answer.location.rsplit('/').next().unwrap_or_default().to_owned())
    }

    /// Takes this many in, one after another.
    pub async fn take_in_many(&mut self, dossiers: usize) -> anyhow::Result<Vec<String>> {
        let mut codes = Vec::with_capacity(dossiers);
        for _ in 0..dossiers {
            codes.push(self.take_in(None).await?);
        }
        Ok(codes)
    }

    /// Brings a dossier from the counter to its return. `seen` hears how long each act took.
    pub async fn settle(&mut self, code: &str, mut seen: impl FnMut(Duration)) -> anyhow::Result<()> {
        use Who::{Head, Leader, Reception, Specialist};
        let officer = self.specialist_id.clone();
        let propose = [("verdict", "grant"), ("text", "Giải quyết theo đề nghị")];
        let settle = [("verdict", "grant"), ("title", "Bản sao trích lục")];
        let acts: [Act<'_>; 7] = [
            (Reception, "forward", "receive", &[]),
            (Head, "take_over", "assign", &[]),
            (Head, "assign", "assign", &[("officer", &officer)]),
            (Specialist, "propose", "examine", &propose),
            (Head, "approve", "approve", &[("note", "")]),
            (Leader, "settle", "sign", &settle),
            (Reception, "return", "return", &[("to", "Người nộp"), ("note", "")]),
        ];
        for (who, kind, step, fields) in acts {
            let browser = match who {
                Reception => &mut self.reception,
                Specialist => &mut self.specialist,
                Head => &mut self.head,
                Leader => &mut self.leader,
            };
            let path = act(code, kind);
            let all: Vec<_> = std::iter::once(("target", step)).chain(fields.iter().copied()).collect();
            let begun = Instant::now();
            let answer = browser.act(&path, &all, (kind == "settle").then_some(RESULT)).await?;
            done(kind, &answer)?;
            seen(begun.elapsed());
        }
        Ok(())
    }

    /// One durable step: a message of the desk on a dossier.
    pub async fn message(&mut self, code: &str, text: &str) -> anyhow::Result<()> {
        let fields = [("target", ""), ("text", text)];
        let answer = self.reception.act(&act(code, "send_message"), &fields, None).await?;
        done("a message", &answer)
    }

    /// Begins a paper of a dossier that comes in pieces, and answers where they go.
    pub async fn begin_paper(&mut self, code: &str, name: &str, size: usize) -> anyhow::Result<String> {
        let page = self.reception.get(&dossier(code)).await?;
        let mut slots = page.page.split('<').filter(|tag| tag.contains(" data-draft="));
        let is_ours = |tag: &&str| {
            attribute(tag, "data-component").is_some_and(|component| component.starts_with(ADD_PAPER))
        };
        let slot = slots.find(is_ours).with_context(|| format!("no paper can be added to {code}"))?;
        let of = |attribute_name: &str| attribute(slot, attribute_name).unwrap_or_default();
        let (draft, component) = (of("data-draft"), of("data-component"));
        let about = [("filename", name), ("draft", &draft), ("about", code), ("component", &component)];
        self.reception.begin_file(&about, size).await
    }

    /// Adds the paper whose file has come.
    pub async fn add_paper(&mut self, code: &str, title: &str) -> anyhow::Result<()> {
        let fields = [("target", ""), ("title", title), ("copy", "copy")];
        let answer = self.reception.act(&act(code, ADD_PAPER), &fields, None).await?;
        done("a paper", &answer)
    }

    /// Hands dossiers over in one run, and answers where it is once it is confirmed. Workers do it.
    pub async fn hand_over(&mut self, codes: &[String]) -> anyhow::Result<String> {
        let run = self.foresee_run("forward", codes, &[]).await?;
        self.confirm_run(&run).await?;
        Ok(run)
    }

    /// Has an act foreseen on dossiers that lie at the counter, and answers where the run is.
    pub async fn foresee_run(
        &mut self,
        act: &str,
        codes: &[String],
        fields: &[(&str, &str)],
    ) -> anyhow::Result<String> {
        let rows: Vec<String> = codes.iter().map(|code| format!("{code}~receive")).collect();
        let mut chosen: Vec<(&str, &str)> = rows.iter().map(|row| ("row", row.as_str())).collect();
        chosen.push(("act", act));
        let answer = self.reception.post(CHOOSE, &chosen).await?;
        done("choosing for a run", &answer)?;
        let run = answer.location;
        done("foreseeing a run", &self.reception.post(&format!("{run}/xem-truoc"), fields).await?)?;
        Ok(run)
    }

    /// Confirms a run as it was foreseen.
    pub async fn confirm_run(&mut self, run: &str) -> anyhow::Result<()> {
        let preview = self.reception.get(run).await?;
        let foreseen = input(&preview.page, "foreseen").context("nothing of a run can be done")?;
        let fields = [("foreseen", foreseen.as_str())];
        let answer = self.reception.post(&format!("{run}/thuc-hien"), &fields).await?;
        done("confirming a run", &answer)?;
        ensure!(answer.location == run, "a run was to be foreseen anew: {}", answer.location);
        Ok(())
    }
}

/// The unit that gave a code, in lower case.
pub fn unit_of(code: &str) -> anyhow::Result<String> {
    let unit = code.rsplit_once('-').and_then(|(rest, _)| rest.rsplit_once('-')).map(|(unit, _)| unit);
    Ok(unit.with_context(|| format!("{code} is a code without its unit"))?.to_lowercase())
}

/// Where a dossier is.
pub fn dossier(code: &str) -> String {
    format!("/can-bo/ho-so/{code}")
}

fn act(code: &str, kind: &str) -> String {
    format!("{}/viec/{kind}", dossier(code))
}

/// A number as a name may be: names have no digits.
fn in_letters(mut number: u64) -> String {
    let mut letters = String::from("S");
    while number != 0 {
        letters.push(char::from(b'a' + u8::try_from(number % 26).unwrap_or(0)));
        number /= 26;
    }
    letters
}
