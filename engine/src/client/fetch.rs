//! A torrent file from a web server, over plain HTTP.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::session::Endpoint;
use crate::tracker::{
    Answer, AnswerError, AnswerReader, Document, Host, Scheme, TrackerUrl, UrlError, document_to_http,
};

use super::Net;
use super::dial::reach;

/// How long all of it may take, from the name to the last byte.
pub const FETCH_TIMEOUT: Duration = Duration::from_secs(60);
/// Redirects that are followed.
const REDIRECTS_MAX: u32 = 5;
const READ_BYTES: usize = 16 * 1024;

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// It is not fetched by this protocol, `https` for example.
    #[error("files are not fetched over `{0}`")]
    Scheme(String),
    /// The URL, or where it redirects to, is none.
    #[error(transparent)]
    Url(UrlError),
    /// The server can't be reached, or has ended the connection.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// What it says is no file, or one that is too long.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// It sends from one place to the other.
    #[error("more than {REDIRECTS_MAX} redirects")]
    Redirects,
    /// It has taken longer than [`FETCH_TIMEOUT`].
    #[error("it took longer than {} s", FETCH_TIMEOUT.as_secs())]
    Timeout,
}

impl From<UrlError> for FetchError {
    fn from(error: UrlError) -> FetchError {
        match error {
            UrlError::Scheme(scheme) => FetchError::Scheme(scheme),
            error => FetchError::Url(error),
        }
    }
}

/// Fetches a file, no longer than a torrent file may be.
///
/// # Errors
/// Why it can't be had.
pub async fn fetch(net: &impl Net, url: &str) -> Result<Vec<u8>, FetchError> {
    timeout(FETCH_TIMEOUT, follow(net, url.parse()?)).await.unwrap_or(Err(FetchError::Timeout))
}

async fn follow(net: &impl Net, mut url: TrackerUrl) -> Result<Vec<u8>, FetchError> {
    for _ in 0..=REDIRECTS_MAX {
        if url.scheme() != Scheme::Http {
            return Err(FetchError::Scheme(url.scheme().name().into()));
        }
        match ask(net, &url).await? {
            Answer::Accepted(Document(bytes)) => return Ok(bytes),
            Answer::Redirect(location) => url = url.redirect(&location)?,
            Answer::Failure(_) => unreachable!("a file is no refusal"),
        }
    }
    Err(FetchError::Redirects)
}

async fn ask(net: &impl Net, url: &TrackerUrl) -> Result<Answer<Document>, FetchError> {
    let mut stream = reach(net, endpoint(url)).await?;
    stream.write_all(&document_to_http(url)).await?;
    let mut reader = AnswerReader::of_document();
    let mut buffer = vec![0; READ_BYTES];
    loop {
        match stream.read(&mut buffer).await? {
            0 => return Ok(reader.finish()?),
            read => {
                if let Some(answer) = reader.push(&buffer[..read])? {
                    return Ok(answer);
                }
            }
        }
    }
}

fn endpoint(url: &TrackerUrl) -> Endpoint {
    match url.host() {
        Host::Ip(ip) => Endpoint::Address((*ip, url.port()).into()),
        Host::Name(name) => Endpoint::Name { host: name.clone(), port: url.port() },
    }
}
