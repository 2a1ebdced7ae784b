//! `motcua administrator`: makes the first administrator of an office, or lets one in again who lost password or
//! telephone. What it does is what the pages of administration do, with the program as author in the office log.

use clap::Args;
use motcua_db::DbError;
use motcua_domain::access::{Appointment, Role};
use motcua_domain::dossier::{Identity, Office as _};
use motcua_domain::identity::{Email, PersonName};
use motcua_domain::office_time;
use motcua_domain::unit::{Unit, UnitCode};
use serde::Serialize;

use crate::account::office_log::Doer;
use crate::account::password;
use crate::account::people::store::{self, Tenure};
use crate::account::people::{self, NewOfficer};
use crate::account::steps::{self, ChangeError};
use crate::account::totp::Totp;
use crate::app::App;
use crate::cli::{Exit, Place, print};
use crate::web::locale::Locale;

/// Units named when the one that was typed is not there.
const UNITS_NAMED: usize = 5;

/// Make the first administrator of an office, or let one in again.
///
/// An administrator adds everybody else on the pages of administration, and looks after the whole office whatever
/// unit appoints them.
#[derive(Args, Clone, Debug)]
pub struct Administrator {
    /// Full name.
    #[arg(long, value_name = "NAME", required_unless_present = "reset")]
    name: Option<PersonName>,
    /// E-mail address.
    #[arg(long, value_name = "ADDRESS", required_unless_present = "reset")]
    email: Option<Email>,
    /// The unit they work in, by its agency code.
    #[arg(long, value_name = "CODE", required_unless_present = "reset")]
    unit: Option<UnitCode>,
    /// What they sign in with; what stands before the @ of the address when not given.
    #[arg(long, value_name = "LOGIN")]
    login: Option<String>,
    /// Give an administrator a new password, and let them set up another telephone at the next sign-in.
    #[arg(long, value_name = "LOGIN", conflicts_with_all = ["name", "email", "unit", "login"])]
    reset: Option<String>,
    /// Answer JSON.
    #[arg(long)]
    json: bool,
}

/// How somebody gets in, told once. Fields are only ever added.
#[derive(Debug, Serialize)]
struct Access {
    name: String,
    login: String,
    password: String,
    /// Secret of the second factor; none when it is set up at the next sign-in, or when the office wants none.
    totp_secret: Option<String>,
    /// The same as authenticator applications read it.
    otpauth: Option<String>,
    sign_in: String,
}

/// Why nobody is made or let in.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error(
        "there is no unit to work in yet: import the units first (`motcua import units FILE`), then make the administrator"
    )]
    NoUnits,
    #[error("there is no unit {code} today; there is {known}")]
    NoUnit { code: UnitCode, known: String },
    #[error(
        "{0:?} is no login: name one with --login, three to forty small letters without accents, digits, dots and hyphens"
    )]
    NotALogin(String),
    #[error(
        "there is an officer {login} already, who signs in at {sign_in}. An administrator who lost password or telephone \
         gets in again after `motcua administrator --reset {login}`; somebody else needs another --login"
    )]
    Taken { login: String, sign_in: String },
    #[error(
        "nobody with the login {0} is administrator today: make one with --name, --email and --unit, under another login"
    )]
    NoAdministrator(String),
    #[error(transparent)]
    Change(#[from] ChangeError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Administrator {
    /// Does it, and prints how to get in.
    pub fn run(&self, place: &Place) -> anyhow::Result<Exit> {
        let app = place.open_existing()?;
        let access = match (&self.reset, &self.name, &self.email, &self.unit) {
            (Some(login), ..) => reset(&app, &people::login_of(login)),
            (None, Some(name), Some(email), Some(unit)) => self.make(&app, name, email, unit),
            (None, ..) => anyhow::bail!("--name, --email and --unit are needed"),
        };
        match access {
            Ok(access) => {
                print(&if self.json { serde_json::to_string_pretty(&access)? } else { access.words() })?;
                Ok(Exit::Done)
            }
            Err(Refused::Db(error) | Refused::Change(ChangeError::Db(error))) => Err(error.into()),
            Err(refused) => {
                eprintln!("motcua: {refused}");
                Ok(Exit::WrongUse)
            }
        }
    }

    fn make(&self, app: &App, name: &PersonName, email: &Email, unit: &UnitCode) -> Result<Access, Refused> {
        let office = app.office();
        if office.units().on(unit, office.day).is_none() {
            let units: Vec<&Unit> = office.units().all_on(office.day).collect();
            return Err(unknown(unit, &units));
        }
        let email = email.to_string();
        let before_at = || email.split('@').next().unwrap_or_default();
        let login = people::login_of(self.login.as_deref().unwrap_or_else(before_at));
        if !people::is_login(&login) {
            return Err(Refused::NotALogin(login));
        }
        let first = password::initial(&app.random);
        let totp = app.config.account.second_factor.then(|| Totp::new(&app.random));
        let new = NewOfficer {
            name: name.to_string(),
            login: login.clone(),
            identity: Identity { email: Some(email.clone()), ..Identity::default() },
            language: Locale::default(),
            password: Some(password::hash_now(&app.random, &first)),
            password_once: true,
            totp: totp.clone(),
        };
        let tenure = Tenure {
            appointment: Appointment { unit: unit.clone(), role: Role::Administrator },
            valid_from: office.day,
            valid_to: None,
        };
        let made = app.store.write_sync(|tx| {
            let doer = Doer::program();
            let id = steps::add(tx, app, &doer, &new)?;
            steps::appoint(tx, app, &doer, id, &tenure)
        });
        match made {
            Ok(()) => Ok(Access {
                name: new.name,
                password: first,
                totp_secret: totp.as_ref().map(Totp::base32),
                otpauth: totp.as_ref().map(|totp| totp.url(&app.office_name(), &login)),
                sign_in: sign_in(app),
                login,
            }),
            Err(DbError::Conflict(_)) => Err(Refused::Taken { login, sign_in: sign_in(app) }),
            Err(error) => Err(error.into()),
        }
    }
}

