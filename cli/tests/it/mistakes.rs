//! What is said when something is wrong: each names the file, and where there is one, the remedy.

use std::fs::{self, File};
use std::net::TcpListener;

use tempfile::{TempDir, tempdir};

use crate::swarmlab::{copy_into, fixture, run, transcript};

/// A folder with a good torrent, a bad one and some text.
fn folder() -> TempDir {
    let folder = tempdir().unwrap();
    copy_into(&fixture("numbers.torrent"), folder.path());
    copy_into(&fixture("corrupt.torrent"), folder.path());
    fs::write(folder.path().join("letter.txt"), "Dear reader").unwrap();
    File::create(folder.path().join("large.bin")).unwrap().set_len(1 << 36).unwrap();
    folder
}

macro_rules! mistakes {
    ($($name:ident: $arguments:expr;)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(transcript(&run(folder().path(), &$arguments)));
        }
    )*};
}

mistakes! {
    no_subcommand: [""; 0];
    show_of_nothing: ["show", "missing.torrent"];
    show_of_a_file_far_too_large: ["show", "large.bin"];
    show_of_text: ["show", "letter.txt"];
    show_of_a_torrent_without_a_name: ["show", "corrupt.torrent"];
    make_of_nothing: ["make", "missing"];
    make_over_a_file: ["make", "letter.txt", "-o", "numbers.torrent"];
    make_with_a_strange_unit: ["make", "letter.txt", "--piece-length", "256kb"];
    make_with_no_piece_length: ["make", "letter.txt", "--piece-length", "0"];
    make_into_a_folder_that_is_not_there: ["make", "letter.txt", "-o", "nowhere/letter.torrent"];
    download_of_text: ["download", "letter.txt"];
    download_into_a_file: ["download", "numbers.torrent", "--to", "letter.txt"];
    download_with_a_peer_without_a_port: ["download", "numbers.torrent", "--peer", "127.0.0.1"];
    download_with_a_picker_that_is_not_there: ["download", "numbers.torrent", "--picker", "rarest"];
    download_with_an_oracle: ["download", "numbers.torrent", "--picker", "global-rarest"];
}

#[test]
fn download_on_a_port_in_use() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let arguments = ["download", "numbers.torrent", "--bind", "127.0.0.1", "--port", &port];
    let text = transcript(&run(folder().path(), &arguments));
    insta::assert_snapshot!(text.replace(&port, "PORT"));
}

#[test]
fn a_date_that_is_none() {
    let output = crate::swarmlab::swarmlab(folder().path(), ["make", "letter.txt"])
        .env("SOURCE_DATE_EPOCH", "yesterday")
        .output()
        .unwrap();
    insta::assert_snapshot!(transcript(&output));
}
