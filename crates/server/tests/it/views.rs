//! Saved views: kept, shared, renamed, thrown away and taken back, by their author alone; used on the page and in the
//! API.

use axum::http::StatusCode;
use motcua_domain::access::Role;

use crate::api::{Call, json, problem, token};
use crate::given::province::EAST;
use crate::given::{Office, on_each_engine};
use crate::portal;

const HOME: &str = "/can-bo/cach-loc";
const ADD: &str = "/can-bo/cach-loc/them?list=units&query=tab%3Dintake%26status%3Dregistered";

/// The addresses of one kind on the page of views.
async fn addresses(office: &mut Office, end: &str) -> Vec<String> {
    let page = office.get(HOME).await.text();
    let all = page.split(&[' ', '"'][..]).filter(|part| part.starts_with(HOME) && part.ends_with(end));
    all.map(str::to_owned).collect()
}

#[test]
fn a_view_is_kept_renamed_shared_thrown_away_and_taken_back() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let (_, code) = portal::filed(office).await;
        let quay = office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        let list = "/can-bo/don-vi?tab=intake&status=registered";
        let page = office.get(list).await.text();
        assert!(page.contains("Lưu cách lọc này"), "{page}");
        assert!(!office.get("/can-bo/don-vi").await.text().contains("Lưu cách lọc này"), "nothing to save");
        assert_eq!(office.get(ADD).await.status, StatusCode::OK);
        let long = "ơ".repeat(81);
        for (name, unit) in [("", ""), (long.as_str(), ""), ("Hộ tịch mới", "H99.102")] {
            let wrong = office.post(ADD, &[("name", name), ("unit", unit)]).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            assert!(wrong.text().contains(name), "what was typed stays");
        }
        let saved = office.post(ADD, &[("name", "Hộ tịch mới"), ("unit", "")]).await;
        assert_eq!(saved.location.as_deref(), Some(list));
        let page = office.get(list).await.text();
        assert!(page.contains("Hộ tịch mới") && page.contains(&code), "{page}");
        assert!(!page.contains("Lưu cách lọc này"), "it is saved already");
        assert!(!office.get("/can-bo").await.text().contains("Hộ tịch mới"), "a view of the other list");

        let edit = addresses(office, "/sua").await.pop().expect("one view");
        assert!(office.get(&edit).await.text().contains("value=\"Hộ tịch mới\""));
        let renamed = office.post(&edit, &[("name", "=Mới về"), ("unit", EAST)]).await;
        assert_eq!(renamed.location.as_deref(), Some("/can-bo/cach-loc?xong=luu"));

        // A colleague sees it and changes nothing; somebody else sees nothing.
        let colleague = office.officer("Lê Thị Cùng", Role::Specialist, EAST).await;
        let page = office.get(HOME).await.text();
        assert!(page.contains("=Mới về") && page.contains("Trần Thị Quầy"), "{page}");
        assert!(addresses(office, "/sua").await.is_empty());
        let throw = edit.replace("/sua", "/xoa");
        let wrong = &[("name", ""), ("unit", "H99.102")][..];
        for (path, fields) in [(&edit, &[("name", "x"), ("unit", "")][..]), (&edit, wrong), (&throw, &[][..])]
        {
            assert_eq!(office.post(path, fields).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(office.get(&edit).await.status, StatusCode::NOT_FOUND);
        office.officer("Lê Văn Tây", Role::Reception, "H99.102").await;
        assert!(!office.get(HOME).await.text().contains("=Mới về"));

        office.switch(&quay);
        let thrown = office.post(&throw, &[]).await.location.unwrap();
        let page = office.get(&thrown).await.text();
        assert!(page.contains("Đã xóa cách lọc") && page.contains("Lấy lại"), "{page}");
        assert!(!office.get(list).await.text().contains("=Mới về"));
        office.switch(&colleague);
        assert!(!office.get(HOME).await.text().contains("=Mới về"));
        office.switch(&quay);
        let back = office.post(&throw.replace("/xoa", "/lay-lai"), &[]).await;
        assert_eq!(back.location.as_deref(), Some(HOME));
        assert!(office.get(list).await.text().contains("=Mới về"));
    });
}

#[test]
fn a_view_narrows_the_list_of_the_api() {
    on_each_engine(async |mut office| {
        let office = &mut office;
        let (lan, code) = portal::filed(office).await;
        let quay = office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        office.post(ADD, &[("name", "Hộ tịch mới"), ("unit", EAST)]).await;
        let none = ADD.replace("registered", "settled");
        office.post(&none, &[("name", "Không có"), ("unit", "")]).await;
        let token_of = token(office, &quay, &["dossiers:read"]).await;
        let views = json(&Call::get("/api/v1/views").by(&token_of).send(office).await);
        let found = |name: &str| {
            let items = views["items"].as_array().unwrap();
            items
                .iter()
                .find(|view| view["name"] == name)
                .unwrap_or_else(|| panic!("{name}: {views}"))
                .clone()
        };
        let (new, empty) = (found("Hộ tịch mới"), found("Không có"));
        assert_eq!((new["unit"]["code"].as_str(), new["is_mine"].as_bool()), (Some(EAST), Some(true)));
        for (view, wanted) in [(&new, 1), (&empty, 0)] {
            let path = format!("/api/v1/dossiers?view={}", view["id"].as_str().unwrap());
            let list = json(&Call::get(&path).by(&token_of).send(office).await);
            let items = list["items"].as_array().unwrap();
            assert_eq!(items.len(), wanted, "{list}");
            assert!(items.iter().all(|item| item["code"] == code));
        }
        let unknown = Call::get("/api/v1/dossiers?view=x").by(&token_of).send(office).await;
        assert_eq!(problem(&unknown), "invalid");
        let lan = token(office, &lan, &["dossiers:read"]).await;
        let views = json(&Call::get("/api/v1/views").by(&lan).send(office).await);
        assert!(views["items"].as_array().unwrap().is_empty());
    });
}
