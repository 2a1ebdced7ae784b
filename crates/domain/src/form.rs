//! Which set of printed forms is in force on a day, and how a form is numbered.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The papers an office issues about one dossier, and the book it keeps of all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormKind {
    /// Giấy tiếp nhận hồ sơ và hẹn trả kết quả.
    Receipt,
    /// Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ.
    SupplementRequest,
    /// Phiếu từ chối tiếp nhận giải quyết hồ sơ.
    Refusal,
    /// Phiếu xin lỗi và hẹn lại ngày trả kết quả; since the set of 2025 the letter of
    /// apology that asks for an extension.
    Apology,
    /// Thông báo dừng giải quyết hồ sơ; unknown to the set before 2025.
    StopNotice,
    /// Phiếu kiểm soát quá trình giải quyết hồ sơ.
    ControlSlip,
    /// Sổ theo dõi hồ sơ.
    Register,
}

impl FormKind {
    /// Every kind, in the order of the newest set.
    pub const ALL: [Self; 7] = [
        Self::Receipt,
        Self::SupplementRequest,
        Self::Refusal,
        Self::Apology,
        Self::StopNotice,
        Self::ControlSlip,
        Self::Register,
    ];

    /// The name stored in the database and used in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::SupplementRequest => "supplement_request",
            Self::Refusal => "refusal",
            Self::Apology => "apology",
            Self::StopNotice => "stop_notice",
            Self::ControlSlip => "control_slip",
            Self::Register => "register",
        }
    }

    /// The kind with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for FormKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One form as a set describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetForm {
    /// What the form is for.
    pub kind: FormKind,
    /// The number of the form inside its set; the control slip is 05 in one set and 06 in the next.
    pub number: u8,
    /// The official title in Vietnamese, in sentence case.
    pub title: String,
    /// The letters after the stroke in the number of an issued form, such as `HDHS`.
    /// Empty for a form that carries no number of its own, such as the register.
    pub symbol: String,
    /// The file name of the template the set was shipped with.
    pub template: String,
}

impl SetForm {
    /// The number of the form as it is printed, with its leading zero.
    pub fn printed_number(&self) -> String {
        format!("{:02}", self.number)
    }

    /// Whether an issued copy takes a number from a sequence.
    pub fn is_numbered(&self) -> bool {
        !self.symbol.is_empty()
    }

    /// The number printed on the `number`-th copy of this form in the sequence of its unit, year and kind,
    /// such as `07/HDHS`. Numbers below ten have a leading zero (Decree 30/2020, Annex I).
    pub fn number_label(&self, number: u32) -> Option<String> {
        self.is_numbered().then(|| format!("{number:02}/{}", self.symbol))
    }
}

/// The forms one circular prescribes, and the days on which it was in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormSet {
    /// Short name by which a stored form remembers its set.
    pub code: String,
    /// The circular, as it is cited on the forms.
    pub base: String,
    /// First day in force; `None` for the oldest set, which also serves everything before it.
    #[serde(default)]
    pub valid_from: Option<Date>,
    /// Last day in force; `None` while the set is still in force.
    #[serde(default)]
    pub valid_to: Option<Date>,
    /// The forms of the set.
    pub forms: Vec<SetForm>,
}

impl FormSet {
    /// Whether the set is in force on `day`.
    pub fn covers(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }

    /// The form of this kind, when the set has one.
    pub fn form(&self, kind: FormKind) -> Option<&SetForm> {
        self.forms.iter().find(|form| form.kind == kind)
    }
}

/// All sets, oldest first, checked to cover every day exactly once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormSets(Vec<FormSet>);

/// Why a list of sets cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FormSetError {
    /// There is no set at all.
    #[error("there is no set of forms")]
    Empty,
    /// The first set has a first day or the last set has a last day, so that some day has no forms.
    #[error("the set {0} leaves days without forms: the first set has no first day, the last no last day")]
    Bounded(String),
    /// A set ends before it begins, or does not begin on the day after the one before it ended.
    #[error("the set {0} ends before it begins, or does not begin on the day after the set before it ended")]
    NotContiguous(String),
    /// Two sets share a code, or one set has a kind or a number twice.
    #[error("the set {0} repeats a code, a kind or a number")]
    Repeated(String),
}

