//! A tracker of our own on real sockets, and clients that know of each other only through it.

use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::path::Path;

use serde_json::Value;
use tempfile::{TempDir, tempdir};

use crate::running::Running;
use crate::swarmlab::{run, same, swarmlab, transcript};

const BYTES: usize = 300_000;

/// A running tracker, and a folder with content.
struct Place {
    folder: TempDir,
    tracker: Running,
    port: u64,
}

impl Place {
    fn new(more: &[&str]) -> Place {
        Place::prepared(more, |_| {})
    }

    /// The folder is prepared before the tracker starts.
    fn prepared(more: &[&str], prepare: impl FnOnce(&Path)) -> Place {
        let folder = tempdir().unwrap();
        let content: Vec<u8> = (0..BYTES).map(|at| (at / 7 + at % 251) as u8).collect();
        fs::create_dir(folder.path().join("shared")).unwrap();
        fs::write(folder.path().join("shared/data"), content).unwrap();
        prepare(folder.path());
        let mut command = swarmlab(folder.path(), ["tracker", "--listen", "127.0.0.1:0", "--json"]);
        command.args(more);
        let mut tracker = Running::start(command);
        let listening = tracker.wait_for("listening");
        let address = listening["addresses"][0].as_str().expect("it listens").to_owned();
        let port = address.rsplit(':').next().unwrap().parse().unwrap();
        Place { folder, tracker, port }
    }

    fn url(&self, scheme: &str, key: &str) -> String {
        format!("{scheme}://127.0.0.1:{}/announce{key}", self.port)
    }

    /// A torrent that names these trackers.
    fn torrent(&self, name: &str, trackers: &[String]) {
        let mut command = swarmlab(self.folder.path(), ["make", "shared/data", "-o", name]);
        for tracker in trackers {
            command.args(["--tracker", tracker]);
        }
        assert!(command.output().unwrap().status.success());
    }

    fn download(&self, torrent: &str, to: &str, more: &[&str]) -> Running {
        let mut command = swarmlab(self.folder.path(), ["download", torrent, "--to", to]);
        command.args(["--bind", "127.0.0.1", "--json"]).args(more);
        Running::start(command)
    }

    fn scrape(&self, torrent: &str) -> (Value, Option<i32>) {
        let output = run(self.folder.path(), &["show", torrent, "--scrape", "--json"]);
        let shown: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        (shown["scrapes"].clone(), output.status.code())
    }

    /// The hash of what the folder shares.
    fn info_hash(&self, torrent: &str) -> String {
        let output = run(self.folder.path(), &["show", torrent, "--json"]);
        let shown: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        shown["info_hash"].as_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }
}

#[test]
fn clients_find_each_other_over_both_protocols_and_are_counted() {
    let mut place = Place::new(&[]);
    for scheme in ["http", "udp"] {
        let url = place.url(scheme, "");
        // Nobody listens at port 1: the next tracker is asked.
        place.torrent(scheme, &["http://127.0.0.1:1/announce".into(), url.clone()]);
        let mut seed = place.download(scheme, "shared", &["--seed"]);
        seed.wait_for("listening");
        let mut leech = place.download(scheme, &format!("to-{scheme}"), &[]);
        leech.wait_for("complete");
        assert!(leech.end().success());
        let got = place.folder.path().join(format!("to-{scheme}/data"));
        assert!(same(&place.folder.path().join("shared/data"), &got));
        let (scrapes, code) = place.scrape(scheme);
        assert_eq!(code, Some(0), "one of two has answered");
        assert!(scrapes[0]["error"].is_string() && scrapes[1]["tracker"] == *url, "{scrapes}");
        assert_eq!((&scrapes[1]["seeds"], &scrapes[1]["leechers"]), (&1.into(), &0.into()));
        seed.interrupt();
        assert!(seed.end().success());
        let (scrapes, _) = place.scrape(scheme);
        assert_eq!(
            (&scrapes[1]["seeds"], &scrapes[1]["leechers"]),
            (&0.into(), &0.into()),
            "it said goodbye"
        );
    }
    place.tracker.interrupt();
    let stopped = place.tracker.wait_for("stopped");
    assert!(stopped["announces"].as_u64().unwrap() >= 8 && stopped["udp_connections"].as_u64().unwrap() >= 2);
    assert_eq!((&stopped["scrapes"], &stopped["torrents"]), (&4.into(), &0.into()));
    assert!(place.tracker.end().success());
}

