//! Lists and the search of the desk: what narrows them, in which order they come, page by page.

use motcua::desk::search::store::{By, Place, Wanted, find};
use motcua_domain::access::{Role, Scope};
use motcua_domain::dossier::Filing;

use crate::dossier::{accept, citizen, file, filing, officer, open_province};
use crate::given::province::EAST;
use crate::given::{Office, on_each_engine};
use crate::portal;

async fn list(office: &mut Office, query: &str) -> String {
    office.get(&format!("/can-bo/don-vi?{query}")).await.text()
}

#[test]
fn a_list_is_narrowed_by_field_status_and_day() {
    on_each_engine(async |mut office| {
        let (_, code) = portal::filed(&mut office).await;
        let other = file(&office, "press").await.dossier.code.to_string();
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        for query in ["status=registered", "due_from=1/3/2026", "due_from=2026-03-01&due_until=31-12-2026"] {
            let page = list(&mut office, query).await;
            assert!(page.contains(&code) && page.contains("Hiện 2 trong 2 việc"), "{query}: {page}");
        }
        let all = format!("unit={EAST}&tab=intake&channel=online&status=registered&q=lan");
        for (query, found) in [("field=ho-tich", &other), (all.as_str(), &code)] {
            let page = list(&mut office, query).await;
            assert!(page.contains(found) && page.contains("Hiện 1 trong 1 việc"), "{query}: {page}");
        }
        let none =
            ["field=khong", "status=in_process", "due_from=1/1/2027", "due_until=1/1/2026", "unit=H99"];
        for query in none {
            let page = list(&mut office, query).await;
            assert!(!page.contains(&code) && page.contains("Không có hồ sơ nào khớp"), "{query}: {page}");
        }
        let page = list(&mut office, "due_from=31/2/2026").await;
        assert!(page.contains("Nhập ngày có thật") && page.contains("value=\"31/2/2026\""), "{page}");
        // What is done moves the dossier on in every list at once.
        office.accepted(&code).await;
        assert!(!list(&mut office, "status=registered").await.contains(&code));
        assert!(list(&mut office, "status=in_process").await.contains(&code));
    });
}

#[test]
fn an_auditor_lists_what_waits_anywhere() {
    on_each_engine(async |mut office| {
        let (_, code) = portal::filed(&mut office).await;
        office.officer("Giang Thị Kiểm", Role::Auditor, "H99.102").await;
        let page = list(&mut office, "").await;
        assert!(page.contains(&code) && page.contains("Hiện 1 trong 1 việc"), "{page}");
        assert!(list(&mut office, &format!("unit={EAST}")).await.contains(&code));
        assert!(!list(&mut office, "unit=H99.102").await.contains(&code));
    });
}

/// One dossier of each of these people at the eastern commune, by the codes they got.
async fn of_people(office: &Office, names: &[&str]) -> Vec<String> {
    open_province(office);
    let mut codes = Vec::new();
    for (name, number) in names.iter().zip(1u128..) {
        let mut one: Filing = filing(number);
        (*name).clone_into(&mut one.applicant.name);
        let (owner, key) = (citizen(number), format!("press {number}"));
        let taken = motcua::dossier::steps::file(&office.app, &owner, one, &key).await.unwrap();
        codes.push(taken.dossier.code.to_string());
    }
    codes
}

/// Everything that is found, page by page, by the number each has among the codes.
fn found(office: &Office, scope: &Scope, text: &str, codes: &[String], page: usize) -> Vec<usize> {
    let wanted = Wanted { text: text.to_owned(), number_hash: String::new() };
    let (mut all, mut place): (Vec<usize>, Option<Place>) = (Vec::new(), None);
    loop {
        let rows = office.app.store.read_sync(|tx| find(tx, scope, &wanted, place.as_ref(), page)).unwrap();
        let Some(last) = rows.last() else { return all };
        place = Some(last.place.clone());
        all.extend(rows.iter().map(|row| codes.iter().position(|code| *code == row.code).unwrap()));
    }
}

