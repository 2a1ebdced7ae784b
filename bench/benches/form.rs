//! Printed forms.

use std::time::Duration;

use motcua::form::data::FormData;
use motcua::form::library::FormLibrary;
use motcua::form::sample;
use motcua_bench::Table;
use motcua_domain::form::FormKind;
use motcua_domain::office_time::to_office;

fn main() {
    let library = FormLibrary::shipped();
    let at = sample::instant();
    let day = to_office(at).date();
    let budget = Some(Duration::from_millis(50));
    let table = Table::new("Forms as archival PDF");
    // Another applicant each time, because the layout engine remembers what it has set before.
    table.measure("form 01, the receipt", budget, |round| {
        let mut receipt = sample::receipt();
        receipt.applicant.name = format!("Nguyễn Thị Bích Ngọc {round}");
        library.print(&FormData::Receipt(Box::new(receipt)), day, at).map(|pdf| pdf.len())
    });
    table.measure("form 06, the control slip", None, |round| {
        let mut slip = sample::control_slip();
        slip.head.code = Some(format!("H44.26.106-260306-{round:04}"));
        library.print(&FormData::ControlSlip(Box::new(slip)), day, at).map(|pdf| pdf.len())
    });
    table.measure("the register, 40 dossiers", None, |_| {
        library.print(&sample::of(FormKind::Register), day, at).map(|pdf| pdf.len())
    });
}
