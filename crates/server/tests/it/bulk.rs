//! One act on many dossiers: chosen in a list, foreseen one by one, confirmed, done once by workers, reported to the
//! officer who asked and to nobody else.

mod print;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use jiff::SignedDuration;
use motcua::desk::bulk::work::work;
use motcua::dossier::steps;
use motcua::dossier::store::{self, WorkRow};
use motcua::jobs::worker;
use motcua_db::DbError;
use motcua_domain::access::Role;
use motcua_domain::dossier::{Action, Dossier, Filing, Status};
use motcua_domain::ids::MessageId;
use uuid::Uuid;

use crate::acts::scene::{People, Scene, WEST, bring, filing_of, step};
use crate::desk::{at, shown};
use crate::dossier::{citizen, code};
use crate::exports::taken;
use crate::given::province::EAST;
use crate::given::{Answer, Office, on_each_engine};

const CHOOSE: &str = "/can-bo/hang-loat?list=units&query=";

/// Ticks these rows of the unit's list for an act.
async fn choose(office: &mut Office, act: &str, rows: &[String]) -> Answer {
    let mut fields: Vec<(&str, &str)> = rows.iter().map(|row| ("row", row.as_str())).collect();
    fields.push(("act", act));
    office.post(CHOOSE, &fields).await
}

/// The same, with where the run is.
async fn chosen(office: &mut Office, act: &str, rows: &[String]) -> String {
    let answer = choose(office, act, rows).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.location.unwrap()
}

/// Types what the act asks for and answers the preview.
async fn foreseen(office: &mut Office, run: &str, fields: &[(&str, &str)]) -> String {
    let answer = office.post(&format!("{run}/xem-truoc"), fields).await;
    assert_eq!(answer.location.as_deref(), Some(run), "{}", answer.text());
    office.get(run).await.text()
}

/// Presses the button of a preview.
async fn confirm(office: &mut Office, run: &str, preview: &str) -> Answer {
    let mark = "name=\"foreseen\" value=\"";
    let at = preview.split(mark).nth(1).expect("a button").split('"').next().unwrap();
    office.post(&format!("{run}/thuc-hien"), &[("foreseen", at)]).await
}

/// Lets workers do it and answers the report.
async fn worked(office: &mut Office, run: &str) -> String {
    worker::run_due(&office.app).await.unwrap();
    office.get(run).await.text()
}

fn id_of(run: &str) -> &str {
    run.rsplit('/').next().unwrap()
}

fn row(dossier: &str, step: &str) -> String {
    format!("{dossier}~{step}")
}

async fn events(office: &Office, dossier: &str, name: &str) -> Vec<String> {
    let history = steps::history(&office.app, &dossier.parse().unwrap()).await.unwrap();
    let found = history.into_iter().filter(|one| one.event.name() == name);
    found.map(|one| one.author.name).collect()
}

async fn people(office: &mut Office) -> People {
    office.province().await;
    People::hire(office).await
}

