"""What the scenes have in common: calls, and how their results look."""

from expect import equal, listed, text


class Call:
    """A call of the application's."""

    def __init__(self, world, properties):
        self.properties, self.id = properties, properties.call_connection_id
        self.connection = world.client.get_call_connection(self.id)
        self.application = properties.source.raw_id
        self._hooks = world.hooks

    def connected(self, context):
        event = self._hooks.event(self.id, "CallConnected")
        outcome(event, 200, 0, context)
        equal(event["serverCallId"], self.properties.server_call_id)
        equal(event["correlationId"], self.properties.correlation_id)
        return self

    def end(self):
        """Ends the call for everybody, and waits for its last event."""
        self.connection.hang_up(is_for_everyone=True)
        return self._hooks.event(self.id, "CallDisconnected")


def outcome(event, code, sub_code, context):
    """Checks the resultInformation of an event, and its operationContext."""
    result = event["resultInformation"]
    equal([result["code"], result["subCode"]], [code, sub_code], result["message"])
    equal(event.get("operationContext"), context)


def check(properties, state, world, targets):
    """Checks what every answer about a connection has."""
    for field in ("call_connection_id", "server_call_id", "correlation_id"):
        text(getattr(properties, field))
    equal(properties.call_connection_state, state)
    equal(properties.callback_url, world.hooks.callback)
    equal([t.raw_id for t in properties.targets], [t.id for t in targets])
    text(properties.source.raw_id)


def call_to(world, person, context="call"):
    """A call to somebody who accepts it."""
    call = Call(world, world.client.create_call(person.identifier, world.hooks.callback, operation_context=context))
    person.accepts()
    return call.connected(context)


def group_call_to(world, *people):
    """A group call of some people, who accept it."""
    targets = [p.identifier for p in people]
    call = Call(world, world.client.create_group_call(targets, world.hooks.callback, operation_context="group"))
    check(call.properties, "connecting", world, people)
    for person in people:
        person.accepts()
    call.connected("group")
    world.hooks.roster(call.id, lambda e: len(listed(e)) == len(people) + 1)
    return call
