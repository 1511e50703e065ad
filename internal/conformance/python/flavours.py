"""The two flavours in which every client comes: one that blocks, and one for
asyncio, which is made to block here so that both take the same steps."""

import asyncio
import inspect
import threading
import time

import azure.communication.callautomation as calls
import azure.communication.callautomation.aio as async_calls
import azure.communication.identity as identity
import azure.communication.identity.aio as async_identity
import azure.communication.rooms as rooms
import azure.communication.rooms.aio as async_rooms
from azure.core.credentials import AccessToken

_classes = {
    "sync": [calls.CallAutomationClient, calls.CallConnectionClient, identity.CommunicationIdentityClient, rooms.RoomsClient],
    "async": [
        async_calls.CallAutomationClient,
        async_calls.CallConnectionClient,
        async_identity.CommunicationIdentityClient,
        async_rooms.RoomsClient,
    ],
}


class Flavour:
    """Makes clients of one flavour."""

    def __init__(self, name, connection_string):
        self.classes = _classes[name]
        self._blocks = name == "async"
        self._wrap = _Loop().blocking if self._blocks else lambda made: made
        self._connection_string = connection_string
        self._made = []

    def calls(self, **options):
        return self._make(0, **options)

    def connection(self, id):
        return self._make(1, id)

    def identity(self):
        return self._make(2)

    def rooms(self):
        return self._make(3)

    def calls_with(self, token):
        """A client of calls that has a token instead of the key; token gives one."""
        endpoint = dict(part.split("=", 1) for part in self._connection_string.split(";"))["endpoint"]
        credential = (_AsyncCredential if self._blocks else _Credential)(token)
        client = self._wrap(self.classes[0](endpoint, credential))
        self._made.append(client)
        return client

    def _make(self, which, *args, **options):
        client = self._wrap(self.classes[which].from_connection_string(self._connection_string, *args, **options))
        self._made.append(client)
        return client

    def close(self):
        """Closes every client that can be closed."""
        for client in self._made:
            if hasattr(client, "close"):
                client.close()


class _Credential:
    """Tokens for the scope that the service has."""

    def __init__(self, token):
        self._token = token

    def get_token(self, *scopes, **_):
        assert scopes == ("https://communication.azure.com//.default",), scopes
        return AccessToken(self._token(), int(time.time()) + 3600)


class _AsyncCredential(_Credential):
    async def get_token(self, *scopes, **options):
        return super().get_token(*scopes, **options)

    async def close(self):
        pass


class _Loop:
    """A loop in a thread of its own."""

    def __init__(self):
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def blocking(self, client):
        return _Blocking(self, client)

    def run(self, waiting):
        return asyncio.run_coroutine_threadsafe(waiting, self._loop).result(30)

    def settled(self, answer):
        """What an answer of asyncio comes to."""
        if inspect.isawaitable(answer):
            return self.run(_awaited(answer))
        if hasattr(answer, "__aiter__"):
            return self.run(_collected(answer))
        if type(answer).__name__ == "CallConnectionClient":
            return self.blocking(answer)
        return answer


async def _awaited(answer):
    return await answer


async def _collected(pages):
    return [one async for one in pages]


class _Blocking:
    """A client for asyncio whose methods block."""

    def __init__(self, loop, client):
        self._loop, self._client = loop, client

    def __getattr__(self, name):
        method = getattr(self._client, name)  # raises where there is none
        return lambda *args, **kwargs: self._loop.settled(self._call(method, args, kwargs))

    def _call(self, method, args, kwargs):
        async def within():  # some make their answer only where a loop runs
            return method(*args, **kwargs)

        return self._loop.run(within())
