//! Tests of reading files.

use std::io::Write as _;

use super::*;

fn json(bytes: &[u8]) -> Result<Vec<(u64, String)>, ImportError> {
    let mut rows = Vec::new();
    Source::from_bytes("x.jsonl", bytes.to_vec())?.json_rows(|row, value| {
        if value == "bad" {
            return Err(Problem::new("import.missing", "bad").in_column("name"));
        }
        rows.push((row, value.to_string()));
        Ok(())
    })?;
    Ok(rows)
}

fn table(text: &str) -> Result<Vec<(u64, String)>, ImportError> {
    let mut rows = Vec::new();
    let table = Source::from_bytes("x.csv", text.as_bytes().to_vec())?.into_table()?;
    table.rows(|row| {
        rows.push((row.row, row.needed("b")?.to_owned()));
        Ok(())
    })?;
    Ok(rows)
}

fn rows_of(res: Result<Vec<(u64, String)>, ImportError>) -> Vec<(u64, &'static str)> {
    match res {
        Err(ImportError::BadRows(rows)) => rows.iter().map(|row| (row.row, row.problem.key)).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn lines_arrays_documents_and_packed_files_are_read_alike() {
    let expected =
        |rows: &[u64]| -> Vec<(u64, String)> { rows.iter().map(|row| (*row, "{\"a\":1}".into())).collect() };
    assert_eq!(json(b"{\"a\":1}\n\n{\"a\":1}\n").unwrap(), expected(&[1, 3]));
    assert_eq!(json(b"[{\"a\":1},{\"a\":1}]").unwrap(), expected(&[1, 2]));
    assert_eq!(json(b"\xef\xbb\xbf[\n {\"a\":1},\n {\n\"a\":1}\n]\n").unwrap(), expected(&[1, 2]));
    assert_eq!(json(b"{\n\"a\":1}").unwrap(), expected(&[1]));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"{\"a\":1}\n{\"a\":1}").unwrap();
    assert_eq!(json(&packed.finish().unwrap()).unwrap(), expected(&[1, 2]));
}

#[test]
fn every_bad_row_is_named_until_there_are_too_many() {
    assert_eq!(
        rows_of(json(b"{}\n\"bad\"\n{,}\n{}\n\"bad\"\n")),
        [(2, "import.missing"), (3, "import.not_json"), (5, "import.missing")]
    );
    assert_eq!(rows_of(json("\"bad\"\n".repeat(1_000).as_bytes())).len(), 20);
    assert_eq!(rows_of(json(b"[{},\n}")), [(2, "import.not_json")]);
    assert!(matches!(json(b""), Err(ImportError::Empty)));
    assert!(matches!(json(b"[]"), Err(ImportError::Empty)));
}

#[test]
fn a_row_has_a_limit_but_an_array_on_one_line_is_no_row() {
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(ROW_BYTES_MAX));
    assert_eq!(rows_of(json(long.as_bytes())), [(1, "import.row_too_long")]);
    assert_eq!(json(format!("[{long}]").as_bytes()).unwrap().len(), 1);
}

#[test]
fn a_packed_file_cannot_fill_the_memory() {
    let mut bounded = Bounded { inner: std::io::repeat(b'x'), left: 10_000 };
    let error = bounded.read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::FileTooLarge);
}

#[test]
fn tables_name_the_line_and_the_column() {
    assert_eq!(table("a,b\n1,2\n\"x\ny\",3\n").unwrap(), [(2, "2".to_owned()), (3, "3".to_owned())]);
    assert_eq!(
        rows_of(table("a,b\n1,\n1,2,3\n1,2\n1, \n")),
        [(2, "import.missing"), (3, "import.wrong_number_of_columns"), (5, "import.missing"),]
    );
    let not_utf8 = Source::from_bytes("x.csv", b"a,b\n1,\xff\n".to_vec()).unwrap().into_table().unwrap();
    let res = not_utf8.rows(|_| Ok(())).map(|_| Vec::new());
    assert_eq!(rows_of(res), [(2, "import.not_utf8")]);
}
