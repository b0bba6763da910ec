#!/usr/bin/env python3
"""Makes fuzz/seeds/: a handful of inputs for each target to begin with, near to what is usual and to what is odd.

The target `scenario` begins with the scenarios of this repository instead.
"""

import hashlib
import pathlib
import shutil
import struct

HERE = pathlib.Path(__file__).parent
FIXTURES = HERE.parent / "engine/tests/fixtures"
HASH = "%A7" * 20


def counted(data: bytes) -> bytes:
    """As `Reader::bytes` takes them."""
    assert len(data) < 256
    return bytes([len(data)]) + data


def message(number: int, body: bytes = b"") -> bytes:
    return struct.pack(">IB", 1 + len(body), number) + body


def block(piece: int, begin: int, length: int) -> bytes:
    return struct.pack(">III", piece, begin, length)


HANDSHAKE = b"\x13BitTorrent protocol" + bytes([0, 0, 0, 0, 0, 0x10, 0, 4]) + bytes(40)

CONVERSATION = b"".join([
    message(14), message(5, b"\xff\xff\xf0"), message(20, b"\0d1:md6:ut_pexi1ee1:pi6881e4:reqqi500ee"),
    message(1), message(2), struct.pack(">I", 0), message(4, bytes([0, 0, 0, 3])), message(6, block(3, 0, 16384)),
    message(7, block(3, 0, 7)[:8] + b"payload"), message(8, block(3, 0, 16384)), message(16, block(3, 0, 16384)),
    message(17, bytes([0, 0, 0, 1])), message(13, bytes([0, 0, 0, 1])), message(9, b"\x1a\xe1"), message(99, b"what"),
    message(0), message(3), message(15),
])

ANSWER = (b"d8:completei3e10:incompletei9e8:intervali1800e12:min intervali60e5:peers12:\x0a\0\0\x01\x1a\xe1"
          b"\x0a\0\0\x02\x1a\xe110:tracker id2:ide")
ANSWER_LIST = b"d8:intervali900e5:peersld2:ip8:10.0.0.17:peer id20:aaaaaaaaaaaaaaaaaaaa4:porti6881eeee"
ANSWER_6 = b"d8:intervali900e5:peers0:6:peers618:" + bytes(15) + b"\x01\x1a\xe1e"

PROTOCOL = bytes.fromhex("0000041727101980")
QUERY = f"info_hash={HASH}&peer_id={HASH}&port=6881&uploaded=0&downloaded=0&left=1&compact=1".encode()
EVENTS = [b"&event=started&numwant=5", b"&event=stopped", b"&key=0000beef&trackerid=x%26y"]

# The steps of `fuzz/src/session.rs`.
DIAL, DIAL_PLAIN, ANSWER_DIAL, BYTES, SAY, RIGHT, WRONG, REJECT, WAIT, HANG_UP, DISK, DEAF, OTHER = 0, 1, 2, 3, 4, *range(8, 16)
CHOKE, UNCHOKE, INTERESTED, HAVE, BITFIELD, HAVE_ALL, REQUEST, CANCEL, EXTENDED = 1, 2, 3, 5, 6, 7, 9, 10, 15


def step(kind: int, *rest: int, peer: int = 0) -> bytes:
    return bytes([peer << 4 | kind, *rest])


def download(config: int, *between: bytes) -> bytes:
    """Three peers that have everything give everything, if nothing comes between."""
    peers = b"".join(step(DIAL, peer=peer) + step(SAY, HAVE_ALL, peer=peer) + step(SAY, UNCHOKE, peer=peer)
                     for peer in range(3))
    rounds = b"".join(step(RIGHT, peer=number % 3) + step(WAIT, 3) for number in range(24))
    return bytes([config, 0, 0]) + peers + b"".join(between) + rounds


