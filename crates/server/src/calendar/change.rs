//! What differs between two states of one layer: what storage writes, what people read afterwards.

use std::collections::BTreeMap;

use jiff::civil::Date;
use motcua_domain::calendar::{CalendarLayer, DayException};
use serde::{Deserialize, Serialize};

/// What was decided anew in one layer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerChange {
    /// Days that differ, in order.
    pub days: Vec<DayChange>,
    /// Years that were published.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub years_published: Vec<i16>,
    /// Years that are computed from the law again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub years_withdrawn: Vec<i16>,
    /// Whether weekly windows, rules or ways of counting differ.
    #[serde(default)]
    pub settings: bool,
}

/// One day before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayChange {
    /// The day.
    pub day: Date,
    /// What it was; none when it was like its weekday.
    pub before: Option<DayException>,
    /// What it is now; none when it is like its weekday.
    pub after: Option<DayException>,
}

impl LayerChange {
    /// What turns `before` into `after`.
    pub fn between(before: &CalendarLayer, after: &CalendarLayer) -> Self {
        let mut days: BTreeMap<Date, DayChange> = BTreeMap::new();
        let change = |day| DayChange { day, before: None, after: None };
        for exception in &before.exceptions {
            let day = exception.day;
            days.entry(day).or_insert_with(|| change(day)).before = Some(exception.clone());
        }
        for exception in &after.exceptions {
            let day = exception.day;
            days.entry(day).or_insert_with(|| change(day)).after = Some(exception.clone());
        }
        let days = days.into_values().filter(|change| change.before != change.after).collect();
        let only_in = |a: &CalendarLayer, b: &CalendarLayer| {
            a.published_years.difference(&b.published_years).copied().collect()
        };
        Self {
            days,
            years_published: only_in(after, before),
            years_withdrawn: only_in(before, after),
            settings: settings_of(before) != settings_of(after),
        }
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The layer without its days and years.
pub fn settings_of(layer: &CalendarLayer) -> CalendarLayer {
    CalendarLayer {
        weeks: layer.weeks.clone(),
        rules: layer.rules.clone(),
        minutes_per_day: layer.minutes_per_day,
        day_count: layer.day_count,
        ..CalendarLayer::default()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use motcua_domain::calendar::DayCount;

    use super::*;
    use crate::calendar::seed;

    #[test]
    fn a_layer_does_not_differ_from_itself() {
        let layer = seed::national();
        assert!(LayerChange::between(&layer, &layer).is_empty());
    }

    #[test]
    fn days_years_and_settings_are_told_apart() {
        let before = seed::national();
        let mut after = before.clone();
        let removed = after.exceptions.remove(0);
        after.exceptions[0].name.vi = "Tết".to_owned();
        after.published_years.insert(2027);
        after.published_years.remove(&2020);
        let change = LayerChange::between(&before, &after);
        assert_eq!(change.days.len(), 2);
        assert_eq!(change.days[0], DayChange { day: date(2020, 1, 1), before: Some(removed), after: None });
        assert_eq!((change.years_published, change.years_withdrawn), (vec![2027], vec![2020]));
        assert!(!change.settings);
        let counted = CalendarLayer { day_count: Some(DayCount::EndOfDay), ..before.clone() };
        assert!(LayerChange::between(&before, &counted).settings);
    }
}
