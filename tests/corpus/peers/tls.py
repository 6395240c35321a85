"""Servers with certificates that are wrong in one way each, and broken handshakes."""

import asyncio
import pathlib
import ssl
import subprocess

import http_peer
from http_peer import reset

AUTHORITY = "shop-authority"
# Which address presents which certificate: name in it, days, extra arguments of openssl.
CERTIFICATES = {
    "10.30.1.1": ("login.partner.example", "expired"),
    "10.30.1.2": ("wiki.corp.example", "self-signed"),
    "10.30.1.3": ("cdn-node-4.example.net", "valid"),
    "10.30.1.4": ("gateway.bank.example", "mutual"),
    "10.30.1.5": ("artifacts.corp.example", "unknown"),
    "10.30.1.6": ("licence.vendor.example", "future"),
    "10.30.1.7": ("old.vendor.example", "tls1.0"),
    "10.30.0.8": ("fast.example.com,api.example.com", "valid"),
}


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def authority(name, directory):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "36500",
            "-keyout", f"{directory}/{name}.key", "-out", f"{directory}/{name}.pem", "-subj", f"/CN={name}",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")


def certificate(directory, address, names, kind):
    stem = f"{directory}/{address}"
    first = names.split(",")[0]
    alternative = "subjectAltName=" + ",".join(f"DNS:{name}" for name in names.split(","))
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", f"{stem}.key", "-out", f"{stem}.csr", "-subj", f"/CN={first}", "-addext", alternative)
    if kind == "self-signed":
        openssl("req", "-x509", "-in", f"{stem}.csr", "-key", f"{stem}.key", "-days", "36500",
                "-out", f"{stem}.pem", "-copy_extensions", "copyall")
        return
    issuer = "other-authority" if kind == "unknown" else AUTHORITY
    dates = {"expired": ("20240101000000Z", "20240301000000Z"), "future": ("20900101000000Z", "20910101000000Z")}
    start, end = dates.get(kind, ("20240101000000Z", "20990101000000Z"))
    pathlib.Path(f"{directory}/index.txt").write_text("")
    pathlib.Path(f"{directory}/serial").write_text(f"{abs(hash(address)) % 10**8 + 10**8:010d}\n")
    configuration = pathlib.Path(f"{directory}/ca.cnf")
    configuration.write_text(
        f"[ca]\ndefault_ca=it\n[it]\ndatabase={directory}/index.txt\nserial={directory}/serial\n"
        f"new_certs_dir={directory}\npolicy=any\ndefault_md=sha256\ncopy_extensions=copyall\nunique_subject=no\n"
        "[any]\ncommonName=supplied\n"
    )
    openssl("ca", "-batch", "-notext", "-config", str(configuration), "-cert", f"{directory}/{issuer}.pem",
            "-keyfile", f"{directory}/{issuer}.key", "-in", f"{stem}.csr", "-out", f"{stem}.pem",
            "-startdate", start, "-enddate", end)


def make_certificates(directory):
    if not (directory / "done").exists():
        directory.mkdir(parents=True, exist_ok=True)
        for name in (AUTHORITY, "other-authority"):
            authority(name, directory)
        for address, (names, kind) in CERTIFICATES.items():
            certificate(directory, address, names, kind)
        (directory / "done").touch()


def context(directory, address, kind):
    it = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    it.load_cert_chain(f"{directory}/{address}.pem", f"{directory}/{address}.key")
    if kind == "mutual":
        it.verify_mode = ssl.CERT_REQUIRED
        it.load_verify_locations(f"{directory}/{AUTHORITY}.pem")
    if kind == "tls1.0":
        it.minimum_version = it.maximum_version = ssl.TLSVersion.TLSv1
        it.set_ciphers("ALL:@SECLEVEL=0")
    return it


async def closes_on_hello(reader, writer):
    await reader.read(4096)
    writer.close()


async def resets_on_hello(reader, writer):
    await reader.read(4096)
    reset(writer)


async def alert(reader, writer):
    """The alert `handshake_failure`."""
    await reader.read(4096)
    writer.write(bytes([21, 3, 3, 0, 2, 2, 40]))
    await writer.drain()
    writer.close()


async def silent(reader, writer):
    await asyncio.sleep(60)


BROKEN = {"10.30.1.8": closes_on_hello, "10.30.1.9": silent, "10.30.1.10": alert, "10.30.1.11": resets_on_hello}


async def serve(directory):
    for address, (_, kind) in CERTIFICATES.items():
        await asyncio.start_server(http_peer.handle, address, 443, ssl=context(directory, address, kind))
    for address, behaviour in BROKEN.items():
        await asyncio.start_server(behaviour, address, 443)
    # Plain HTTP where TLS is expected.
    await asyncio.start_server(http_peer.handle, "10.30.0.7", 443)
