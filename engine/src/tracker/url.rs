//! Tracker URLs. They come out of torrents and redirects, so nothing is taken that could break out of a request line.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use crate::metainfo::TRACKER_URL_BYTES_MAX;

/// A URL of a tracker, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackerUrl {
    scheme: Scheme,
    host: Host,
    port: u16,
    /// Path and query, as they go into the request line.
    target: String,
}

/// How a tracker is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Over a stream (BEP 3).
    Http,
    /// With datagrams (BEP 15).
    Udp,
}

/// Who serves a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// A name to be resolved: letters, digits, `-`, `_` and `.`.
    Name(String),
    /// An address.
    Ip(IpAddr),
}

/// Text that is no URL of a tracker that this client can ask.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// No `scheme://` at the start, over [`TRACKER_URL_BYTES_MAX`], or a character that no URL has.
    #[error("not a URL")]
    Malformed,
    /// `https` and all others but `http` and `udp`.
    #[error("trackers over `{0}` are not supported")]
    Scheme(String),
    /// A user name or password.
    #[error("a user name in a tracker URL is not supported")]
    UserInfo,
    /// Neither a name nor an address.
    #[error("no valid host in the URL")]
    Host,
    /// Not a number from 1 to 65535, or none where there is no usual one: over UDP.
    #[error("no valid port in the URL")]
    Port,
}

impl Scheme {
    /// As it stands in a URL.
    pub fn name(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Udp => "udp",
        }
    }
}

impl TrackerUrl {
    /// How it is asked.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host to connect to.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The port; over HTTP 80 unless the URL has another.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Path and query for the request line; begins with a slash.
    pub(crate) fn target(&self) -> &str {
        &self.target
    }

    /// What a scrape goes to: over HTTP the last name of the path, which has to begin with `announce`, begins with `scrape`
    /// instead (BEP 48). `None`: this tracker offers none. Over UDP it is the same place.
    pub fn scrape(&self) -> Option<TrackerUrl> {
        if self.scheme == Scheme::Udp {
            return Some(self.clone());
        }
        let (path, query) = self.target.split_at(self.target.find('?').unwrap_or(self.target.len()));
        let (folder, name) = path.split_at(path.rfind('/')? + 1);
        let rest = name.strip_prefix("announce")?;
        Some(TrackerUrl { target: format!("{folder}scrape{rest}{query}"), ..self.clone() })
    }

    /// Where an answer of this tracker with this `Location` redirects to: another URL, or another path of this host.
    pub fn redirect(&self, location: &str) -> Result<TrackerUrl, UrlError> {
        if location.starts_with('/') && !location.starts_with("//") {
            Ok(TrackerUrl { target: target(location)?, ..self.clone() })
        } else {
            location.parse()
        }
    }
}

impl FromStr for TrackerUrl {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<TrackerUrl, UrlError> {
        let (scheme, rest) = text.split_once("://").ok_or(UrlError::Malformed)?;
        let is_scheme = !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let (scheme, usual_port) = match scheme.to_ascii_lowercase().as_str() {
            "http" => (Scheme::Http, Some(80)),
            "udp" => (Scheme::Udp, None),
            _ if is_scheme => return Err(UrlError::Scheme(scheme.to_ascii_lowercase())),
            _ => return Err(UrlError::Malformed),
        };
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(UrlError::UserInfo);
        }
        let (host, port) = match authority.strip_prefix('[') {
            Some(literal) => {
                let (address, port) = literal.split_once(']').ok_or(UrlError::Host)?;
                let address: Ipv6Addr = address.parse().map_err(|_| UrlError::Host)?;
                (Host::Ip(address.into()), port)
            }
            None => {
                let (host, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
                (plain_host(host)?, port)
            }
        };
        Ok(TrackerUrl { scheme, host, port: parse_port(port, usual_port)?, target: target(path)? })
    }
}

/// A name or an IPv4 address.
fn plain_host(host: &str) -> Result<Host, UrlError> {
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return Ok(Host::Ip(address.into()));
    }
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    // 253 is the longest name that DNS can carry (RFC 1035).
    if host.is_empty() || host.len() > 253 || !host.bytes().all(valid) {
        return Err(UrlError::Host);
    }
    Ok(Host::Name(host.to_ascii_lowercase()))
}