UPLOAD = (bytes([3 | 3 << 2, 0x0f, 0xff]) + step(DIAL) + step(SAY, INTERESTED)
          + b"".join(step(SAY, REQUEST, piece, 0) for piece in range(6)) + step(SAY, CANCEL, 2, 0)
          + step(WAIT, 120) + step(DIAL_PLAIN, peer=1) + step(SAY, BITFIELD, 255, 0, peer=1)
          + step(SAY, INTERESTED, peer=1) + step(SAY, REQUEST, 1, 2, peer=1) + step(DEAF, peer=1) + step(HANG_UP))



def raw_info(name: str) -> bytes:
    torrent = (FIXTURES / f"{name}.torrent").read_bytes()
    return torrent[torrent.index(b"4:info") + 6:-1]


def resume(bitfield: bytes, files: bytes, info: bytes) -> bytes:
    """What the checksum is over."""
    info_hash = hashlib.sha1(info).digest()
    return b"".join([b"d8:bitfield%d:" % len(bitfield), bitfield, b"5:files", files, b"4:info%d:" % len(info), info,
                     b"9:info-hash20:", info_hash, b"7:versioni1ee"])


SEEDS = {
    "bencode": [b"d1:ai1e1:bli-7e0:ee", b"d1:bi2e1:ai1ee", b"lllleeee", b"i9223372036854775807e", b"i-0e", b"4:spam"],
    "metainfo": [(FIXTURES / f"{name}.torrent").read_bytes()
                 for name in ["numbers", "folder", "lots-of-numbers", "leaves-metadata", "corrupt"]] + [
        b"d8:announce17:http://a.example/13:announce-listll17:http://a.example/el17:http://b.example/ee"
        b"4:infod5:filesld4:attr1:p6:lengthi7eed6:lengthi9e4:pathl1:a1:beee4:name1:t12:piece lengthi16e"
        b"6:pieces20:aaaaaaaaaaaaaaaaaaaaee"],
    "torrent_paths": [counted(b"t") + bytes([0, 2]) + counted(b"a") + counted(b"b") + bytes([0, 1]) + counted(b"A"),
                      counted(b"t") + bytes([1, 2]) + counted(b"..") + counted(b"x"),
                      counted("größer".encode()) + bytes([2, 0, 0, 3]) + counted(b"a") * 3],
    "wire": [struct.pack(">H", 2) + counted(cuts) + stream for cuts in [b"", b"\x01", b"\x07\x03\x19"]
             for stream in [CONVERSATION, HANDSHAKE]] + [struct.pack(">H", 0) + counted(b"\x02") + b"\xff" * 5],
    "extension_handshake": [b"d1:md6:ut_pexi1e11:ut_metadatai2ee1:pi6881e4:reqqi500e1:v12:swarmlab 0.1e", b"de",
                            b"d1:pi70000e4:reqqi-1e1:v2:\xff\xfee"],
    "metadata_message": [b"d8:msg_typei0e5:piecei0ee", b"d8:msg_typei1e5:piecei0e10:total_sizei9eexxxxxxxxx",
                         b"d8:msg_typei2e5:piecei7ee", b"d8:msg_typei9ee"],
    "peer_exchange": [b"d5:added12:\x0a\0\0\x01\x1a\xe1\x0a\0\0\x02\x1a\xe17:added.f2:\x12\x007:dropped6:\x0a\0\0\x03\x1a\xe1e",
                      b"d6:added618:" + b"\xfe\x80" + b"\0" * 13 + b"\x01\x00\x508:added6.f1:\x02e", b"de"],
    "magnet": [b"magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a&dn=a+b&tr=http%3A%2F%2Fa&x.pe=10.0.0.1:1&so=0,2-4",
               b"magnet:?xt=urn:btih:YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKEK", b"magnet:?xt=urn:btmh:1220caf1"],
    "resume": [resume(b"\xf0", b"ll" + b"i7ei-9eel" + b"ee", b""), resume(b"\xe0", b"lli1ei1eee", b"d1:xi1ee")]
    + [resume(b"\xf8", b"lli%dei1eee" % size, raw_info(name)) for name, size in [("numbers", 6), ("lots-of-numbers", 70000)]],
    "tracker_answer": [b"\0" + ANSWER, b"\x07" + ANSWER_LIST, b"\x01" + ANSWER_6,
                       b"\x05d14:failure reason4:busye",
                       b"\x03" + f"{len(ANSWER):x};ext=1\r\n".encode() + ANSWER + b"\r\n0\r\nTrailer: 1\r\n\r\n",
                       b"\x09HTTP/1.1 200 OK\r\nContent-Length: " + str(len(ANSWER)).encode() + b"\r\n\r\n" + ANSWER,
                       b"\xffHTTP/1.1 302 Found\r\nLocation: http://b.example/x\r\n\r\n"],
    "tracker_request": [b"".join(bytes([1, who, 9]) + counted(QUERY + more) for who, more in enumerate(EVENTS)),
                        bytes([255, 2, 1]) + counted(QUERY), bytes([0, 0, 40]) + counted(b"GET /scrape HTTP/1.0\r\n\r\n")],
    "tracker_datagram": [
        bytes([1, 2, 0]) + counted(PROTOCOL + bytes(8)),
        b"".join(bytes([9, who, 1]) + counted(bytes(8) + b"\0\0\0\x01abcd" + bytes(40 + 16) + b"\0\0\0\0\0\0\0\x01"
                                              + bytes([0, 0, 0, event]) + bytes(8) + b"\xff\xff\xff\xff\x1a\xe1" + option)
                 for who, event, option in [(2, 2, b""), (3, 1, b"\x02\x09/announce"), (4, 0, b"\x01\0"), (2, 3, b"")]),
        bytes([0, 2, 1]) + counted(bytes(8) + b"\0\0\0\x02abcd" + bytes(40)),
        bytes([0, 2, 0]) + counted(b"\0\0\0\x01abcd\0\0\x07\x08" + bytes(8) + b"\x0a\0\0\x01\x1a\xe1" * 3),
        bytes([0, 4, 0]) + counted(b"\0\0\0\x02abcd" + bytes(24)) + bytes([0, 4, 0]) + counted(b"\0\0\0\x03abcdno"),
    ],
    "tracker_url": [b"http://t.example:8080/announce?passkey=1\n/b?x=1", b"http://[2001:db8::1]/a\nhttp://10.0.0.1/",
                    b"HTTP://T.example\n//evil/", b"udp://t.example:80/announce"],
    "session": [download(3 | 3 << 2), download(3 | 3 << 2, step(SAY, CHOKE), step(WAIT, 250), step(SAY, UNCHOKE)),
                download(3 | 3 << 2, step(WRONG), step(REJECT, peer=1), step(HANG_UP, peer=2), step(DISK, 1)),
                download(3 | 3 << 2 | 16, step(DISK, 2), step(WAIT, 255), step(DISK, 0)), UPLOAD,
                bytes([64 | 15, 0, 1]) + step(ANSWER_DIAL, 0) + step(SAY, EXTENDED, 0) + counted(b"d1:pi9ee")
                + step(OTHER) + counted(ANSWER) + step(ANSWER_DIAL, 0, peer=1) + step(OTHER, peer=15),
                bytes([128 | 15, 0, 1]) + step(OTHER) + counted(b"a") + step(WAIT, 160) + step(OTHER) + counted(bytes(9))
                + step(OTHER) + counted(b"\x01" + bytes(12) + b"\x0a\0\x01\0\xc3\x50") + step(ANSWER_DIAL, 0)
                + step(OTHER, peer=15) + step(OTHER) + counted(b"\x03no")],
}


def main() -> None:
    folder = HERE / "seeds"
    shutil.rmtree(folder, ignore_errors=True)
    for target, inputs in SEEDS.items():
        (folder / target).mkdir(parents=True)
        for number, data in enumerate(inputs):
            (folder / target / str(number)).write_bytes(data)


if __name__ == "__main__":
    main()
