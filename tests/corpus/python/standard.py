"""What the standard library alone says: urllib, smtplib, ftplib, ssl, socket, xmlrpc; and web servers."""

import ftplib
import http.client
import imaplib
import logging
import smtplib
import socket
import ssl
import subprocess
import sys
import telnetlib
import urllib.request
import xmlrpc.client

logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s shop-1 cron[%(process)d]: %(levelname)s %(message)s", datefmt="%b %d %H:%M:%S")
log = logging.getLogger()


def attempt(name, what, action):
    print(f"@@ {name}", flush=True)
    try:
        action()
        log.info("%s: done", what)
    except Exception as error:
        log.error("%s: %s", what, error if str(error) else repr(error))


def url(address, timeout=0.5):
    return lambda: urllib.request.urlopen(address, timeout=timeout).read()


def smtp(port, login=False):
    def send():
        with smtplib.SMTP("mail.internal", port, timeout=0.5) as it:
            if login:
                it.login("shop", "x")
            it.sendmail("shop@example.com", "customer@example.com", "hello")

    return send


def urls():
    attempt("refused", "nightly export", url("http://inventory.internal:8081/export"))
    attempt("timeout", "nightly export", url("http://legacy.internal/export"))
    attempt("nxdomain", "nightly export", url("http://export.invalid/"))
    attempt("silent", "nightly export", url("http://inventory.internal:8080/silent"))
    attempt("eof", "nightly export", url("http://inventory.internal:8080/eof"))
    attempt("truncated", "nightly export", url("http://inventory.internal:8080/truncated"))
    attempt("garbage", "nightly export", url("http://inventory.internal:8080/garbage"))
    attempt("expired", "token refresh", url("https://login.partner.example/"))
    attempt("plain", "token refresh", url("https://inventory.internal/"))
    for status in (401, 403, 404, 429, 500, 503):
        attempt(f"{status}", f"report {status % 7}", url(f"http://inventory.internal:8080/{status}"))
    attempt("fine", "nightly export", url("http://inventory.internal:8080/ok"))
    attempt("xmlrpc", "wiki sync", lambda: xmlrpc.client.ServerProxy("http://inventory.internal:8080/502").wiki.pages())


def mails():
    attempt("smtp-refused", "mail to customer@example.com", smtp(2524))
    attempt("smtp-421", "mail to customer@example.com", smtp(2525))
    attempt("smtp-554", "mail to customer@example.com", smtp(2526))
    attempt("smtp-silent", "mail to customer@example.com", smtp(2527))
    attempt("smtp-login", "mail to customer@example.com", smtp(2528, login=True))
    attempt("smtp-reset", "mail to customer@example.com", smtp(7001))
    attempt("imap-refused", "inbox poll", lambda: imaplib.IMAP4("mail.internal", 1143, timeout=0.5))
    attempt("imap-eof", "inbox poll", lambda: imaplib.IMAP4("mail.internal", 7000, timeout=0.5))
    attempt("ftp-refused", "catalogue upload", lambda: ftplib.FTP("files.example.org", timeout=0.5))
    attempt("ftp-eof", "catalogue upload", lambda: ftplib.FTP().connect("files.example.org", 7000, 0.5))


def sockets():
    def tls(host):
        context = ssl.create_default_context()
        context.wrap_socket(socket.create_connection((host, 443), 0.5), server_hostname=host)

    def bind(address):
        with socket.socket() as it:
            it.bind(address)
            it.listen()
            with socket.socket() as second:
                second.bind(address)

    def many():
        import resource

        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 4096))
        kept = [socket.socket() for _ in range(100)]
        del kept

    attempt("tls-self-signed", "probe", lambda: tls("wiki.corp.example"))
    attempt("tls-alert", "probe", lambda: tls("edge3.example.net"))
    attempt("tls-silent", "probe", lambda: tls("edge2.example.net"))
    attempt("in-use", "metrics endpoint", lambda: bind(("127.0.0.1", 9100)))
    attempt("not-available", "metrics endpoint", lambda: bind(("192.0.2.7", 9100)))
    attempt("connection-lost", "probe", lambda: http.client.HTTPConnection("inventory.internal", 7001, timeout=1).request("GET", "/"))
    attempt("telnet", "switch console", lambda: telnetlib.Telnet("nas.internal", 23, 0.5))
    attempt("too-many", "fan-out", many)


def servers():
    """Web servers that start, find their port taken, or serve one request."""
    print("@@ uvicorn", flush=True)
    holder = socket.socket()
    holder.bind(("127.0.0.1", 8000))
    holder.listen()
    application = "web.application:application"
    here = "/srv/shop/python-programs"
    python = "/srv/shop/python/bin/python"
    subprocess.run([python, "-m", "uvicorn", application, "--port", "8000"], cwd=here, stderr=subprocess.STDOUT)
    print("@@ gunicorn", flush=True)
    subprocess.run([python, "-m", "gunicorn", "-b", "127.0.0.1:8000", "web.application:wsgi"], cwd=here, stderr=subprocess.STDOUT, timeout=30)
    print("@@ uvicorn-fine", flush=True)
    server = subprocess.Popen([python, "-m", "uvicorn", application, "--port", "8001"], cwd=here, stderr=subprocess.STDOUT)
    import time

    time.sleep(3)
    for path in ("/", "/missing", "/broken"):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:8001{path}").read()
        except OSError:
            pass
    server.terminate()
    server.wait()
    print("@@ http.server", flush=True)
    server = subprocess.Popen([python, "-u", "-m", "http.server", "8002", "--bind", "127.0.0.1"], cwd=here, stderr=subprocess.STDOUT)
    time.sleep(1)
    for path in ("/standard.py", "/nothing"):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:8002{path}").read()
        except OSError:
            pass
    server.terminate()
    server.wait()


if __name__ == "__main__":
    urls()
    mails()
    sockets()
    servers()
