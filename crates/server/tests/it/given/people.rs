//! People signed in through the real pages.

use jiff::SignedDuration;
use motcua::account::password;
use motcua::account::people::{self, NewOfficer};
use motcua::account::totp::Totp;
use motcua::notice::{self, Mail};
use motcua::web::locale::Locale;
use motcua_db::DbError;
use motcua_domain::access::{Appointment, Role};
use motcua_domain::dossier::Identity;
use motcua_domain::identity::fold;
use motcua_domain::ids::PersonId;
use motcua_domain::office_time;

use super::Office;

/// The password of every officer of a test.
pub const PASSWORD: &str = "con cò bay lả bay la";

/// Somebody with a session of their own.
#[derive(Clone, Debug)]
pub struct Who {
    /// The account.
    pub id: PersonId,
    /// E-mail address of a citizen, login of an officer.
    pub login: String,
    /// Second factor of an officer.
    pub totp: Option<Totp>,
    cookies: Vec<(String, String)>,
}

impl Office {
    /// A citizen, signed in with an address made of the name; the account is made the first time.
    pub async fn citizen(&mut self, name: &str) -> Who {
        let login = format!("{}@example.vn", fold(name).replace(' ', "."));
        self.nobody();
        let answer = self.post("/dang-nhap", &[("email", &login)]).await;
        assert_eq!(answer.location.as_deref(), Some("/dang-nhap/ma"), "{}", answer.text());
        let code = self.code_for(&login).await;
        let answer = self.post("/dang-nhap/ma", &[("code", &code)]).await;
        if answer.location.as_deref() == Some("/dang-nhap/thong-tin") {
            let answer = self.post("/dang-nhap/thong-tin", &facts(name)).await;
            assert_eq!(answer.status.as_u16(), 303, "{}", answer.text());
        }
        let (app, email) = (self.app.clone(), login.clone());
        let known =
            self.app.store.read(move |tx| people::find_by_email(tx, &app, &email)).await.unwrap().unwrap();
        let cookies = self.cookies.clone();
        Who { id: known.row.id, login, totp: None, cookies }
    }

    /// An officer with one role in one unit from the first of January on, signed in with both factors.
    pub async fn officer(&mut self, name: &str, role: Role, unit: &str) -> Who {
        let who = self.hired(name, &[(role, unit)]).await;
        self.sign_in(who).await
    }

    /// An officer who has not signed in yet.
    pub async fn hired(&mut self, name: &str, roles: &[(Role, &str)]) -> Who {
        let mut login = fold(name).replace(' ', ".");
        let taken = login.clone();
        if self.app.store.read(move |tx| people::find_by_login(tx, &taken)).await.unwrap().is_some() {
            login.push_str(".2");
        }
        let totp = Totp::new(&self.app.random);
        let new = NewOfficer {
            name: name.to_owned(),
            login: login.clone(),
            identity: Identity::default(),
            language: Locale::Vi,
            password: Some(password::hash_now(&self.app.random, PASSWORD)),
            password_once: false,
            totp: Some(totp.clone()),
        };
        let from = office_time::day_of(self.app.clock.now()).first_of_year();
        let appointments: Vec<Appointment> = roles
            .iter()
            .map(|(role, unit)| Appointment { unit: unit.parse().unwrap(), role: *role })
            .collect();
        let app = self.app.clone();
        let id = self
            .app
            .store
            .write(move |tx| {
                let id = people::create_officer(tx, &app, &new)?;
                appointments.iter().try_for_each(|held| people::appoint(tx, id, held, from, None))?;
                Ok::<_, DbError>(id)
            })
            .await
            .unwrap();
        Who { id, login, totp: Some(totp), cookies: Vec::new() }
    }

    /// Signs an officer in, in a browser of their own.
    pub async fn sign_in(&mut self, who: Who) -> Who {
        self.nobody();
        let answer = self.post("/can-bo/dang-nhap", &[("login", &who.login), ("password", PASSWORD)]).await;
        assert_eq!(answer.location.as_deref(), Some("/can-bo/dang-nhap/ma"), "{}", answer.text());
        let code = who.totp.as_ref().unwrap().code_at(self.app.clock.now());
        let answer = self.post("/can-bo/dang-nhap/ma", &[("code", &code)]).await;
        assert_eq!(answer.location.as_deref(), Some("/can-bo"), "{}", answer.text());
        Who { cookies: self.cookies.clone(), ..who }
    }

    /// The browser becomes that of somebody who signed in before.
    pub fn switch(&mut self, who: &Who) {
        self.cookies.clone_from(&who.cookies);
    }

    /// The browser becomes one that nobody has used.
    pub fn nobody(&mut self) {
        self.cookies.clear();
    }

    /// The newest letter to an address.
    pub async fn letter_to(&self, address: &str) -> Option<Mail> {
        let letters = notice::newest(&self.app, None).await.unwrap();
        letters.into_iter().map(|letter| letter.mail).find(|mail| mail.to == address)
    }

    /// The code in the newest letter to an address.
    pub async fn code_for(&self, address: &str) -> String {
        let body = self.letter_to(address).await.expect("a letter").body;
        let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
        body.split_whitespace().find(is_code).expect("a code").to_owned()
    }

    /// Lets time pass.
    pub fn wait(&self, by: SignedDuration) {
        self.app.clock.advance(by);
    }
}

/// What a new citizen types.
pub fn facts(name: &str) -> [(&'static str, &str); 4] {
    [
        ("full_name", name),
        ("id_number", "025 090 000 007"),
        ("phone", "0912 345 678"),
        ("address", "Khu 3, phường Việt Trì, tỉnh Phú Thọ"),
    ]
}
