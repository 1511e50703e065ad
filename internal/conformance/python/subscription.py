"""Subscribes to calls that come in, which the service's own packages cannot:
they leave that to a portal. The request is signed as every other is."""

import base64
import hashlib
import hmac
import json
from email.utils import formatdate
from urllib.parse import urlsplit

import requests


def subscribe(connection_string, name, endpoint, to):
    """Sends IncomingCall events for one user to a URL."""
    parts = dict(part.split("=", 1) for part in connection_string.split(";"))
    server, key = parts["endpoint"].rstrip("/"), base64.b64decode(parts["accesskey"])
    target = f"/eventSubscriptions/{name}?api-version=2026-03-12"
    body = json.dumps({
        "endpoint": endpoint,
        "schema": "eventgrid",
        "eventTypes": ["Microsoft.Communication.IncomingCall"],
        "filter": {"to": [to]},
    }).encode()
    date = formatdate(usegmt=True)
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    signed = f"PUT\n{target}\n{date};{urlsplit(server).netloc};{digest}"
    signature = base64.b64encode(hmac.new(key, signed.encode(), "sha256").digest()).decode()
    requests.put(server + target, body, timeout=20, headers={
        "Content-Type": "application/json",
        "x-ms-date": date,
        "x-ms-content-sha256": digest,
        "Authorization": f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}",
    }).raise_for_status()
