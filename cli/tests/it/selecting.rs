//! Some files of a torrent, and a torrent file from a web server.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::thread;

use tempfile::{TempDir, tempdir};

use crate::running::Running;
use crate::swarmlab::{run, same, swarmlab, transcript};

const LENGTHS: [usize; 4] = [100_000, 50_000, 0, 70_000];

/// A folder with files in it, and its torrent.
fn prepared() -> TempDir {
    let folder = tempdir().unwrap();
    fs::create_dir_all(folder.path().join("whole/album")).unwrap();
    for (number, length) in LENGTHS.into_iter().enumerate() {
        let bytes: Vec<u8> = (0..length).map(|at| (at * 7 + at / 251 + number) as u8).collect();
        fs::write(folder.path().join(format!("whole/album/{number}")), bytes).unwrap();
    }
    let arguments = ["make", "whole/album", "--piece-length", "16KiB", "-o", "album.torrent"];
    assert!(run(folder.path(), &arguments).status.success());
    folder
}

fn download(folder: &Path, torrent: &str, to: &str, more: &[&str]) -> Running {
    let mut command =
        swarmlab(folder, ["download", torrent, "--to", to, "--no-tracker", "--bind", "127.0.0.1", "--json"]);
    command.args(more);
    Running::start(command)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn only_the_files_that_are_named_are_there_and_the_rest_can_follow() {
    let folder = prepared();
    let path = folder.path();
    let mut seed = download(path, "album.torrent", "whole", &["--seed"]);
    let address = seed.wait_for("listening")["address"].as_str().unwrap().to_owned();
    let mut one = download(path, "album.torrent", "target", &["--peer", &address, "--files", "1-2"]);
    let note = one.wait_for("note");
    assert_eq!(note["text"], "2 of 4 files are wanted, 48.83 KiB");
    let complete = one.wait_for("complete");
    assert_eq!(complete["bytes_left"], 0);
    assert!(one.end().success());
    assert_eq!(names(&path.join("target/album")), ["1", "2"]);
    assert!(same(&path.join("whole/album/1"), &path.join("target/album/1")));

    // What is there is known, also to whoever wants more; what lay aside is fetched again.
    let mut again = download(path, "album.torrent", "target", &["--files", "1,2"]);
    assert_eq!(again.wait_for("resumed")["bytes_left"], 0);
    assert!(again.end().success());
    let mut all = download(path, "album.torrent", "target", &["--peer", &address]);
    let resumed = all.wait_for("resumed")["pieces_held"].as_u64().unwrap();
    assert_eq!(resumed, complete["pieces_held"].as_u64().unwrap() - 2, "its first and its last piece");
    all.wait_for("complete");
    assert!(all.end().success());
    assert!(same(&path.join("whole/album"), &path.join("target/album")));
    assert_eq!(
        names(&path.join("target")).len(),
        2,
        "the album and the resume data: nothing lies aside any more"
    );
}

#[test]
fn a_magnet_link_selects_files_and_the_command_line_is_heard_before_it() {
    let folder = prepared();
    let path = folder.path();
    let mut seed = download(path, "album.torrent", "whole", &["--seed"]);
    let address = seed.wait_for("listening")["address"].as_str().unwrap().to_owned();
    let shown = run(path, &["show", "album.torrent", "--magnet"]);
    let link = format!("{}&so=3", String::from_utf8(shown.stdout).unwrap().trim());
    for (to, more, expected) in [("by-link", &[][..], "3"), ("by-hand", &["--files", "0"], "0")] {
        let mut one = download(path, &link, to, &[&["--peer", &*address], more].concat());
        one.wait_for("complete");
        assert!(one.end().success());
        assert_eq!(names(&path.join(to).join("album")), [expected]);
    }
    let missing = run(path, &["download", "album.torrent", "--files", "7-9", "--no-tracker"]);
    assert_eq!(
        transcript(&missing),
        "exit 2\n--- stdout\n--- stderr\nerror: the torrent has none of the files 7-9\n  help: `swarmlab show` lists its files, with their numbers\n"
    );
}

/// Answers one request with this, and gives the URL of it.
fn serve(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/album.torrent", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            request.extend(byte);
        }
        stream.write_all(&answer).unwrap();
    });
    url
}

#[test]
fn a_torrent_file_is_fetched_from_a_web_server() {
    let folder = prepared();
    let torrent = fs::read(folder.path().join("album.torrent")).unwrap();
    let answer =
        [b"HTTP/1.0 200 OK\r\nContent-Type: application/x-bittorrent\r\n\r\n", &torrent[..]].concat();
    let mut seed = download(folder.path(), &serve(answer), "whole", &[]);
    seed.wait_for("complete");
    assert!(seed.end().success());
}

#[test]
fn what_can_not_be_fetched_is_explained() {
    let folder = tempdir().unwrap();
    let page = b"HTTP/1.0 200 OK\r\n\r\n<html>".to_vec();
    for (url, words) in [
        (
            "https://mirror.example/a.torrent".to_owned(),
            ["files are not fetched over `https`", "there is no TLS here"],
        ),
        (serve(b"HTTP/1.0 404 Not Found\r\n\r\n".to_vec()), ["HTTP status 404", "curl -I"]),
        (serve(page), ["is not a valid torrent file", "look at it with a browser"]),
    ] {
        let output = run(folder.path(), &["download", &url]);
        let text = transcript(&output);
        assert!(text.starts_with("exit 1") && words.iter().all(|words| text.contains(words)), "{text}");
    }
}
