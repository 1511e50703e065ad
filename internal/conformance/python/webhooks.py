"""The web server that every application of this kind has."""

import json
import pathlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from azure.core.messaging import CloudEvent

from expect import equal, text

_kinds = json.loads((pathlib.Path(__file__).parent.parent / "events.json").read_text())
_prefix = "Microsoft.Communication."
_patience = 12


class Webhooks:
    """What was received, for whoever waits for some of it."""

    def __init__(self):
        self._unread = []  # (path, kind, data)
        self._told = {}  # connection: (kind, data) in order
        self._seen = set()
        self._news = threading.Condition()
        self.wrong = set()  # what was wrong with events
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self.callback, self.elsewhere = f"{self.origin}/calls?secret=a:b+c", f"{self.origin}/elsewhere"

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def event(self, connection, kind, passes=lambda data: True, path="/calls?secret=a:b+c"):
        """The next event of a kind that a connection is told."""
        return self._next(
            f"{kind} of {connection}",
            lambda p, k, d: p == path and k == kind and d["callConnectionId"] == connection and passes(d),
        )

    def roster(self, connection, passes):
        """The next list of participants that passes."""
        return self.event(connection, "ParticipantsUpdated", passes)

    def incoming(self, to):
        """The next call to somebody."""
        return self._next(f"IncomingCall to {to}", lambda p, k, d: p == "/incoming" and d["to"]["rawId"] == to)

    def assert_told(self, connection, *kinds):
        """Fails unless a connection was told exactly that, in that order, between
        lists of participants whose numbers grow, and nothing afterwards."""
        told = self._told.get(connection, [])
        equal([k for k, _ in told if k != "ParticipantsUpdated"], list(kinds))
        equal(told[-1][0], kinds[-1], "as the last event")
        numbers = [d["sequenceNumber"] for k, d in told if k == "ParticipantsUpdated"]
        equal(numbers, sorted(set(numbers)))

    def _next(self, what, passes):
        found = []

        def look():
            found.extend(r for r in self._unread if not found and passes(*r))
            return found

        with self._news:
            assert self._news.wait_for(look, _patience), f"{what} does not come"
            self._unread.remove(found[0])
        return found[0][2]

    def _handler(hooks):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = hooks._take(self.path, self.headers, body)
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        return Handler

    def _take(self, path, headers, body):
        first = body[0]
        if first.get("eventType") == "Microsoft.EventGrid.SubscriptionValidationEvent":
            return json.dumps({"validationResponse": first["data"]["validationCode"]}).encode()
        if path == "/incoming":
            self._keep(path, "IncomingCall", first["data"])
            return b""
        kind = first["type"].removeprefix(_prefix)
        self._told.setdefault(first["data"]["callConnectionId"], []).append((kind, first["data"]))
        try:
            self._check(headers, body)
        except Exception as error:  # told at the end
            self.wrong.add(f"{kind}: {error!r}")
        self._keep(path, kind, first["data"])
        return b""

    def _keep(self, path, kind, data):
        with self._news:
            self._unread.append((path, kind, data))
            self._news.notify_all()

    def _check(self, headers, body):
        """One event in an array, its envelope and its data."""
        equal(len(body), 1)
        assert headers["Content-Type"].startswith("application/json"), headers["Content-Type"]
        assert headers["Authorization"].startswith("Bearer "), "a token"
        event = CloudEvent.from_dict(body[0])
        assert event.id not in self._seen, "it came twice"
        self._seen.add(event.id)
        assert event.time.tzinfo, event.time
        equal(event.source, f"calling/callConnections/{event.data['callConnectionId']}")
        equal([event.subject, event.specversion, event.datacontenttype], [event.source, "1.0", "application/json"])
        _shape(event.type.removeprefix(_prefix), event.data)


def _shape(kind, data):
    ids = {"callConnectionId": "text", "serverCallId": "text", "correlationId": "text"}
    for field, type_ in {**ids, **_kinds[kind]}.items():
        name = field.rstrip("?")
        if name in data or name == field:
            _types[type_](data[name])


def _number(value):
    assert isinstance(value, int), f"{value!r} is not a number"


def _result(value):
    _number(value["code"])
    _number(value["subCode"])
    text(value["message"])


def _identifier(value):
    text(value["rawId"])
    assert value["kind"] == "unknown" or isinstance(value[value["kind"]], dict), value


def _participants(value):
    for one in value:
        _identifier(one["identifier"])
        assert isinstance(one["isMuted"], bool) and isinstance(one["isOnHold"], bool), one


def _streaming(value):
    for field in ("contentType", "mediaStreamingStatus", "mediaStreamingStatusDetails"):
        text(value[field])


def _transcription(value):
    for field in ("transcriptionStatus", "transcriptionStatusDetails"):
        text(value[field])


_types = {
    "text": text, "number": _number, "result": _result, "identifier": _identifier, "participants": _participants,
    "streaming": _streaming, "transcription": _transcription,
}
