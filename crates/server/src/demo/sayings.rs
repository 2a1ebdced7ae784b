//! What people of the demonstration write: reasons, bases, questions, answers. Another `turn` is another text.

use motcua_domain::dossier::Verdict;

fn one_of(texts: &[&str], turn: usize) -> String {
    texts[turn % texts.len()].to_owned()
}

fn pair(texts: &[(&str, &str)], turn: usize) -> (String, String) {
    let (first, second) = texts[turn % texts.len()];
    (first.to_owned(), second.to_owned())
}

/// Why a dossier is not accepted, and the base.
pub fn refusal(turn: usize) -> (String, String) {
    pair(
        &[
            (
                "Người yêu cầu không cư trú và không có việc cần giải quyết trên địa bàn; đề nghị nộp tại nơi cư trú.",
                "Luật Hộ tịch số 60/2014/QH13",
            ),
            (
                "Việc này đã được giải quyết và trả kết quả theo hồ sơ nộp trước đó.",
                "Nghị định số 118/2025/NĐ-CP",
            ),
            (
                "Người nộp hồ sơ không phải là người có yêu cầu và không có văn bản ủy quyền.",
                "Nghị định số 118/2025/NĐ-CP",
            ),
        ],
        turn,
    )
}

/// What exactly is missing.
pub fn wanted(turn: usize) -> String {
    one_of(
        &[
            "Bản đã nộp thiếu chữ ký; nộp lại bản có chữ ký.",
            "Ảnh chụp bị lóa, không đọc được mặt sau; chụp lại cả hai mặt.",
            "Tên trên giấy này khác tên trên căn cước; nộp giấy xác nhận hoặc bản đúng.",
            "Bản đã nộp là mẫu cũ; kê khai lại theo mẫu đang có hiệu lực.",
        ],
        turn,
    )
}

/// What the applicant writes with the papers.
pub fn supplement_answer(turn: usize) -> String {
    one_of(&["", "Tôi đã chụp lại, mong cơ quan xem giúp.", "Tôi nộp bản mới có đủ chữ ký."], turn)
}

/// Name and amount of a fee set by the province.
pub fn payment(procedure: &str) -> (String, i64) {
    let (name, amount) = match procedure {
        "1.013225" => ("Lệ phí cấp giấy phép xây dựng", 75_000),
        "1.004873" => ("Lệ phí hộ tịch", 15_000),
        "1.004859" => ("Lệ phí hộ tịch", 28_000),
        "1.013237" => ("Lệ phí cấp chứng chỉ hành nghề", 150_000),
        _ => ("Phí thẩm định hồ sơ", 50_000),
    };
    (name.to_owned(), amount)
}

/// Why the applicant takes it back.
pub fn withdrawal(turn: usize) -> String {
    one_of(
        &[
            "Gia đình chưa làm nữa, tôi xin rút hồ sơ.",
            "Tôi khai nhầm, xin rút để nộp lại hồ sơ đúng.",
            "Tôi đã chuyển nơi cư trú, sẽ nộp ở nơi mới.",
        ],
        turn,
    )
}

/// Why a leader stops it, and the base.
pub fn stop(procedure: &str) -> (String, String) {
    let (reason, legal_base) = match procedure {
        "1.013225" => ("Thửa đất đang có tranh chấp, tòa án đã thụ lý.", "Nghị định số 118/2025/NĐ-CP"),
        "2.001263" => {
            ("Người được đề nghị đã thay đổi ý kiến, không còn đồng ý.", "Luật Nuôi con nuôi số 52/2010/QH12")
        }
        _ => ("Người nộp hồ sơ đã chuyển nơi cư trú sang tỉnh khác.", "Nghị định số 118/2025/NĐ-CP"),
    };
    (reason.to_owned(), legal_base.to_owned())
}

