"""All peers that fail, in one process: `main.py DIRECTORY-OF-CERTIFICATES`.

Runs in a network namespace of its own, in which every address of 10.30.0.0/16 is local,
10.40.0.0/16 swallows packets, 10.50.0.0/16 is unreachable, and nothing else has a route.
"""

import asyncio
import logging
import pathlib
import socket
import sys

import http_peer
import name_server
import stores
import tls

QUEUE_FULL = 7100


def full_queue(port):
    """Listens, accepts nothing, and keeps its queue full: further attempts get no answer."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("10.30.0.7", port))
    listener.listen(0)
    fill = [socket.socket() for _ in range(3)]
    for one in fill:
        one.setblocking(False)
        one.connect_ex(("10.30.0.7", port))
    return [listener, *fill]


async def main(certificates):
    tls.make_certificates(certificates)
    await name_server.serve()
    await asyncio.start_server(http_peer.handle, "10.30.0.7", 80)
    await asyncio.start_server(http_peer.handle, "10.30.0.7", 8080)
    for port, serve in stores.SERVERS.items():
        await asyncio.start_server(serve, "10.30.0.7", port)
    await tls.serve(certificates)
    kept = full_queue(QUEUE_FULL)
    print("peers are up", flush=True)
    await asyncio.Event().wait()
    del kept


if __name__ == "__main__":
    logging.getLogger("asyncio").disabled = True
    asyncio.run(main(pathlib.Path(sys.argv[1])))
