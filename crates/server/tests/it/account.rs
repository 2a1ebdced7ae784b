//! People's own pages, forms that outlive their session, administration, the office log.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use jiff::SignedDuration;
use motcua::account::demo::{self, DemoPerson};
use motcua::account::office_log;
use motcua::account::people;
use motcua::web::visitor::encode;
use motcua_domain::access::Role;
use motcua_domain::identity::fold;

use crate::given::people::{PASSWORD, facts};
use crate::given::{self, Answer, Office};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const PEOPLE: &str = "/can-bo/quan-tri/nguoi-dung";

/// A POST from the page `from`, with the token of a session that was.
async fn post_from(
    office: &mut Office,
    from: &str,
    path: &str,
    csrf: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let mut pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    pairs.push(format!("csrf={csrf}"));
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::HOST, "motcua.example")
        .header(header::REFERER, format!("http://motcua.example{from}"))
        .body(Body::from(pairs.join("&")))
        .unwrap();
    office.send(request).await
}

#[test]
fn a_citizen_corrects_what_is_known_and_nothing_typed_is_lost() {
    given::on_each_engine(async |mut office| {
        assert_eq!(office.get("/tai-khoan").await.location.as_deref(), Some("/dang-nhap?tiep=/tai-khoan"));
        office.citizen("Nguyễn Văn An").await;
        let page = office.get("/tai-khoan").await.text();
        for words in
            ["Nguyễn Văn An", "025090000007", "0912345678", "phường Việt Trì", "nguyen.van.an@example.vn"]
        {
            assert!(page.contains(words), "{words}");
        }
        let form = office.get("/tai-khoan/thong-tin").await.text();
        assert!(form.contains("value=\"025090000007\""));
        let mut typed = facts("Nguyễn Văn Anh");
        typed[1].1 = "02509000000";
        let answer = office.post("/tai-khoan/thong-tin", &typed).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains("bạn đã nhập 11") && answer.text().contains("Nguyễn Văn Anh"));
        let answer = office.post("/tai-khoan/thong-tin", &facts("Nguyễn Văn Anh")).await;
        assert_eq!(answer.location.as_deref(), Some("/tai-khoan?xong=thong-tin"));
        let page = office.get("/tai-khoan?xong=thong-tin").await.text();
        assert!(page.contains("Đã lưu thông tin của bạn") && page.contains("Nguyễn Văn Anh"));
    });
}

#[test]
fn identifiers_are_sealed_where_they_lie_and_found_by_hash() {
    given::on_each_engine(async |mut office| {
        let an = office.citizen("Nguyễn Văn An").await;
        let (id, app) = (an.id, office.app.clone());
        let row = office.app.store.read(move |tx| people::store::find(tx, id)).await.unwrap().unwrap();
        let stored = format!("{row:?}");
        for secret in ["025090000007", "0912345678", "Việt Trì", "example.vn"] {
            assert!(!stored.contains(secret), "{secret}");
        }
        let found = office.app.store.read(move |tx| people::find_by_id_number(tx, &app, "025090000007"));
        let found = found.await.unwrap();
        assert_eq!(found.iter().map(|known| known.row.id).collect::<Vec<_>>(), [an.id]);
        assert_eq!(found[0].identity.phone.as_deref(), Some("0912345678"));

        // One person's identity does not open in another's row.
        let binh = office.citizen("Bình").await;
        let (app, sealed) = (office.app.clone(), row.sealed.clone());
        let moved = office
            .app
            .store
            .write(move |tx| {
                let mut other = people::store::find(tx, binh.id)?.unwrap();
                other.sealed.clone_from(&sealed);
                people::store::save(tx, &other)?;
                people::find(tx, &app, binh.id)
            })
            .await;
        assert!(moved.is_err());
    });
}

