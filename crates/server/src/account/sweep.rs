//! Removes what is over: sessions, codes, kept forms, old letters, lists that were kept to be taken away.

use jiff::{SignedDuration, Timestamp};
use motcua_db::{DbError, Tx};

use crate::account::{code, held, store};
use crate::api::files::WAIT_DAYS;
use crate::app::App;
use crate::desk::export::kept;
use crate::notice;

/// How long a session's row is kept after it is over, to tell whose a form is that arrives late.
const SESSION_DAYS: i64 = 2;
/// How long an answer of the API is repeated.
const ANSWER_DAYS: i64 = 7;
/// How long letters are kept.
const MAIL_DAYS: i64 = 30;

/// Removes what is over. Twice is as good as once.
pub async fn sweep(app: &App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let days = |days: i64| now - SignedDuration::from_hours(24 * days);
    let (sessions, mails, answers) = (days(SESSION_DAYS), days(MAIL_DAYS), days(ANSWER_DAYS));
    let files = days(WAIT_DAYS + 1);
    let forms = now - SignedDuration::from_mins(held::MINUTES_MAX);
    app.store
        .write(move |tx| {
            store::delete_sessions_over(tx, sessions)?;
            code::store::delete_over(tx, now)?;
            held::store::delete_older(tx, forms)?;
            notice::store::delete_older(tx, mails)?;
            crate::api::store::delete_answers(tx, answers)?;
            crate::api::store::delete_files(tx, files)?;
            Ok::<(), DbError>(())
        })
        .await?;
    kept::sweep(app).await
}

/// Ends every session, and forgets codes by mail and kept forms.
pub fn sign_everybody_out(tx: &mut Tx<'_>) -> Result<(), DbError> {
    store::delete_sessions_over(tx, Timestamp::MAX)?;
    code::store::delete_over(tx, Timestamp::MAX)?;
    held::store::delete_older(tx, Timestamp::MAX)
}
