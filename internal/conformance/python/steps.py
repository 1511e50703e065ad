"""Steps: each is told as a line of JSON on standard output, and none that fails
keeps the others from being tried."""

import json
import pathlib
import traceback
from contextlib import contextmanager

_steps = 0
_plumbing = {"steps.py", "every.py", "expect.py", "flavours.py", "webhooks.py", "people.py"}


def _tell(line):
    print(json.dumps(line), flush=True)


def done():
    """Says that the program came to its end."""
    _tell({"done": _steps})


class Abandoned(Exception):
    """A step failed without which the rest of its scene makes no sense."""


def step(name, act):
    """Tries one thing and says how it went; returns whether it went well."""
    global _steps
    _steps += 1
    try:
        act()
    except Exception as error:  # whatever it is, it is told
        _tell({"step": name, "error": _described(error)})
        return False
    _tell({"step": name})
    return True


def need(name, act):
    """A step without which those that follow in its scene make no sense."""
    if not step(name, act):
        raise Abandoned(name)


@contextmanager
def scene():
    """Steps that belong together: one call, or one client."""
    try:
        yield
    except Abandoned:
        pass


def _described(error):
    """What went wrong, and the line of ours where."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if pathlib.Path(f.filename).name not in _plumbing]
    ours = [f for f in frames if pathlib.Path(f.filename).parent == pathlib.Path(__file__).parent]
    where = f"{ours[-1].filename}:{ours[-1].lineno}: {ours[-1].line}" if ours else ""
    return f"{type(error).__name__}: {error}\n{where}"
