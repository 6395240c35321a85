"""The application that the web servers of `standard.py` serve."""

import urllib.request


async def application(scope, receive, send):
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    if scope["path"] == "/broken":
        urllib.request.urlopen("http://inventory.internal:8081/", timeout=0.5)
    status = 404 if scope["path"] == "/missing" else 200
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


def wsgi(environ, start_response):
    start_response("200 OK", [])
    return [b"ok"]