#[test]
fn a_new_address_is_taken_once_it_is_proved_and_never_anothers() {
    given::on_each_engine(async |mut office| {
        office.citizen("Bình").await;
        let an = office.citizen("An").await;
        office.post("/tai-khoan/email", &[("email", "binh@example.vn")]).await;
        let code = office.code_for("binh@example.vn").await;
        let answer = office.post("/tai-khoan/email/ma", &[("code", &code)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains("đã dùng cho một tài khoản khác"));

        office.post("/tai-khoan/email", &[("email", "moi@example.vn")]).await;
        let wrong = office.post("/tai-khoan/email/ma", &[("code", "1")]).await;
        assert!(wrong.text().contains("Bạn còn 4 lần thử"));
        office.post("/tai-khoan/email/ma/gui-lai", &[]).await;
        let code = office.code_for("moi@example.vn").await;
        let answer = office.post("/tai-khoan/email/ma", &[("code", &code)]).await;
        assert_eq!(answer.location.as_deref(), Some("/tai-khoan?xong=email"));
        assert!(office.get("/tai-khoan").await.text().contains("moi@example.vn"));

        office.nobody();
        office.wait(MINUTE * 30);
        office.post("/dang-nhap", &[("email", "moi@example.vn")]).await;
        let code = office.code_for("moi@example.vn").await;
        let answer = office.post("/dang-nhap/ma", &[("code", &code)]).await;
        assert_eq!(answer.location.as_deref(), Some("/ho-so"));
        let app = office.app.clone();
        let old =
            office.app.store.read(move |tx| people::find_by_email(tx, &app, "an@example.vn")).await.unwrap();
        assert!(old.is_none(), "the old address signs nobody in");
        let _ = an;
    });
}

#[test]
fn a_person_signs_out_everywhere_else() {
    given::on_each_engine(async |mut office| {
        let first = office.citizen("An").await;
        office.wait(MINUTE);
        let second = office.citizen("An").await;
        assert!(office.get("/tai-khoan").await.text().contains("Đăng xuất khỏi các nơi khác"));
        office.post("/tai-khoan/phien", &[]).await;
        assert_eq!(office.get("/tai-khoan").await.status, StatusCode::OK);
        office.switch(&first);
        assert_eq!(office.get("/tai-khoan").await.status, StatusCode::SEE_OTHER);
        office.switch(&second);
        assert!(!office.get("/tai-khoan").await.text().contains("Đăng xuất khỏi các nơi khác"));
    });
}

#[test]
fn a_session_ends_when_idle_and_after_its_longest_time() {
    given::on_each_engine(async |mut office| {
        office.citizen("An").await;
        for _ in 0..12 {
            office.wait(MINUTE * 59);
            assert_eq!(office.get("/tai-khoan").await.status, StatusCode::OK);
        }
        office.wait(MINUTE * 12);
        assert_eq!(office.get("/tai-khoan").await.status, StatusCode::SEE_OTHER, "twelve hours are over");
        office.citizen("An").await;
        office.wait(MINUTE * 60);
        assert_eq!(office.get("/tai-khoan").await.status, StatusCode::SEE_OTHER, "an hour without a request");
    });
}

#[test]
fn a_form_sent_after_the_session_is_given_back_to_whom_it_belongs() {
    given::on_each_engine(async |mut office| {
        let an = office.citizen("An").await;
        let csrf = office.csrf();
        office.wait(MINUTE * 61);
        let mut typed = facts("Nguyễn Văn <An>");
        typed[3].1 = "Số 5 đường \"Hùng Vương\"";
        let answer =
            post_from(&mut office, "/tai-khoan/thong-tin", "/tai-khoan/thong-tin", &csrf, &typed).await;
        assert_eq!(answer.location.as_deref(), Some("/dang-nhap?tiep=/noi-dung-vua-nhap"));

        let sign_in = async |office: &mut Office, email: &str| {
            office.post("/dang-nhap", &[("email", email), ("tiep", "/noi-dung-vua-nhap")]).await;
            let code = office.code_for(email).await;
            office.post("/dang-nhap/ma", &[("code", &code)]).await
        };
        let answer = sign_in(&mut office, "an@example.vn").await;
        assert_eq!(answer.location.as_deref(), Some("/noi-dung-vua-nhap"));
        let page = office.get("/noi-dung-vua-nhap").await.text();
        assert!(page.contains("action=\"/tai-khoan/thong-tin\""), "{page}");
        assert!(page.contains("value=\"Số 5 đường &#34;Hùng Vương&#34;\"") && page.contains(&office.csrf()));
        assert!(!page.contains(&csrf), "the old token is gone");

        // Somebody else at the same browser does not see it.
        office.citizen("Bình").await;
        office.post("/dang-xuat", &[]).await;
        office.switch(&an);
        let kept = office.cookie("giu").map(str::to_owned);
        office.citizen("Bình").await;
        if let Some(kept) = kept {
            office.set_cookie("giu", &kept);
        }
        assert!(office.get("/noi-dung-vua-nhap").await.text().contains("Không có nội dung nào được giữ"));
    });
}

#[test]
fn a_kept_form_is_the_senders_alone_and_for_two_hours() {
    given::on_each_engine(async |mut office| {
        office.citizen("An").await;
        let csrf = office.csrf();
        office.wait(MINUTE * 61);
        post_from(&mut office, "/tai-khoan/thong-tin", "/tai-khoan/thong-tin", &csrf, &facts("An Nhiên"))
            .await;
        let kept = office.cookie("giu").unwrap().to_owned();
        office.citizen("Bình").await;
        office.set_cookie("giu", &kept);
        assert!(office.get("/noi-dung-vua-nhap").await.text().contains("Không có nội dung nào được giữ"));
        office.citizen("An").await;
        office.set_cookie("giu", &kept);
        assert!(office.get("/noi-dung-vua-nhap").await.text().contains("An Nhiên"));
        office.wait(MINUTE * 59);
        office.get("/tai-khoan").await;
        office.wait(MINUTE * 59);
        office.get("/tai-khoan").await;
        office.wait(MINUTE * 2);
        assert!(office.get("/noi-dung-vua-nhap").await.text().contains("Không có nội dung nào được giữ"));
    });
}

#[test]
fn a_form_that_was_not_made_for_the_session_is_not_kept() {
    given::on_each_engine(async |mut office| {
        office.citizen("An").await;
        let csrf = office.csrf();
        office.wait(MINUTE * 61);
        let typed = facts("An");
        let answer =
            post_from(&mut office, "/tai-khoan/thong-tin", "/tai-khoan/thong-tin", "forged", &typed).await;
        assert_eq!(
            answer.location.as_deref(),
            Some("/dang-nhap?tiep=/tai-khoan/thong-tin"),
            "back to the page"
        );
        assert!(office.cookie("giu").is_none());

        // A citizen's session at the officers' door, and a script.
        let answer = post_from(&mut office, "/can-bo", &format!("{PEOPLE}/them"), &csrf, &typed).await;
        assert_eq!(answer.location.as_deref(), Some("/can-bo/dang-nhap?tiep=/can-bo"));
        assert!(office.cookie("giu").is_none());
        let request =
            Request::post("/tai-khoan/thong-tin").header("x-csrf-token", &csrf).body(Body::empty()).unwrap();
        assert_eq!(office.send(request).await.status, StatusCode::UNAUTHORIZED);
    });
}

async fn administrator(office: &mut Office) -> given::people::Who {
    office.officer("Quản Trị", Role::Administrator, "H44").await
}

#[test]
fn only_administrators_see_people_and_auditors_see_the_log() {
    given::on_each_engine(async |mut office| {
        assert_eq!(
            office.get(PEOPLE).await.location.as_deref(),
            Some("/can-bo/dang-nhap?tiep=/can-bo/quan-tri/nguoi-dung")
        );
        office.citizen("An").await;
        assert_eq!(office.get(PEOPLE).await.status, StatusCode::SEE_OTHER);
        let clerk = office.officer("Văn Thư", Role::Clerk, "H44").await;
        let id = clerk.id.to_string();
        let pages = ["", "/them", &format!("/{id}"), &format!("/{id}/sua"), &format!("/{id}/vai-tro")];
        for page in pages {
            assert_eq!(office.get(&format!("{PEOPLE}{page}")).await.status, StatusCode::FORBIDDEN, "{page}");
        }
        for act in ["them", &format!("{id}/mat-khau"), &format!("{id}/khoa"), &format!("{id}/vai-tro")] {
            assert_eq!(
                office.post(&format!("{PEOPLE}/{act}"), &[]).await.status,
                StatusCode::FORBIDDEN,
                "{act}"
            );
        }
        assert_eq!(office.get("/can-bo/quan-tri/nhat-ky").await.status, StatusCode::FORBIDDEN);
        assert_eq!(office.get("/can-bo/quan-tri/viec-nen").await.status, StatusCode::FORBIDDEN);
        office.officer("Kiểm Toán", Role::Auditor, "H44").await;
        assert_eq!(office.get("/can-bo/quan-tri/nhat-ky").await.status, StatusCode::OK);
        assert_eq!(office.get(PEOPLE).await.status, StatusCode::FORBIDDEN);
        administrator(&mut office).await;
        assert_eq!(office.get(PEOPLE).await.status, StatusCode::OK);
    });
}

#[test]
fn an_officer_is_added_and_gets_a_password_that_is_shown_once() {
    given::on_each_engine(async |mut office| {
        administrator(&mut office).await;
        let typed = [("full_name", "Lê Thị Cúc"), ("login", "Lê Cúc"), ("email", "cuc@"), ("phone", "1")];
        let answer = office.post(&format!("{PEOPLE}/them"), &typed).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        for words in ["từ 3 đến 40 ký tự", "đủ cả phần trước và sau @", "ví dụ 0912 345 678", "Lê Thị Cúc"]
        {
            assert!(answer.text().contains(words), "{words}");
        }
        let typed = [("full_name", "Lê Thị Cúc"), ("login", "cuc.le")];
        let shown = office.post(&format!("{PEOPLE}/them"), &typed).await.location.unwrap();
        let page = office.get(&shown).await.text();
        let password =
            page.split("<strong class=\"code-large\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
        assert_eq!(password.len(), 19);
        assert!(!office.get(&shown).await.text().contains(&password), "once");
        let answer = office.post(&format!("{PEOPLE}/them"), &typed).await;
        assert!(answer.text().contains("Tên đăng nhập này đã có người dùng"));

        office.nobody();
        let answer = office.post("/can-bo/dang-nhap", &[("login", "cuc.le"), ("password", &password)]).await;
        assert_eq!(answer.location.as_deref(), Some("/can-bo/dang-nhap/ma-moi"));
    });
}

#[test]
fn closing_clearing_and_giving_passwords_end_the_sessions_they_must() {
    given::on_each_engine(async |mut office| {
        let cuc = office.officer("Cúc", Role::Reception, "H44.1").await;
        let root = administrator(&mut office).await;
        let act = |name: &str| format!("{PEOPLE}/{}/{name}", cuc.id);

        office.post(&act("khoa"), &[]).await;
        office.switch(&cuc);
        assert_eq!(office.get("/can-bo/tai-khoan").await.status, StatusCode::SEE_OTHER);
        let answer = office.post("/can-bo/dang-nhap", &[("login", "cuc"), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        office.switch(&root);
        assert!(office.get(&format!("{PEOPLE}/{}", cuc.id)).await.text().contains("Đã khóa"));
        office.post(&act("mo"), &[]).await;
        office.wait(MINUTE);
        let cuc = office.sign_in(cuc).await;
        office.switch(&root);
        office.post(&format!("{PEOPLE}/{}/xac-thuc", cuc.id), &[]).await;
        office.switch(&cuc);
        assert_eq!(office.get("/can-bo/tai-khoan").await.status, StatusCode::SEE_OTHER);
        let answer = office.post("/can-bo/dang-nhap", &[("login", "cuc"), ("password", PASSWORD)]).await;
        assert_eq!(answer.location.as_deref(), Some("/can-bo/dang-nhap/ma-moi"));
        office.switch(&root);
        let shown = office.post(&format!("{PEOPLE}/{}/mat-khau", cuc.id), &[]).await.location.unwrap();
        assert!(office.get(&shown).await.text().contains("Mật khẩu mới, chỉ hiện một lần"));
        office.nobody();
        let answer = office.post("/can-bo/dang-nhap", &[("login", "cuc"), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "the old password is worth nothing");

        office.switch(&root);
        let answer = office.post(&format!("{PEOPLE}/{}/khoa", root.id), &[]).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert!(answer.text().contains("Nhờ một quản trị viên khác"));
        let missing = format!("{PEOPLE}/01890000-0000-7000-8000-000000000000");
        assert_eq!(office.get(&missing).await.status, StatusCode::NOT_FOUND);
        assert_eq!(office.post(&format!("{missing}/khoa"), &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(office.get(&format!("{PEOPLE}/khong")).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn the_list_pages_by_name_searches_without_accents_and_counts_exactly() {
    given::on_each_engine(async |mut office| {
        let names = ["An", "Ân", "Bảo", "Cường", "Dũng", "Đạt", "Giang"];
        for name in names {
            for family in ["Nguyễn Văn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi"] {
                office.hired(&format!("{family} {name}"), &[]).await;
            }
        }
        administrator(&mut office).await;
        let page = office.get(PEOPLE).await.text();
        assert!(page.contains("Đang xem 50 trong 57 người"));
        let at = |name: &str| page.find(name).unwrap_or_else(|| panic!("{name}"));
        assert!(at("Bùi An") < at("Vũ An") && at("Vũ An") < at("Bùi Ân") && at("Bùi Dũng") < at("Bùi Đạt"));
        let next = page
            .split("rel=\"next\" href=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .replace("&#38;", "&");
        let page = office.get(&next).await.text();
        assert!(page.contains("Đang xem 7 trong 57 người") && page.contains("Quản Trị"), "{page}");

        let page = office.get(&format!("{PEOPLE}?q={}", fold("Dang Dat").replace(' ', "+"))).await.text();
        assert!(page.contains("Đặng Đạt") && page.contains("Đang xem 1 trong 1 người"));
        let page = office.get(&format!("{PEOPLE}?q=%25")).await.text();
        assert!(page.contains("trong 57 người"), "a sign of the database means nothing");
        let page = office.get(&format!("{PEOPLE}?q=khong+ai")).await.text();
        assert!(page.contains("Không tìm thấy ai"));
        let page = office.get(&format!("{PEOPLE}?unit=H44")).await.text();
        assert!(page.contains("Đang xem 1 trong 1 người") && page.contains("quản trị hệ thống – "));
    });
}

#[test]
fn the_office_log_tells_everything_and_shows_when_it_was_changed() {
    given::on_each_engine(async |mut office| {
        administrator(&mut office).await;
        let shown = office
            .post(&format!("{PEOPLE}/them"), &[("full_name", "Lê Thị Cúc"), ("login", "cuc.le")])
            .await
            .location
            .unwrap();
        let cuc = shown.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
        office.post(&format!("{PEOPLE}/{cuc}/khoa"), &[]).await;
        let page = office.get("/can-bo/quan-tri/nhat-ky?kiem=1").await.text();
        for words in [
            "Thêm cán bộ Lê Thị Cúc, tên đăng nhập cuc.le",
            "Khóa tài khoản",
            "Đăng nhập",
            "Nhật ký nguyên vẹn",
        ] {
            assert!(page.contains(words), "{words}");
        }
        let page = office.get(&format!("/can-bo/quan-tri/nhat-ky?ve=person:{cuc}")).await.text();
        assert!(page.contains("Khóa tài khoản") && !page.contains("Đăng nhập</td>"));

        for change in [
            "update office_log set author_name = 'Ai đó' where sequence = 2",
            "update office_log set author_name = 'Quản Trị' where sequence = 2",
            "delete from office_log where sequence = 3",
        ] {
            office.app.store.write_sync(|tx| tx.run(change, &[])).unwrap();
            let found = office.app.store.read_sync(office_log::first_difference).unwrap();
            let expected = match change.split(' ').next().unwrap() {
                "delete" => Some(3),
                _ if change.contains("Ai đó") => Some(2),
                _ => None,
            };
            assert_eq!(found, expected, "{change}");
        }
        let page = office.get("/can-bo/quan-tri/nhat-ky?kiem=1").await.text();
        assert!(page.contains("dòng đầu tiên không khớp là dòng số 3"));
    });
}

#[test]
fn an_officer_changes_the_password_and_is_signed_out_elsewhere() {
    given::on_each_engine(async |mut office| {
        let elsewhere = office.officer("Cúc", Role::Reception, "H44.1").await;
        office.wait(MINUTE);
        let here = office.sign_in(elsewhere.clone()).await;
        office.switch(&here);
        let page = office.get("/can-bo/tai-khoan").await.text();
        assert!(page.contains("cán bộ tiếp nhận") && page.contains("01/01/2026"));
        let path = "/can-bo/tai-khoan/mat-khau";
        let new = "một con vịt xòe ra";
        let answer = office.post(path, &[("current", "sai rồi"), ("password", new), ("again", new)]).await;
        assert!(answer.text().contains("Mật khẩu hiện nay không đúng"));
        let answer = office
            .post(path, &[("current", PASSWORD), ("password", "cuc cuc cuc cuc"), ("again", "x")])
            .await;
        assert!(answer.text().contains("Mật khẩu"));
        let answer = office.post(path, &[("current", PASSWORD), ("password", new), ("again", new)]).await;
        assert_eq!(answer.location.as_deref(), Some("/can-bo/tai-khoan?xong=mat-khau"));
        assert_eq!(office.get("/can-bo/tai-khoan").await.status, StatusCode::OK);
        office.switch(&elsewhere);
        assert_eq!(office.get("/can-bo/tai-khoan").await.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn a_demonstration_lists_its_people_and_signs_in_as_each() {
    given::on_each_engine(async |mut office| {
        let cuc = office.hired("Lê Thị Cúc", &[(Role::Reception, "H44.1")]).await;
        let an = office.citizen("Nguyễn Văn An").await;
        let outsider = office.citizen("Bình").await;
        let people = [(cuc.id, Some(PASSWORD.to_owned())), (an.id, None)];
        office
            .app
            .store
            .write(move |tx| {
                people.iter().try_for_each(|(person, password)| {
                    let (note_vi, note_en) = ("Ở quầy số 1".to_owned(), "At desk 1".to_owned());
                    demo::add(
                        tx,
                        &DemoPerson { person: *person, note_vi, note_en, password: password.clone() },
                    )
                })
            })
            .await
            .unwrap();
        assert_eq!(office.get("/demo").await.status, StatusCode::NOT_FOUND);
        let answer = office.post("/demo/dang-nhap", &[("person", &cuc.id.to_string())]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "only in a demonstration");

        let mut office = office.demonstration().await;
        let page = office.get("/demo").await.text();
        let code = cuc.totp.as_ref().unwrap().code_at(office.app.clock.now());
        for words in
            ["Lê Thị Cúc", "cán bộ tiếp nhận", PASSWORD, &code, "nguyen.van.an@example.vn", "Ở quầy số 1"]
        {
            assert!(page.contains(words), "{words}");
        }
        let answer = office.post("/demo/dang-nhap", &[("person", &cuc.id.to_string())]).await;
        assert_eq!(answer.location.as_deref(), Some("/can-bo"));
        assert!(office.get("/can-bo/tai-khoan").await.text().contains("Lê Thị Cúc"));
        office.post("/demo/dang-nhap", &[("person", &an.id.to_string())]).await;
        assert!(office.get("/tai-khoan").await.text().contains("Nguyễn Văn An"));
        for person in [outsider.id.to_string(), "x".to_owned()] {
            let answer = office.post("/demo/dang-nhap", &[("person", &person)]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
        }
    });
}
