//! One made-up dossier on every form: what a template is checked and shown with.

use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan as _};
use motcua_domain::calendar::Limit;
use motcua_domain::form::FormKind;

use super::data::{
    ApologyData, Applicant, Contact, ControlSlipData, DefectLine, FeeLine, FormData, Head, Hop, Making,
    Proof, Punctuality, ReceiptData, ReceivedComponent, RefusalData, RegisterData, RegisterPlace,
    RegisterRow, SealedRoot, Signature, StopData, SupplementData,
};

/// When the sample dossier was received: 14:05 on 6 March 2026 at the office.
pub fn instant() -> Timestamp {
    Timestamp::from_second(1_772_780_700).expect("a second of the year 2026 is an instant")
}

/// The sample for a kind of form.
pub fn of(kind: FormKind) -> FormData {
    match kind {
        FormKind::Receipt => FormData::Receipt(Box::new(receipt())),
        FormKind::SupplementRequest => FormData::Supplement(Box::new(supplement())),
        FormKind::Refusal => FormData::Refusal(Box::new(refusal())),
        FormKind::Apology => FormData::Apology(Box::new(apology())),
        FormKind::StopNotice => FormData::Stop(Box::new(stop())),
        FormKind::ControlSlip => FormData::ControlSlip(Box::new(control_slip())),
        FormKind::Register => FormData::Register(Box::new(register(40))),
    }
}

/// A receipt with several papers and a paid and an unpaid fee.
pub fn receipt() -> ReceiptData {
    ReceiptData {
        head: desk_head("07/TNHS"),
        applicant: applicant(),
        request: "Đăng ký khai sinh kết hợp đăng ký nhận cha, mẹ, con".to_owned(),
        components: vec![
            component("Tờ khai đăng ký khai sinh", &[Making::Original], 1),
            component("Tờ khai đăng ký nhận cha, mẹ, con", &[Making::Original], 1),
            component("Giấy chứng sinh do cơ sở y tế cấp", &[Making::Electronic], 1),
            component(
                "Văn bản của cơ quan y tế, cơ quan giám định xác nhận quan hệ cha con, quan hệ mẹ con",
                &[Making::Copy, Making::Electronic],
                2,
            ),
        ],
        sets_count: 1,
        limit: Some(Limit::WorkingDays(3)),
        received_at: instant(),
        due_at: Some(later(5)),
        result_place: "Bộ phận Tiếp nhận và Trả kết quả, Ủy ban nhân dân phường An Hòa".to_owned(),
        fees: vec![
            FeeLine { name: "Lệ phí hộ tịch".to_owned(), amount: 75_000, paid: true },
            FeeLine {
                name: "Phí cấp bản sao trích lục hộ tịch (02 bản)".to_owned(),
                amount: 16_000,
                paid: false,
            },
        ],
        register: Some(RegisterPlace { book: "01/2026".to_owned(), entry: 231 }),
        submitter: "Nguyễn Thị Bích Ngọc".to_owned(),
        receiver: "Trần Quốc Bảo".to_owned(),
    }
}

/// A request for two papers.
pub fn supplement() -> SupplementData {
    SupplementData {
        head: desk_head("07/HDHS"),
        applicant: applicant(),
        request: "Cấp giấy phép xây dựng mới đối với nhà ở riêng lẻ".to_owned(),
        defects: vec![
            DefectLine {
                content: "Bản vẽ mặt cắt móng và mặt cắt công trình: chưa thể hiện độ sâu chôn móng và sơ đồ đấu nối \
                          hệ thống thoát nước với bên ngoài; bổ sung vào bản vẽ tỷ lệ 1/50 – 1/200."
                    .to_owned(),
                making: "Bản chính".to_owned(),
            },
            DefectLine {
                content: "Bản cam kết bảo đảm an toàn đối với công trình liền kề: thiếu chữ ký của chủ đầu tư."
                    .to_owned(),
                making: "Bản chính hoặc bản điện tử".to_owned(),
            },
        ],
        reason: "Hồ sơ thiết kế chưa đủ thành phần để thẩm định.".to_owned(),
        legal_base: "Điều 46 Nghị định số 15/2021/NĐ-CP".to_owned(),
        answer_by: Some(later(30)),
        contact: contact(),
        guide: "Trần Quốc Bảo".to_owned(),
    }
}

