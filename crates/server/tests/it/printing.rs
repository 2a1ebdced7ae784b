//! Numbered forms of a dossier: printed once from the journal, the same bytes ever after, for those who may see it.

use std::io::Write as _;
use std::process::{Command, Stdio};

use jiff::SignedDuration;
use motcua::dossier::forms::{PrintError, pdf, register};
use motcua::dossier::verify::verify;
use motcua::dossier::{proof, steps, store};
use motcua_domain::access::Role;
use motcua_domain::dossier::Action;
use motcua_domain::form::FormKind;

use crate::dossier::{accept, citizen, code, file, officer, open_province};
use crate::given::{Office, on_each_engine};

/// What poppler reads on the pages; none, with a line that says so, where poppler is missing.
pub fn text_of(pdf: &[u8]) -> Option<String> {
    let child = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        assert!(std::env::var("CI").is_err(), "pdftotext is missing");
        println!("left out: pdftotext is missing");
        return None;
    };
    child.stdin.take().unwrap().write_all(pdf).unwrap();
    let text = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn desk() -> motcua_domain::access::Actor {
    officer(11, Role::Reception, "H99.101")
}

/// A dossier that was accepted; answers its code and the entry of its receipt.
async fn accepted(office: &Office) -> (motcua_domain::dossier::DossierCode, u64) {
    let code = file(office, "press").await.dossier.code;
    office.app.clock.advance(SignedDuration::from_mins(5));
    let taken = steps::take(&office.app, &desk(), &code, None, accept()).await.unwrap();
    (code, taken.dossier.progress.forms[0].entry)
}

#[test]
fn a_form_is_printed_once_and_stays_what_it_was() {
    on_each_engine(async |office| {
        open_province(&office);
        let (dossier, entry) = accepted(&office).await;
        let first = pdf(&office.app, &dossier, entry).await.unwrap();
        // What happens later is not on it, and does not print it anew.
        office.app.clock.advance(SignedDuration::from_hours(30));
        proof::seal_until(&office.app, office.app.clock.now()).await.unwrap();
        office.app.clock.advance(SignedDuration::from_mins(5));
        let withdraw = Action::Withdraw { reason: "Nộp nhầm nơi".to_owned() };
        steps::take(&office.app, &citizen(1), &dossier, None, withdraw).await.unwrap();
        let second = pdf(&office.app, &dossier, entry).await.unwrap();
        assert_eq!(first.bytes, second.bytes);
        assert!(first.kept.is_some());
        assert_eq!(first.kept, second.kept);
        assert_eq!(first.name, format!("{dossier}-receipt-1.pdf"));
        let checked = verify(&office.app).await.expect("a printed form is as the journal says");
        assert_eq!(checked.files, 1);
        let Some(text) = text_of(&first.bytes) else { return };
        for said in [dossier.as_str(), "Nguyễn Thị Đào", "001190000007", "Cán bộ 11", "05 ngày làm việc"]
        {
            assert!(text.contains(said), "the receipt lacks {said}: {text}");
        }
        assert!(!text.contains("Nộp nhầm nơi"));
    });
}

#[test]
fn the_notice_of_a_withdrawal_says_when_and_why() {
    on_each_engine(async |office| {
        open_province(&office);
        let (dossier, _) = accepted(&office).await;
        let withdraw = Action::Withdraw { reason: "Nộp nhầm nơi".to_owned() };
        let taken = steps::take(&office.app, &citizen(1), &dossier, None, withdraw).await.unwrap();
        let notice = taken.dossier.progress.forms.last().unwrap();
        assert_eq!(notice.kind, FormKind::StopNotice);
        let printed = pdf(&office.app, &dossier, notice.entry).await.unwrap();
        let Some(text) = text_of(&printed.bytes) else { return };
        assert!(text.contains("Nộp nhầm nơi") && text.contains(dossier.as_str()), "{text}");
        assert_eq!(
            text.matches("Nguyễn Thị Đào").count(),
            1,
            "the applicant does not sign for the office: {text}"
        );
        assert!(!text.contains("được hoàn"), "nothing was paid: {text}");
    });
}