/// What to do in an office that nobody looks after; `None` in one that somebody does.
pub fn missing(app: &App, place: &Place) -> Result<Option<String>, DbError> {
    let office = app.office();
    let today = office.day;
    if app.store.read_sync(|tx| store::is_administrated(tx, None, today))? {
        return Ok(None);
    }
    let folder = place.data.display();
    let whose = if place.database.is_some() { " --database URL" } else { "" };
    let units = if office.units().all_on(today).next().is_none() {
        format!("  motcua import units FILE --data {folder}{whose}\n")
    } else {
        String::new()
    };
    Ok(Some(format!(
        "motcua: this office has no administrator yet, so nobody can add its officers. In another window, run\n{units}  \
         motcua administrator --name \"Nguyễn Văn A\" --email a@example.vn --unit CODE --data {folder}{whose}"
    )))
}

fn reset(app: &App, login: &str) -> Result<Access, Refused> {
    let given = password::initial(&app.random);
    let hash = password::hash_now(&app.random, &given);
    let today = office_time::day_of(app.clock.now());
    let name = app.store.write_sync(|tx| {
        let nobody = || Refused::NoAdministrator(login.to_owned());
        let row = people::find_by_login(tx, login)?.filter(|row| row.active).ok_or_else(nobody)?;
        let holds =
            |tenure: &Tenure| tenure.appointment.role == Role::Administrator && tenure.holds_on(today);
        if !store::tenures(tx, row.id)?.iter().any(holds) {
            return Err(nobody());
        }
        let doer = Doer::program();
        steps::give_password(tx, app, &doer, row.id, &hash)?;
        steps::clear_second_factor(tx, app, &doer, row.id)?;
        Ok(row.name)
    })?;
    Ok(Access {
        name,
        login: login.to_owned(),
        password: given,
        totp_secret: None,
        otpauth: None,
        sign_in: sign_in(app),
    })
}

fn unknown(code: &UnitCode, units: &[&Unit]) -> Refused {
    // The units at the top are those that somebody who begins looks for.
    let mut named: Vec<&Unit> = units.iter().copied().filter(|unit| unit.parent.is_none()).collect();
    named.extend(units.iter().copied().filter(|unit| unit.parent.is_some()));
    if named.is_empty() {
        return Refused::NoUnits;
    }
    let more = if UNITS_NAMED < named.len() { ", …" } else { "" };
    let known: Vec<String> =
        named.iter().take(UNITS_NAMED).map(|unit| format!("{} ({})", unit.code, unit.name)).collect();
    Refused::NoUnit { code: code.clone(), known: format!("{}{more}", known.join(", ")) }
}

fn sign_in(app: &App) -> String {
    format!("{}/can-bo/dang-nhap", app.config.server.public_url())
}

impl Access {
    fn words(&self) -> String {
        let second_factor = match (&self.totp_secret, &self.otpauth) {
            (Some(secret), Some(otpauth)) => format!(
                "Second factor  {secret}\n               {otpauth}\n\n\
                 Put the second factor into an authenticator application: the sign-in asks for its code.\n"
            ),
            _ => "\nThe second factor, if the office wants one, is set up at the next sign-in.\n".to_owned(),
        };
        format!(
            "{} is administrator.\n\n\
             Sign in        {}\n\
             Login          {}\n\
             Password       {}\n\
             {second_factor}\
             This is shown once. The password is changed at the sign-in.",
            self.name, self.sign_in, self.login, self.password
        )
    }
}
