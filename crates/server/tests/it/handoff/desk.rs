//! Files that officers send: at the counter and for acts on a dossier, in pieces or with the page.

use axum::http::StatusCode;
use jiff::SignedDuration;
use motcua::jobs::worker;
use motcua_domain::access::Role;
use motcua_domain::dossier::{CopyKind, PaperSource};

use super::{APPLICANT, Counter, PAGE, begin, pdf, plain};
use crate::desk::shown;
use crate::given::province::{BIRTH, EAST};
use crate::given::{Answer, Office, on_each_engine};
use crate::upload::tus::{head, piece};

/// Begins a file of the officer for one paper.
async fn begin_at_desk(office: &mut Office, counter: &Counter, component: &str, size: usize) -> Answer {
    let pairs = [
        ("filename", "giấy chứng sinh.pdf"),
        ("draft", counter.draft.as_str()),
        ("about", BIRTH),
        ("component", component),
    ];
    begin(office, "/tai-len", &pairs, size).await
}

/// The value of an attribute of the first slot for files on a page.
fn slot(page: &str, name: &str) -> String {
    let slot = page.split("uploader--slim").nth(1).unwrap_or_else(|| panic!("no slot: {page}"));
    slot.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[test]
fn a_file_of_the_counter_survives_a_restart_an_error_and_a_sign_out_and_ends_in_the_dossier() {
    on_each_engine(async |mut office| {
        let counter = Counter::open(&mut office).await;
        let content = pdf(300_000);
        let begun = begin_at_desk(&mut office, &counter, "chung-sinh", content.len()).await;
        assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text());
        let href = begun.location.unwrap();
        piece(&mut office, &href, 0, &content[..100_000]).await;
        let page = counter.press(&mut office, &[("refresh", "yes")]).await.text();
        assert!(page.contains(&format!("data-unfinished=\"{href}\"")) && page.contains("33 %"), "{page}");

        let config = office.app.config.clone();
        let mut office = office.configured(config);
        assert_eq!(head(&mut office, &href).await.headers["upload-offset"], "100000");
        let sent = piece(&mut office, &href, 100_000, &content[100_000..]).await;
        assert_eq!(sent.status, StatusCode::NO_CONTENT, "{}", sent.text());
        let row = office.get(&href).await.text();
        assert!(row.contains("name=\"take_out\"") && row.contains("giấy chứng sinh.pdf"), "{row}");
        let file = row.split("<a class=\"govuk-link\" href=\"").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!(office.get(file).await.body, content);

        let wrong = counter.press(&mut office, &[("accept", "yes"), ("email", "dao.example.vn")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text().contains("giấy chứng sinh.pdf") && wrong.text().contains(APPLICANT));

        // Signed in anew, the page offers what was begun; nobody else sees it.
        office.wait(SignedDuration::from_mins(1));
        let officer = office.sign_in(counter.officer.clone()).await;
        let link = format!("{PAGE}?thu_tuc={BIRTH}&#38;nhap={}", counter.draft);
        let blank = office.get(PAGE).await.text();
        assert!(blank.contains("Tiếp nhận dở dang") && blank.contains(&link), "{blank}");
        assert!(office.get(&link.replace("&#38;", "&")).await.text().contains("giấy chứng sinh.pdf"));
        office.officer("Lê Văn Khác", Role::Reception, EAST).await;
        assert!(!office.get(PAGE).await.text().contains("Tiếp nhận dở dang"));
        assert!(!office.get(&link.replace("&#38;", "&")).await.text().contains("giấy chứng sinh.pdf"));
        assert_eq!(office.get(file).await.status, StatusCode::NOT_FOUND);
        let stolen = counter.press(&mut office, &[("take_out", file.rsplit('/').next().unwrap())]).await;
        assert_eq!(stolen.status, StatusCode::NOT_FOUND);

        office.switch(&officer);
        let second = pdf(5_000);
        let begun = begin_at_desk(&mut office, &counter, "chung-sinh", second.len()).await;
        piece(&mut office, &begun.location.unwrap(), 0, &second).await;
        let unticked = counter.press(&mut office, &[("accept", "yes"), ("paper-chung-sinh", "")]).await;
        assert_eq!(unticked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unticked.text().contains("chưa đánh dấu đã nhận"), "{}", unticked.text());

        let dossier = counter.accept(&mut office).await;
        let papers: Vec<_> = dossier
            .filing
            .papers
            .iter()
            .map(|paper| (paper.copy, paper.source, paper.file.is_some()))
            .collect();
        let scanned = |copy| (copy, PaperSource::Scanned, true);
        assert_eq!(papers, [scanned(CopyKind::Original), scanned(CopyKind::Electronic)]);
        let hash = motcua::document::blob::BlobHash::of(&content).to_string();
        assert_eq!(dossier.filing.papers[0].file.as_ref().unwrap().sha256.as_str(), hash);
        let late = begin_at_desk(&mut office, &counter, "chung-sinh", 9_000).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text());
        assert!(!office.get(PAGE).await.text().contains("Tiếp nhận dở dang"));
    });
}

