"""What is expected of answers."""

import json
import pathlib
from datetime import datetime, timedelta, timezone

from azure.core.exceptions import HttpResponseError

_later = json.loads((pathlib.Path(__file__).parent.parent / "later.json").read_text())


def equal(got, want, message=""):
    assert got == want, f"{got!r} is not {want!r} {message}"


def text(value):
    assert isinstance(value, str) and value, f"{value!r} is not a text"


def near(time, other, seconds=60):
    """A time within some seconds of another."""
    if isinstance(time, str):
        time = datetime.fromisoformat(time.replace("Z", "+00:00"))
    if isinstance(time, (int, float)):
        time = datetime.fromtimestamp(time, timezone.utc)
    assert abs(time - other) <= timedelta(seconds=seconds), f"{time} is not near {other}"


def failed(act):
    """What a call raises."""
    try:
        act()
    except Exception as error:  # whatever it is, it is looked at
        return error
    raise AssertionError("it succeeded")


def refused(act, status, code=None):
    """The call is refused with a status and the code of the error envelope, and
    a message."""
    error = failed(act)
    assert isinstance(error, HttpResponseError), repr(error)
    equal(error.status_code, status, error.message)
    told = json.loads(error.response.text())["error"]
    text(told["message"])
    if code:
        equal(told["code"], code, told["message"])


def perhaps_later(operation, act):
    """Calls an operation that may be one of those that are yet to come."""
    answer = _later.get(operation)
    if answer:
        return refused(act, answer["status"], answer["code"])
    return act()


def ids(participants):
    """The raw ids of participants, sorted."""
    return sorted(p.identifier.raw_id for p in participants)


def listed(event):
    """The raw ids in a ParticipantsUpdated, sorted."""
    return sorted(p["identifier"]["rawId"] for p in event["participants"])