/// Nothing, or a colon and a port. A colon alone means the default too (RFC 3986).
fn parse_port(text: &str, usual: Option<u16>) -> Result<u16, UrlError> {
    match text.strip_prefix(':') {
        None if text.is_empty() => usual.ok_or(UrlError::Port),
        None => Err(UrlError::Port),
        Some("") => usual.ok_or(UrlError::Port),
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => match digits.parse() {
            Ok(0) | Err(_) => Err(UrlError::Port),
            Ok(port) => Ok(port),
        },
        Some(_) => Err(UrlError::Port),
    }
}

/// Path and query without the fragment. Only visible ASCII: a space or a line break would forge a request.
fn target(path: &str) -> Result<String, UrlError> {
    let path = path.split('#').next().unwrap_or_default();
    if path.len() > TRACKER_URL_BYTES_MAX || !path.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(UrlError::Malformed);
    }
    Ok(if path.starts_with('/') { path.to_owned() } else { format!("/{path}") })
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Name(name) => f.write_str(name),
            Host::Ip(IpAddr::V4(address)) => write!(f, "{address}"),
            Host::Ip(IpAddr::V6(address)) => write!(f, "[{address}]"),
        }
    }
}

impl fmt::Display for TrackerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}{}", self.scheme.name(), self.host, self.port, self.target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, UrlError> {
        text.parse::<TrackerUrl>().map(|url| url.to_string())
    }

    #[test]
    fn hosts_ports_paths_and_queries_are_read() {
        let cases = [
            ("http://Tracker.Example/announce", "http://tracker.example:80/announce"),
            ("HTTP://a:6969", "http://a:6969/"),
            ("http://a:/x#y", "http://a:80/x"),
            ("http://a?passkey=1", "http://a:80/?passkey=1"),
            ("http://10.0.0.1:1/a/b?c=%20", "http://10.0.0.1:1/a/b?c=%20"),
            ("http://[2001:db8::1]:81/announce", "http://[2001:db8::1]:81/announce"),
            ("udp://tracker.example:6969", "udp://tracker.example:6969/"),
            ("UDP://[::1]:1/announce?a", "udp://[::1]:1/announce?a"),
        ];
        for (text, read) in cases {
            assert_eq!(parse(text).as_deref(), Ok(read), "{text}");
        }
    }

    #[test]
    fn what_can_not_be_asked_is_refused() {
        for (text, error) in [
            ("https://a/announce", UrlError::Scheme("https".into())),
            ("wss://a:80", UrlError::Scheme("wss".into())),
            ("udp://a", UrlError::Port),
            ("udp://a:/announce", UrlError::Port),
            ("a/announce", UrlError::Malformed),
            ("http://a/x y", UrlError::Malformed),
            ("http://a/x\r\nHost: b", UrlError::Malformed),
            ("http://a/ü", UrlError::Malformed),
            ("http://user:pw@a/", UrlError::UserInfo),
            ("http:///announce", UrlError::Host),
            ("http://a\r\nb/", UrlError::Host),
            ("http://[::1/", UrlError::Host),
            ("http://[fe80::1%25eth0]/", UrlError::Host),
            ("http://a:0/", UrlError::Port),
            ("http://a:65536/", UrlError::Port),
            ("http://a:+80/", UrlError::Port),
            ("http://[::1]80/", UrlError::Port),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_redirect_goes_to_another_url_or_path() {
        let url: TrackerUrl = "http://a:81/x".parse().unwrap();
        assert_eq!(url.redirect("/y?z").unwrap().to_string(), "http://a:81/y?z");
        assert_eq!(url.redirect("http://b/").unwrap().to_string(), "http://b:80/");
        assert!(url.redirect("//b/").is_err() && url.redirect("https://b/").is_err());
    }

    #[test]
    fn a_scrape_goes_where_the_announce_is_said_to_go() {
        let scrape = |text: &str| text.parse::<TrackerUrl>().unwrap().scrape().map(|url| url.to_string());
        for (announce, expected) in [
            ("http://a/announce", Some("http://a:80/scrape")),
            ("http://a/x/announce", Some("http://a:80/x/scrape")),
            ("http://a/announce.php", Some("http://a:80/scrape.php")),
            ("http://a/announce?x2=/y", Some("http://a:80/scrape?x2=/y")),
            ("http://a/a", None),
            ("http://a/announce/x", None),
            ("http://a", None),
            ("udp://a:1", Some("udp://a:1/")),
        ] {
            assert_eq!(scrape(announce).as_deref(), expected, "{announce}");
        }
    }
}
