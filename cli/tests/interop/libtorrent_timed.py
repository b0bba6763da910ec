"""One libtorrent client for throughput.py, run by the venv's Python: libtorrent_timed.py TORRENT DIR [PEER_PORT]

Prints `ready PORT` once it listens and knows what it has, dials 127.0.0.1:PEER_PORT if one is given, prints `complete` when
it has everything and has handed it to the system, and runs until killed. Its defaults, but for discovery, uTP and encryption, which are off."""

import sys
import time

import libtorrent as lt

torrent, folder = sys.argv[1:3]
session = lt.session(
    {
        "listen_interfaces": "127.0.0.1:0",
        "enable_dht": False,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "enable_incoming_utp": False,
        "enable_outgoing_utp": False,
        "in_enc_policy": lt.enc_policy.pe_disabled,
        "out_enc_policy": lt.enc_policy.pe_disabled,
        "alert_mask": lt.alert_category.storage,
    }
)
params = lt.load_torrent_file(torrent)
params.save_path = folder
handle = session.add_torrent(params)
state = lt.torrent_status
while not (session.is_listening() and handle.status().state in (state.seeding, state.downloading, state.finished)):
    time.sleep(0.01)
print("ready", session.listen_port(), flush=True)
if len(sys.argv) > 3:
    handle.connect_peer(("127.0.0.1", int(sys.argv[3])))
while handle.status().state != state.seeding:
    time.sleep(0.01)
# What was hashed may still wait to be written.
handle.flush_cache()
flushed = False
while not flushed:
    session.wait_for_alert(100)
    flushed = any(isinstance(alert, lt.cache_flushed_alert) for alert in session.pop_alerts())
print("complete", flush=True)
while True:
    time.sleep(60)
