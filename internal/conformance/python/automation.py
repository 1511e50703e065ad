"""CallAutomationClient: how calls begin."""

import uuid
from types import SimpleNamespace

from azure.communication.callautomation import PhoneNumberIdentifier
from azure.communication.rooms import ParticipantRole, RoomParticipant

from calls import Call, call_to, check, group_call_to, outcome
from expect import equal, listed, refused, text
from people import login
from steps import scene, step

own_number = PhoneNumberIdentifier("+15551230000")


def name(method):
    return f"CallAutomationClient.{method}"


def automation(world):
    for part in (tokens, creating, failing, to_phones, to_groups, answering, rejecting, redirecting, connecting, handles):
        with scene():
            part(world)


def handles(world):
    unknown = world.client.get_call_connection(str(uuid.uuid4()))
    step(name("get_call_connection"), lambda: refused(unknown.get_call_properties, 404, "8522"))


def tokens(world):
    """The client takes a token of the company's instead of the key."""
    def token(audience):
        return lambda: login(world.door, "a service", str(uuid.uuid4()), audience)

    def ours():
        client = world.flavour.calls_with(token("https://communication.azure.com"))
        call = call_to(SimpleNamespace(client=client, hooks=world.hooks), world.alice, "token")
        call.end()

    def of_others():
        client = world.flavour.calls_with(token("https://graph.microsoft.com"))
        refused(client.get_call_connection("x").get_call_properties, 401, "Unauthorized")

    step("CallAutomationClient, with a token", ours)
    step("CallAutomationClient, with a token for somebody else", of_others)


def creating(world):
    client, hooks, alice = world.client, world.hooks, world.alice

    def create_call():
        placed = client.create_call(
            alice.identifier, hooks.callback, source_display_name="Support", operation_context="create")
        check(placed, "connecting", world, [alice])
        equal(placed.source_display_name, "Support")
        equal(alice.rings()["name"], "Support")
        alice.accepts()
        call = Call(world, placed).connected("create")
        told = hooks.event(call.id, "ParticipantsUpdated")
        equal(listed(told), sorted([alice.id, call.application]))
        call.end()
        hooks.assert_told(call.id, "CallConnected", "CallDisconnected")

    step(name("create_call"), create_call)
    step(name("create_call, with no address for events"), lambda: refused(
        lambda: client.create_call(alice.identifier, "nowhere"), 400, "8523"))


def failing(world):
    def fails(person, act, code, sub_code):
        def run():
            placed = world.client.create_call(person.identifier, world.hooks.callback, operation_context="fails")
            act()
            id = placed.call_connection_id
            outcome(world.hooks.event(id, "CreateCallFailed"), code, sub_code, "fails")
            world.hooks.assert_told(id, "CreateCallFailed")

        return run

    alice = world.alice
    step(name("create_call, which is declined: CreateCallFailed"), fails(alice, alice.declines, 603, 8538))
    step(name("create_call, which finds the callee busy: CreateCallFailed"),
         fails(alice, lambda: alice.declines(busy=True), 486, 8539))
    step(name("create_call, which finds nobody: CreateCallFailed"), fails(world.nobody, lambda: None, 480, 8541))


def to_phones(world):
    def create_call():
        placed = world.client.create_call(
            world.phone.identifier, world.hooks.callback, source_caller_id_number=own_number)
        check(placed, "connecting", world, [world.phone])
        equal(placed.source_caller_id_number.raw_id, own_number.raw_id)
        world.phone.accepts()
        call = Call(world, placed).connected(None)
        world.hooks.roster(call.id, lambda e: world.phone.id in listed(e))
        call.end()

    step(name("create_call, to a phone"), create_call)


def to_groups(world):
    def create_group_call():
        call = group_call_to(world, world.alice, world.bob)
        world.bob.hangs_up()
        world.hooks.roster(call.id, lambda e: len(listed(e)) == 2)
        call.end()
        world.hooks.assert_told(call.id, "CallConnected", "CallDisconnected")

    step(name("create_group_call"), create_group_call)


