//! The ten national statuses and the doors a dossier comes in by.

use serde::{Deserialize, Serialize};

use crate::procedure;

/// The ten national statuses; the numbers are fixed by the national list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 1 Mới đăng ký: submitted, not yet accepted.
    Registered = 1,
    /// 2 Được tiếp nhận: accepted, receipt issued.
    Accepted = 2,
    /// 3 Không được tiếp nhận: refused at intake. The end.
    Refused = 3,
    /// 4 Đang xử lý: moves along its electronic process.
    InProcess = 4,
    /// 5 Yêu cầu bổ sung giấy tờ: waits for the applicant's papers.
    AwaitingSupplement = 5,
    /// 6 Yêu cầu thực hiện nghĩa vụ tài chính: waits for payment.
    AwaitingPayment = 6,
    /// 7 Công dân yêu cầu rút hồ sơ: withdrawn. The end.
    Withdrawn = 7,
    /// 8 Dừng xử lý: stopped. The end.
    Stopped = 8,
    /// 9 Đã xử lý xong: the result is ready.
    Settled = 9,
    /// 10 Đã trả kết quả: the result is in the applicant's hands. The end.
    Returned = 10,
}

impl Status {
    /// Every status, by number.
    pub const ALL: [Self; 10] = [
        Self::Registered,
        Self::Accepted,
        Self::Refused,
        Self::InProcess,
        Self::AwaitingSupplement,
        Self::AwaitingPayment,
        Self::Withdrawn,
        Self::Stopped,
        Self::Settled,
        Self::Returned,
    ];

    /// The national number, 1 to 10.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The status with this national number.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|status| i64::from(status.number()) == number)
    }

    /// The name used in message keys and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::InProcess => "in_process",
            Self::AwaitingSupplement => "awaiting_supplement",
            Self::AwaitingPayment => "awaiting_payment",
            Self::Withdrawn => "withdrawn",
            Self::Stopped => "stopped",
            Self::Settled => "settled",
            Self::Returned => "returned",
        }
    }

    /// Whether nothing may change any more.
    pub fn is_closed(self) -> bool {
        matches!(self, Self::Refused | Self::Withdrawn | Self::Stopped | Self::Returned)
    }

    /// Whether the national list allows to go from this status to `next`.
    pub fn may_become(self, next: Self) -> bool {
        let allowed: &[Self] = match self {
            Self::Registered => &[Self::Accepted, Self::Refused, Self::AwaitingSupplement, Self::Withdrawn],
            Self::Accepted => &[
                Self::InProcess,
                Self::AwaitingSupplement,
                Self::AwaitingPayment,
                Self::Withdrawn,
                Self::Stopped,
            ],
            Self::InProcess => &[
                Self::InProcess,
                Self::AwaitingSupplement,
                Self::AwaitingPayment,
                Self::Withdrawn,
                Self::Stopped,
                Self::Settled,
            ],
            Self::AwaitingSupplement => {
                &[Self::Registered, Self::Accepted, Self::InProcess, Self::Withdrawn, Self::Stopped]
            }
            Self::AwaitingPayment => &[Self::InProcess, Self::Withdrawn, Self::Stopped],
            Self::Settled => &[Self::Returned],
            Self::Refused | Self::Withdrawn | Self::Stopped | Self::Returned => &[],
        };
        allowed.contains(&next)
    }
}

/// The door a dossier came in by, with the national code (`KenhThucHien`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// 1 Trực tiếp: at the counter.
    Counter,
    /// 2 Trực tuyến: online, by the applicant.
    Online,
    /// 3 Bưu chính công ích: by post.
    Post,
    /// 2 as well: online, filed by a helper with the applicant's consent.
    Assisted,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 4] = [Self::Counter, Self::Online, Self::Post, Self::Assisted];

    /// The national code.
    pub fn national_code(self) -> u8 {
        match self {
            Self::Counter => 1,
            Self::Online | Self::Assisted => 2,
            Self::Post => 3,
        }
    }

    /// The channel of the procedure whose limits and fees hold.
    pub fn terms(self) -> procedure::Channel {
        match self {
            Self::Counter => procedure::Channel::Direct,
            Self::Online | Self::Assisted => procedure::Channel::Online,
            Self::Post => procedure::Channel::Post,
        }
    }

    /// The name used in storage, message keys and the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Online => "online",
            Self::Post => "post",
            Self::Assisted => "assisted",
        }
    }

    /// The channel with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }
}