#[test]
fn what_is_foreseen_for_each_dossier_is_confirmed_done_and_reported() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let people = people(office).await;
        let first = bring(office, &people, Scene::Proposed, "1").await;
        let second = bring(office, &people, Scene::Proposed, "2").await;
        let early = bring(office, &people, Scene::Examined, "3").await;
        let before = shown(office, &early).await.progress.version;
        office.switch(people.find(Role::UnitHead, EAST));
        let list = office.get("/can-bo/don-vi").await.text();
        let rows = [row(&first, "approve"), row(&second, "approve"), row(&early, "examine")];
        assert!(rows.iter().all(|row| list.contains(&format!("name=\"row\" value=\"{row}\""))), "{list}");

        let run = chosen(office, "approve", &rows).await;
        let form = office.get(&run).await.text();
        assert!(form.contains("Đã chọn 3 hồ sơ.") && form.contains("name=\"note\""), "{form}");
        let endless = "Rất dài. ".repeat(1_000);
        let long = office.post(&format!("{run}/xem-truoc"), &[("note", &endless)]).await;
        assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(long.text().contains("id=\"note-error\"") && long.text().contains(endless.trim()));

        let preview = foreseen(office, &run, &[("note", "Đồng ý cả đợt")]).await;
        assert!(preview.contains("Sẽ làm 2 trong 3 hồ sơ; 1 hồ sơ không làm được."), "{preview}");
        assert!(preview.contains("Không làm được") && preview.contains("Sau đó: "), "{preview}");
        let barred = office.get(&format!("{run}?xem=barred")).await.text();
        assert!(barred.contains(&at(&early)) && !barred.contains(&at(&first)), "{barred}");
        assert!(barred.contains("Trình kết quả"), "the sentence of the rules: {barred}");
        assert_eq!(events(office, &first, "approved").await.len(), 0, "nothing is done by looking");

        let pressed = confirm(office, &run, &preview).await;
        assert_eq!(pressed.location.as_deref(), Some(run.as_str()));
        let running = office.get(&run).await.text();
        assert!(running.contains("Đang làm: xong 0 trong 3 hồ sơ") && running.contains("http-equiv"));
        let report = worked(office, &run).await;
        assert!(report.contains("Đã xong: làm được 2 trong 3 hồ sơ; 1 hồ sơ không làm được."), "{report}");
        assert!(report.contains("Đồng ý cả đợt") && !report.contains("http-equiv"), "{report}");
        for dossier in [&first, &second] {
            assert_eq!(events(office, dossier, "approved").await, ["Vũ Thị Trưởng"]);
            assert!(shown(office, dossier).await.task(&step("sign")).unwrap().is_active());
            let page = office.get(&at(dossier)).await.text();
            assert!(page.contains("Đồng ý cả đợt"), "the timeline tells it: {page}");
        }
        assert_eq!(shown(office, &early).await.progress.version, before, "never touched");

        // Pressing again, or going back to what was typed, changes nothing any more.
        confirm(office, &run, &preview).await;
        office.post(&format!("{run}/xem-truoc"), &[("note", "Khác")]).await;
        assert!(worked(office, &run).await.contains("Đồng ý cả đợt"));
        assert_eq!(events(office, &first, "approved").await.len(), 1);
        let runs = office.get("/can-bo/hang-loat").await.text();
        assert!(runs.contains(&run) && runs.contains("làm được 2 trong 3 hồ sơ"), "{runs}");
        motcua::dossier::verify::verify(&office.app).await.expect("every journal is whole");
    });
}

#[test]
fn a_report_is_taken_away_and_the_office_log_tells_of_the_run() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let people = people(office).await;
        let dossier = bring(office, &people, Scene::Offered, "1").await;
        let other = bring(office, &people, Scene::Examined, "2").await;
        office.switch(people.find(Role::UnitHead, EAST));
        let rows = [row(&dossier, "assign"), row(&other, "examine")];
        let run = chosen(office, "take_over", &rows).await;
        let preview = foreseen(office, &run, &[("note", "")]).await;
        confirm(office, &run, &preview).await;
        worked(office, &run).await;
        let csv = taken(office, &format!("{run}/tai-ve/csv")).await;
        let text = csv.text();
        assert_eq!((csv.status, &csv.headers["x-total-count"]), (StatusCode::OK, &"2".parse().unwrap()));
        assert!(text.contains(&format!("1,{dossier},Nguyễn Thị Đào,Đăng ký khai sinh,Đã làm,")), "{text}");
        assert!(text.contains(&format!("2,{other},")) && text.contains(",Không làm được,"), "{text}");
        assert_eq!(taken(office, &format!("{run}/tai-ve/xlsx")).await.status, StatusCode::OK);
        assert_eq!(office.get(&format!("{run}/tai-ve/pdf")).await.status, StatusCode::NOT_FOUND);
        office.officer("Giang Thị Kiểm", Role::Auditor, EAST).await;
        let log = office.get("/can-bo/quan-tri/nhat-ky").await.text();
        assert!(log.contains("Xử lý hàng loạt “Ký nhận” cho 1 hồ sơ từ “Việc của đơn vị”"), "{log}");
        assert!(!office.get("/can-bo/don-vi").await.text().contains("name=\"row\""), "auditors only read");
    });
}

