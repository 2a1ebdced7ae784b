//! The service: pages, API, workers and commands of the one-stop shop.

pub mod web;
