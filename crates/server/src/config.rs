//! The configuration file: one struct per section, every value with a default that runs.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::document::scan::Scanner;
use crate::web::limit::Rates;

/// Everything an installation may set. Unknown keys are refused, so that a typing error is seen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the service is found.
    pub server: Server,
    /// Mail out.
    pub mail: Mail,
    /// What people may attach.
    pub upload: Upload,
    /// Lists that are taken away.
    pub export: Export,
    /// Sign-in.
    pub account: Account,
    /// How often one address or person may ask.
    pub limits: Rates,
    /// Whom people ask.
    pub contact: Contact,
}

/// Section `[server]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Another address for `/metrics` and `/health`, for the office's own network only.
    pub metrics: Option<SocketAddr>,
    /// The address people type, for links on paper and in mail; that of `listen` when it is not set.
    pub public_url: Option<String>,
    /// The service stands behind a proxy of ours that adds `X-Forwarded-For`; only then is that header believed.
    pub behind_proxy: bool,
    /// The name of the office on every page, when it is not the name of the root unit.
    pub office_name: Option<String>,
}

/// Section `[mail]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// `host:port` of the relay; without it, mail stays in the outbox page.
    pub relay: Option<String>,
    /// Sender.
    pub from: String,
    /// File with the password of the relay, after `user` a colon.
    pub credentials_file: Option<PathBuf>,
}

/// Section `[upload]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Upload {
    /// Largest file that comes in one piece, in bytes: from a plain form or a program.
    pub file_bytes_max: u64,
    /// Largest file that comes in pieces, in bytes: from the script of a page.
    pub resumable_bytes_max: u64,
    /// An upload that stopped is kept for this many days after its last piece.
    pub unfinished_days: i64,
    /// A link by which a phone sends files is good for this many minutes.
    pub handoff_minutes: i64,
    /// Most files of one dossier.
    pub files_max: usize,
    /// Where `clamd` listens, as a path or as `host:port`; without it nothing is looked at for malware.
    pub clamd: Option<Scanner>,
}

/// Section `[export]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Export {
    /// A list that was made is kept for this many minutes, so that a download that broke off goes on.
    pub kept_minutes: i64,
}

/// Section `[account]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Account {
    /// A session ends after this many minutes without a request.
    pub idle_minutes_max: i64,
    /// A session ends after this many hours whatever happens.
    pub session_hours_max: i64,
    /// Wrong passwords or codes before the account is locked for a while.
    pub failures_max: i64,
    /// For how long it is locked, in minutes.
    pub lock_minutes: i64,
    /// Officers need a second factor.
    pub second_factor: bool,
}

/// Section `[contact]`: what the contact page shows. What is not set is not shown.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Contact {
    /// Telephone of the one-stop shop.
    pub phone: Option<String>,
    /// Mail address of the one-stop shop.
    pub email: Option<String>,
    /// Where it is.
    pub address: Option<String>,
}

impl Server {
    /// The address people type, without a slash at its end.
    pub fn public_url(&self) -> String {
        let typed = self.public_url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
        typed.unwrap_or_else(|| {
            let loopback = Ipv4Addr::LOCALHOST.into();
            let host = if self.listen.ip().is_unspecified() { loopback } else { self.listen.ip() };
            format!("http://{}", SocketAddr::new(host, self.listen.port()))
        })
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            metrics: None,
            public_url: None,
            behind_proxy: false,
            office_name: None,
        }
    }
}

impl Default for Mail {
    fn default() -> Self {
        Self { relay: None, from: "motcua@localhost".to_owned(), credentials_file: None }
    }
}

impl Default for Upload {
    fn default() -> Self {
        Self {
            file_bytes_max: 20 * 1024 * 1024,
            resumable_bytes_max: 200 * 1024 * 1024,
            unfinished_days: 7,
            handoff_minutes: 15,
            files_max: 50,
            clamd: None,
        }
    }
}

impl Default for Export {
    fn default() -> Self {
        Self { kept_minutes: 60 }
    }
}

impl Default for Account {
    fn default() -> Self {
        Self {
            idle_minutes_max: 60,
            session_hours_max: 12,
            failures_max: 5,
            lock_minutes: 15,
            second_factor: true,
        }
    }
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Which file.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file is not understood; the text names line and key.
    #[error("{path}: {message}")]
    Parse {
        /// Which file.
        path: String,
        /// Line, column and what is wrong.
        message: String,
    },
}

impl Config {
    /// Reads a configuration file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: name.clone(), source })?;
        toml::from_str(&text).map_err(|error| ConfigError::Parse { path: name, message: error.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_is_a_whole_configuration() {
        let config: Config = toml::from_str("").unwrap();
        assert_eq!(config.upload.files_max, 50);
    }

    #[test]
    fn links_lead_to_where_the_service_listens_unless_an_address_is_set() {
        let mut server = Server { listen: "0.0.0.0:8090".parse().unwrap(), ..Server::default() };
        assert_eq!(server.public_url(), "http://127.0.0.1:8090");
        server.public_url = Some("https://motcua.example/".to_owned());
        assert_eq!(server.public_url(), "https://motcua.example");
    }

    #[test]
    fn a_typing_error_is_refused_by_name() {
        let error = toml::from_str::<Config>("[server]\nlisten_on = \"x\"").unwrap_err();
        assert!(error.to_string().contains("listen_on"), "{error}");
    }
}
