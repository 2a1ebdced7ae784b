//! Every act of an officer through the form that the page of the dossier offers for it, in a table over all kinds: a
//! new kind needs a line here before this compiles.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use jiff::SignedDuration;
use motcua::dossier::steps;
use motcua_domain::access::Role;
use motcua_domain::calendar::Limit;
use motcua_domain::dossier::{ActionKind, CopyKind, Dossier, Filing, PaperSource, Status, Verdict};
use motcua_domain::procedure::{ElectronicProcess, ProcessStep, StepAgency, StepKind};

use crate::acts::scene::{People, Scene, WEST, bring, filing_of, step, way};
use crate::desk::{act, at, shown};
use crate::dossier::{citizen, code};
use crate::given::province::EAST;
use crate::given::{Office, on_each_engine};
use crate::portal::files;

pub mod scene;

/// Stands for the id of the specialist, which is known only once the account is made.
const SPECIALIST: &str = "the specialist";
/// Stands for a text longer than any rule allows.
const ENDLESS: &str = "an endless text";
/// Stands for the opinion that was asked for.
const OPINION: &str = "the opinion";

/// One kind of act: who does it when, what the form asks, what is wrong once, what comes of it.
struct Trial {
    scene: Scene,
    role: Role,
    unit: &'static str,
    /// The step it is about.
    target: &'static str,
    good: &'static [(&'static str, &'static str)],
    /// Whether the form has a field for a file, and whether the good form brings one.
    file: Option<bool>,
    /// What is typed otherwise, and the field where that is said.
    bad: &'static [(&'static str, &'static str)],
    wrong: &'static str,
    done: fn(&Dossier) -> bool,
}

impl Trial {
    fn new(scene: Scene, role: Role, good: &'static [(&'static str, &'static str)]) -> Self {
        let done = |_: &Dossier| false;
        Self { scene, role, unit: EAST, target: "", good, file: None, bad: &[], wrong: "", done }
    }

    fn on(self, target: &'static str) -> Self {
        Self { target, ..self }
    }