#[test]
fn what_changed_after_the_preview_is_left_alone_and_said() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let people = people(office).await;
        let same = bring(office, &people, Scene::Proposed, "1").await;
        let changed = bring(office, &people, Scene::Proposed, "2").await;
        let gone = bring(office, &people, Scene::Proposed, "3").await;
        office.switch(people.find(Role::UnitHead, EAST));
        let rows = [&same, &changed, &gone].map(|dossier| row(dossier, "approve"));
        let run = chosen(office, "approve", &rows).await;
        let preview = foreseen(office, &run, &[("note", "")]).await;
        assert!(preview.contains("Sẽ làm 3 trong 3 hồ sơ"), "{preview}");
        let said = Action::SendMessage {
            id: MessageId::new(Uuid::from_u128(5)),
            text: "Mang bản chính đến.".to_owned(),
        };
        let desk = people.actor(Role::Reception, EAST);
        steps::take(&office.app, &desk, &changed.parse().unwrap(), None, said).await.unwrap();
        let head = people.actor(Role::UnitHead, EAST);
        let approve = Action::Approve { step: step("approve"), note: String::new() };
        steps::take(&office.app, &head, &gone.parse().unwrap(), None, approve).await.unwrap();
        confirm(office, &run, &preview).await;
        let report = worked(office, &run).await;
        assert!(report.contains("làm được 1 trong 3 hồ sơ; 2 hồ sơ không làm được"), "{report}");
        let stale = office.get(&format!("{run}?xem=stale")).await.text();
        assert!(stale.contains("Hồ sơ đã thay đổi sau khi xem trước nên chưa làm gì"), "{stale}");
        assert!(stale.contains(&changed) && stale.contains(&gone) && stale.contains("tran.thi.quay"));
        assert!(shown(office, &changed).await.task(&step("approve")).unwrap().is_active());
        assert_eq!(events(office, &gone, "approved").await.len(), 1);
    });
}

#[test]
fn a_run_that_is_worked_on_twice_at_once_does_nothing_twice() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let people = people(office).await;
        let mut dossiers = Vec::new();
        for number in 0..6 {
            dossiers.push(bring(office, &people, Scene::Proposed, &number.to_string()).await);
        }
        office.switch(people.find(Role::UnitHead, EAST));
        let rows: Vec<String> = dossiers.iter().map(|dossier| row(dossier, "approve")).collect();
        let run = chosen(office, "approve", &rows).await;
        let preview = foreseen(office, &run, &[("note", "")]).await;
        confirm(office, &run, &preview).await;
        // A worker whose lease ran out and the one that took its place; a job that is done again after a crash.
        let app = office.app.clone();
        let both = tokio::join!(work(&app, id_of(&run)), work(&app, id_of(&run)));
        assert!(both.0.is_ok() || both.1.is_ok(), "{both:?}");
        let report = worked(office, &run).await;
        assert!(report.contains("làm được 6 trong 6 hồ sơ; 0 hồ sơ"), "{report}");
        work(&app, id_of(&run)).await.unwrap();
        for dossier in &dossiers {
            assert_eq!(events(office, dossier, "approved").await.len(), 1, "{dossier}");
        }
        work(&app, "no such run").await.unwrap();
        motcua::dossier::verify::verify(&office.app).await.expect("every journal is whole");
    });
}

#[test]
fn a_run_that_is_stopped_leaves_the_rest_alone_and_says_so() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let people = people(office).await;
        let first = bring(office, &people, Scene::Proposed, "1").await;
        let second = bring(office, &people, Scene::Proposed, "2").await;
        office.switch(people.find(Role::UnitHead, EAST));
        let run = chosen(office, "approve", &[row(&first, "approve"), row(&second, "approve")]).await;
        let stop = format!("{run}/dung");
        office.post(&stop, &[]).await;
        let preview = foreseen(office, &run, &[]).await;
        assert!(!preview.contains(&stop), "there is nothing to stop yet: {preview}");
        confirm(office, &run, &preview).await;
        assert!(office.get(&run).await.text().contains(&stop));

        office.switch(people.find(Role::Specialist, EAST));
        assert_eq!(office.post(&stop, &[]).await.status, StatusCode::NOT_FOUND, "it is not theirs");
        office.switch(people.find(Role::UnitHead, EAST));
        assert_eq!(office.post(&stop, &[]).await.location.as_deref(), Some(run.as_str()));
        for report in [office.get(&run).await.text(), worked(office, &run).await] {
            assert!(report.contains("Đã dừng: làm được 0 trong 2 hồ sơ; 2 hồ sơ không làm."), "{report}");
            assert!(report.contains("Đã dừng trước khi làm") && !report.contains(&stop), "{report}");
        }
        assert!(events(office, &first, "approved").await.is_empty());

        let again = chosen(office, "approve", &[row(&second, "approve")]).await;
        let preview = foreseen(office, &again, &[]).await;
        confirm(office, &again, &preview).await;
        worked(office, &again).await;
        office.post(&format!("{again}/dung"), &[]).await;
        let report = office.get(&again).await.text();
        assert!(report.contains("Đã xong: làm được 1 trong 1 hồ sơ"), "too late to stop: {report}");
        assert_eq!(events(office, &second, "approved").await.len(), 1);
    });
}