/// A refusal because another province is competent.
pub fn refusal() -> RefusalData {
    RefusalData {
        head: desk_head("03/TCHS"),
        applicant: applicant(),
        request: "Đăng ký biến động quyền sử dụng đất do nhận thừa kế".to_owned(),
        reason:
            "Thửa đất số 125, tờ bản đồ số 17 không nằm trên địa bàn tỉnh; việc đăng ký thuộc thẩm quyền của \
                 văn phòng đăng ký đất đai nơi có đất. Ông (bà) nộp hồ sơ tại nơi đó hoặc nộp trực tuyến."
                .to_owned(),
        legal_base: "Điều 131 Luật Đất đai số 31/2024/QH15".to_owned(),
        contact: contact(),
        submitter: "Nguyễn Thị Bích Ngọc".to_owned(),
        receiver: "Trần Quốc Bảo".to_owned(),
    }
}

/// An apology with a new date.
pub fn apology() -> ApologyData {
    ApologyData {
        head: agency_head("03/PXL"),
        applicant: applicant(),
        request: "Cấp giấy phép xây dựng mới đối với nhà ở riêng lẻ".to_owned(),
        field: "Hoạt động xây dựng".to_owned(),
        received_by: "Bộ phận Tiếp nhận và Trả kết quả, Ủy ban nhân dân phường An Hòa".to_owned(),
        received_at: instant(),
        due_before: later(20),
        due_after: later(27),
        reason: "Ý kiến về kết nối hạ tầng của cơ quan phối hợp đến chậm so với thời hạn lấy ý kiến."
            .to_owned(),
        recipients: vec!["Bộ phận Tiếp nhận và Trả kết quả".to_owned()],
        signature: signature(),
    }
}

/// A notice that a dossier is stopped, with half the fee given back.
pub fn stop() -> StopData {
    StopData {
        head: agency_head("01/TB"),
        applicant: applicant(),
        request: "Cấp giấy phép xây dựng mới đối với nhà ở riêng lẻ".to_owned(),
        stage: "Thẩm định hồ sơ".to_owned(),
        decision: "dừng giải quyết hồ sơ".to_owned(),
        reason: "Đã hết thời hạn bổ sung mà hồ sơ chưa được hoàn thiện theo Phiếu yêu cầu số 07/HDHS."
            .to_owned(),
        legal_base: "Nghị định số 118/2025/NĐ-CP".to_owned(),
        stopped_at: later(37),
        fees_paid: 1_005_000,
        fees_refunded: Some(502_500),
        fee_settlement: "chuyển khoản về tài khoản đã nộp trong 05 ngày làm việc".to_owned(),
        recipients: vec!["Bộ phận Tiếp nhận và Trả kết quả".to_owned()],
        signature: signature(),
    }
}

/// A slip with three hand-overs, the last still under way.
pub fn control_slip() -> ControlSlipData {
    let desk = "Bộ phận Tiếp nhận và Trả kết quả";
    let unit = "Phòng Kinh tế, Hạ tầng và Đô thị";
    ControlSlipData {
        head: desk_head("12/KSHS"),
        applicant: applicant(),
        request: "Cấp giấy phép xây dựng mới đối với nhà ở riêng lẻ".to_owned(),
        received_at: instant(),
        due_at: Some(later(20)),
        lead: "Ủy ban nhân dân phường An Hòa".to_owned(),
        partners: vec!["Sở Xây dựng".to_owned(), "Phòng Cảnh sát PCCC và CNCH".to_owned()],
        hops: vec![
            Hop {
                from: desk.to_owned(),
                to: unit.to_owned(),
                at: Some(later(0)),
                given_by: "Trần Quốc Bảo".to_owned(),
                taken_by: "Lê Thị Thanh Hương".to_owned(),
                punctuality: Some(Punctuality::OnTime),
                note: String::new(),
            },
            Hop {
                from: unit.to_owned(),
                to: "Sở Xây dựng".to_owned(),
                at: Some(later(6)),
                given_by: "Lê Thị Thanh Hương".to_owned(),
                taken_by: "Phạm Đức Long".to_owned(),
                punctuality: Some(Punctuality::Early),
                note: "Gửi qua bưu chính, hóa đơn số 0012345".to_owned(),
            },
            Hop {
                from: "Sở Xây dựng".to_owned(),
                to: unit.to_owned(),
                at: None,
                given_by: "Phạm Đức Long".to_owned(),
                taken_by: String::new(),
                punctuality: Some(Punctuality::Late),
                note: String::new(),
            },
        ],
    }
}

