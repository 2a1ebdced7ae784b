//! The facts about a person that forms are filled with: read, checked, and put back into a form.

use motcua_domain::dossier::Identity;
use motcua_domain::identity::{CitizenNumber, NameError, NumberError, PersonName, Phone, PhoneError};

use crate::web::form::Form;
use crate::web::locale::Locale;

/// Fewest and most characters of an address.
const ADDRESS_CHARS: std::ops::RangeInclusive<usize> = 5..=300;

/// What a person has said about themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Full name.
    pub name: String,
    /// Identification number, telephone and address; everything else as it was.
    pub identity: Identity,
}

/// Reads the fields `full_name`, `id_number`, `phone` and `address` over `before`, and records what is wrong with
/// each.
pub fn read(form: &mut Form, locale: Locale, before: Identity) -> Option<Facts> {
    let name = form.value("full_name").parse::<PersonName>();
    if let Err(error) = &name {
        form.refuse("full_name", name_words(locale, *error));
    }
    let number = form.value("id_number").parse::<CitizenNumber>();
    if let Err(error) = &number {
        form.refuse("id_number", number_words(locale, *error));
    }
    let phone = form.value("phone").parse::<Phone>();
    if let Err(error) = &phone {
        form.refuse("phone", locale.t(phone_key(*error)));
    }
    let address = form.text("address").map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    let address = address.filter(|address| ADDRESS_CHARS.contains(&address.chars().count()));
    if address.is_none() {
        form.refuse("address", locale.t("account.address_wrong"));
    }
    let (Ok(name), Ok(number), Ok(phone), Some(address)) = (name, number, phone, address) else {
        return None;
    };
    let identity =
        Identity { id_number: Some(number.to_string()), phone: Some(phone.to_string()), address, ..before };
    Some(Facts { name: name.to_string(), identity })
}

/// A form that holds what is known.
pub fn form(name: &str, identity: &Identity) -> Form {
    Form::from_pairs([
        ("full_name", name),
        ("id_number", identity.id_number.as_deref().unwrap_or_default()),
        ("phone", identity.phone.as_deref().unwrap_or_default()),
        ("address", identity.address.as_str()),
    ])
}

/// What to do about a name that is none.
pub fn name_words(locale: Locale, error: NameError) -> String {
    match error {
        NameError::Empty => locale.t("account.name_empty").to_owned(),
        NameError::TooLong(_) => locale.t("account.name_long").to_owned(),
        NameError::Character(c) => locale.say("account.name_character").arg("character", c).to_string(),
    }
}

fn number_words(locale: Locale, error: NumberError) -> String {
    match error {
        NumberError::Empty => locale.t("account.id_number_empty").to_owned(),
        NumberError::NotDigits => locale.t("account.id_number_digits").to_owned(),
        NumberError::Length { found, wanted: _ } => {
            locale.say("account.id_number_length").arg("found", found).to_string()
        }
    }
}

/// Key of what to do about a telephone number that is none.
pub fn phone_key(error: PhoneError) -> &'static str {
    match error {
        PhoneError::Empty => "account.phone_empty",
        PhoneError::NotDigits | PhoneError::NotVietnamese => "account.phone_wrong",
    }
}
