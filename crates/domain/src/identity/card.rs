//! Identity cards: the twelve-digit personal number, the older nine-digit one, and what the QR of a card says.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::identity::name::{NameError, PersonName};
use crate::identity::text_serde;

/// Sex as the card states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Nam.
    Male,
    /// Nữ.
    Female,
}

impl Sex {
    /// The name used in storage, in message keys and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
        }
    }

    /// The word printed on the card.
    fn on_card(self) -> &'static str {
        match self {
            Self::Male => "Nam",
            Self::Female => "Nữ",
        }
    }

    fn from_card(word: &str) -> Option<Self> {
        match super::fold(word).as_str() {
            "nam" => Some(Self::Male),
            "nu" => Some(Self::Female),
            _ => None,
        }
    }
}

/// Why a text is not the number of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Nothing was typed.
    #[error("the number is empty")]
    Empty,
    /// Something that is not a digit.
    #[error("the number has something in it that is not a digit")]
    NotDigits,
    /// Too few or too many digits.
    #[error("the number has {found} digits instead of {wanted}")]
    Length {
        /// How many there are.
        found: usize,
        /// How many there must be.
        wanted: usize,
    },
}

/// The digits of `text` without the spaces, dots and dashes people put between them.
fn digits(text: &str, wanted: usize) -> Result<String, NumberError> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect();
    if digits.is_empty() {
        return Err(NumberError::Empty);
    }
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberError::NotDigits);
    }
    if digits.len() == wanted { Ok(digits) } else { Err(NumberError::Length { found: digits.len(), wanted }) }
}

/// Personal identification number (số định danh cá nhân, số căn cước công dân): twelve digits, of which three
/// are the place of birth registration, one the century and sex, two the year of birth and six random (Decree
/// 137/2015/NĐ-CP, article 13). There is no check digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CitizenNumber(String);

impl CitizenNumber {
    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Code of the province, or country, of birth registration: three digits.
    pub fn place(&self) -> &str {
        &self.0[..3]
    }

    /// The sex the number states: even male, odd female.
    pub fn sex(&self) -> Sex {
        if self.century_digit().is_multiple_of(2) { Sex::Male } else { Sex::Female }
    }

    /// The year of birth the number states: 0 and 1 are the 20th century, 2 and 3 the 21st, and so on.
    pub fn birth_year(&self) -> i16 {
        let in_century: i16 = self.0[4..6].parse().unwrap_or(0);
        1900 + i16::from(self.century_digit() / 2) * 100 + in_century
    }

    /// What does not fit the given sex and birth date. A warning, never a refusal: registers err, and people
    /// are entitled to be served while they are put right.
    pub fn warnings(&self, sex: Option<Sex>, birth: Option<Date>) -> Vec<CardWarning> {
        let mut warnings = Vec::new();
        if let Some(given) = sex.filter(|given| *given != self.sex()) {
            warnings.push(CardWarning::Sex { given, stated: self.sex() });
        }
        if let Some(given) = birth.map(Date::year).filter(|given| *given != self.birth_year()) {
            warnings.push(CardWarning::BirthYear { given, stated: self.birth_year() });
        }
        warnings
    }

    fn century_digit(&self) -> u8 {
        self.0.as_bytes()[3] - b'0'
    }
}

/// Something about a person that does not fit their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardWarning {
    /// The number states another sex.
    Sex {
        /// What was given.
        given: Sex,
        /// What the number states.
        stated: Sex,
    },
    /// The number states another year of birth.
    BirthYear {
        /// What was given.
        given: i16,
        /// What the number states.
        stated: i16,
    },
}

impl FromStr for CitizenNumber {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        digits(text, 12).map(Self)
    }
}

impl fmt::Display for CitizenNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(CitizenNumber, NumberError);

/// Number of the older identity card (chứng minh nhân dân): nine digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OldNumber(String);

impl OldNumber {
    /// The nine digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OldNumber {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        digits(text, 9).map(Self)
    }
}

impl fmt::Display for OldNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(OldNumber, NumberError);