#[test]
fn rights_are_those_of_the_moment_it_is_done() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let people = people(office).await;
        let dossier = bring(office, &people, Scene::Proposed, "1").await;
        let head = people.find(Role::UnitHead, EAST);
        office.switch(head);
        let run = chosen(office, "approve", &[row(&dossier, "approve")]).await;
        let preview = foreseen(office, &run, &[("note", "")]).await;
        confirm(office, &run, &preview).await;
        let id = head.id.to_string();
        let closed = office.app.store.write(move |tx| {
            tx.run("update person set active = false where id = $1", &[id.as_str().into()]).map(|_| ())
        });
        closed.await.unwrap();
        worker::run_due(&office.app).await.unwrap();
        assert_eq!(events(office, &dossier, "approved").await.len(), 0);
        let id = head.id.to_string();
        let opened = office.app.store.write(move |tx| {
            tx.run("update person set active = true where id = $1", &[id.as_str().into()]).map(|_| ())
        });
        opened.await.unwrap();
        let report = office.get(&run).await.text();
        assert!(report.contains("Tài khoản của người yêu cầu không còn hoạt động."), "{report}");
    });
}

#[test]
fn nobody_else_learns_of_a_run_and_no_form_of_another_site_makes_one() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let people = people(office).await;
        let dossier = bring(office, &people, Scene::Proposed, "1").await;
        office.switch(people.find(Role::UnitHead, EAST));
        let rows = [row(&dossier, "approve")];
        let run = chosen(office, "approve", &rows).await;
        let preview = foreseen(office, &run, &[("note", "")]).await;
        for other in [people.find(Role::Reception, EAST), people.find(Role::UnitHead, WEST)] {
            office.switch(other);
            for path in [run.clone(), format!("{run}?sua=1"), format!("{run}/tai-ve/csv")] {
                assert_eq!(office.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
            }
            let looked = office.post(&format!("{run}/xem-truoc"), &[("note", "")]).await;
            assert_eq!(looked.status, StatusCode::NOT_FOUND);
            assert_eq!(confirm(office, &run, &preview).await.status, StatusCode::NOT_FOUND);
            assert!(!office.get("/can-bo/hang-loat").await.text().contains(id_of(&run)));
        }
        // The other commune learns nothing by naming a dossier.
        let named = choose(office, "approve", &rows).await;
        assert_eq!(named.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(named.text().contains("Chưa có hồ sơ nào được chọn") && !named.text().contains(&dossier));

        office.switch(people.find(Role::UnitHead, EAST));
        let forged = Request::post(CHOOSE)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("csrf=x&act=approve&row={}", rows[0])))
            .unwrap();
        assert_eq!(office.send(forged).await.status, StatusCode::FORBIDDEN);
        worker::run_due(&office.app).await.unwrap();
        assert_eq!(events(office, &dossier, "approved").await.len(), 0, "nothing was confirmed");
        office.nobody();
        assert!(office.get(&run).await.status.is_redirection());
    });
}