impl FormSets {
    /// Takes sets given oldest first.
    ///
    /// # Errors
    /// [`FormSetError`] when a day would have no set or two, or a set contradicts itself.
    pub fn new(sets: Vec<FormSet>) -> Result<Self, FormSetError> {
        let (Some(first), Some(last)) = (sets.first(), sets.last()) else {
            return Err(FormSetError::Empty);
        };
        if first.valid_from.is_some() {
            return Err(FormSetError::Bounded(first.code.clone()));
        }
        if last.valid_to.is_some() {
            return Err(FormSetError::Bounded(last.code.clone()));
        }
        for (at, set) in sets.iter().enumerate() {
            let code_seen = sets.iter().take(at).any(|other| other.code == set.code);
            if code_seen || repeats(set) {
                return Err(FormSetError::Repeated(set.code.clone()));
            }
            if set.valid_from.zip(set.valid_to).is_some_and(|(from, to)| to < from) {
                return Err(FormSetError::NotContiguous(set.code.clone()));
            }
        }
        for pair in sets.windows(2) {
            let [before, after] = pair else { continue };
            let next_day = before.valid_to.and_then(|to| to.tomorrow().ok());
            if next_day.is_none() || next_day != after.valid_from {
                return Err(FormSetError::NotContiguous(after.code.clone()));
            }
        }
        Ok(Self(sets))
    }

    /// The set in force on the day a dossier was received; it stays with the dossier for life.
    pub fn in_force(&self, received_on: Date) -> &FormSet {
        let at = self.0.partition_point(|set| set.valid_to.is_some_and(|to| to < received_on));
        &self.0[at.min(self.0.len() - 1)]
    }

    /// The form to print for a dossier received on `received_on`, with its set. A set that has no form of this kind
    /// borrows it from the first later one that has: a person whose dossier is stopped gets a notice
    /// even if the forms of that year knew none. `None` when no later set has the kind either.
    pub fn form(&self, kind: FormKind, received_on: Date) -> Option<(&FormSet, &SetForm)> {
        self.0
            .iter()
            .filter(|set| set.valid_to.is_none_or(|to| received_on <= to))
            .find_map(|set| set.form(kind).map(|form| (set, form)))
    }

    /// The sets, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &FormSet> {
        self.0.iter()
    }
}