/// What the QR code of an identity card says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardQr {
    /// Personal number.
    pub number: CitizenNumber,
    /// Number of the older card, when the holder had one.
    pub old_number: Option<OldNumber>,
    /// Name.
    pub name: PersonName,
    /// Date of birth.
    pub birth: Date,
    /// Sex.
    pub sex: Sex,
    /// Permanent residence, as one line.
    pub address: String,
    /// Day of issue; newer cards may leave it out.
    pub issued: Option<Date>,
}

/// Why a text is not what the QR code of a card says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardQrError {
    /// There are fewer than the six fields every card has, or the text is far too long for a card.
    #[error("this is not the code of an identity card")]
    NotACard,
    /// The personal number is wrong.
    #[error("personal number: {0}")]
    Number(NumberError),
    /// The name is wrong.
    #[error("name: {0}")]
    Name(NameError),
    /// The date of birth does not exist.
    #[error("the date of birth does not exist: {0:?}")]
    Birth(String),
    /// Neither Nam nor Nữ.
    #[error("the sex is neither Nam nor Nữ: {0:?}")]
    Sex(String),
}

/// The longest code of a card, in characters.
const CARD_QR_CHARS_MAX: usize = 1_000;

/// Digits `ddMMyyyy` as a day.
fn day_of_card(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Date::new(text[4..].parse().ok()?, text[2..4].parse().ok()?, text[..2].parse().ok()?).ok()
}

impl FromStr for CardQr {
    type Err = CardQrError;

    /// Reads `number|old number|name|ddMMyyyy|Nam or Nữ|address|ddMMyyyy issued`, as a scanner types it. The
    /// second field may be empty, and newer cards add fields after the seventh, which are not read.
    fn from_str(text: &str) -> Result<Self, CardQrError> {
        if CARD_QR_CHARS_MAX < text.chars().count() {
            return Err(CardQrError::NotACard);
        }
        let fields: Vec<&str> = text.trim().split('|').map(str::trim).collect();
        let [number, old_number, name, birth, sex, address, rest @ ..] = fields.as_slice() else {
            return Err(CardQrError::NotACard);
        };
        Ok(Self {
            number: number.parse().map_err(CardQrError::Number)?,
            // Some cards carry other text here; the personal number is what counts.
            old_number: old_number.parse().ok(),
            name: name.parse().map_err(CardQrError::Name)?,
            birth: day_of_card(birth).ok_or_else(|| CardQrError::Birth((*birth).to_owned()))?,
            sex: Sex::from_card(sex).ok_or_else(|| CardQrError::Sex((*sex).to_owned()))?,
            address: super::letters::compose(address),
            issued: rest.first().and_then(|issued| day_of_card(issued)),
        })
    }
}

