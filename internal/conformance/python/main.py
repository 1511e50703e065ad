"""An application that calls every public method of the service's own packages,
unmodified, with nothing but a connection string.

    python main.py CONNECTION-STRING DOOR sync|async

The door is where it asks for what happens on the other side of its calls.
"""

import os
import sys
from types import SimpleNamespace

from azure.communication.callautomation import PhoneNumberIdentifier

import every
from automation import automation
from connection import connection
from flavours import Flavour
from expect import equal
from identities import identities
from media import media
from people import Person
from recording import recording
from rooms import rooms
from steps import done, step
from subscription import subscribe
from webhooks import Webhooks


def populated(connection_string, door, flavour):
    """Everything that the scenes need."""
    hooks, users = Webhooks(), flavour.identity()
    world = SimpleNamespace(door=door, flavour=flavour, hooks=hooks, client=flavour.calls())
    for name in ("alice", "bob", "carol"):
        setattr(world, name, Person(door, name, users.create_user()))
    world.phone = Person(door, "phone", PhoneNumberIdentifier("+15551230001"))
    nobody = users.create_user()
    world.nobody = SimpleNamespace(identifier=nobody, id=nobody.raw_id)
    world.support = users.create_user()
    subscribe(connection_string, "support", f"{hooks.origin}/incoming", world.support.raw_id)
    return world


def main(connection_string, door, which):
    flavour = Flavour(which, connection_string)
    every.watch(*flavour.classes)
    world = populated(connection_string, door, flavour)
    for part in (identities, rooms, automation, connection, media, recording):
        part(world)
    step("close, of every client", flavour.close)
    step("every event was well formed and came once", lambda: equal(world.hooks.wrong, set()))
    for name in every.watched():
        step(f"every public method of {name} was called", lambda: every.assert_every_method_was_called(name))
    world.hooks.close()
    done()


if __name__ == "__main__":
    main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(0)  # the loop of the clients for asyncio never ends
