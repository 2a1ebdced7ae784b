//! One paper of each of many dossiers in one file: foreseen, printed with the same trace as one alone, given to its maker.

use axum::http::StatusCode;
use jiff::SignedDuration;
use lopdf::Document;
use motcua::desk::bulk::work::work;
use motcua::desk::export::kept;
use motcua::dossier::forms;
use motcua_domain::access::Role;
use motcua_domain::dossier::Action;
use motcua_domain::form::FormKind;
use motcua_domain::ids::MessageId;

use super::*;
use crate::printing::text_of;

/// Where the file of a run is, as its page says.
fn link(page: &str) -> Option<String> {
    let rest = page.split("href=\"/can-bo/tep-tai-ve/").nth(1)?;
    Some(format!("/can-bo/tep-tai-ve/{}", rest.split('"').next()?))
}

/// Has these papers printed and answers the report.
async fn print(office: &mut Office, rows: &[String], fields: &[(&str, &str)]) -> (String, String) {
    let run = chosen(office, "print", rows).await;
    let preview = foreseen(office, &run, fields).await;
    confirm(office, &run, &preview).await;
    let report = worked(office, &run).await;
    (run, report)
}

/// The paper of a dossier by itself.
async fn alone(office: &Office, dossier: &str, kind: FormKind) -> Vec<u8> {
    let shown = shown(office, dossier).await;
    let entry = shown.progress.forms.iter().find(|form| form.kind == kind).expect("a paper").entry;
    forms::pdf(&office.app, &dossier.parse().unwrap(), entry).await.unwrap().bytes.to_vec()
}

fn pages(pdf: &[u8]) -> Vec<Vec<u8>> {
    let paper = Document::load_mem(pdf).unwrap();
    paper.page_iter().map(|page| paper.get_page_content(page)).collect()
}

#[test]
fn the_papers_of_many_come_in_one_file_with_the_trace_of_each() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let people = people(office).await;
        let first = bring(office, &people, Scene::Accepted, "1").await;
        let second = bring(office, &people, Scene::Examined, "2").await;
        let none = bring(office, &people, Scene::Registered, "3").await;
        office.switch(people.find(Role::Reception, EAST));
        assert!(office.get("/can-bo/don-vi").await.text().contains("<option value=\"print\">In giấy tờ"));
        let rows = [row(&second, "examine"), row(&none, "receive"), row(&first, "receive")];
        let run = chosen(office, "print", &rows).await;
        let form = office.get(&run).await.text();
        assert!(form.contains("<option value=\"control_slip\">Phiếu kiểm soát"), "{form}");
        assert!(!form.contains("value=\"register\""), "a register is not of a dossier: {form}");
        for paper in ["", "register", "other"] {
            let blank = office.post(&format!("{run}/xem-truoc"), &[("paper", paper)]).await;
            assert_eq!(blank.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(blank.text().contains("id=\"paper-error\""), "{}", blank.text());
        }

        let preview = foreseen(office, &run, &[("paper", "receipt"), ("sides", "one")]).await;
        assert!(preview.contains("Sẽ làm 2 trong 3 hồ sơ; 1 hồ sơ không làm được."), "{preview}");
        assert!(preview.contains("Giấy tiếp nhận hồ sơ và hẹn trả kết quả, số 01, lập lúc"), "{preview}");
        assert!(preview.contains("Hồ sơ chưa có “Giấy tiếp nhận hồ sơ và hẹn trả kết quả”."), "{preview}");
        assert!(preview.contains("In một mặt") && link(&preview).is_none(), "{preview}");
        assert!(events(office, &first, "read").await.is_empty(), "nothing is read by looking at the preview");

        confirm(office, &run, &preview).await;
        let report = worked(office, &run).await;
        assert!(report.contains("Đã xong: làm được 2 trong 3 hồ sơ"), "{report}");
        assert!(report.contains("Mở tệp in: 2 giấy, "), "{report}");
        let file = link(&report).expect("a file");
        let given = office.get(&file).await;
        assert_eq!((given.status, given.media_type.as_str()), (StatusCode::OK, "application/pdf"));
        assert!(given.headers["content-disposition"].to_str().unwrap().starts_with("inline;"));
        assert_eq!(given.headers["x-total-count"], "2");
        let alone =
            [alone(office, &second, FormKind::Receipt).await, alone(office, &first, FormKind::Receipt).await];
        let each: Vec<Vec<u8>> = alone.iter().flat_map(|paper| pages(paper)).collect();
        assert_eq!(pages(&given.body), each, "in the order of the list, drawn as each alone");
        if let Some(text) = text_of(&given.body) {
            let (two, one) = (text.find(second.as_str()), text.find(first.as_str()));
            assert!(two.is_some() && two < one && !text.contains(none.as_str()), "{text}");
        }
        for dossier in [&first, &second] {
            assert_eq!(events(office, dossier, "read").await, ["Trần Thị Quầy"]);
            let page = office.get(&at(dossier)).await.text();
            assert!(page.contains("in biểu mẫu"), "the timeline tells it: {page}");
        }
        assert!(events(office, &none, "read").await.is_empty());

        // Done again, nothing is printed or read again.
        let app = office.app.clone();
        work(&app, id_of(&run)).await.unwrap();
        assert_eq!(link(&office.get(&run).await.text()), Some(file.clone()));
        assert_eq!(std::fs::read_dir(app.blobs.exports()).unwrap().count(), 1);
        motcua::dossier::verify::verify(&office.app).await.expect("every journal is whole");
        office.officer("Giang Thị Kiểm", Role::Auditor, EAST).await;
        let log = office.get("/can-bo/quan-tri/nhat-ky").await.text();
        assert!(log.contains("Xử lý hàng loạt “In giấy tờ” cho 2 hồ sơ"), "{log}");
        assert!(log.contains("Lập tệp in “Giấy tiếp nhận hồ sơ và hẹn trả kết quả”: 2 giấy, "), "{log}");
    });
}