#[test]
fn names_are_found_by_the_beginning_of_any_word_in_their_order_page_by_page() {
    on_each_engine(async |office| {
        let names =
            ["Nguyễn Văn An", "Trần Thị Bình", "An Văn An", "Lê Ân", "Công ty 36 Đống Đa", "Nguyễn Văn An"];
        let codes = of_people(&office, &names).await;
        let owner = citizen(900).id().unwrap();
        let east = Scope::Units { units: [EAST.parse().unwrap()].into(), owner };
        let west = Scope::Units { units: ["H99.102".parse().unwrap()].into(), owner };
        for page in [1, 2, 50] {
            for scope in [&east, &Scope::Everything] {
                let search = |text: &str| found(&office, scope, text, &codes, page);
                // Of the same name the newest first; one with the word twice once, at its first place in the order.
                assert_eq!(search("an"), [5, 3, 2, 0], "by the last word, which is the whole");
                assert_eq!(search("nguyen van an"), [5, 0]);
                assert_eq!(search("nguyen v"), [5, 0]);
                assert_eq!(search("van an"), [5, 2, 0]);
                assert_eq!(search("36 dong"), [4]);
                assert_eq!(search("guyen"), [0; 0], "words are found by their beginning");
                assert_eq!(search(&codes[1].to_lowercase()), [1]);
                assert_eq!(search("h99.101").len(), 6, "the beginning of a code");
                assert_eq!(search("%"), [0; 0]);
                assert_eq!(search("").len(), 6);
            }
            assert_eq!(found(&office, &west, "an", &codes, page), [0; 0], "another unit finds nobody");
            let own = Scope::Owner(citizen(2).id().unwrap());
            assert_eq!(found(&office, &own, "bin", &codes, page), [1]);
            assert_eq!(found(&office, &own, "an", &codes, page), [0; 0]);
            let both =
                Scope::Units { units: ["H99.102".parse().unwrap()].into(), owner: citizen(3).id().unwrap() };
            assert_eq!(
                found(&office, &both, "van", &codes, page),
                [2],
                "an officer's own, as a private person"
            );
            assert_eq!(found(&office, &both, "h99", &codes, page), [2]);
        }
    });
}

#[test]
fn a_number_finds_the_dossiers_of_its_person_and_a_code_goes_straight_there() {
    on_each_engine(async |mut office| {
        let (_, code) = portal::filed(&mut office).await;
        office.officer("Trần Thị Quầy", Role::Reception, EAST).await;
        for q in ["025190000007", "025%20190%20000%20007", "lan", "Th%E1%BB%8B%20L"] {
            let page = office.get(&format!("/can-bo/tra-cuu?q={q}")).await.text();
            assert!(page.contains(&code) && page.contains("Hiện 1 hồ sơ"), "{q}: {page}");
        }
        let there = office.get(&format!("/can-bo/tra-cuu?q={}", code.to_lowercase())).await;
        assert_eq!(there.location, Some(format!("/can-bo/ho-so/{code}")));
        let page = office.get("/can-bo/tra-cuu?q=lan&after=name~Z~zzz").await.text();
        assert!(!page.contains(&code), "{page}");
        for broken in ["x", "name", "name~~", "~~~"] {
            let page = office.get(&format!("/can-bo/tra-cuu?q=lan&after={broken}")).await;
            assert_eq!(page.status, axum::http::StatusCode::OK, "{broken}");
        }
        office.officer("Lê Văn Tây", Role::Reception, "H99.102").await;
        let page = office.get("/can-bo/tra-cuu?q=025190000007").await.text();
        assert!(!page.contains(&code), "{page}");
    });
}

/// A unit that gets to know a dossier later finds it from then on.
#[test]
fn a_dossier_is_found_by_every_unit_it_comes_to() {
    on_each_engine(async |office| {
        open_province(&office);
        let code = file(&office, "press").await.dossier.code;
        let desk = officer(20, Role::Reception, "H99.101");
        motcua::dossier::steps::take(&office.app, &desk, &code, None, accept()).await.unwrap();
        let by = |scope: &Scope| {
            let wanted = Wanted::default();
            office.app.store.read_sync(|tx| find(tx, scope, &wanted, None, 9)).unwrap()
        };
        let scope = |unit: &str| Scope::Units {
            units: [unit.parse().unwrap()].into(),
            owner: citizen(900).id().unwrap(),
        };
        assert_eq!(by(&scope("H99.101")).len(), 1);
        assert_eq!(by(&scope("H99.102")).len(), 0);
        let found = by(&Scope::Everything);
        assert!(found.len() == 1 && found[0].place.by == By::Name);
        motcua::dossier::verify::verify(&office.app).await.expect("names are as the journal says");
    });
}