#[test]
fn what_is_missing_is_said_on_the_list_and_what_was_ticked_stays() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let people = people(office).await;
        let dossier = bring(office, &people, Scene::Proposed, "1").await;
        office.switch(people.find(Role::UnitHead, EAST));
        let ticked = row(&dossier, "approve");
        let none = choose(office, "approve", &[]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = none.text();
        assert!(text.contains("Chưa có hồ sơ nào được chọn"), "{text}");
        assert!(text.contains("<option value=\"approve\" selected>"), "{text}");
        for act in ["", "settle", "read"] {
            let answer = choose(office, act, std::slice::from_ref(&ticked)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{act}");
            let text = answer.text();
            assert!(text.contains("Chọn thao tác sẽ làm cho các hồ sơ."), "{text}");
            assert!(text.contains(&format!("Chọn hồ sơ {dossier}\" checked")), "{text}");
        }
        let nothing =
            office.post("/can-bo/hang-loat?list=units&query=tab%3Dlate", &[("act", "approve"), ("all", "1")]);
        assert_eq!(nothing.await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let unknown = office.post("/can-bo/hang-loat?list=others", &[("act", "approve")]).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);

        // A preview made anew in another tab is confirmed by its own button only.
        let run = chosen(office, "approve", &[ticked]).await;
        let old = foreseen(office, &run, &[("note", "Cũ")]).await;
        office.wait(SignedDuration::from_secs(5));
        foreseen(office, &run, &[("note", "Mới")]).await;
        let late = confirm(office, &run, &old).await.location.unwrap();
        let page = office.get(&late).await.text();
        assert!(page.contains("Bản xem trước đã được lập lại"), "{page}");
        worker::run_due(&office.app).await.unwrap();
        assert_eq!(events(office, &dossier, "approved").await.len(), 0);
    });
}

#[test]
fn everything_that_matches_is_taken_beyond_the_page_and_nothing_of_others() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let people = people(office).await;
        let mut dossiers = Vec::new();
        for number in 0..52 {
            dossiers.push(bring(office, &people, Scene::Accepted, &number.to_string()).await);
        }
        bring(office, &people, Scene::Registered, "not in the tab").await;
        let west = Filing {
            receiving_unit: code(WEST),
            competent_unit: Some(code(WEST)),
            ..filing_of(Scene::Registered)
        };
        steps::file(&office.app, &citizen(1), west, "west").await.unwrap();
        office.switch(people.find(Role::Reception, EAST));
        let list = office.get("/can-bo/don-vi?tab=hand_over").await.text();
        assert!(list.contains("Cả 52 việc khớp bộ lọc"), "{list}");
        let all = "/can-bo/hang-loat?list=units&query=tab%3Dhand_over";
        let answer = office.post(all, &[("act", "forward"), ("all", "1")]).await;
        let run = answer.location.expect("a run");
        let preview = foreseen(office, &run, &[("note", "")]).await;
        assert!(preview.contains("Sẽ làm 52 trong 52 hồ sơ"), "{preview}");
        assert!(preview.contains("mọi việc khớp bộ lọc") && preview.contains("?tab=hand_over"), "{preview}");
        confirm(office, &run, &preview).await;
        let report = worked(office, &run).await;
        assert!(report.contains("làm được 52 trong 52 hồ sơ"), "{report}");
        for dossier in &dossiers {
            assert!(shown(office, dossier).await.task(&step("assign")).unwrap().is_offered(), "{dossier}");
        }
    });
}

/// Work that stands in the list many times.
async fn swell(office: &Office, dossier: &str, rows: usize) {
    let key = dossier.to_owned();
    let swollen = office.app.store.write(move |tx| {
        let one = store::work(tx, &key)?.remove(0);
        let more: Vec<WorkRow> =
            (0..rows).map(|number| WorkRow { step: format!("x{number}"), ..one.clone() }).collect();
        more.chunks(100).try_for_each(|some| store::add_work(tx, &key, some))?;
        Ok::<_, DbError>(())
    });
    swollen.await.unwrap();
}

#[test]
fn more_than_a_run_may_hold_is_refused_plainly_and_a_dossier_is_done_once() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let people = people(office).await;
        let dossier = bring(office, &people, Scene::Proposed, "1").await;
        swell(office, &dossier, 1_999).await;
        office.switch(people.find(Role::UnitHead, EAST));
        let all = [("act", "approve"), ("all", "1")];
        let run = office.post(CHOOSE, &all).await.location.expect("2,000 are one run");
        let preview = foreseen(office, &run, &[("note", "")]).await;
        assert!(preview.contains("Sẽ làm 1 trong 2.000 hồ sơ"), "{preview}");
        let rest = office.get(&format!("{run}?sau=1900")).await.text();
        assert!(rest.contains("Hiện 100 trong 2.000 hồ sơ"), "{rest}");
        assert!(rest.contains("Việc đang chờ không phải là một bước"), "{rest}");

        swell_more(office, &dossier).await;
        let list = office.get("/can-bo/don-vi").await.text();
        assert!(list.contains("Danh sách có 2.001 việc") && !list.contains("name=\"all\""), "{list}");
        let refused = office.post(CHOOSE, &all).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("mỗi lần chỉ xử lý được nhiều nhất 2.000"));
    });
}