#[test]
fn the_apology_names_the_field_by_its_name() {
    on_each_engine(async |office| {
        motcua::demo::fill::fill(&office.app, 32).await.unwrap();
        let rows = office.app.store.read_sync(|tx| store::rows_after(tx, "", 100)).unwrap();
        let codes = rows.iter().map(|row| row.code.parse().unwrap());
        let loaded = codes.map(|code| office.app.store.read_sync(|tx| steps::load(tx, &office.app, &code)));
        let apologised = loaded.map(|loaded| loaded.unwrap().unwrap().dossier).find_map(|dossier| {
            let form = dossier.progress.forms.iter().find(|form| form.kind == FormKind::Apology)?;
            Some((dossier.code.clone(), form.entry, dossier.filing))
        });
        let (code, entry, filing) = apologised.expect("the demonstration apologises");
        let version = office.app.catalogue.version(&office.app, &filing.procedure, filing.procedure_version);
        let version = version.await.unwrap().unwrap();
        assert_eq!(filing.field, version.field_key());
        let field = version.fields[0].clone();
        let Some(text) = text_of(&pdf(&office.app, &code, entry).await.unwrap().bytes) else { return };
        assert!(text.contains(&format!("lĩnh vực: {}", field.name)), "{text}");
    });
}

#[test]
fn the_control_slip_grows_until_the_dossier_is_closed() {
    on_each_engine(async |office| {
        open_province(&office);
        let (dossier, _) = accepted(&office).await;
        let step = office_step(&office, &dossier).await;
        let forward = Action::Forward { step, note: "kèm 01 bộ hồ sơ giấy".to_owned() };
        let taken = steps::take(&office.app, &desk(), &dossier, None, forward).await.unwrap();
        let slip =
            taken.dossier.progress.forms.iter().find(|form| form.kind == FormKind::ControlSlip).unwrap();
        let printed = pdf(&office.app, &dossier, slip.entry).await.unwrap();
        assert!(printed.kept.is_none(), "a hand-over may follow");
        if let Some(text) = text_of(&printed.bytes) {
            assert!(text.contains("kèm 01 bộ hồ sơ giấy"), "{text}");
        }
        let withdraw = Action::Withdraw { reason: "Nộp nhầm nơi".to_owned() };
        steps::take(&office.app, &citizen(1), &dossier, None, withdraw).await.unwrap();
        assert!(pdf(&office.app, &dossier, slip.entry).await.unwrap().kept.is_some());
    });
}

async fn office_step(
    office: &Office,
    dossier: &motcua_domain::dossier::DossierCode,
) -> motcua_domain::procedure::StepKey {
    let loaded = steps::open(&office.app, &citizen(1), dossier).await.unwrap();
    loaded.dossier.active_tasks().next().expect("the desk holds it").step.clone()
}

#[test]
fn what_is_no_form_is_not_printed() {
    on_each_engine(async |mut office| {
        open_province(&office);
        let (dossier, entry) = accepted(&office).await;
        for entry in [0, 1, entry + 1, u64::MAX] {
            assert!(matches!(pdf(&office.app, &dossier, entry).await, Err(PrintError::NotFound)), "{entry}");
        }
        for path in [
            format!("/ho-so/{dossier}/bieu-mau/{entry}"),
            format!("/can-bo/ho-so/{dossier}/bieu-mau/{entry}"),
            "/can-bo/so-theo-doi?unit=H99.101".to_owned(),
        ] {
            assert_eq!(office.get(&path).await.status, 303, "{path} is not for everybody");
        }
    });
}

#[test]
fn the_register_lists_what_the_desk_accepted_and_the_applicant_sees_who_read_it() {
    on_each_engine(async |office| {
        open_province(&office);
        let (dossier, _) = accepted(&office).await;
        let waiting = file(&office, "another press").await.dossier.code;
        let printed = register::book(&office.app, &desk(), &code("H99.101"), 2026, 1).await.unwrap();
        let history = steps::history(&office.app, &dossier).await.unwrap();
        assert_eq!(history.last().unwrap().event.name(), "read");
        let last_year = register::book(&office.app, &desk(), &code("H99.101"), 2025, 1).await.unwrap();
        assert!(register::book(&office.app, &citizen(9), &code("H99.101"), 2026, 1).await.is_err());
        let (Some(now), Some(before)) = (text_of(&printed.bytes), text_of(&last_year.bytes)) else { return };
        let joined = now.replace(' ', "");
        assert!(joined.contains("0001") && joined.contains("NguyễnThị"), "{now}");
        assert!(now.contains("Quyển số 01/2026"), "{now}");
        assert!(!joined.contains(waiting.as_str()), "only what was accepted");
        assert!(before.contains("Sổ chưa có hồ sơ nào"), "{before}");
    });
}
