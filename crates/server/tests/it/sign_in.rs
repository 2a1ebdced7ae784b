//! Signing in, by both doors: right, wrong, repeated, too often, too late.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use jiff::SignedDuration;
use motcua::account::people;
use motcua_domain::access::Role;

use crate::given::{self, people::PASSWORD, people::facts};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

#[test]
fn a_new_citizen_is_asked_once_and_comes_back_where_they_were() {
    given::on_each_engine(async |mut office| {
        let answer =
            office.post("/dang-nhap", &[("email", "an@example.vn"), ("tiep", "/tai-khoan?x=1")]).await;
        assert_eq!(answer.location.as_deref(), Some("/dang-nhap/ma"));
        let code = office.code_for("an@example.vn").await;
        let answer = office.post("/dang-nhap/ma", &[("code", &code)]).await;
        assert_eq!(answer.location.as_deref(), Some("/dang-nhap/thong-tin"));
        let answer = office.post("/dang-nhap/thong-tin", &facts("Nguyễn Văn An")).await;
        assert_eq!(answer.location.as_deref(), Some("/tai-khoan?x=1"));

        office.nobody();
        office.wait(MINUTE);
        office.post("/dang-nhap", &[("email", "AN@example.vn ")]).await;
        let code = office.code_for("AN@example.vn").await;
        let answer = office.post("/dang-nhap/ma", &[("code", &code)]).await;
        assert_eq!(answer.location.as_deref(), Some("/ho-so"), "the second time nothing is asked");
    });
}

#[test]
fn what_is_wrong_with_the_facts_is_said_at_once_and_nothing_typed_is_lost() {
    given::on_each_engine(async |mut office| {
        office.post("/dang-nhap", &[("email", "an@example.vn")]).await;
        let code = office.code_for("an@example.vn").await;
        office.post("/dang-nhap/ma", &[("code", &code)]).await;
        let typed = [("full_name", "An 2"), ("id_number", "12345"), ("phone", "12"), ("address", "x")];
        let answer = office.post("/dang-nhap/thong-tin", &typed).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = answer.text();
        for words in ["không có ký tự “2”", "bạn đã nhập 5", "ví dụ 0912 345 678", "từ 5 đến 300 ký tự"]
        {
            assert!(text.contains(words), "{words}");
        }
        for value in ["An 2", "12345", "value=\"12\"", "value=\"x\""] {
            assert!(text.contains(value), "{value}");
        }
        assert!(text.contains("<title>Lỗi:"));
    });
}

#[test]
fn a_code_works_once_for_ten_minutes_and_five_tries() {
    given::on_each_engine(async |mut office| {
        let email = "an@example.vn";
        let wrong = |code: &str| if code == "000000" { "000001" } else { "000000" };

        office.post("/dang-nhap", &[("email", email)]).await;
        let code = office.code_for(email).await;
        for left in ["4", "3", "2", "1"] {
            let answer = office.post("/dang-nhap/ma", &[("code", wrong(&code))]).await;
            assert!(answer.text().contains(&format!("Bạn còn {left} lần thử")), "{left}");
        }
        assert!(
            office
                .post("/dang-nhap/ma", &[("code", wrong(&code))])
                .await
                .text()
                .contains("không còn dùng được")
        );
        assert!(
            office.post("/dang-nhap/ma", &[("code", &code)]).await.text().contains("không còn dùng được")
        );

        office.wait(MINUTE * 30);
        office.post("/dang-nhap", &[("email", email)]).await;
        let code = office.code_for(email).await;
        office.wait(MINUTE * 10);
        assert!(
            office.post("/dang-nhap/ma", &[("code", &code)]).await.text().contains("không còn dùng được")
        );

        office.post("/dang-nhap/ma/gui-lai", &[]).await;
        let newer = office.code_for(email).await;
        assert_ne!(newer, code);
        let spaced = format!("{} {}", &newer[..3], &newer[3..]);
        let answer = office.post("/dang-nhap/ma", &[("code", &spaced)]).await;
        assert_eq!(answer.location.as_deref(), Some("/dang-nhap/thong-tin"));
        assert!(
            office.post("/dang-nhap/ma", &[("code", &newer)]).await.location.as_deref() == Some("/dang-nhap")
        );
    });
}

#[test]
fn known_and_unknown_addresses_get_the_same_answer() {
    given::on_each_engine(async |mut office| {
        office.citizen("An").await;
        office.nobody();
        let known = office.post("/dang-nhap", &[("email", "an@example.vn")]).await;
        let known_page = office.get("/dang-nhap/ma").await.text();
        office.nobody();
        let unknown = office.post("/dang-nhap", &[("email", "xx@example.vn")]).await;
        let unknown_page = office.get("/dang-nhap/ma").await.text();
        assert_eq!((known.status, known.location), (unknown.status, unknown.location));
        let without_token = |page: &str| {
            let lines = page.lines().filter(|line| !line.contains("csrf"));
            lines.collect::<Vec<_>>().join("\n").replace("an@example.vn", "").replace("xx@example.vn", "")
        };
        assert_eq!(without_token(&known_page), without_token(&unknown_page));
    });
}