/// A closed register of `count` entries.
pub fn register(count: u32) -> RegisterData {
    let procedures = [
        "Đăng ký khai sinh",
        "Chứng thực bản sao từ bản chính giấy tờ, văn bản",
        "Cấp giấy phép xây dựng mới đối với nhà ở riêng lẻ",
        "Đăng ký thành lập hộ kinh doanh",
    ];
    let rows: Vec<RegisterRow> = (1..=count)
        .zip(procedures.into_iter().cycle())
        .map(|(entry, procedure)| {
            let is_returned = entry % 5 != 0;
            RegisterRow {
                entry,
                code: format!("H99.12-260306-{entry:04}"),
                procedure: procedure.to_owned(),
                sets_count: 1,
                applicant: applicant(),
                lead: "UBND phường An Hòa".to_owned(),
                received_at: instant(),
                due_at: (entry % 4 != 0).then(|| later(5)),
                returned_at: is_returned.then(|| later(4)),
                came_by: "Trực tuyến".to_owned(),
                goes_by: "tại Một cửa".to_owned(),
                signed_by: if is_returned { "Nguyễn Thị Bích Ngọc".to_owned() } else { String::new() },
                note: if entry % 7 == 0 { "Xin lỗi, gia hạn 01 lần".to_owned() } else { String::new() },
            }
        })
        .collect();
    RegisterData {
        head: Head { number_label: None, code: None, look_up_url: None, ..desk_head("") },
        year: 2026,
        book: "01/2026".to_owned(),
        part: 1,
        parts: 1,
        entries_count: rows.len(),
        opened_on: date(2026, 1, 1),
        closed_on: Some(date(2026, 12, 31)),
        rows,
        keeper: "Trần Quốc Bảo".to_owned(),
        signature: signature(),
    }
}

fn later(days: i64) -> Timestamp {
    instant() + (days * 24).hours()
}

fn day() -> Date {
    date(2026, 3, 6)
}

fn desk_head(number: &str) -> Head {
    Head {
        superior: Some("Ủy ban nhân dân tỉnh Lam Giang".to_owned()),
        agency: "Ủy ban nhân dân phường An Hòa".to_owned(),
        reception: Some("Bộ phận Tiếp nhận và Trả kết quả".to_owned()),
        place: "An Hòa".to_owned(),
        day: day(),
        number_label: Some(number.to_owned()),
        code: Some("H99.12-260306-0007".to_owned()),
        look_up_url: Some("https://motcua.lamgiang.example/tra-cuu/H99.12-260306-0007".to_owned()),
        proof: Some(Proof {
            head: "3f9a22c19b0755de".repeat(4),
            sealed: Some(SealedRoot { root: "c04e8d117ab2f960".repeat(4), at: instant() - 14.hours() }),
        }),
    }
}

fn agency_head(number: &str) -> Head {
    Head { reception: None, ..desk_head(number) }
}

fn applicant() -> Applicant {
    Applicant {
        name: "Nguyễn Thị Bích Ngọc".to_owned(),
        id_number: "099190001234".to_owned(),
        address: "Số 12, ngõ 5, đường Lê Lợi, phường An Hòa, tỉnh Lam Giang".to_owned(),
        phone: "0900 000 123".to_owned(),
        email: "bich.ngoc@thu.example".to_owned(),
    }
}

fn contact() -> Contact {
    Contact {
        name: "ông Trần Quốc Bảo, công chức tiếp nhận".to_owned(), phone: "0900 000 456".to_owned()
    }
}

fn signature() -> Signature {
    Signature {
        authority: vec![
            "TM. Ủy ban nhân dân".to_owned(),
            "KT. Chủ tịch".to_owned(),
            "Phó Chủ tịch".to_owned(),
        ],
        name: "Hoàng Văn Thái".to_owned(),
    }
}

fn component(name: &str, makings: &[Making], count: u32) -> ReceivedComponent {
    ReceivedComponent { name: name.to_owned(), makings: makings.to_vec(), count }
}
