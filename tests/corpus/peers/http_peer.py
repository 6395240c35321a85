"""An HTTP server whose path says how it fails."""

import asyncio
import http
import socket
import struct

REASONS = {status.value: status.phrase for status in http.HTTPStatus}
BODIES = {503: "no healthy upstream", 502: "<html><body>502 Bad Gateway</body></html>"}


def reset(writer):
    """Ends the connection with RST."""
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


def response(status, body, extra=""):
    body = body.encode()
    head = f"HTTP/1.1 {status} {REASONS.get(status, 'Unknown')}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    return head.encode() + body


class NotHttp(Exception):
    pass


async def read_request(reader):
    head = await reader.readexactly(1)
    if not head.isalpha():
        raise NotHttp
    head += await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.decode("latin-1").split("\r\n"):
        if line.lower().startswith("content-length:"):
            length = int(line.split(":")[1])
    if length:
        await reader.readexactly(length)
    return head.split(b" ")[1].decode("latin-1")


async def handle(reader, writer):
    try:
        while True:
            path = await read_request(reader)
            if not await respond(path.split("?")[0], reader, writer):
                break
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError):
        pass
    except NotHttp:
        writer.write(response(400, "Bad Request"))
    writer.close()


async def respond(path, reader, writer):
    """Whether the connection stays open."""
    status = 200
    for part in path.split("/"):
        if part in BEHAVIOURS:
            return await BEHAVIOURS[part](reader, writer)
        if part.isdigit() and len(part) == 3:
            status = int(part)
    extra = ""
    if status in (401, 407):
        extra = 'WWW-Authenticate: Basic realm="shop"\r\n'
    if status in (429, 503):
        extra = "Retry-After: 1\r\n"
    default = '{"ok":true}' if status == 200 else f'{{"error":"{REASONS.get(status, "error")}"}}'
    writer.write(response(status, BODIES.get(status, default), extra))
    await writer.drain()
    return True


async def silent(reader, writer):
    await asyncio.sleep(60)
    return False


async def resets(reader, writer):
    reset(writer)
    return False


async def ends(reader, writer):
    return False


async def truncated(reader, writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 5)
    await writer.drain()
    return False


async def chunk_cut(reader, writer):
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
    await writer.drain()
    return False


async def bad_chunk(reader, writer):
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n")
    await writer.drain()
    return False


async def reset_in_body(reader, writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 5)
    await writer.drain()
    await asyncio.sleep(0.1)
    reset(writer)
    return False


async def slow_body(reader, writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 5)
    await writer.drain()
    await asyncio.sleep(60)
    return False


async def redirect(reader, writer):
    writer.write(response(302, "", "Location: /v1/loop\r\n"))
    await writer.drain()
    return True


async def garbage(reader, writer):
    writer.write(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
    await writer.drain()
    await asyncio.sleep(0.2)
    return False


async def bad_gzip(reader, writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello")
    await writer.drain()
    return True


async def html(reader, writer):
    body = "<html><body><h1>Sign in to the guest network</h1></body></html>"
    writer.write(response(200, body))
    await writer.drain()
    return True


FLAKY = {}


def flaky(key, failures, status):
    """Fails so many times, then succeeds once, and starts again."""

    async def behave(reader, writer):
        seen = FLAKY[key] = FLAKY.get(key, 0) + 1
        if seen % (failures + 1) == 0:
            writer.write(response(200, '{"ok":true}'))
        else:
            writer.write(response(status, '{"error":"try again"}'))
        await writer.drain()
        return True

    return behave


BEHAVIOURS = {
    "silent": silent,
    "reset": resets,
    "eof": ends,
    "truncated": truncated,
    "chunk-cut": chunk_cut,
    "bad-chunk": bad_chunk,
    "reset-in-body": reset_in_body,
    "slow-body": slow_body,
    "loop": redirect,
    "garbage": garbage,
    "bad-gzip": bad_gzip,
    "html": html,
    "flaky": flaky("flaky", 2, 503),
    "flaky-once": flaky("flaky-once", 1, 502),
}