    fn of(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    fn file(self, is_sent: bool) -> Self {
        Self { file: Some(is_sent), ..self }
    }

    fn bad(self, wrong: &'static str, bad: &'static [(&'static str, &'static str)]) -> Self {
        Self { bad, wrong, ..self }
    }

    fn done(self, done: fn(&Dossier) -> bool) -> Self {
        Self { done, ..self }
    }
}

/// The trial of a kind; none for what is not done by a form of the dossier's page.
#[expect(clippy::too_many_lines, reason = "one arm for each kind, so that a new one must be thought about")]
fn trial(kind: ActionKind) -> Option<Trial> {
    use Scene::{
        Accepted, Approved, Asked, AwaitingPayment, AwaitingSupplement, Examined, Held, Offered, Paused,
        Proposed, Registered, Settled, Undispatched,
    };
    Some(match kind {
        // Filing makes the dossier, and reading is opening its page.
        ActionKind::File | ActionKind::Read => return None,
        ActionKind::Accept => {
            Trial::new(Undispatched, Role::Reception, &[("unit", EAST), ("note", "Đủ giấy tờ")])
                .bad("unit", &[("unit", "không có"), ("note", "Đủ giấy tờ")])
                .done(|dossier| {
                    let unit = dossier.progress.competent_unit.as_ref();
                    dossier.status() == Status::Accepted && unit.is_some_and(|unit| unit.as_str() == EAST)
                })
        }
        ActionKind::Refuse => Trial::new(
            Registered,
            Role::Reception,
            &[("reason", "Không thuộc thẩm quyền"), ("legal_base", "Điều 13 Luật Hộ tịch")],
        )
        .bad("reason", &[("reason", " "), ("legal_base", "Điều 13 Luật Hộ tịch")])
        .done(|dossier| dossier.status() == Status::Refused),
        ActionKind::RequestSupplement => Trial::new(
            Examined,
            Role::UnitHead,
            &[
                ("wanted-chung-sinh", "Bản chụp rõ bốn góc"),
                ("wanted", ""),
                ("reason", "Giấy chứng sinh mờ"),
                ("legal_base", "Điều 16 Luật Hộ tịch"),
                ("day", "06/03/2026"),
            ],
        )
        .bad(
            "day",
            &[
                ("wanted-chung-sinh", "Bản chụp rõ bốn góc"),
                ("reason", "Giấy chứng sinh mờ"),
                ("legal_base", "Điều 16 Luật Hộ tịch"),
                ("day", "31/02/2026"),
            ],
        )
        .done(|dossier| dossier.status() == Status::AwaitingSupplement),
        ActionKind::AnswerSupplement => Trial::new(
            AwaitingSupplement,
            Role::Reception,
            &[("received-chung-sinh", "original"), ("note", "Mang bản chính đến quầy")],
        )
        .bad("received-chung-sinh", &[("received-chung-sinh", ""), ("note", "Mang bản chính đến quầy")])
        .done(|dossier| {
            let brought = dossier.papers().last().unwrap();
            dossier.status() == Status::InProcess
                && (brought.copy, brought.source) == (CopyKind::Original, PaperSource::OnPaper)
        }),
        ActionKind::Dispatch => {
            Trial::new(Undispatched, Role::Dispatcher, &[("unit", WEST), ("note", "Nơi cư trú của mẹ")])
                .bad("unit", &[("unit", ""), ("note", "Nơi cư trú của mẹ")])
                .done(|dossier| {
                    dossier.progress.competent_unit.as_ref().is_some_and(|unit| unit.as_str() == WEST)
                })
        }
        ActionKind::Withdraw => {
            Trial::new(Registered, Role::Reception, &[("reason", "Người nộp xin rút tại quầy")])
                .bad("reason", &[("reason", ENDLESS)])
                .done(|dossier| dossier.status() == Status::Withdrawn)
        }
        ActionKind::AddPaper => Trial::new(
            Registered,
            Role::Reception,
            &[("title", "Văn bản ủy quyền"), ("component", ""), ("copy", "copy")],
        )
        .file(true)
        .bad("file", &[("title", "Văn bản ủy quyền"), ("copy", "copy")])
        .done(|dossier| dossier.papers().any(|paper| paper.title == "Văn bản ủy quyền")),
        ActionKind::SendMessage => {
            Trial::new(Registered, Role::Reception, &[("text", "Mang theo bản chính khi đến.")])
                .bad("text", &[("text", " ")])
                .done(|dossier| dossier.progress.messages.len() == 1)
        }
        ActionKind::RequestPayment => Trial::new(
            Examined,
            Role::FeeCollector,
            &[
                ("name", "Lệ phí hộ tịch"),
                ("amount", "8.000"),
                ("legal_base", "Luật Phí và lệ phí"),
                ("day", "06/03/2026"),
            ],
        )
        .bad(
            "amount",
            &[
                ("name", "Lệ phí hộ tịch"),
                ("amount", "tám nghìn"),
                ("legal_base", "Luật Phí và lệ phí"),
                ("day", "06/03/2026"),
            ],
        )
        .done(|dossier| dossier.status() == Status::AwaitingPayment),
        ActionKind::ConfirmPayment => {
            Trial::new(AwaitingPayment, Role::FeeCollector, &[("amount", "8000"), ("receipt", "BL 0000123")])
                .bad("amount", &[("amount", "7000"), ("receipt", "BL 0000123")])
                .done(|dossier| {
                    dossier.status() == Status::InProcess && dossier.progress.payments[0].paid_at.is_some()
                })
        }
        ActionKind::Pause => Trial::new(
            Examined,
            Role::UnitHead,
            &[("reason", "Chờ bản án"), ("legal_base", "Điều 5 Luật Hộ tịch"), ("day", "06/03/2026")],
        )
        .bad("day", &[("reason", "Chờ bản án"), ("legal_base", "Điều 5 Luật Hộ tịch"), ("day", "06/03/2020")])
        .done(|dossier| dossier.open_pause().is_some()),
        ActionKind::Resume => Trial::new(Paused, Role::UnitHead, &[("note", "Đã có bản án")])
            .bad("note", &[("note", ENDLESS)])
            .done(|dossier| dossier.open_pause().is_none() && dossier.progress.pauses.len() == 1),
        ActionKind::AskOpinion => Trial::new(
            Examined,
            Role::UnitHead,
            &[("unit", WEST), ("question", "Cha mẹ có cư trú ở đây không?"), ("day", "06/03/2026")],
        )
        .bad("unit", &[("unit", EAST), ("question", "Cha mẹ có cư trú ở đây không?"), ("day", "06/03/2026")])
        .done(|dossier| dossier.progress.opinions.len() == 1),
        ActionKind::AnswerOpinion => {
            Trial::new(Asked, Role::UnitHead, &[("agrees", "no"), ("text", "Không cư trú tại phường")])
                .of(WEST)
                .on(OPINION)
                .bad("agrees", &[("agrees", ""), ("text", "Không cư trú tại phường")])
                .done(|dossier| {
                    let answer = dossier.progress.opinions[0].answer.as_ref();
                    answer.is_some_and(|answer| !answer.agrees)
                })
        }
        ActionKind::Extend => {
            Trial::new(Examined, Role::SigningLeader, &[("day", "16/03/2026"), ("reason", "Chờ xác minh")])
                .bad("day", &[("day", "15/03/2026"), ("reason", "Chờ xác minh")])
                .done(|dossier| dossier.progress.extensions.len() == 1)
        }
        ActionKind::Stop => Trial::new(
            Examined,
            Role::UnitHead,
            &[
                ("reason", "Người nộp đã mất"),
                ("legal_base", "Điều 5 Luật Hộ tịch"),
                ("fee_settlement", "Hoàn lệ phí"),
            ],
        )
        .bad(
            "fee_settlement",
            &[("reason", "Người nộp đã mất"), ("legal_base", "Điều 5 Luật Hộ tịch"), ("fee_settlement", "")],
        )
        .done(|dossier| dossier.status() == Status::Stopped),
        ActionKind::Forward => Trial::new(Accepted, Role::Reception, &[("note", "Đã kiểm tra")])
            .on("receive")
            .bad("note", &[("note", ENDLESS)])
            .done(|dossier| dossier.task(&step("assign")).unwrap().is_offered()),
        ActionKind::TakeOver => Trial::new(Offered, Role::UnitHead, &[("note", "Thiếu bản sao")])
            .on("assign")
            .bad("note", &[("note", ENDLESS)])
            .done(|dossier| dossier.status() == Status::InProcess),
        ActionKind::SendBack => {
            Trial::new(Proposed, Role::UnitHead, &[("to", "examine"), ("reason", "Chưa nêu căn cứ từ chối")])
                .on("approve")
                .bad("to", &[("to", ""), ("reason", "Chưa nêu căn cứ từ chối")])
                .done(|dossier| dossier.task(&step("examine")).unwrap().is_active())
        }
        ActionKind::Assign => Trial::new(Held, Role::UnitHead, &[("officer", SPECIALIST)])
            .on("assign")
            .bad("officer", &[("officer", "")])
            .done(|dossier| {
                let officer = dossier.task(&step("examine")).unwrap().officer();
                officer.is_some_and(|(_, name)| name == "Lê Văn Chuyên")
            }),
        ActionKind::Propose => Trial::new(
            Examined,
            Role::Specialist,
            &[("verdict", "reject"), ("text", "Cha mẹ cư trú nơi khác")],
        )
        .on("examine")
        .file(false)
        .bad("verdict", &[("verdict", ""), ("text", "Cha mẹ cư trú nơi khác")])
        .done(|dossier| dossier.progress.proposals[0].verdict == Verdict::Reject),
        ActionKind::Approve => Trial::new(Proposed, Role::UnitHead, &[("note", "Đồng ý")])
            .on("approve")
            .bad("note", &[("note", ENDLESS)])
            .done(|dossier| dossier.task(&step("sign")).unwrap().is_active()),
        ActionKind::Settle => Trial::new(
            Approved,
            Role::SigningLeader,
            &[("verdict", "grant"), ("title", "Giấy khai sinh số 12/2026")],
        )
        .on("sign")
        .file(true)
        .bad("file", &[("verdict", "grant"), ("title", "Giấy khai sinh số 12/2026")])
        .done(|dossier| dossier.status() == Status::Settled),
        ActionKind::Return => Trial::new(
            Settled,
            Role::ResultReturner,
            &[("to", "Nguyễn Văn Em"), ("note", "Có giấy ủy quyền")],
        )
        .bad("to", &[("to", " "), ("note", "Có giấy ủy quyền")])
        .done(|dossier| dossier.status() == Status::Returned),
    })
}

/// The form that the page offers for an act on a target.
fn form_of<'a>(page: &'a str, kind: &str, target: &str) -> Option<&'a str> {
    let address = format!("/viec/{kind}\"");
    let about = format!("name=\"target\" value=\"{target}\"");
    let forms = page.split("<form ").skip(1).map(|rest| rest.split("</form>").next().unwrap());
    forms.into_iter().find(|form| form.contains(&address) && form.contains(&about))
}

