//! One setting: its name, where the rule is written, how it is read and typed. Pages and the office log follow this list.

use jiff::civil::{Date, Time};
use motcua_domain::calendar::{EarlyBoundary, OverdueAgainst, SupplementPolicy};
use motcua_domain::dossier::DossierCode;
use motcua_domain::settings::Settings;

use crate::web::locale::Locale;

/// One value an office may set.
#[derive(Clone, Copy)]
pub struct Item {
    /// Name of the box, and of the sentences `setting.KEY`.
    pub key: &'static str,
    /// How it is typed.
    pub kind: Kind,
}

/// How a value is typed.
#[derive(Clone, Copy)]
pub enum Kind {
    /// A whole number between two bounds.
    Number {
        /// The smallest.
        min: u32,
        /// The largest.
        max: u32,
        /// Reads it.
        get: fn(&Settings) -> u32,
        /// Writes it.
        set: fn(&mut Settings, u32),
    },
    /// One of a few, by name.
    Choice {
        /// The names; the sentences are `setting.KEY_NAME`.
        names: &'static [&'static str],
        /// Reads it.
        get: fn(&Settings) -> &'static str,
        /// Writes it.
        set: fn(&mut Settings, &str),
    },
    /// A time of day.
    Clock {
        /// Reads it.
        get: fn(&Settings) -> Time,
        /// Writes it.
        set: fn(&mut Settings, Time),
    },
    /// The template of dossier codes.
    Template,
}

/// Every setting, in the order of a dossier's life.
pub const ALL: [Item; 15] = [
    number("online_ack_hours", 1, 80, |all| all.online_ack_hours, |all, n| all.online_ack_hours = n),
    number("max_supplements", 0, 5, |all| all.max_supplements, |all, n| all.max_supplements = n),
    Item {
        key: "second_supplement",
        kind: Kind::Choice {
            names: &["no", "yes"],
            get: |all| if all.second_supplement_with_approval { "yes" } else { "no" },
            set: |all, name| all.second_supplement_with_approval = name == "yes",
        },
    },
    Item {
        key: "supplement_policy",
        kind: Kind::Choice {
            names: &["restart", "extend"],
            get: |all| match all.supplement_policy {
                SupplementPolicy::Restart => "restart",
                SupplementPolicy::ExtendByWaiting => "extend",
            },
            set: |all, name| {
                all.supplement_policy = if name == "extend" {
                    SupplementPolicy::ExtendByWaiting
                } else {
                    SupplementPolicy::Restart
                };
            },
        },
    },
    number(
        "supplement_wait_days",
        1,
        365,
        |all| all.supplement_wait_days,
        |all, n| all.supplement_wait_days = n,
    ),
    number(
        "return_ineligible_days",
        1,
        30,
        |all| all.return_ineligible_days,
        |all, n| {
            all.return_ineligible_days = n;
        },
    ),
    Item {
        key: "forward_cutoff",
        kind: Kind::Clock { get: |all| all.forward_cutoff, set: |all, time| all.forward_cutoff = time },
    },
    number("apology_before_days", 0, 30, |all| all.apology_before_days, |all, n| all.apology_before_days = n),
    number("max_extensions", 0, 5, |all| all.max_extensions, |all, n| all.max_extensions = n),
    number("pause_days_max", 1, 365, |all| all.pause_days_max, |all, n| all.pause_days_max = n),
    Item {
        key: "overdue_against",
        kind: Kind::Choice {
            names: &["original", "extended"],
            get: |all| match all.overdue_against {
                OverdueAgainst::OriginalDue => "original",
                OverdueAgainst::ExtendedDue => "extended",
            },
            set: |all, name| {
                all.overdue_against = if name == "extended" {
                    OverdueAgainst::ExtendedDue
                } else {
                    OverdueAgainst::OriginalDue
                };
            },
        },
    },
    Item {
        key: "early_boundary",
        kind: Kind::Choice {
            names: &["day", "instant"],
            get: |all| match all.early_boundary {
                EarlyBoundary::DueDay => "day",
                EarlyBoundary::DueInstant => "instant",
            },
            set: |all, name| {
                all.early_boundary =
                    if name == "instant" { EarlyBoundary::DueInstant } else { EarlyBoundary::DueDay };
            },
        },
    },
    number(
        "warning_used_percent",
        1,
        100,
        |all| u32::from(all.warning_used_percent),
        |all, n| {
            all.warning_used_percent = u8::try_from(n).unwrap_or(100);
        },
    ),
    number("warning_days_before", 0, 30, |all| all.warning_days_before, |all, n| all.warning_days_before = n),
    Item { key: "code_template", kind: Kind::Template },
];