#[test]
fn files_of_the_counter_are_for_those_who_receive_and_for_papers_that_are_asked_for() {
    on_each_engine(async |mut office| {
        let counter = Counter::open(&mut office).await;
        let elsewhere = begin_at_desk(&mut office, &counter, "ket-hon-khac", 9_000).await;
        assert_eq!(elsewhere.status, StatusCode::NOT_FOUND, "{}", elsewhere.text());
        assert_eq!(
            counter.press(&mut office, &[("photo", "ket-hon-khac")]).await.status,
            StatusCode::NOT_FOUND
        );
        let begun = begin_at_desk(&mut office, &counter, "chung-sinh", 9_000).await.location.unwrap();
        office.citizen("Trần Thị Lan").await;
        assert_eq!(
            begin_at_desk(&mut office, &counter, "chung-sinh", 9_000).await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(head(&mut office, &begun).await.status, StatusCode::NOT_FOUND);
        office.officer("Phạm Thị Chuyên", Role::Specialist, EAST).await;
        assert_eq!(
            begin_at_desk(&mut office, &counter, "chung-sinh", 9_000).await.status,
            StatusCode::FORBIDDEN
        );
        office.officer("Lê Văn Khác", Role::Reception, EAST).await;
        assert_eq!(
            begin_at_desk(&mut office, &counter, "chung-sinh", 9_000).await.status,
            StatusCode::NOT_FOUND
        );
        let code = counter.press(&mut office, &[("photo", "chung-sinh")]).await;
        assert_eq!(code.status, StatusCode::NOT_FOUND, "a code into the draft of somebody else");
    });
}

#[test]
fn without_scripts_the_page_brings_its_files_and_keeps_what_was_typed() {
    on_each_engine(async |mut office| {
        let counter = Counter::open(&mut office).await;
        let at = format!("{PAGE}/tep");
        let (good, bad) = (pdf(2_000), [b"MZ\x90\0".to_vec(), vec![0; 600]].concat());
        let files = [
            ("scan-chung-sinh", "chứng sinh.pdf", good.as_slice()),
            ("scan-uy-quyen", "", b"".as_slice()),
            ("scan-uy-quyen", "ủy quyền.pdf", bad.as_slice()),
        ];
        let sent = plain(&office, &at, &counter.typed(&[]), &files);
        let page = office.send(sent).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.text());
        let page = page.text();
        assert!(page.contains("chứng sinh.pdf</a>") && page.contains(APPLICANT), "{page}");
        assert!(
            page.contains("id=\"scan-uy-quyen-error\"") && page.contains("ủy quyền.pdf: Chỉ nhận tệp PDF")
        );
        // A file that was chosen and not sent is not forgotten in silence.
        let unsent = counter.press(&mut office, &[("accept", "yes"), ("scan-uy-quyen", "b.pdf")]).await;
        assert_eq!(unsent.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unsent.text().contains("Tệp b.pdf chưa được gửi"), "{}", unsent.text());
        let forged = plain(&office, &at, &counter.typed(&[]), &files[..1]);
        office.officer("Lê Văn Khác", Role::Reception, EAST).await;
        assert_eq!(office.send(forged).await.status, StatusCode::FORBIDDEN, "the token of another session");
        office.switch(&counter.officer);
        let id =
            page.split("name=\"take_out\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let page = counter.press(&mut office, &[("take_out", &id)]).await.text();
        assert!(!page.contains("chứng sinh.pdf") && page.contains(APPLICANT), "{page}");
        let dossier = counter.accept(&mut office).await;
        assert_eq!(dossier.filing.papers[0].source, PaperSource::OnPaper);
    });
}

#[test]
fn the_file_of_an_act_comes_in_pieces_and_waits_until_the_act_is_done() {
    on_each_engine(async |mut office| {
        let (_, code) = crate::portal::filed(&mut office).await;
        let officer = office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let at = crate::desk::at(&code);
        let page = office.get(&at).await.text();
        let (draft, component) = (slot(&page, "data-draft"), slot(&page, "data-component"));
        assert_eq!(slot(&page, "data-about"), code);
        let pairs = [
            ("filename", "ủy quyền.pdf"),
            ("draft", draft.as_str()),
            ("about", code.as_str()),
            ("component", component.as_str()),
        ];
        let content = pdf(50_000);
        let begun = begin(&mut office, "/tai-len", &pairs, content.len()).await;
        assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text());
        let href = begun.location.unwrap();
        piece(&mut office, &href, 0, &content[..20_000]).await;
        assert!(office.get(&at).await.text().contains(&format!("data-unfinished=\"{href}\"")));
        piece(&mut office, &href, 20_000, &content[20_000..]).await;
        let row = office.get(&href).await.text();
        assert!(row.contains("ủy quyền.pdf") && row.contains("name=\"take_out\""), "{row}");

        // A mistake in the form, and signing in anew: it is still there.
        let wrong = crate::desk::act(&mut office, &code, "add_paper", &[("title", "")], None).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text());
        assert!(wrong.text().contains("ủy quyền.pdf") && !wrong.text().contains("Chọn tệp để gửi kèm"));
        for (name, role, unit) in
            [("Lê Văn Khác", Role::Reception, EAST), ("Mai Văn Tây", Role::Reception, "H99.102")]
        {
            office.officer(name, role, unit).await;
            assert!(!office.get(&at).await.text().contains("ủy quyền.pdf"), "{name}");
            let begun = begin(&mut office, "/tai-len", &pairs, 9_000).await;
            assert_eq!(begun.status, StatusCode::NOT_FOUND, "{name}: {}", begun.text());
        }
        office.switch(&officer);
        let other = [
            ("filename", "a.pdf"),
            ("draft", draft.as_str()),
            ("about", code.as_str()),
            ("component", "settle."),
        ];
        assert_eq!(begin(&mut office, "/tai-len", &other, 9_000).await.status, StatusCode::NOT_FOUND);

        let version = shown(&office, &code).await.progress.version.to_string();
        let good = [("version", version.as_str()), ("title", "Văn bản ủy quyền"), ("copy", "copy")];
        let done = crate::desk::act(&mut office, &code, "add_paper", &good, None).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        let dossier = shown(&office, &code).await;
        let paper = dossier.papers().find(|paper| paper.title == "Văn bản ủy quyền").unwrap();
        let hash = motcua::document::blob::BlobHash::of(&content).to_string();
        assert_eq!(paper.file.as_ref().unwrap().sha256.as_str(), hash);
        let page = office.get(&at).await.text();
        assert!(!page.contains(&format!("/can-bo/tep/{draft}/")), "it is the dossier's now: {page}");
    });
}