#[test]
fn too_many_codes_are_refused_and_time_heals() {
    given::on_each_engine(async |mut office| {
        for _ in 0..5 {
            let answer = office.post("/dang-nhap", &[("email", "an@example.vn")]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER);
        }
        let answer = office.post("/dang-nhap", &[("email", "an@example.vn")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains("Chờ 15 phút") && answer.text().contains("an@example.vn"));
        office.wait(MINUTE * 15);
        let answer = office.post("/dang-nhap", &[("email", "an@example.vn")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn an_address_that_is_none_is_refused_and_stays_in_the_box() {
    given::on_each_engine(async |mut office| {
        for typed in ["", "an", "an@", "@example.vn", "an@ví-dụ", "an@example.vn@x"] {
            let answer = office.post("/dang-nhap", &[("email", typed), ("tiep", "/tai-khoan")]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
            assert!(answer.text().contains("name=\"tiep\" value=\"/tai-khoan\""));
        }
        assert!(office.letter_to("an").await.is_none());
    });
}

#[test]
fn signing_in_never_leads_to_another_site() {
    given::on_each_engine(async |mut office| {
        office.citizen("An").await;
        office.nobody();
        office.wait(MINUTE);
        office.post("/dang-nhap", &[("email", "an@example.vn"), ("tiep", "//evil.example/x")]).await;
        let code = office.code_for("an@example.vn").await;
        let answer = office.post("/dang-nhap/ma", &[("code", &code)]).await;
        assert_eq!(answer.location.as_deref(), Some("/ho-so"));
    });
}

#[test]
fn signing_out_ends_the_session_and_not_only_the_cookie() {
    given::on_each_engine(async |mut office| {
        let an = office.citizen("An").await;
        let answer = office.post("/dang-xuat", &[]).await;
        assert_eq!(answer.location.as_deref(), Some("/"));
        office.switch(&an);
        assert_eq!(office.get("/noi-dung-vua-nhap").await.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn the_session_of_before_is_worth_nothing_after_signing_in() {
    given::on_each_engine(async |mut office| {
        let first = office.citizen("An").await;
        office.wait(MINUTE);
        office.post("/dang-nhap", &[("email", "an@example.vn")]).await;
        let code = office.code_for("an@example.vn").await;
        office.post("/dang-nhap/ma", &[("code", &code)]).await;
        assert_eq!(office.get("/noi-dung-vua-nhap").await.status, StatusCode::OK);
        office.switch(&first);
        assert_eq!(office.get("/noi-dung-vua-nhap").await.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn an_officer_needs_both_factors_and_a_code_counts_once() {
    given::on_each_engine(async |mut office| {
        let binh = office.hired("Trần Thị Bình", &[(Role::Reception, "H44.1")]).await;
        let totp = binh.totp.clone().unwrap();
        let fields = [("login", "Tran.Thi.Binh "), ("password", PASSWORD), ("tiep", "/can-bo/tiep-nhan")];
        let answer = office.post("/can-bo/dang-nhap", &fields).await;
        assert_eq!(answer.location.as_deref(), Some("/can-bo/dang-nhap/ma"));
        assert!(office.cookie("phien").is_none(), "a password alone opens nothing");

        let answer = office.post("/can-bo/dang-nhap/ma", &[("code", "")]).await;
        assert!(answer.text().contains("Nhập mã sáu chữ số"));
        let old = totp.code_at(office.app.clock.now() - SignedDuration::from_secs(90));
        let answer = office.post("/can-bo/dang-nhap/ma", &[("code", &old)]).await;
        assert!(answer.text().contains("Mã không đúng hoặc đã dùng rồi"));
        let code = totp.code_at(office.app.clock.now());
        let answer = office.post("/can-bo/dang-nhap/ma", &[("code", &code)]).await;
        assert_eq!(answer.location.as_deref(), Some("/can-bo/tiep-nhan"));

        office.nobody();
        office.post("/can-bo/dang-nhap", &fields).await;
        let answer = office.post("/can-bo/dang-nhap/ma", &[("code", &code)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "the same code a second time");
    });
}

#[test]
fn every_wrong_sign_in_of_an_officer_gets_the_same_answer() {
    given::on_each_engine(async |mut office| {
        office.hired("Bình", &[(Role::Reception, "H44.1")]).await;
        let (app, mut closed) = (office.app.clone(), None);
        let dung = office.hired("Dũng", &[]).await;
        app.store
            .write(move |tx| {
                let mut row = people::store::find(tx, dung.id)?.unwrap();
                row.active = false;
                people::store::save(tx, &row)
            })
            .await
            .unwrap();
        for (login, password) in [("binh", "sai mật khẩu"), ("khong-co", PASSWORD), ("dung", PASSWORD)] {
            let started = std::time::Instant::now();
            let answer = office.post("/can-bo/dang-nhap", &[("login", login), ("password", password)]).await;
            assert!(started.elapsed().as_millis() >= 250, "{login}: answered too soon");
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            let text = answer.text();
            assert!(
                !text.contains(PASSWORD) && !text.contains("sai mật khẩu"),
                "a password never travels back"
            );
            let lines = text.lines().filter(|line| !line.contains("csrf")).collect::<Vec<_>>().join("\n");
            let words = lines.replace(&format!("value=\"{login}\""), "");
            assert_eq!(*closed.get_or_insert(words.clone()), words, "{login}");
        }
    });
}

#[test]
fn five_wrong_tries_lock_an_officer_for_a_quarter_of_an_hour() {
    given::on_each_engine(async |mut office| {
        let binh = office.officer("Bình", Role::Reception, "H44.1").await;
        office.nobody();
        office.wait(MINUTE);
        for _ in 0..5 {
            office.post("/can-bo/dang-nhap", &[("login", "binh"), ("password", "sai mật khẩu")]).await;
        }
        let right = [("login", "binh"), ("password", PASSWORD)];
        let answer = office.post("/can-bo/dang-nhap", &right).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "locked");
        office.wait(MINUTE * 15);
        let binh = office.sign_in(binh).await;
        office.switch(&binh);
    });
}

#[test]
fn an_officer_sets_up_telephone_and_password_at_the_first_sign_in() {
    given::on_each_engine(async |mut office| {
        let binh = office.hired("Bình", &[(Role::Reception, "H44.1")]).await;
        office
            .app
            .store
            .write(move |tx| {
                let mut row = people::store::find(tx, binh.id)?.unwrap();
                (row.totp, row.password_once) = (None, true);
                people::store::save(tx, &row)
            })
            .await
            .unwrap();
        let answer = office.post("/can-bo/dang-nhap", &[("login", "binh"), ("password", PASSWORD)]).await;
        assert_eq!(answer.location.as_deref(), Some("/can-bo/dang-nhap/ma-moi"));
        let page = office.get("/can-bo/dang-nhap/ma-moi").await.text();
        assert!(page.contains("data:image/svg+xml;base64,"));
        let secret = page.split("<strong class=\"code\">").nth(1).unwrap().split('<').next().unwrap();
        let totp = motcua::account::totp::Totp::from_base32(secret).unwrap();
        let answer = office.post("/can-bo/dang-nhap/ma-moi", &[("code", "123")]).await;
        assert!(answer.text().contains("Kiểm tra giờ trên điện thoại") && answer.text().contains(secret));
        let code = totp.code_at(office.app.clock.now());
        let answer = office.post("/can-bo/dang-nhap/ma-moi", &[("code", &code)]).await;
        assert_eq!(answer.location.as_deref(), Some("/can-bo/dang-nhap/mat-khau"));
        assert!(office.cookie("phien").is_none());

        let path = "/can-bo/dang-nhap/mat-khau";
        for (password, again, words) in [
            ("ngắn", "ngắn", "ít nhất 10 ký tự"),
            ("một mật khẩu khác", "một mật khẩu", "không giống nhau"),
            (PASSWORD, PASSWORD, "vẫn là mật khẩu đã cấp"),
        ] {
            let answer = office.post(path, &[("password", password), ("again", again)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.text().contains(words), "{words}");
            assert!(!answer.text().contains(password), "a password never travels back");
        }
        let answer =
            office.post(path, &[("password", "một mật khẩu khác"), ("again", "một mật khẩu khác")]).await;
        assert_eq!(answer.location.as_deref(), Some("/can-bo"));
    });
}

#[test]
fn pages_between_the_steps_lead_to_the_first_one() {
    given::on_each_engine(async |mut office| {
        for path in ["/dang-nhap/ma", "/dang-nhap/thong-tin"] {
            assert_eq!(office.get(path).await.location.as_deref(), Some("/dang-nhap"), "{path}");
            assert_eq!(office.post(path, &[]).await.location.as_deref(), Some("/dang-nhap"), "{path}");
        }
        for path in ["/can-bo/dang-nhap/ma", "/can-bo/dang-nhap/ma-moi", "/can-bo/dang-nhap/mat-khau"] {
            assert_eq!(office.get(path).await.location.as_deref(), Some("/can-bo/dang-nhap"), "{path}");
            assert_eq!(office.post(path, &[]).await.location.as_deref(), Some("/can-bo/dang-nhap"), "{path}");
        }
        // A ticket of one step does not open another.
        office.post("/dang-nhap", &[("email", "an@example.vn")]).await;
        assert_eq!(office.get("/dang-nhap/thong-tin").await.location.as_deref(), Some("/dang-nhap"));
    });
}

#[test]
fn a_form_of_another_site_is_refused() {
    given::on_each_engine(async |mut office| {
        office.get("/dang-nhap").await;
        let body = format!("email=an%40example.vn&csrf={}", office.csrf());
        let request = Request::post("/dang-nhap")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "cross-site")
            .body(Body::from(body))
            .unwrap();
        assert_eq!(office.send(request).await.status, StatusCode::FORBIDDEN);
        let request = Request::post("/dang-nhap")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from("email=an%40example.vn&csrf=x"))
            .unwrap();
        assert_eq!(office.send(request).await.status, StatusCode::FORBIDDEN);
        assert!(office.letter_to("an@example.vn").await.is_none());
    });
}
