//! From a row of the flat national catalogue to an outline of a procedure: name, fields, level, agency, no more.

use std::collections::BTreeSet;

use jiff::civil::Date;
use motcua_domain::identity::fold;
use motcua_domain::procedure::{Field, ProcedureCode, ProcedureLevel, ProcedureVersion, Source, Subject};

use crate::import::read::TableRow;
use crate::import::{Problem, clean_line, problem::BadValue};
use crate::procedure::import::level;
use crate::procedure::import::portal::{Incoming, Note};

/// Columns every such file has.
pub const COLUMNS: [&str; 4] = ["ma_thu_tuc", "ten_thu_tuc", "linh_vuc", "co_quan_cong_bo"];

/// What a row came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlatRow {
    /// An outline.
    Taken(Box<Incoming>),
    /// Left out: key of the sentence that says why, and the value.
    LeftOut(&'static str, String),
}

/// Reads a row. `today` is the first day of an outline, which names none.
pub fn read(row: &TableRow<'_>, today: Date) -> Result<FlatRow, BadValue> {
    let code = row.needed("ma_thu_tuc")?;
    // The source marks what it has struck off in the code itself.
    if fold(code).ends_with("-xoa") {
        return Ok(FlatRow::LeftOut("procedure.found_struck_off", code.to_owned()));
    }
    let code: ProcedureCode = code
        .parse()
        .map_err(|_| Problem::new("import.not_a_procedure_code", code).in_column("ma_thu_tuc"))?;
    let mut notes = Vec::new();
    let agency = clean_line(row.text("co_quan_thuc_hien"));
    let fields = fields(row.text("linh_vuc"));
    let levels = levels(row, &fields, &agency, &mut notes)?;
    if agency.is_empty() {
        notes.push(Note { key: "procedure.found_no_agency", value: String::new() });
    }
    let version = ProcedureVersion {
        fields,
        levels,
        subjects: parts(row.text("doi_tuong")).map(|name| Subject { code: String::new(), name }).collect(),
        executing_agency: agency,
        internal: row.text("loai") == "STANDARD_INTERNAL",
        source: Some(Source {
            name: super::portal::SOURCE_NAME.to_owned(),
            id: row.text("id_dvcqg").to_owned(),
        }),
        ..ProcedureVersion::new(code, clean_line(row.needed("ten_thu_tuc")?), today)
    };
    Ok(FlatRow::Taken(Box::new(Incoming { version, is_dated: false, notes })))
}

/// The parts of a list such as `Trồng trọt | Bảo vệ thực vật`.
fn parts(text: &str) -> impl Iterator<Item = String> {
    text.split('|').map(clean_line).filter(|part| !part.is_empty())
}

fn fields(text: &str) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for name in parts(text) {
        if !fields.iter().any(|field| field.name == name) {
            fields.push(Field { code: String::new(), name });
        }
    }
    fields
}

fn levels(
    row: &TableRow<'_>,
    fields: &[Field],
    agency: &str,
    notes: &mut Vec<Note>,
) -> Result<BTreeSet<ProcedureLevel>, BadValue> {
    let stated = row.text("cap_thuc_hien");
    if fields.iter().any(|field| level::is_vertical(&field.name)) || level::is_vertical(agency) {
        notes.push(Note { key: "procedure.found_vertical", value: stated.to_owned() });
        return Ok(level::vertical());
    }
    let mut levels = BTreeSet::new();
    for word in stated.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        levels.insert(match fold(word).as_str() {
            "cap bo" => ProcedureLevel::Ministry,
            "cap tinh" => ProcedureLevel::Province,
            "cap huyen" => ProcedureLevel::District,
            "cap xa" => ProcedureLevel::Commune,
            "co quan khac" => ProcedureLevel::Other,
            _ => return Err(Problem::new("import.not_a_level", word).in_column("cap_thuc_hien")),
        });
    }
    if levels.is_empty() {
        notes.push(Note { key: "procedure.found_no_level", value: String::new() });
    }
    Ok(levels)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::import::read::Source as File;

    const HEADING: &str = "ma_thu_tuc,id_dvcqg,ten_thu_tuc,linh_vuc,co_quan_cong_bo,co_quan_thuc_hien,doi_tuong,loai,cap_thuc_hien";

    fn row(line: &str) -> Result<FlatRow, crate::import::ImportError> {
        let mut read_row = None;
        let text = format!("{HEADING}\n{line}\n");
        let table = File::from_bytes("catalog.csv", text.into_bytes())?.into_table()?;
        table.rows(|row| {
            read_row = Some(read(row, date(2026, 3, 2))?);
            Ok(())
        })?;
        Ok(read_row.expect("one row"))
    }

    #[test]
    fn a_row_becomes_an_outline() {
        let taken = row("1.001193,019d,Thủ tục đăng ký khai sinh,Hộ tịch | Hộ tịch,Bộ Tư pháp,UBND cấp xã,Công dân Việt Nam | Người nước ngoài,STANDARD,\"Cấp Tỉnh, Cấp xã\"").unwrap();
        let FlatRow::Taken(incoming) = taken else { panic!("{taken:?}") };
        let version = incoming.version;
        assert!(version.is_outline() && !incoming.is_dated && incoming.notes.is_empty());
        assert_eq!(version.fields.len(), 1);
        assert_eq!(version.subjects.len(), 2);
        assert_eq!(version.levels, BTreeSet::from([ProcedureLevel::Province, ProcedureLevel::Commune]));
    }

    #[test]
    fn what_is_struck_off_is_left_out_and_what_is_internal_is_marked() {
        let left_out = row("1.014955-Xoa,,A,B,C,D,E,STANDARD,").unwrap();
        assert_eq!(left_out, FlatRow::LeftOut("procedure.found_struck_off", "1.014955-Xoa".to_owned()));
        let internal = row("1.014955,,A,B,C,D,E,STANDARD_INTERNAL,").unwrap();
        assert!(matches!(internal, FlatRow::Taken(incoming) if incoming.version.internal));
    }

    #[test]
    fn what_is_wrong_names_its_column() {
        for (line, column) in [
            ("khong,,A,B,C,D,E,STANDARD,", "ma_thu_tuc"),
            ("1.000001,,,B,C,D,E,STANDARD,", "ten_thu_tuc"),
            ("1.000001,,A,B,C,D,E,STANDARD,Cấp phường", "cap_thuc_hien"),
        ] {
            let Err(crate::import::ImportError::BadRows(rows)) = row(line) else { panic!("{line}") };
            assert_eq!((rows[0].row, rows[0].column.as_str()), (2, column));
        }
    }
}
