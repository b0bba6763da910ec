"""One libtorrent client of one torrent, run by the venv's Python: libtorrent_peer.py TORRENT|MAGNET DIR ADDRESS:PORT [PEER_PORT]

Prints `ready` once it listens and knows what it has, or, of a magnet link, that it has to ask for the metadata. Dials
127.0.0.1:PEER_PORT if one is given. Runs until killed. Discovery is off but for the torrent's trackers, plain TCP without
encryption, this machine only. The environment's UP is what it sends in a second at most, in bytes."""

import os
import sys
import time

import libtorrent as lt

torrent, folder, listen = sys.argv[1:4]
session = lt.session(
    {
        "listen_interfaces": listen,
        "enable_dht": False,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "enable_incoming_utp": False,
        "enable_outgoing_utp": False,
        "allow_multiple_connections_per_ip": True,
        "in_enc_policy": lt.enc_policy.pe_disabled,
        "out_enc_policy": lt.enc_policy.pe_disabled,
        "alert_mask": lt.alert_category.error | lt.alert_category.connect | lt.alert_category.peer | lt.alert_category.tracker,
    }
)
is_magnet = torrent.startswith("magnet:")
params = lt.parse_magnet_uri(torrent) if is_magnet else lt.load_torrent_file(torrent)
params.save_path = folder
flags = lt.torrent_flags
params.flags = flags.disable_dht | flags.disable_lsd | flags.disable_pex
params.upload_limit = int(os.environ.get("UP", 0)) or -1
handle = session.add_torrent(params)

status = lt.torrent_status
known = (status.seeding, status.downloading, status.finished, status.downloading_metadata)
while not (session.is_listening() and handle.status().state in known):
    time.sleep(0.02)
print("ready", flush=True)
if len(sys.argv) > 4:
    handle.connect_peer(("127.0.0.1", int(sys.argv[4])))
while True:
    session.wait_for_alert(1000)
    for alert in session.pop_alerts():
        print(alert, flush=True)
