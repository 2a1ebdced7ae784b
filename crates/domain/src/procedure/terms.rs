//! On what terms a procedure is done: how long it takes and what it costs, by channel.

use serde::{Deserialize, Serialize};

use crate::calendar::Limit;
use crate::procedure::code::CaseKey;

/// How papers come in, with the national numbers (`KenhThucHien`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// 1 Trực tiếp: at the one-stop desk.
    Direct,
    /// 2 Trực tuyến: on the portal.
    Online,
    /// 3 Bưu chính: by the public postal service.
    Post,
}

impl Channel {
    /// Every channel, by number.
    pub const ALL: [Self; 3] = [Self::Direct, Self::Online, Self::Post];

    /// The national number.
    pub fn number(self) -> u8 {
        match self {
            Self::Direct => 1,
            Self::Online => 2,
            Self::Post => 3,
        }
    }

    /// The name used in storage, in message keys and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Online => "online",
            Self::Post => "post",
        }
    }
}

/// What kind of money it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeKind {
    /// Phí: covers the cost of a service (Law on fees and charges 97/2015/QH13, article 3.1).
    Fee,
    /// Lệ phí: a fixed charge for a service of the State (article 3.2).
    Charge,
    /// Giá dịch vụ: a price under the law on prices.
    Price,
}

impl FeeKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Fee, Self::Charge, Self::Price];

    /// The name used in storage, in message keys and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fee => "fee",
            Self::Charge => "charge",
            Self::Price => "price",
        }
    }
}

/// When it is collected, with the national numbers (`HinhThucThu`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CollectedAt {
    /// 1 when the dossier is received.
    Reception,
    /// 2 when a supplement is handed in.
    Supplement,
    /// 4 when the result is returned.
    Return,
}

impl CollectedAt {
    /// Every moment, by number.
    pub const ALL: [Self; 3] = [Self::Reception, Self::Supplement, Self::Return];

    /// The national number; there is no 3.
    pub fn number(self) -> u8 {
        match self {
            Self::Reception => 1,
            Self::Supplement => 2,
            Self::Return => 4,
        }
    }

    /// The name used in storage, in message keys and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reception => "reception",
            Self::Supplement => "supplement",
            Self::Return => "return",
        }
    }
}

fn collected_on_reception() -> CollectedAt {
    CollectedAt::Reception
}

/// One fee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    /// Phí, lệ phí or price.
    pub kind: FeeKind,
    /// Code in the list of fees; empty when it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// What is paid for.
    pub name: String,
    /// Whole đồng. `None`: not stated here, the provincial People's Council or another text sets it.
    /// Zero is a fee of zero đồng, which is not the same as having no fee.
    pub amount: Option<i64>,
    /// What one amount is for: `bản`, `trang`. Empty: the dossier.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// When it is collected.
    #[serde(default = "collected_on_reception")]
    pub collected_at: CollectedAt,
    /// Who is exempt, which text sets it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Limit and fees of one channel. A channel has several when cases or conditions differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelTerms {
    /// How the papers come in.
    pub channel: Channel,
    /// Only for this case; `None` for every case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseKey>,
    /// How long the office has; `None` when no fixed limit can be computed (see the note).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// The limit in the words of the law, where a number does not say all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub limit_note: String,
    /// What is paid. Empty: no fee.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<Fee>,
}