def answering(world):
    client = world.flavour.calls(source=world.support)
    hooks, alice, support = world.hooks, world.alice, world.support

    def answer_call():
        alice.calls(support.raw_id)
        incoming = hooks.incoming(support.raw_id)
        answered = client.answer_call(incoming["incomingCallContext"], hooks.callback, operation_context="answer")
        equal([answered.server_call_id, answered.correlation_id], [incoming["serverCallId"], incoming["correlationId"]])
        equal([answered.source.raw_id, answered.targets[0].raw_id], [alice.id, support.raw_id])
        equal(answered.answered_by.raw_id, support.raw_id)
        call = Call(world, answered).connected("answer")
        alice.hangs_up()
        outcome(hooks.event(call.id, "CallDisconnected"), 200, 0, "answer")
        hooks.assert_told(call.id, "CallConnected", "CallDisconnected")
        refused(lambda: client.answer_call(incoming["incomingCallContext"], hooks.callback), 404, "8522")

    step(name("answer_call"), answer_call)


def rejecting(world):
    def rejects(reason, code, sub_code):
        def run():
            world.alice.calls(world.support.raw_id)
            incoming = world.hooks.incoming(world.support.raw_id)["incomingCallContext"]
            world.client.reject_call(incoming, call_reject_reason=reason)
            why = world.alice.ended()
            equal([why["code"], why["subCode"]], [code, sub_code])

        return run

    for reason, code, sub_code in [("none", 603, 8538), ("busy", 486, 8539), ("forbidden", 603, 8538)]:
        step(name(f"reject_call, {reason}"), rejects(reason, code, sub_code))


def redirecting(world):
    alice, bob, support = world.alice, world.bob, world.support

    def redirect_call():
        alice.calls(support.raw_id)
        incoming = world.hooks.incoming(support.raw_id)["incomingCallContext"]
        world.client.redirect_call(incoming, bob.identifier)
        bob.accepts()
        alice.sees([alice.id, support.raw_id])  # a redirected leg keeps the name it was called by
        bob.hangs_up()
        equal(alice.ended()["code"], 0)

    step(name("redirect_call"), redirect_call)


def connecting(world):
    client, hooks, alice = world.client, world.hooks, world.alice

    def to_a_group():
        group = str(uuid.uuid4())
        alice.joins(group=group)
        call = Call(world, client.connect_call(hooks.callback, group_call_id=group, operation_context="join"))
        call.connected("join")
        hooks.roster(call.id, lambda e: alice.id in listed(e))
        call.connection.hang_up(is_for_everyone=False)
        hooks.event(call.id, "CallDisconnected")
        hooks.assert_told(call.id, "CallConnected", "CallDisconnected")
        alice.sees([alice.id])
        alice.hangs_up()

    def to_a_call():
        first = call_to(world, alice)
        server_call_id = first.properties.server_call_id
        second = Call(world, client.connect_call(hooks.callback, server_call_id=server_call_id, operation_context="second"))
        equal(second.properties.server_call_id, server_call_id)
        second.connected("second")
        first.end()
        hooks.event(second.id, "CallDisconnected")
        hooks.assert_told(second.id, "CallConnected", "CallDisconnected")

    def to_a_room():
        presenter = RoomParticipant(communication_identifier=alice.identifier, role=ParticipantRole.PRESENTER)
        room = world.flavour.rooms().create_room(participants=[presenter])
        alice.joins(room=room.id)
        call = Call(world, client.connect_call(hooks.callback, room_id=room.id, operation_context="room"))
        call.connected("room")
        hooks.roster(call.id, lambda e: alice.id in listed(e))
        call.end()

    def to_none():
        properties = client.connect_call(hooks.callback, server_call_id=str(uuid.uuid4()), operation_context="none")
        text(properties.call_connection_id)
        failed = hooks.event(properties.call_connection_id, "ConnectFailed")
        equal([failed["resultInformation"]["code"], failed["operationContext"]], [404, "none"])

    step(name("connect_call, to a group"), to_a_group)
    step(name("connect_call, to a call by its server call id"), to_a_call)
    step(name("connect_call, to a room"), to_a_room)
    step(name("connect_call, to a call that is none: ConnectFailed"), to_none)
