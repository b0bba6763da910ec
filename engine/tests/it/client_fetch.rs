//! Torrent files from a web server, which is one of the kernel's sockets here.

use swarmlab_engine::bencode::Limits;
use swarmlab_engine::client::net::TokioNet;
use swarmlab_engine::client::{FetchError, fetch};
use swarmlab_engine::tracker::AnswerError;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Serves these answers, one for each connection, and answers what was asked for, and where it listens.
async fn serve(answers: Vec<Vec<u8>>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = format!("http://{}", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                request.push(stream.read_u8().await.unwrap());
            }
            let line = String::from_utf8_lossy(&request).lines().next().unwrap_or_default().to_owned();
            asked.push(line);
            // Who has read enough hangs up.
            let _ = stream.write_all(&answer).await;
        }
        asked
    });
    (at, served)
}

async fn fetched(answers: Vec<Vec<u8>>) -> (Result<Vec<u8>, FetchError>, Vec<String>) {
    let (at, served) = serve(answers).await;
    let result = fetch(&TokioNet, &format!("{at}/a.torrent?x=1")).await;
    (result, served.await.unwrap())
}

#[tokio::test]
async fn a_file_is_fetched_however_its_end_is_told() {
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ndata\r\n0\r\n\r\n";
    for answer in [
        &b"HTTP/1.0 200 OK\r\n\r\ndata"[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndata and more",
        chunked,
    ] {
        let (result, asked) = fetched(vec![answer.to_vec()]).await;
        assert_eq!(result.unwrap(), b"data");
        assert_eq!(asked, ["GET /a.torrent?x=1 HTTP/1.0"]);
    }
}

#[tokio::test]
async fn redirects_are_followed_a_few_times_and_not_to_where_there_is_no_way() {
    let moved = |to: &str| format!("HTTP/1.0 302 Found\r\nLocation: {to}\r\n\r\n").into_bytes();
    let (result, asked) = fetched(vec![moved("/there"), b"HTTP/1.0 200 OK\r\n\r\ndata".to_vec()]).await;
    assert_eq!(result.unwrap(), b"data");
    assert_eq!(asked[1], "GET /there HTTP/1.0");
    let (result, _) = fetched(vec![moved("/circle"); 6]).await;
    assert!(matches!(result, Err(FetchError::Redirects)), "{result:?}");
    let (result, _) = fetched(vec![moved("https://t.example/a")]).await;
    assert!(matches!(&result, Err(FetchError::Scheme(scheme)) if scheme == "https"), "{result:?}");
}

#[tokio::test]
async fn what_is_no_file_or_too_long_is_refused() {
    let (result, _) = fetched(vec![b"HTTP/1.0 404 Not Found\r\n\r\nno".to_vec()]).await;
    assert!(matches!(result, Err(FetchError::Answer(AnswerError::Status(404)))), "{result:?}");
    let long = format!("HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n", Limits::TORRENT.bytes_max + 1);
    let (result, _) = fetched(vec![long.into_bytes()]).await;
    assert!(matches!(result, Err(FetchError::Answer(AnswerError::TooLong))), "{result:?}");
    let mut endless = b"HTTP/1.0 200 OK\r\n\r\n".to_vec();
    endless.resize(Limits::TORRENT.bytes_max + 1_000, b'x');
    let (result, _) = fetched(vec![endless]).await;
    assert!(matches!(result, Err(FetchError::Answer(AnswerError::TooLong))), "{result:?}");
    let (result, _) = fetched(vec![b"HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nhalf".to_vec()]).await;
    assert!(matches!(result, Err(FetchError::Answer(AnswerError::Truncated))), "{result:?}");
}

#[tokio::test]
async fn other_protocols_are_named() {
    for (url, scheme) in
        [("https://t.example/a", "https"), ("ftp://t.example/a", "ftp"), ("udp://t.example:1", "udp")]
    {
        let result = fetch(&TokioNet, url).await;
        assert!(matches!(&result, Err(FetchError::Scheme(named)) if named == scheme), "{result:?}");
    }
    assert!(matches!(fetch(&TokioNet, "http://").await, Err(FetchError::Url(_))));
}