#[test]
fn without_scripts_the_file_of_an_act_is_kept_and_taken_out_and_nothing_typed_is_lost() {
    on_each_engine(async |mut office| {
        let (_, code) = crate::portal::filed(&mut office).await;
        let officer = office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let (first, second) = (pdf(2_000), pdf(3_000));
        let typed = [("version", "1"), ("title", "Văn bản ủy quyền"), ("copy", "copy")];
        let untitled = [("version", "1"), ("title", ""), ("copy", "copy")];
        let wrong =
            crate::desk::act(&mut office, &code, "add_paper", &untitled, Some(("cũ.pdf", &first))).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.text());
        assert!(wrong.text().contains("cũ.pdf</a>"), "nobody chooses it twice: {}", wrong.text());
        let wrong =
            crate::desk::act(&mut office, &code, "add_paper", &untitled, Some(("mới.pdf", &second))).await;
        let page = wrong.text();
        assert!(page.contains("mới.pdf</a>") && !page.contains("cũ.pdf"), "one file for one act: {page}");
        let id =
            page.split("name=\"take_out\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let pressed = [typed.as_slice(), &[("take_out", id.as_str())]].concat();

        office.officer("Lê Văn Khác", Role::Reception, EAST).await;
        let other = crate::desk::act(&mut office, &code, "add_paper", &pressed, None).await;
        assert!(!other.text().contains("mới.pdf"), "{}", other.text());
        office.switch(&officer);
        assert!(office.get(&crate::desk::at(&code)).await.text().contains("mới.pdf"), "it is not theirs");

        let page = crate::desk::act(&mut office, &code, "add_paper", &pressed, None).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        let page = page.text();
        assert!(!page.contains("mới.pdf") && !page.contains("<title>Lỗi"), "{page}");
        assert!(page.contains("<details class=\"govuk-details\" open>"), "{page}");
        assert!(page.contains("value=\"Văn bản ủy quyền\""), "{page}");
        assert!(page.contains("<option value=\"copy\" selected>"), "{page}");
        let none = crate::desk::act(&mut office, &code, "add_paper", &typed, None).await;
        assert!(none.text().contains("Chọn tệp để gửi kèm"), "it is gone: {}", none.text());

        // Whoever takes one out and chose another already has the other.
        let chosen =
            crate::desk::act(&mut office, &code, "add_paper", &pressed, Some(("cũ.pdf", &first))).await;
        assert!(chosen.text().contains("cũ.pdf</a>"), "{}", chosen.text());
        let done = crate::desk::act(&mut office, &code, "add_paper", &typed, None).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        let dossier = shown(&office, &code).await;
        let paper = dossier.papers().find(|paper| paper.title == "Văn bản ủy quyền").unwrap();
        let hash = motcua::document::blob::BlobHash::of(&first).to_string();
        assert_eq!(paper.file.as_ref().unwrap().sha256.as_str(), hash);
    });
}

#[test]
fn an_intake_that_nobody_finishes_is_forgotten_with_its_files() {
    on_each_engine(async |mut office| {
        let counter = Counter::open(&mut office).await;
        let content = pdf(5_000);
        let begun = begin_at_desk(&mut office, &counter, "chung-sinh", content.len()).await;
        piece(&mut office, &begun.location.unwrap(), 0, &content).await;
        let half = begin_at_desk(&mut office, &counter, "chung-sinh", 90_000).await.location.unwrap();
        piece(&mut office, &half, 0, &content[..100]).await;
        office.wait(SignedDuration::from_hours(6 * 24));
        worker::run_due(&office.app).await.unwrap();
        office.sign_in(counter.officer.clone()).await;
        assert!(office.get(PAGE).await.text().contains("Tiếp nhận dở dang"));
        office.wait(SignedDuration::from_hours(25));
        worker::run_due(&office.app).await.unwrap();
        office.sign_in(counter.officer.clone()).await;
        assert!(!office.get(PAGE).await.text().contains("Tiếp nhận dở dang"));
        let files = office.app.store.read(|tx| tx.rows("select id from draft_file", &[])).await.unwrap();
        assert!(files.is_empty());
    });
}
