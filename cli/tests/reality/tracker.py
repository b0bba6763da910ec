"""A tracker of one swarm over HTTP (BEP 3, compact answers as of BEP 23): names to everybody everybody else that is there.

    tracker.py ADDRESS PORT

Prints `ready`, then one line for each announce: PEER EVENT PEERS_NAMED."""

import socket
import struct
import sys
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

INTERVAL_S = 1800

swarm: dict[bytes, str] = {}  # compact address to name, in the order of arrival


class Announce(BaseHTTPRequestHandler):
    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query, encoding="latin-1")
        ip, port = self.client_address[0], int(query["port"][0])
        event = query.get("event", ["none"])[0]
        peer = socket.inet_aton(ip) + struct.pack(">H", port)
        if event == "stopped":
            swarm.pop(peer, None)
        else:
            swarm.setdefault(peer, ip)
        others = b"".join(other for other in list(swarm) if other != peer)
        print(ip, event, len(others) // 6, flush=True)
        answer = b"d8:intervali%de5:peers%d:%se" % (INTERVAL_S, len(others), others)
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Announce)
print("ready", flush=True)
server.serve_forever()
