//! Handing photos over from a phone: a short-lived link, shown as a square code, by which whoever opens it puts files
//! into one place of one draft, and sees nothing of it. The owner of the draft opens it, watches what comes, and ends it.

pub mod pages;
pub mod phone;
pub mod store;
pub mod sweep;

use jiff::{SignedDuration, Timestamp};
use motcua_db::{DbError, Tx};
use motcua_domain::ids::{DraftId, PersonId};

use crate::account::office_log::{self, Deed, Doer};
use crate::app::App;
use crate::document::upload::store as uploads;
use crate::portal::draft::Draft;
use crate::portal::store as drafts;

/// Where phones arrive; the secret follows.
pub const PATH: &str = "/chup";

/// One link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handoff {
    /// Its id; not its secret.
    pub id: String,
    /// The draft whose files it adds to.
    pub draft: DraftId,
    /// Key of the component in it.
    pub component: String,
    /// Name of the paper that is asked for.
    pub asked: String,
    /// Name of the procedure.
    pub procedure: String,
    /// Name of the desk that asks.
    pub unit: String,
    /// Who opened it.
    pub owner: PersonId,
    /// Hash of the browser that sent first.
    pub browser: Option<String>,
    /// How many files came by it.
    pub received: i64,
    /// Opened.
    pub created_at: Timestamp,
    /// Nothing more is taken from then on.
    pub expires_at: Timestamp,
    /// How it ended, once it did.
    pub ended: Option<End>,
}

/// How a link ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Whoever held the phone said that everything was sent.
    Done,
    /// Its owner took it back.
    Revoked,
    /// What it was for was handed in.
    Finished,
    /// Its time was over.
    Expired,
}

impl End {
    /// The name in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Revoked => "revoked",
            Self::Finished => "finished",
            Self::Expired => "expired",
        }
    }

    /// The end with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Done, Self::Revoked, Self::Finished, Self::Expired].into_iter().find(|end| end.name() == name)
    }

    /// Message key of the sentence that the office log tells it by.
    fn deed(self) -> &'static str {
        match self {
            Self::Done => "handoff.log_done",
            Self::Revoked => "handoff.log_revoked",
            Self::Finished => "handoff.log_finished",
            Self::Expired => "handoff.log_expired",
        }
    }
}

impl Handoff {
    /// How it stands at an instant: a link whose time is over has ended, whether or not that was noted.
    pub fn end_at(&self, now: Timestamp) -> Option<End> {
        self.ended.or((self.expires_at <= now).then_some(End::Expired))
    }

    /// Writes into the office log how it ended.
    fn log_end(&self, tx: &mut Tx<'_>, app: &App, doer: &Doer, end: End) -> Result<(), DbError> {
        let deed = Deed::new(end.deed(), format!("handoff:{}", self.id));
        office_log::record(tx, app, doer, &deed.word("paper", &self.asked).word("count", self.received))
    }
}

/// What a link is opened for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Key of the component.
    pub component: String,
    /// Its name.
    pub paper: String,
    /// Name of the desk that asks.
    pub unit: String,
}

/// Opens a link into a draft, which is begun with it when there is none yet. One that was open before ends: a draft
/// has one at a time. Answers the secret, which is kept nowhere; none when the draft is not open, or somebody else's.
pub async fn open(app: &App, doer: Doer, draft: Draft, asked: Asked) -> Result<Option<String>, DbError> {
    let now = app.clock.now();
    let token = app.random.token();
    let handoff = Handoff {
        id: app.random.uuid(now).to_string(),
        draft: draft.id,
        component: asked.component,
        asked: asked.paper,
        procedure: draft.procedure_name.clone(),
        unit: asked.unit,
        owner: draft.owner,
        browser: None,
        received: 0,
        created_at: now,
        expires_at: now + SignedDuration::from_mins(app.config.upload.handoff_minutes),
        ended: None,
    };
    let (inner, hash, sealed) = (app.clone(), token_hash(app, &token), draft.sealed(app));
    let is_open = app.store.write(move |tx| {
        drafts::insert_draft(tx, &draft, &sealed)?;
        if drafts::file_counts(tx, draft.id, draft.owner, &handoff.component)?.is_none() {
            return Ok(false);
        }
        end_all(tx, &inner, &doer, draft.id, End::Revoked)?;
        store::insert(tx, &handoff, &hash)?;
        let deed = Deed::new("handoff.log_opened", format!("handoff:{}", handoff.id));
        let deed = deed.word("paper", &handoff.asked).word("procedure", &handoff.procedure);
        office_log::record(tx, &inner, &doer, &deed)?;
        Ok::<_, DbError>(true)
    });
    Ok(is_open.await?.then_some(token))
}

/// Ends every open link into a draft. What came by them and is whole stays; what is still on its way does not.
pub fn end_all(tx: &mut Tx<'_>, app: &App, doer: &Doer, draft: DraftId, end: End) -> Result<(), DbError> {
    for handoff in store::open_into(tx, draft)? {
        let end = handoff.end_at(app.clock.now()).unwrap_or(end);
        finish(tx, app, doer, &handoff, end)?;
    }
    Ok(())
}

/// Ends one link, once: whoever comes second changes nothing.
pub fn finish(tx: &mut Tx<'_>, app: &App, doer: &Doer, handoff: &Handoff, end: End) -> Result<(), DbError> {
    if store::end(tx, &handoff.id, end)? {
        if matches!(end, End::Revoked | End::Finished) {
            uploads::refuse_by(tx, &handoff.id, app.clock.now())?;
        }
        handoff.log_end(tx, app, doer, end)?;
    }
    Ok(())
}

/// The link with this secret, for its owner; there is none for anybody else.
pub async fn find(app: &App, token: &str, owner: PersonId) -> Result<Option<Handoff>, DbError> {
    let hash = token_hash(app, token);
    let found = app.store.read(move |tx| store::by_token(tx, &hash)).await?;
    Ok(found.filter(|handoff| handoff.owner == owner))
}

/// The address that the square code holds.
pub fn address(app: &App, token: &str) -> String {
    format!("{}{PATH}/{token}", app.config.server.public_url())
}

fn token_hash(app: &App, token: &str) -> String {
    app.secrets.keyed_hash("handoff", token)
}
