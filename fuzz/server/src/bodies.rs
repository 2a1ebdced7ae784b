//! Bodies that programs send: steps, filings, what the desk takes in.

use bytes::Bytes;
use motcua::api::body::Json;
use motcua::api::filing::FilingIn;
use motcua::api::intake::IntakeIn;
use motcua::api::steps::wire::Step;
use motcua::web::locale::Locale;

/// One input.
pub fn read(bytes: &[u8]) {
    let body = Json(Bytes::copy_from_slice(bytes));
    for locale in [Locale::Vi, Locale::En] {
        let _ = body.read::<FilingIn>(locale);
        let _ = body.read::<IntakeIn>(locale);
        if let Ok(value) = body.value(locale) {
            let _ = Step::read(locale, value);
        }
    }
}