/// Whether a set has two forms of one kind or one number.
fn repeats(set: &FormSet) -> bool {
    set.forms.iter().enumerate().any(|(at, form)| {
        set.forms.iter().take(at).any(|other| other.kind == form.kind || other.number == form.number)
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn set(code: &str, from: Option<Date>, to: Option<Date>, kinds: &[FormKind]) -> FormSet {
        let forms = (1..)
            .zip(kinds)
            .map(|(number, &kind)| SetForm {
                kind,
                number,
                title: kind.name().to_owned(),
                symbol: if kind == FormKind::Register { String::new() } else { "PXL".to_owned() },
                template: String::new(),
            })
            .collect();
        FormSet { code: code.to_owned(), base: String::new(), valid_from: from, valid_to: to, forms }
    }

    fn without_stop_notice() -> Vec<FormKind> {
        FormKind::ALL.into_iter().filter(|&kind| kind != FormKind::StopNotice).collect()
    }

    fn two_sets() -> FormSets {
        FormSets::new(vec![
            set("six", None, Some(date(2025, 9, 14)), &without_stop_notice()),
            set("seven", Some(date(2025, 9, 15)), None, &FormKind::ALL),
        ])
        .unwrap()
    }

    #[test]
    fn the_reception_day_chooses_the_set() {
        let sets = two_sets();
        assert_eq!(sets.in_force(date(1999, 1, 1)).code, "six");
        assert_eq!(sets.in_force(date(2025, 9, 14)).code, "six");
        assert_eq!(sets.in_force(date(2025, 9, 15)).code, "seven");
        assert_eq!(sets.in_force(date(2031, 1, 1)).code, "seven");
    }

    #[test]
    fn the_control_slip_changes_its_number_with_the_set() {
        let sets = two_sets();
        let number = |day| sets.form(FormKind::ControlSlip, day).unwrap().1.printed_number();
        assert_eq!(number(date(2025, 3, 6)), "05");
        assert_eq!(number(date(2026, 3, 6)), "06");
    }

    #[test]
    fn a_kind_the_old_set_lacks_is_borrowed_from_the_next() {
        let sets = two_sets();
        let (set, form) = sets.form(FormKind::StopNotice, date(2025, 3, 6)).unwrap();
        assert_eq!((set.code.as_str(), form.number), ("seven", 5));
    }

    #[test]
    fn a_kind_is_never_borrowed_from_an_older_set() {
        let sets = FormSets::new(vec![
            set("all", None, Some(date(2025, 9, 14)), &FormKind::ALL),
            set("fewer", Some(date(2025, 9, 15)), None, &without_stop_notice()),
        ])
        .unwrap();
        assert_eq!(sets.form(FormKind::StopNotice, date(2026, 1, 5)), None);
    }

    #[test]
    fn numbers_below_ten_have_a_leading_zero() {
        let sets = two_sets();
        let (_, form) = sets.form(FormKind::Apology, date(2026, 3, 6)).unwrap();
        assert_eq!(form.number_label(7).as_deref(), Some("07/PXL"));
        assert_eq!(form.number_label(10).as_deref(), Some("10/PXL"));
        assert_eq!(form.number_label(1234).as_deref(), Some("1234/PXL"));
    }

    #[test]
    fn the_register_takes_no_number() {
        let sets = two_sets();
        let (_, form) = sets.form(FormKind::Register, date(2026, 3, 6)).unwrap();
        assert_eq!(form.number_label(7), None);
    }

    #[test]
    fn sets_that_leave_a_day_out_or_claim_it_twice_are_refused() {
        let end = Some(date(2025, 9, 14));
        let all = &FormKind::ALL;
        assert_eq!(FormSets::new(Vec::new()), Err(FormSetError::Empty));
        assert_eq!(FormSets::new(vec![set("a", end, None, all)]), Err(FormSetError::Bounded("a".to_owned())));
        assert_eq!(FormSets::new(vec![set("a", None, end, all)]), Err(FormSetError::Bounded("a".to_owned())));
        for begin in [date(2025, 9, 14), date(2025, 9, 16)] {
            let sets = vec![set("a", None, end, all), set("b", Some(begin), None, all)];
            assert_eq!(FormSets::new(sets), Err(FormSetError::NotContiguous("b".to_owned())));
        }
        let sets = vec![
            set("a", None, end, all),
            set("b", Some(date(2025, 9, 15)), Some(date(2025, 9, 1)), all),
            set("c", Some(date(2025, 9, 2)), None, all),
        ];
        assert_eq!(FormSets::new(sets), Err(FormSetError::NotContiguous("b".to_owned())));
        let twice = [FormKind::Receipt, FormKind::Receipt];
        assert_eq!(
            FormSets::new(vec![set("a", None, None, &twice)]),
            Err(FormSetError::Repeated("a".to_owned()))
        );
    }

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in FormKind::ALL {
            assert_eq!(FormKind::from_name(kind.name()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        assert_eq!(FormKind::from_name("unknown"), None);
    }

    proptest! {
        /// Every day has exactly one set, and it is the one `in_force` gives.
        #[test]
        fn every_day_has_one_set(
            breaks in proptest::collection::btree_set(0i32..20_000, 0..6),
            day in -100i32..20_100,
        ) {
            let epoch = date(1990, 1, 1);
            let at = |days: i32| epoch.checked_add(jiff::Span::new().days(days)).unwrap();
            let ends: Vec<Date> = breaks.into_iter().map(at).collect();
            let mut from = None;
            let mut sets = Vec::new();
            for (n, end) in ends.iter().map(|&end| Some(end)).chain([None]).enumerate() {
                sets.push(set(&n.to_string(), from, end, &FormKind::ALL));
                from = end.map(|end| end.tomorrow().unwrap());
            }
            let sets = FormSets::new(sets).unwrap();
            let covering: Vec<&FormSet> = sets.iter().filter(|set| set.covers(at(day))).collect();
            prop_assert_eq!(covering, vec![sets.in_force(at(day))]);
        }
    }
}
