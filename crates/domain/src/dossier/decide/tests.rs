//! One example for each rule, named after it; whole random lives; and who may do what in every state.

use crate::access::{Actor, Denial, Role};
use crate::dossier::refusal::Blank;
use crate::dossier::{Action, Dossier, Event, Refusal, Status};

mod ending;
mod given;
mod intake;
mod invariants;
mod lives;
mod matrix;
mod moves;
mod scenes;
mod steps;
mod talk;
mod waiting;

use given::*;