#[test]
fn only_what_is_licensed_is_served_to_whom_it_was_sold_and_lists_can_change() {
    let lists = ["--allow-torrents", "licensed.txt", "--allow-peers", "customers.txt"];
    let mut place = Place::prepared(&lists, |folder| {
        fs::write(folder.join("licensed.txt"), "# nothing yet\n\n").unwrap();
        fs::write(folder.join("customers.txt"), "192.0.2.0/24 # the office\nkey sesame\n").unwrap();
    });
    for scheme in ["http", "udp"] {
        let names = [format!("{scheme}-key"), format!("{scheme}-none")];
        place.torrent(&names[0], &[place.url(scheme, "/sesame")]);
        place.torrent(&names[1], &[place.url(scheme, "")]);
    }
    let refusal = |place: &Place, torrent: &str| {
        let mut client = place.download(torrent, "shared", &["--seed"]);
        let note = client.wait_for("note")["text"].as_str().unwrap().to_owned();
        client.interrupt();
        client.end();
        note
    };
    assert_eq!(refusal(&place, "http-key"), "tracker: unregistered torrent");
    assert_eq!(refusal(&place, "udp-key"), "tracker: unregistered torrent");

    place.write("licensed.txt", &place.info_hash("http-key"));
    place.tracker.signal("-HUP");
    let reloaded = place.tracker.wait_for("reloaded");
    assert_eq!((&reloaded["allowed_torrents"], &reloaded["allowed_networks"]), (&1.into(), &1.into()));
    for scheme in ["http", "udp"] {
        let without = refusal(&place, &format!("{scheme}-none"));
        assert_eq!(without, "tracker: not allowed: the announce URL lacks its key");
    }
    let mut seed = place.download("http-key", "shared", &["--seed"]);
    seed.wait_for("listening");
    let mut leech = place.download("udp-key", "to", &[]);
    leech.wait_for("complete");
    assert!(leech.end().success());

    // A list with a mistake changes nothing.
    place.write("customers.txt", "192.0.2.1/24\n");
    place.tracker.signal("-HUP");
    let error = place.tracker.wait_for("not_reloaded")["error"].as_str().unwrap().to_owned();
    assert!(error.contains("customers.txt:1") && error.contains("did you mean 192.0.2.0/24"), "{error}");
    let (scrapes, _) = {
        place.torrent("counting", &[place.url("http", "/sesame")]);
        place.scrape("counting")
    };
    assert_eq!(scrapes[0]["error"], "the tracker's URL does not say where it can be scraped (BEP 48)");

    // Whoever is not allowed any more is forgotten at once.
    place.write("customers.txt", "127.0.0.1\n");
    place.tracker.signal("-HUP");
    place.tracker.wait_for("reloaded");
    assert_eq!(place.scrape("http-none").0[0]["seeds"], 1, "its address lets it in");
    place.write("customers.txt", "192.0.2.0/24\n");
    place.tracker.signal("-HUP");
    place.tracker.wait_for("reloaded");
    let (scrapes, code) = place.scrape("http-none");
    assert_eq!(scrapes[0]["error"], "not allowed: the announce URL lacks its key");
    assert_eq!(code, Some(1), "no tracker has answered");
    place.tracker.interrupt();
    let stopped = place.tracker.wait_for("stopped");
    assert_eq!((&stopped["seeds"], &stopped["leechers"]), (&0.into(), &0.into()));
}

#[test]
fn a_folder_of_torrents_is_a_list_of_them() {
    let place = Place::new(&[]);
    fs::create_dir(place.folder.path().join("licensed")).unwrap();
    place.torrent("licensed/data.torrent", &[]);
    place.write("licensed/readme.txt", "no torrent");
    let mut command = swarmlab(place.folder.path(), ["tracker", "--listen", "127.0.0.1:0", "--json"]);
    command.args(["--allow-torrents", "licensed"]);
    let mut tracker = Running::start(command);
    assert_eq!(tracker.wait_for("listening")["allowed_torrents"], 1);
}

/// Starts a tracker that can't be, in a folder with lists of all kinds.
fn mistake(arguments: &[&str]) -> String {
    let folder = tempdir().unwrap();
    for (name, text) in [
        ("hashes.txt", "a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7\nsintel.torrent\n"),
        ("names.txt", "# ours\noffice.example\n"),
        ("behind.txt", "2001:db8::1/32\n"),
        ("keys.txt", "key open sesame\n"),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    fs::create_dir(folder.path().join("torrents")).unwrap();
    fs::write(folder.path().join("torrents/letter.torrent"), "Dear reader").unwrap();
    transcript(&run(folder.path(), &[&["tracker", "--listen", "127.0.0.1:0"], arguments].concat()))
}

#[test]
fn lists_with_mistakes_are_refused_with_their_place() {
    insta::assert_snapshot!(mistake(&["--allow-torrents", "hashes.txt"]));
    insta::assert_snapshot!(mistake(&["--allow-torrents", "missing.txt"]));
    insta::assert_snapshot!(mistake(&["--allow-torrents", "torrents"]));
    insta::assert_snapshot!(mistake(&["--allow-peers", "names.txt"]));
    insta::assert_snapshot!(mistake(&["--allow-peers", "behind.txt"]));
    insta::assert_snapshot!(mistake(&["--allow-peers", "keys.txt"]));
    insta::assert_snapshot!(mistake(&["--interval", "90"]));
}

#[test]
fn a_port_in_use_is_told_whoever_has_it() {
    let folder = tempdir().unwrap();
    let (stream, datagrams) =
        (TcpListener::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    for address in [stream.local_addr().unwrap(), datagrams.local_addr().unwrap()] {
        let output = run(folder.path(), &["tracker", "--listen", &address.to_string()]);
        let text = transcript(&output).replace(&address.port().to_string(), "PORT");
        insta::assert_snapshot!("a_port_in_use", text);
    }
}

#[test]
fn a_torrent_without_trackers_can_not_be_counted() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("data"), "some").unwrap();
    assert!(run(folder.path(), &["make", "data"]).status.success());
    insta::assert_snapshot!(transcript(&run(folder.path(), &["show", "data.torrent", "--scrape"])));
}

#[test]
fn counts_are_shown_as_a_table() {
    let mut place = Place::new(&["--every", "1s"]);
    place.torrent(
        "both",
        &[place.url("http", ""), place.url("udp", ""), "http://127.0.0.1:1/announce".into()],
    );
    let mut seed = place.download("both", "shared", &["--seed"]);
    seed.wait_for("listening");
    place.tracker.wait_until(|object| object["event"] == "statistics" && object["seeds"] == 1);
    let text = transcript(&run(place.folder.path(), &["show", "both", "--scrape"]));
    let of_today = |line: &&str| !line.starts_with("made on");
    let lines: Vec<&str> = text.lines().filter(of_today).collect();
    insta::assert_snapshot!(lines.join("\n").replace(&place.port.to_string(), "PORT_"));
    place.tracker.interrupt();
    assert!(place.tracker.end().success());
}