#[test]
fn on_both_sides_each_paper_begins_a_sheet_also_one_that_still_grows() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let people = people(office).await;
        let first = bring(office, &people, Scene::Examined, "1").await;
        let second = bring(office, &people, Scene::Proposed, "2").await;
        office.switch(people.find(Role::Specialist, EAST));
        let rows = [row(&first, "examine"), row(&second, "approve"), row(&second, "examine")];
        let run = chosen(office, "print", &rows).await;
        let fields = [("paper", "control_slip"), ("sides", "both")];
        let preview = foreseen(office, &run, &fields).await;
        assert!(preview.contains("giấy của mỗi hồ sơ chỉ in một lần"), "{preview}");
        // A slip names the last entry of its journal, which the printing itself adds to.
        let mut wanted = Vec::new();
        for dossier in [&first, &second] {
            if wanted.len() % 2 == 1 {
                wanted.push(Vec::new());
            }
            wanted.extend(pages(&alone(office, dossier, FormKind::ControlSlip).await));
        }
        confirm(office, &run, &preview).await;
        let report = worked(office, &run).await;
        let given = office.get(&link(&report).expect("a file")).await;
        assert_eq!(pages(&given.body), wanted);
        assert!(report.contains(&format!("2 giấy, {} trang (PDF)", wanted.len())), "{report}");
    });
}

#[test]
fn a_file_is_for_its_maker_alone_for_a_while() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let people = people(office).await;
        let dossier = bring(office, &people, Scene::Accepted, "1").await;
        let desk = people.find(Role::Reception, EAST);
        office.switch(desk);
        let rows = [row(&dossier, "receive")];
        let (run, report) = print(office, &rows, &[("paper", "receipt")]).await;
        let file = link(&report).expect("a file");
        for other in [people.find(Role::UnitHead, EAST), people.find(Role::UnitHead, WEST)] {
            office.switch(other);
            assert_eq!(office.get(&file).await.status, StatusCode::NOT_FOUND);
            assert_eq!(office.get(&run).await.status, StatusCode::NOT_FOUND);
        }
        // The other commune learns nothing by naming the dossier.
        assert_eq!(choose(office, "print", &rows).await.status, StatusCode::UNPROCESSABLE_ENTITY);

        office.switch(desk);
        assert_eq!(office.get(&file).await.status, StatusCode::OK);
        office.wait(SignedDuration::from_mins(59));
        assert!(link(&office.get(&run).await.text()).is_some());
        office.wait(SignedDuration::from_mins(1));
        assert_eq!(office.get(&file).await.status, StatusCode::NOT_FOUND);
        let page = office.get(&run).await.text();
        assert!(page.contains("Tệp in không còn: mỗi tệp chỉ giữ 60 phút."), "{page}");
        assert!(link(&page).is_none() && page.contains("làm được 1 trong 1 hồ sơ"), "{page}");
        kept::sweep(&office.app).await.unwrap();
        assert_eq!(std::fs::read_dir(office.app.blobs.exports()).unwrap().count(), 0);

        // The same papers again are a run of their own, with what was typed.
        let again = office.post(&format!("{run}/in-lai"), &[]).await.location.expect("a run");
        assert_ne!(again, run);
        let form = office.get(&again).await.text();
        assert!(form.contains("Đã chọn 1 hồ sơ.") && form.contains("value=\"receipt\" selected"), "{form}");
        let preview = foreseen(office, &again, &[("paper", "receipt")]).await;
        assert_eq!(office.post(&format!("{again}/in-lai"), &[]).await.status, StatusCode::NOT_FOUND);
        confirm(office, &again, &preview).await;
        let file = link(&worked(office, &again).await).expect("a file");
        assert_eq!(office.get(&file).await.status, StatusCode::OK);
        assert_eq!(events(office, &dossier, "read").await.len(), 2, "each printing is told");
    });
}

