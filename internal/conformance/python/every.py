"""Which public methods of the SDK's classes were called."""

import functools
import inspect

_uncalled = {}


def watch(*types):
    """Counts calls of every public method of some classes."""
    for type_ in types:
        left = _uncalled.setdefault(type_.__name__, set())
        for name, member in inspect.getmembers(type_):
            if not name.startswith("_") and callable(member):
                left.add(name)
                setattr(type_, name, _counting(inspect.getattr_static(type_, name), left, name))


def _counting(member, left, name):
    if isinstance(member, classmethod):
        return classmethod(_counting(member.__func__, left, name))

    @functools.wraps(member)
    def counted(*args, **kwargs):
        left.discard(name)
        return member(*args, **kwargs)

    return counted


def watched():
    """The classes that are watched."""
    return list(_uncalled)


def assert_every_method_was_called(name):
    assert not _uncalled[name], f"never called: {sorted(_uncalled[name])}"