const fn number(
    key: &'static str,
    min: u32,
    max: u32,
    get: fn(&Settings) -> u32,
    set: fn(&mut Settings, u32),
) -> Item {
    Item { key, kind: Kind::Number { min, max, get, set } }
}

impl Item {
    /// The value as the box shows it.
    pub fn typed(&self, settings: &Settings) -> String {
        match self.kind {
            Kind::Number { get, .. } => get(settings).to_string(),
            Kind::Choice { get, .. } => get(settings).to_owned(),
            Kind::Clock { get, .. } => {
                let time = get(settings);
                format!("{:02}:{:02}", time.hour(), time.minute())
            }
            Kind::Template => settings.code_template.clone(),
        }
    }

    /// The value in words.
    pub fn words(&self, locale: Locale, settings: &Settings) -> String {
        match self.kind {
            Kind::Number { get, .. } => {
                let number = get(settings);
                let n = usize::try_from(number).unwrap_or(usize::MAX);
                format!("{number} {}", locale.count(&format!("setting.{}_unit", self.key), n))
            }
            Kind::Choice { get, .. } => {
                locale.t(&format!("setting.{}_{}", self.key, get(settings))).to_owned()
            }
            Kind::Clock { .. } | Kind::Template => self.typed(settings),
        }
    }

    /// The name in words.
    pub fn label(&self, locale: Locale) -> &'static str {
        locale.t(&format!("setting.{}", self.key))
    }

    /// Writes what was typed. Otherwise says what to do.
    pub fn read(&self, locale: Locale, typed: &str, into: &mut Settings) -> Result<(), String> {
        let typed = typed.trim();
        match self.kind {
            Kind::Number { min, max, set, .. } => {
                let number = typed.parse().ok().filter(|number| (min..=max).contains(number));
                let mend = || locale.say("setting.mend_number").arg("min", min).arg("max", max).to_string();
                set(into, number.ok_or_else(mend)?);
            }
            Kind::Choice { names, set, .. } => {
                let is_known = names.contains(&typed);
                set(
                    into,
                    is_known.then_some(typed).ok_or_else(|| locale.t("setting.mend_choice").to_owned())?,
                );
            }
            Kind::Clock { set, .. } => {
                let time = read_time(typed).ok_or_else(|| locale.t("setting.mend_time").to_owned())?;
                set(into, time);
            }
            Kind::Template => {
                if !makes_codes(typed) {
                    return Err(locale.t("setting.mend_template").to_owned());
                }
                typed.clone_into(&mut into.code_template);
            }
        }
        Ok(())
    }
}

/// `15:00`, `15h00` or `15 giờ`.
fn read_time(typed: &str) -> Option<Time> {
    let typed = typed.replace("giờ", ":").replace(['h', 'H'], ":").replace(' ', "");
    let (hour, minute) = typed.split_once(':')?;
    let minute = if minute.is_empty() { 0 } else { minute.parse().ok()? };
    Time::new(hour.parse().ok()?, minute, 0, 0).ok()
}

/// Whether a template gives every agency, day and number a code of its own.
fn makes_codes(template: &str) -> bool {
    let names_all = ["{agency}", "{yymmdd}", "{seq4}"].iter().all(|part| template.contains(part));
    let code = DossierCode::from_template(template, "H56.115.32.G12", Date::constant(2026, 11, 21), 99_999);
    names_all && code.is_ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    #[test]
    fn what_a_box_shows_is_read_back_the_same() {
        let settings =
            Settings { max_supplements: 2, forward_cutoff: time(9, 5, 0, 0), ..Settings::default() };
        let mut read = Settings { online_ack_hours: 1, pause_days_max: 1, ..Settings::default() };
        for item in &ALL {
            item.read(Locale::Vi, &item.typed(&settings), &mut read).unwrap();
        }
        assert_eq!(read, settings);
    }

    #[test]
    fn every_setting_of_the_rules_has_a_box() {
        let fields = serde_json::to_value(Settings::default()).unwrap();
        assert_eq!(fields.as_object().unwrap().len(), ALL.len());
    }

    #[test]
    fn nonsense_is_answered_in_words() {
        let mut settings = Settings::default();
        for item in &ALL {
            for typed in ["", "x", "-1", "99999999999"] {
                let read = item.read(Locale::Vi, typed, &mut settings);
                assert!(read.is_err(), "{} took {typed:?}", item.key);
            }
        }
        assert_eq!(settings, Settings::default());
        for typed in ["15:00", "15h", "15 giờ 00", "15H00"] {
            assert_eq!(read_time(typed), Some(time(15, 0, 0, 0)), "{typed}");
        }
        assert!(!makes_codes("{agency}-{yymmdd}") && !makes_codes("{agency}{yymmdd}{seq4}/ä"));
    }
}
