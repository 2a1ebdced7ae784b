//! Changes of calendars: load, decide, check, save, note who did it, in one transaction.

use jiff::Timestamp;
use motcua_db::{DbError, Tx};
use motcua_domain::calendar::{CalendarError, CalendarLayer};
use motcua_domain::unit::UnitCode;

use crate::calendar::change::LayerChange;
use crate::calendar::seed;
use crate::calendar::store::{self, Author};

/// The name under which the program and its command line decide.
pub const PROGRAM: &str = "motcua";

/// Changes the layer of a unit, or that of the whole office, by `edit`. Answers what differs afterwards; when
/// nothing does, nothing is written.
pub fn change<E: From<CalendarError> + From<DbError>>(
    tx: &mut Tx<'_>,
    unit: Option<&UnitCode>,
    author: &Author,
    now: Timestamp,
    edit: impl FnOnce(&mut CalendarLayer) -> Result<(), E>,
) -> Result<LayerChange, E> {
    let read = store::find(tx, unit)?;
    let mut layer = read.layer.clone();
    edit(&mut layer)?;
    layer.exceptions.sort_by_key(|exception| exception.day);
    layer.check()?;
    let change = LayerChange::between(&read.layer, &layer);
    if !change.is_empty() {
        store::save(tx, unit, &read, &layer, author, now)?;
    }
    Ok(change)
}

/// Gives a new installation the calendar that is shipped. One that has a calendar keeps its own.
pub fn install(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), DbError> {
    let read = store::find(tx, None)?;
    if read.version == 0 {
        let author = Author { id: None, name: PROGRAM.to_owned() };
        store::save(tx, None, &read, &seed::national(), &author, now)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use motcua_db::testing::on_each_engine;
    use motcua_domain::calendar::DayException;

    use super::*;
    use crate::migrations::ALL;

    #[derive(Debug, PartialEq)]
    enum Failure {
        Calendar(CalendarError),
        Database,
    }

    impl From<CalendarError> for Failure {
        fn from(error: CalendarError) -> Self {
            Self::Calendar(error)
        }
    }

    impl From<DbError> for Failure {
        fn from(_: DbError) -> Self {
            Self::Database
        }
    }

    #[test]
    fn a_change_that_makes_no_calendar_writes_nothing() {
        on_each_engine(ALL, |store| {
            let now: Timestamp = "2026-03-06T02:00:00Z".parse().unwrap();
            let author = Author { id: None, name: "A".to_owned() };
            store.write_sync(|tx| install(tx, now)).unwrap();
            store.write_sync(|tx| install(tx, now)).unwrap();
            let twice: DayException = seed::national().exceptions.remove(0);
            let double = |layer: &mut CalendarLayer| {
                layer.exceptions.push(twice.clone());
                Ok(())
            };
            let refused = store.write_sync(|tx| change::<Failure>(tx, None, &author, now, double));
            assert_eq!(refused, Err(Failure::Calendar(CalendarError::DayTwice(twice.day))));
            let same = store.write_sync(|tx| change::<Failure>(tx, None, &author, now, |_| Ok(())));
            assert!(same.unwrap().is_empty());
            let (stored, version) = store
                .read_sync(|tx| Ok::<_, DbError>((store::find(tx, None)?, store::version(tx)?)))
                .unwrap();
            assert_eq!((stored.layer, version), (seed::national(), 1));
        });
    }
}