impl fmt::Display for CardQr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = |day: Date| format!("{:02}{:02}{:04}", day.day(), day.month(), day.year());
        let old_number = self.old_number.as_ref().map_or("", OldNumber::as_str);
        let (birth, issued) = (day(self.birth), self.issued.map(day).unwrap_or_default());
        let (number, name, sex, address) = (&self.number, &self.name, self.sex.on_card(), &self.address);
        write!(f, "{number}|{old_number}|{name}|{birth}|{sex}|{address}|{issued}")
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> CitizenNumber {
        text.parse().expect("a personal number")
    }

    #[test]
    fn the_fourth_digit_is_century_and_sex() {
        for (text, sex, year) in [
            ("001085012345", Sex::Male, 1985),
            ("025199000001", Sex::Female, 1999),
            ("025200000001", Sex::Male, 2000),
            ("025326000001", Sex::Female, 2026),
            ("025401000001", Sex::Male, 2101),
            ("025999000001", Sex::Female, 2399),
        ] {
            assert_eq!((number(text).sex(), number(text).birth_year()), (sex, year), "{text}");
        }
        assert_eq!(number("025 199.000-001").as_str(), "025199000001");
        assert_eq!(number("025199000001").place(), "025");
    }

    #[test]
    fn what_is_no_number_says_why() {
        let refused = |text: &str| text.parse::<CitizenNumber>().expect_err("no number");
        assert_eq!(refused("  "), NumberError::Empty);
        assert_eq!(refused("02519900000A"), NumberError::NotDigits);
        assert_eq!(refused("０25199000001"), NumberError::NotDigits);
        assert_eq!(refused("131456789"), NumberError::Length { found: 9, wanted: 12 });
        assert!("131456789".parse::<OldNumber>().is_ok());
        assert!("025199000001".parse::<OldNumber>().is_err());
    }

    #[test]
    fn what_does_not_fit_is_a_warning() {
        let woman = number("025199000001");
        assert_eq!(woman.warnings(Some(Sex::Female), Some(date(1999, 12, 31))), []);
        assert_eq!(woman.warnings(None, None), []);
        assert_eq!(
            woman.warnings(Some(Sex::Male), Some(date(1998, 1, 1))),
            [
                CardWarning::Sex { given: Sex::Male, stated: Sex::Female },
                CardWarning::BirthYear { given: 1998, stated: 1999 },
            ]
        );
    }

    #[test]
    fn a_card_is_read_as_a_scanner_types_it() {
        let full =
            "025199000001|131456789|Trần Thị Bưởi|31121999|Nữ|Khu 3, Phường Việt Trì, Phú Thọ|02052021";
        let card: CardQr = full.parse().expect("a card");
        assert_eq!(card.name.to_string(), "Trần Thị Bưởi");
        assert_eq!(card.birth, date(1999, 12, 31));
        assert_eq!(card.issued, Some(date(2021, 5, 2)));
        assert_eq!(card.old_number.as_ref().map(OldNumber::as_str), Some("131456789"));
        assert_eq!(card.to_string(), full);

        let newer = "025199000001||Trần Thị Bưởi|31121999|Nữ|Khu 3|02052021|||NGUYỄN VĂN A\r\n";
        let card: CardQr = newer.parse().expect("a newer card");
        assert_eq!((card.old_number, card.address.as_str()), (None, "Khu 3"));

        let short: CardQr = "025199000001||Trần Thị Bưởi|31121999|nu|".parse().expect("a short card");
        assert_eq!((short.sex, short.issued), (Sex::Female, None));
    }

    #[test]
    fn what_is_no_card_says_why() {
        let refused = |text: &str| text.parse::<CardQr>().expect_err("no card");
        assert_eq!(refused("https://example.vn/H44"), CardQrError::NotACard);
        assert_eq!(refused(&"|".repeat(2_000)), CardQrError::NotACard);
        assert_eq!(
            refused("123||A|31121999|Nam|x"),
            CardQrError::Number(NumberError::Length { found: 3, wanted: 12 })
        );
        assert_eq!(refused("025199000001||  |31121999|Nam|x"), CardQrError::Name(NameError::Empty));
        assert_eq!(refused("025199000001||A|31021999|Nam|x"), CardQrError::Birth("31021999".to_owned()));
        assert_eq!(refused("025199000001||A|01021999|Khác|x"), CardQrError::Sex("Khác".to_owned()));
    }

    proptest! {
        /// Reading never panics, and what was read prints a text that reads the same.
        #[test]
        fn cards_print_and_parse(text in "[0-9]{11,13}\\|[0-9]{0,10}\\|\\PC{0,30}\\|[0-3][0-9][01][0-9][12][0-9]{3}\\|(Nam|Nữ|nam|x)\\|\\PC{0,40}(\\|[0-9]{0,9}){0,3}|\\PC{0,60}") {
            if let Ok(card) = text.parse::<CardQr>() {
                prop_assert_eq!(card.to_string().parse::<CardQr>(), Ok(card));
            }
        }

        /// Reading a number never panics, and what was read prints the same digits.
        #[test]
        fn numbers_print_and_parse(text in "[0-9 .-]{8,16}|\\PC{0,20}") {
            if let Ok(number) = text.parse::<CitizenNumber>() {
                prop_assert!((1900..2400).contains(&number.birth_year()));
                prop_assert_eq!(number.to_string().parse(), Ok(number));
            }
            if let Ok(number) = text.parse::<OldNumber>() {
                prop_assert_eq!(number.to_string().parse(), Ok(number));
            }
        }
    }
}