/// Why the clock is stopped, and the base.
pub fn pause(procedure: &str) -> (String, String) {
    let (reason, legal_base) = match procedure {
        "1.001010" => ("Chờ ý kiến của Bộ Công an về nhân thân.", "Luật số 47/2014/QH13"),
        "1.013225" => {
            ("Chờ kết quả xử lý vi phạm trật tự xây dựng trên thửa đất.", "Luật Xây dựng số 50/2014/QH13")
        }
        _ => ("Chờ kết quả giám định chữ ký trên giấy tờ đã nộp.", "Luật Giám định tư pháp số 13/2012/QH13"),
    };
    (reason.to_owned(), legal_base.to_owned())
}

/// Why the office is late.
pub fn apology(procedure: &str) -> String {
    let reason = match procedure {
        "1.013225" => "Phải kiểm tra lại thực địa do ranh giới thửa đất chưa rõ.",
        "1.013237" => "Hội đồng sát hạch phải dời lịch một tuần.",
        _ => "Phải xác minh tại nơi cư trú trước đây, nơi đó chưa trả lời.",
    };
    reason.to_owned()
}

/// Whom an opinion is asked of, and what.
pub fn question(turn: usize) -> (&'static str, String) {
    let asked = [
        ("H99.12", "Đề nghị Sở Tư pháp cho ý kiến về giấy tờ hộ tịch có trong hồ sơ."),
        ("H99.21", "Đề nghị Công an tỉnh xác minh nhân thân, nơi cư trú của người trong hồ sơ."),
    ];
    let (unit, text) = asked[turn % asked.len()];
    (unit, text.to_owned())
}

/// What another agency says in a step of its own.
pub fn branch(unit: &str) -> String {
    match unit {
        "H99.22" => "Đã cấp mã số và thẻ bảo hiểm y tế điện tử.".to_owned(),
        _ => "Phù hợp quy hoạch phân khu đã được duyệt; không vướng lộ giới.".to_owned(),
    }
}

/// Why the head sends it back.
pub fn sent_back(turn: usize) -> String {
    one_of(
        &[
            "Chưa nêu căn cứ của từng kết luận; bổ sung rồi trình lại.",
            "Số liệu trong tờ trình chưa khớp với đơn; kiểm tra lại.",
        ],
        turn,
    )
}

/// What the specialist found.
pub fn proposal(verdict: Verdict, turn: usize) -> String {
    match verdict {
        Verdict::Grant => one_of(
            &[
                "Hồ sơ đủ thành phần, đúng quy định; đề nghị giải quyết.",
                "Đã đối chiếu cơ sở dữ liệu quốc gia về dân cư, thông tin khớp; đề nghị giải quyết.",
                "Đã kiểm tra thực tế, đủ điều kiện; đề nghị giải quyết.",
            ],
            turn,
        ),
        Verdict::Reject => one_of(
            &[
                "Không thuộc đối tượng theo quy định; đề nghị không giải quyết và trả lời bằng văn bản.",
                "Công trình không phù hợp quy hoạch đã duyệt; đề nghị không cấp phép.",
                "Giấy tờ làm căn cứ không chứng minh được nội dung đề nghị; đề nghị không giải quyết.",
            ],
            turn,
        ),
    }
}

/// What the applicant asks and the desk answers.
pub fn talk(turn: usize) -> (String, String) {
    pair(
        &[
            (
                "Cho tôi hỏi khi nhận kết quả có cần mang bản chính giấy tờ không?",
                "Chào bạn. Khi nhận kết quả, bạn chỉ cần mang căn cước. Bản chính đã được đối chiếu.",
            ),
            (
                "Tôi đi công tác, nhờ em trai nhận kết quả giúp được không?",
                "Chào bạn. Được, người nhận mang căn cước và giấy ủy quyền của bạn.",
            ),
            (
                "Số điện thoại tôi ghi nhầm một chữ số, xin sửa giúp.",
                "Chào bạn. Bộ phận một cửa đã ghi nhận; bạn mang căn cước đến để xác nhận khi nhận kết quả.",
            ),
        ],
        turn,
    )
}
