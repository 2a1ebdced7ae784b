//! Everything through the router, one module per domain word, one binary.

mod account;
mod acts;
mod api;
mod assets;
mod calendar;
mod catalogue;
mod cli;
mod components;
mod demo;
mod desk;
mod dossier;
mod forms;
mod frame;
mod given;
mod intake;
mod jobs;
mod mail;
mod portal;
mod printing;
mod recount;
mod setting;
mod sign_in;
mod tidy;
mod told;
mod unit;
mod verify;
