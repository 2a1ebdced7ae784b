//! How citizens sign in: an address, the code mailed to it, and once the facts that forms are filled with.

pub mod email;
pub mod facts;
pub mod own;
pub mod register;
pub mod sign_in;

use serde::{Deserialize, Serialize};

use crate::account::ticket::Ticket;

/// A code was mailed to this address.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CodeSent {
    /// As typed.
    pub email: String,
    /// Where to go afterwards.
    pub back: String,
}

/// The address is proved, and has no account yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Proved {
    /// As typed.
    pub email: String,
    /// Where to go afterwards.
    pub back: String,
}

impl Ticket for CodeSent {
    const PURPOSE: &'static str = "ticket:code-sent";
}

impl Ticket for Proved {
    const PURPOSE: &'static str = "ticket:proved";
}