async fn swell_more(office: &Office, dossier: &str) {
    let key = dossier.to_owned();
    let more = office.app.store.write(move |tx| {
        let one = store::work(tx, &key)?.remove(0);
        store::add_work(tx, &key, &[WorkRow { step: "y".to_owned(), ..one }])
    });
    more.await.unwrap();
}

#[test]
fn officers_of_every_dossier_are_offered_and_each_result_goes_to_its_applicant() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let people = people(office).await;
        let held = bring(office, &people, Scene::Held, "1").await;
        let also = bring(office, &people, Scene::Held, "2").await;
        office.switch(people.find(Role::UnitHead, EAST));
        let run = chosen(office, "assign", &[row(&held, "assign"), row(&also, "assign")]).await;
        let specialist = people.find(Role::Specialist, EAST).id.to_string();
        let form = office.get(&run).await.text();
        assert_eq!(form.matches(&format!("<option value=\"{specialist}\"")).count(), 1, "{form}");
        let blank = office.post(&format!("{run}/xem-truoc"), &[("officer", "")]).await;
        assert_eq!(blank.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(blank.text().contains("id=\"officer-error\""), "{}", blank.text());
        let preview = foreseen(office, &run, &[("officer", &specialist)]).await;
        assert!(preview.contains("(Lê Văn Chuyên)"), "{preview}");
        confirm(office, &run, &preview).await;
        worked(office, &run).await;
        for dossier in [&held, &also] {
            let now = shown(office, dossier).await;
            assert_eq!(now.task(&step("examine")).unwrap().officer().unwrap().1, "Lê Văn Chuyên");
        }

        let settled = bring(office, &people, Scene::Settled, "3").await;
        office.switch(people.find(Role::ResultReturner, EAST));
        // The same dossier twice is done once.
        let rows = [row(&settled, "return"), row(&settled, "sign"), row(&held, "examine")];
        let run = chosen(office, "return", &rows).await;
        let preview = foreseen(office, &run, &[("to", ""), ("note", "")]).await;
        assert!(preview.contains("Sẽ làm 1 trong 3 hồ sơ"), "{preview}");
        assert!(preview.contains("Hồ sơ này đã có ở dòng khác"), "{preview}");
        confirm(office, &run, &preview).await;
        worked(office, &run).await;
        let now: Dossier = shown(office, &settled).await;
        assert_eq!(now.status(), Status::Returned);
        let to = now.progress.outcome.unwrap().returned_to;
        assert_eq!(to.as_deref(), Some("Nguyễn Thị Đào"));
    });
}

/// A run from its choice to its report, for whoever watches what is asked of the database.
pub async fn through(office: &mut Office, dossier: &str, step: &str) {
    let all = [("act", "take_over"), ("all", "1")];
    let run = office.post("/can-bo/hang-loat?list=mine&query=", &all).await.location;
    if let Some(run) = run {
        office.get(&run).await;
    }
    let run = chosen(office, "assign", &[row(dossier, step)]).await;
    office.post(&format!("{run}/xem-truoc"), &[("officer", "")]).await;
    let run = chosen(office, "forward", &[row(dossier, step)]).await;
    foreseen(office, &run, &[("note", "")]).await;
    for part in ["", "?xem=ready", "?sau=1", "?sua=1", "/tai-ve/csv"] {
        office.get(&format!("{run}{part}")).await;
    }
    for page in ["/can-bo/hang-loat", "/can-bo/hang-loat?truoc=2026-03-02T01:00:00.000Z_x"] {
        office.get(page).await;
    }
    let seen = motcua::clock::stored(office.app.clock.now());
    office.post(&format!("{run}/thuc-hien"), &[("foreseen", &seen)]).await;
    let app = office.app.clone();
    work(&app, id_of(&run)).await.unwrap();
    let report = office.get(&run).await.text();
    assert!(report.contains("làm được 1 trong 1 hồ sơ"), "{report}");
    let run = chosen(office, "print", &[row(dossier, step)]).await;
    let preview = foreseen(office, &run, &[("paper", "receipt")]).await;
    confirm(office, &run, &preview).await;
    work(&app, id_of(&run)).await.unwrap();
    assert!(office.get(&run).await.text().contains("Mở tệp in: 1 giấy"));
}
