"""Those on the other side, who do what they are asked for at the test's door."""

import json
import urllib.error
import urllib.request


def _ask(method, url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{url}: {error.read().decode().strip()}") from error


class Person:
    """Somebody with a telephone: a user, or a phone number."""

    def __init__(self, door, name, identifier):
        self.identifier, self.id = identifier, identifier.raw_id
        self._url = f"{door}/people/{name}"
        _ask("PUT", self._url, {"id": self.id})

    def _does(self, act, **how):
        return _ask("POST", f"{self._url}/{act}", how)

    def rings(self):
        """Waits until the telephone rings; returns from, name and custom."""
        return self._does("rings")

    def accepts(self):
        self._does("accept")

    def declines(self, busy=False):
        self._does("decline", busy=busy)

    def misses(self):
        """Waits until the telephone rings no more; returns why."""
        return self._does("missed")

    def calls(self, *people):
        self._does("call", to=people)

    def joins(self, **where):
        """Joins a group or a room, which is made for it if it is the first."""
        self._does("join", **where)

    def presses(self, *tones):
        self._does("press", tones=tones)

    def hangs_up(self):
        self._does("hangup")

    def ended(self):
        """Waits until the call has ended; returns why."""
        return self._does("ended")

    def is_muted(self):
        """Waits until somebody else has muted this person."""
        self._does("muted")

    def sees(self, people, held=()):
        """Waits until exactly those are in the call; some may be on hold."""
        self._does("sees", **{"with": people, "held": held})


def login(door, user, application, audience=""):
    """A token of the company for one of its people; with an audience for that, not
    for the application."""
    return _ask("POST", f"{door}/company/login", {"userId": user, "appId": application, "audience": audience})["token"]
