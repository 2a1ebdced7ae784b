//! The service: one program that takes dossiers in, keeps their journal and shows them to people.

pub mod account;
pub mod api;
pub mod app;
pub mod calendar;
pub mod chain;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod desk;
pub mod document;
pub mod dossier;
pub mod form;
pub mod import;
pub mod jobs;
pub mod migrations;
pub mod notice;
pub mod office;
pub mod portal;
pub mod procedure;
pub mod random;
pub mod secrets;
pub mod setting;
pub mod unit;
pub mod web;
