"""A tracker that knows one peer, or nobody, and names it to everybody: the only way to hand aria2 and rTorrent a peer."""

import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class OnePeerTracker:
    def __init__(self, peer_port: int | None):
        compact = socket.inet_aton("127.0.0.1") + struct.pack(">H", peer_port) if peer_port else b""
        answer = b"d8:intervali1800e5:peers%d:%be" % (len(compact), compact)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/announce"

    def close(self):
        self._server.shutdown()
        self._server.server_close()
