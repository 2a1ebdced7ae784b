//! Every migration, in order. A migration never changes after it has landed.

use motcua_db::Migration;

macro_rules! migration {
    ($number:literal, $name:literal) => {
        Migration {
            number: $number,
            name: $name,
            sql: include_str!(concat!("../migrations/", $name, ".sql")),
        }
    };
}

/// All of them, numbered without gaps.
pub const ALL: &[Migration] = &[
    migration!(1, "0001_account"),
    migration!(2, "0002_dossier"),
    migration!(3, "0003_calendar"),
    migration!(4, "0004_procedure"),
    migration!(5, "0005_unit"),
    migration!(6, "0006_draft"),
    migration!(7, "0007_setting"),
    migration!(8, "0008_api"),
    migration!(9, "0009_procedure_draft"),
    migration!(10, "0010_file"),
    migration!(11, "0011_seal_hash"),
    migration!(12, "0012_counted"),
    migration!(13, "0013_desk"),
    migration!(14, "0014_work"),
    migration!(15, "0015_dossier_name"),
    migration!(16, "0016_saved_view"),
    migration!(17, "0017_upload"),
    migration!(18, "0018_bulk"),
    migration!(19, "0019_handoff"),
    migration!(20, "0020_export"),
    migration!(21, "0021_bulk_print"),
];
