"""One libtorrent client of one torrent, run by the venv's Python: libtorrent_peer.py TORRENT DIR ADDRESS PORT ROLE

ROLE is `seed` or `leecher`. Prints `ready` once it listens, begins at the first line on its standard input, and prints
`complete SECONDS` (of the monotonic clock) when it has everything. Default settings but: TCP without encryption, and no
discovery but the tracker's."""

import sys
import time

import libtorrent as lt

torrent, folder, address, port, role = sys.argv[1:]
session = lt.session(
    {
        "listen_interfaces": f"{address}:{port}",
        "enable_dht": False,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "enable_incoming_utp": False,
        "enable_outgoing_utp": False,
        "in_enc_policy": lt.enc_policy.pe_disabled,
        "out_enc_policy": lt.enc_policy.pe_disabled,
        "alert_mask": lt.alert_category.status | lt.alert_category.error,
    }
)
params = lt.load_torrent_file(torrent)
params.save_path = folder
flags = lt.torrent_flags
params.flags = flags.paused | flags.update_subscribe | flags.disable_dht | flags.disable_lsd | flags.disable_pex
if role == "seed":
    params.flags |= flags.seed_mode
handle = session.add_torrent(params)
while not session.is_listening():
    time.sleep(0.02)
session.pop_alerts()
print("ready", flush=True)

sys.stdin.readline()
handle.resume()
while True:
    session.wait_for_alert(1000)
    for alert in session.pop_alerts():
        if isinstance(alert, lt.torrent_finished_alert):
            print("complete", time.monotonic(), flush=True)