#[test]
fn what_changed_or_may_not_be_seen_any_more_is_not_printed() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let people = people(office).await;
        let same = bring(office, &people, Scene::Accepted, "1").await;
        let changed = bring(office, &people, Scene::Accepted, "2").await;
        let desk = people.find(Role::Reception, EAST);
        office.switch(desk);
        let run = chosen(office, "print", &[row(&same, "receive"), row(&changed, "receive")]).await;
        let preview = foreseen(office, &run, &[("paper", "receipt")]).await;
        let said = Action::SendMessage {
            id: MessageId::new(Uuid::from_u128(5)),
            text: "Mang bản chính đến.".to_owned(),
        };
        let actor = people.actor(Role::Reception, EAST);
        steps::take(&office.app, &actor, &changed.parse().unwrap(), None, said).await.unwrap();
        confirm(office, &run, &preview).await;
        let report = worked(office, &run).await;
        assert!(report.contains("làm được 1 trong 2 hồ sơ; 1 hồ sơ không làm được"), "{report}");
        let given = office.get(&link(&report).expect("a file")).await;
        assert_eq!(pages(&given.body), pages(&alone(office, &same, FormKind::Receipt).await));
        assert!(events(office, &changed, "read").await.is_empty());

        // Rights that ended between printing and binding: the paper is not in the file, and the report says so.
        let (id, person) = (id_of(&run).to_owned(), desk.id.to_string());
        let ended = office.app.store.write(move |tx| {
            tx.run(
                "update bulk_run set export_id = null, ended_at = null where id = $1",
                &[id.as_str().into()],
            )?;
            tx.run("delete from appointment where person_id = $1", &[person.as_str().into()]).map(|_| ())
        });
        ended.await.unwrap();
        let app = office.app.clone();
        work(&app, id_of(&run)).await.unwrap();
        let id = id_of(&run).to_owned();
        let left = office.app.store.read(move |tx| {
            let sql = "select outcome, paper from bulk_row where run_id = $1 and place = 1";
            let row = tx.one(sql, &[id.as_str().into()])?.unwrap();
            Ok::<_, DbError>((row.get::<String>("outcome")?, row.get::<Option<String>>("paper")?))
        });
        assert_eq!(left.await.unwrap(), ("refused".to_owned(), None));
        assert_eq!(std::fs::read_dir(app.blobs.exports()).unwrap().count(), 1, "no second file");
    });
}

#[test]
fn a_print_that_is_stopped_before_it_began_makes_no_file() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let people = people(office).await;
        let dossier = bring(office, &people, Scene::Accepted, "1").await;
        office.switch(people.find(Role::Reception, EAST));
        let run = chosen(office, "print", &[row(&dossier, "receive")]).await;
        let preview = foreseen(office, &run, &[("paper", "receipt")]).await;
        confirm(office, &run, &preview).await;
        office.post(&format!("{run}/dung"), &[]).await;
        let report = worked(office, &run).await;
        assert!(report.contains("Đã dừng: làm được 0 trong 1 hồ sơ") && link(&report).is_none(), "{report}");
        assert!(events(office, &dossier, "read").await.is_empty());
        assert_eq!(std::fs::read_dir(office.app.blobs.exports()).unwrap().count(), 0);
    });
}
