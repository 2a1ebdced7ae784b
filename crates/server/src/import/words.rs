//! Reports and failures of imports, in words.

use std::io::ErrorKind;

use crate::import::{Finding, ImportError, Problem, Report};
use crate::web::locale::Locale;

/// How many findings of a kind are shown when not all are asked for.
const EXAMPLES_MAX: usize = 3;

/// A report as a text of several lines.
pub fn report(locale: Locale, report: &Report, details: bool) -> String {
    let mut lines = vec![summary(locale, report)];
    for group in report.groups() {
        let count = group.findings.len();
        lines.push(format!("  {count} × {}", locale.t(group.key)));
        let shown = if details { count } else { EXAMPLES_MAX.min(count) };
        lines.extend(
            group.findings.iter().take(shown).map(|found| format!("      {}", finding(locale, found))),
        );
        if shown < count {
            lines.push(format!("      {}", locale.say("import.and_more").arg("n", count - shown)));
        }
    }
    lines.join("\n") + "\n"
}

/// The first line of a report: how many rows became what.
pub fn summary(locale: Locale, report: &Report) -> String {
    locale
        .say("import.summary")
        .arg("file", &report.file)
        .arg("taken", report.taken)
        .arg("changed", report.changed)
        .arg("unchanged", report.unchanged)
        .arg("left_out", report.left_out)
        .to_string()
}

/// Where one thing was found, and the value.
pub fn finding(locale: Locale, finding: &Finding) -> String {
    let place = locale.say("import.place").arg("row", finding.row).arg("subject", &finding.subject);
    if finding.value.is_empty() { place.to_string() } else { format!("{place}: {}", finding.value) }
}

/// Why a file was not taken, as a text of several lines.
pub fn failure(locale: Locale, file: &str, error: &ImportError) -> String {
    let mut lines = vec![locale.say("import.not_taken").arg("file", file).to_string()];
    lines.extend(reasons(locale, error).into_iter().map(|reason| format!("  {reason}")));
    lines.join("\n") + "\n"
}

/// Why a file was not taken, one sentence to a reason.
pub fn reasons(locale: Locale, error: &ImportError) -> Vec<String> {
    match error {
        ImportError::Read { source, .. }
            if matches!(
                source.kind(),
                ErrorKind::InvalidInput | ErrorKind::InvalidData | ErrorKind::UnexpectedEof
            ) =>
        {
            vec![locale.t("import.broken_archive").to_owned()]
        }
        ImportError::Read { path, source } => {
            vec![locale.say("import.cannot_read").arg("path", path.display()).arg("why", source).to_string()]
        }
        ImportError::TooLarge(mb) => vec![locale.say("import.file_too_large").arg("mb", mb).to_string()],
        ImportError::TooManyRows(rows) => {
            vec![locale.say("import.too_many_rows").arg("rows", rows).to_string()]
        }
        ImportError::UnknownKind(found) => {
            vec![locale.say("import.unknown_kind").arg("found", found).to_string()]
        }
        ImportError::Empty => vec![locale.t("import.empty").to_owned()],
        ImportError::BadRows(rows) => {
            let mut reasons: Vec<String> =
                rows.iter().map(|bad| bad_row(locale, bad.row, &bad.column, &bad.problem)).collect();
            if rows.len() == crate::import::problem::BAD_ROWS_MAX {
                reasons.push(locale.t("import.perhaps_more").to_owned());
            }
            reasons
        }
        ImportError::Database(error) => {
            tracing::error!(error = %error, "an import failed");
            vec![locale.say("import.database").arg("why", error).to_string()]
        }
    }
}

fn bad_row(locale: Locale, row: u64, column: &str, problem: &Problem) -> String {
    let what = locale.say(problem.key).arg("value", &problem.value);
    let place = match (row, column) {
        (0, _) => return what.to_string(),
        (row, "" | ".") => locale.say("import.in_row").arg("row", row),
        (row, column) => locale.say("import.in_column").arg("row", row).arg("column", column),
    };
    format!("{place}: {what}")
}