/// What stands between `before` and the next quotation mark, each time.
fn quoted<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
    text.split(before).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

/// What is sent: the fields of the page, with what a person typed into them.
fn typed(form: &str, fields: &[(&str, &str)], people: &People) -> Vec<(String, String)> {
    let specialist = people.find(Role::Specialist, EAST).id.to_string();
    let mut sent = Vec::new();
    for name in quoted(form, " name=\"") {
        let value = match name {
            "version" | "target" => quoted(form, &format!("name=\"{name}\" value=\""))[0].to_owned(),
            "csrf" | "file" => continue,
            _ => match fields.iter().find(|(known, _)| *known == name).map(|(_, value)| *value) {
                Some(SPECIALIST) => specialist.clone(),
                Some(ENDLESS) => "Rất dài. ".repeat(1_000),
                value => value.unwrap_or_default().to_owned(),
            },
        };
        sent.push((name.to_owned(), value));
    }
    sent
}

fn pairs(sent: &[(String, String)]) -> Vec<(&str, &str)> {
    sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// One kind: offered with its fields, refused at the field that is wrong, done.
async fn try_out(office: &mut Office, people: &People, kind: ActionKind, trial: &Trial) {
    let name = kind.name();
    let dossier = bring(office, people, trial.scene, name).await;
    let before = shown(office, &dossier).await;
    let opinion = before.progress.opinions.first().map(|opinion| opinion.id.to_string());
    let target = if trial.target == OPINION { opinion.unwrap() } else { trial.target.to_owned() };
    office.switch(people.find(trial.role, trial.unit));
    let page = office.get(&at(&dossier)).await.text();
    let form = form_of(&page, name, &target).unwrap_or_else(|| panic!("{name} is not offered: {page}"));
    let offered: BTreeSet<&str> = quoted(form, " name=\"").into_iter().collect();
    let asked = trial.good.iter().map(|(field, _)| *field).chain(trial.file.map(|_| "file"));
    let expected: BTreeSet<&str> = asked.chain(["csrf", "version", "target"]).collect();
    assert_eq!(offered, expected, "{name}");

    let bad = typed(form, trial.bad, people);
    let refused = act(office, &dossier, name, &pairs(&bad), None).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
    let text = refused.text();
    let again = form_of(&text, name, &target).unwrap_or_else(|| panic!("{name} is not shown again: {text}"));
    let field = format!("{name}-{target}-{}", trial.wrong);
    assert!(again.contains(&format!("id=\"{field}-error\"")), "{name}: nothing is said at {field}: {again}");
    let is_select = |field: &str| {
        again.contains(&format!("<select class=\"govuk-select\" id=\"{name}-{target}-{field}\""))
    };
    for (field, value) in bad.iter().filter(|(field, value)| !value.trim().is_empty() && !is_select(field)) {
        assert!(again.contains(value.trim()), "{name}: {field} was typed and is lost: {again}");
    }
    let after = shown(office, &dossier).await;
    assert_eq!(after.progress.version, before.progress.version, "{name}: nothing happened");

    let good = typed(again, trial.good, people);
    let pdf = files::pdf();
    let file = trial.file.filter(|is_sent| *is_sent).map(|_| ("van-ban.pdf", pdf.as_slice()));
    let done = act(office, &dossier, name, &pairs(&good), file).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{name}: {}", done.text());
    let after = shown(office, &dossier).await;
    assert!((trial.done)(&after), "{name}: {:?}", after.progress);
    let told = office.get(&done.location.unwrap()).await;
    assert!(told.text().contains("Đã ghi nhận."), "{name}");
}

#[test]
fn every_act_is_offered_refused_at_its_field_and_done_through_its_form() {
    on_each_engine(async |mut office| {
        office.province().await;
        let people = People::hire(&mut office).await;
        let mut tried = 0;
        for kind in ActionKind::ALL {
            if let Some(trial) = trial(kind) {
                try_out(&mut office, &people, kind, &trial).await;
                tried += 1;
            }
        }
        assert_eq!(tried, 24);
        motcua::dossier::verify::verify(&office.app).await.expect("every journal is whole");
    });
}

/// The commune examines and leads while another one gives its opinion beside it.
fn side_by_side() -> Filing {
    let mut process = ElectronicProcess::default_process();
    for known in &mut process.steps {
        match known.kind {
            StepKind::Examine => (known.lead, known.limit) = (true, Some(Limit::WorkingDays(1))),
            StepKind::Approve => known.after.push(step("opinion")),
            StepKind::Receive | StepKind::Assign | StepKind::Opinion | StepKind::Sign | StepKind::Return => {}
        }
    }
    let opinion = ProcessStep {
        key: step("opinion"),
        name: None,
        kind: StepKind::Opinion,
        agency: StepAgency::Unit(code(WEST)),
        role: Role::UnitHead,
        limit: Some(Limit::WorkingDays(1)),
        after: vec![step("assign")],
        lead: false,
    };
    process.steps.insert(3, opinion);
    Filing { process, ..filing_of(Scene::Registered) }
}

/// The lines of the table that tells who held the dossier, each as step, unit and the rest.
fn hops(page: &str) -> Vec<&str> {
    let (_, table) = page.split_once("Quá trình giao nhận").expect("who held it");
    let table = table.split("</table>").next().unwrap();
    table.split("<tr>").skip(2).collect()
}

/// Posts the form of the page for a step, as whoever is signed in.
async fn press(office: &mut Office, dossier: &str, kind: &str, target: &str, fields: &[(&str, &str)]) {
    let page = office.get(&at(dossier)).await.text();
    let form = form_of(&page, kind, target).unwrap_or_else(|| panic!("{kind} is not offered: {page}"));
    let version = quoted(form, "name=\"version\" value=\"")[0];
    let sent = [&[("version", version), ("target", target)], fields].concat();
    let done = act(office, dossier, kind, &sent, None).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{kind}: {}", done.text());
}

#[test]
fn of_two_agencies_side_by_side_the_late_one_is_named_and_the_lead_waits_for_it() {
    on_each_engine(async |mut office| {
        office.province().await;
        let people = People::hire(&mut office).await;
        let filed = steps::file(&office.app, &citizen(1), side_by_side(), "press").await.unwrap();
        let dossier = filed.dossier.code.to_string();
        for (role, action) in way(&office, &people).await.into_iter().take(4) {
            let actor = people.actor(role, EAST);
            steps::take(&office.app, &actor, &filed.dossier.code, None, action).await.unwrap();
        }
        office.switch(people.find(Role::UnitHead, WEST));
        press(&mut office, &dossier, "take_over", "opinion", &[("note", "")]).await;
        office.wait(SignedDuration::from_hours(2));
        office.sign_in(people.find(Role::Specialist, EAST).clone()).await;
        let fields = [("verdict", "grant"), ("text", "Đủ điều kiện")];
        press(&mut office, &dossier, "propose", "examine", &fields).await;
        let proposed = shown(&office, &dossier).await;
        assert!(!proposed.task(&step("approve")).unwrap().is_active(), "the lead waits for the other");

        // Three days later the other commune answers: two days too late.
        office.wait(SignedDuration::from_hours(24 * 3));
        office.sign_in(people.find(Role::UnitHead, WEST).clone()).await;
        press(&mut office, &dossier, "forward", "opinion", &[("note", "Không có ý kiến khác")]).await;
        office.sign_in(people.find(Role::UnitHead, EAST).clone()).await;
        press(&mut office, &dossier, "take_over", "approve", &[("note", "")]).await;
        let page = office.get(&at(&dossier)).await.text();
        let hop = |unit: &str, step: &str| -> &str {
            let of = |line: &&str| line.contains(unit) && line.contains(&format!(">{step}</td>"));
            hops(&page).into_iter().find(of).unwrap_or_else(|| panic!("{step} of {unit}: {page}"))
        };
        let late = hop("UBND phường Tây", "Cho ý kiến");
        assert!(late.contains("Quá hạn") && late.contains("Mai Văn Tây"), "{late}");
        for step in ["Tiếp nhận", "Phân công", "Thẩm định", "Duyệt"] {
            let line = hop("UBND xã Đông", step);
            assert!(!line.contains("Quá hạn"), "the lead is late with nothing of its own: {line}");
        }
    });
}
