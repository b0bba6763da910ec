"""Just enough of bencoding to cut the info dictionary out of a torrent file, byte for byte."""

import hashlib


def without_trackers(torrent: bytes) -> bytes:
    """A torrent of the same info-hash that names no tracker, no node and no web seed: nobody can be called from it."""
    return b"d4:info" + _info(torrent) + b"e"


def with_tracker(torrent: bytes, url: str) -> bytes:
    """A torrent of the same info-hash that names this tracker and nobody else."""
    return b"d8:announce%d:%b4:info" % (len(url), url.encode()) + _info(torrent) + b"e"


def names_tracker(torrent: bytes) -> bool:
    return torrent.startswith(b"d8:announce")


def magnet(torrent: bytes) -> str:
    """The shortest link that leads to it: its info-hash."""
    return f"magnet:?xt=urn:btih:{hashlib.sha1(_info(torrent)).hexdigest()}"


def _info(torrent: bytes) -> bytes:
    assert torrent[:1] == b"d", "a torrent file is a dictionary"
    at = 1
    while torrent[at : at + 1] != b"e":
        key_end = _end(torrent, at)
        value_end = _end(torrent, key_end)
        if torrent[at:key_end] == b"4:info":
            return torrent[key_end:value_end]
        at = value_end
    raise ValueError("a torrent file without an info dictionary")


def _end(data: bytes, at: int) -> int:
    """Where the value that begins at `at` ends."""
    depth = 0
    while True:
        token = data[at : at + 1]
        if token in b"ld":
            depth += 1
            at += 1
        elif token == b"i":
            at = data.index(b"e", at) + 1
        elif token == b"e":
            depth -= 1
            at += 1
        else:
            colon = data.index(b":", at)
            at = colon + 1 + int(data[at:colon])
        if depth == 0:
            return at
