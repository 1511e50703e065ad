"""CallConnectionClient: who is in a call, and how it ends."""

from automation import own_number
from calls import call_to, check, group_call_to, outcome
from expect import equal, ids, listed, refused, text
from steps import scene, step


def name(method):
    return f"CallConnectionClient.{method}"


def connection(world):
    for part in (reading, adding, cancelling, removing, leaving, transferring, moving):
        with scene():
            part(world)


def reading(world):
    call = call_to(world, world.alice)
    hooks, alice, bob, connection = world.hooks, world.alice, world.bob, call.connection

    def from_connection_string():
        equal(world.flavour.connection(call.id).get_call_properties().call_connection_id, call.id)

    def get_call_properties():
        read = connection.get_call_properties()
        check(read, "connected", world, [alice])
        equal(read.server_call_id, call.properties.server_call_id)

    def list_participants():
        found = list(connection.list_participants())
        equal(ids(found), sorted([alice.id, call.application]))
        equal({(p.is_muted, p.is_on_hold) for p in found}, {(False, False)})

    def get_participant():
        found = connection.get_participant(alice.identifier)
        equal([found.identifier.raw_id, found.is_muted, found.is_on_hold], [alice.id, False, False])
        refused(lambda: connection.get_participant(bob.identifier), 404, "8522")

    def mute_participant():
        equal(connection.mute_participant(alice.identifier, operation_context="mute").operation_context, "mute")
        hooks.roster(call.id, lambda e: any(p["isMuted"] for p in e["participants"]))
        alice.is_muted()
        assert connection.get_participant(alice.identifier).is_muted

    def hang_up():
        outcome(call.end(), 200, 7000, "call")
        why = alice.ended()
        equal([why["code"], why["subCode"]], [0, 7000])
        hooks.assert_told(call.id, "CallConnected", "CallDisconnected")
        refused(connection.get_call_properties, 404, "8522")

    step(name("from_connection_string"), from_connection_string)
    step(name("get_call_properties"), get_call_properties)
    step(name("list_participants"), list_participants)
    step(name("get_participant"), get_participant)
    step(name("mute_participant"), mute_participant)
    step(name("hang_up, for everybody"), hang_up)


def adding(world):
    call = call_to(world, world.alice)
    hooks, bob, carol, phone = world.hooks, world.bob, world.carol, world.phone

    def add_participant():
        added = call.connection.add_participant(
            bob.identifier, invitation_timeout=20, operation_context="add", source_display_name="Support",
            voip_headers={"order": "77"}, sip_headers={"User-To-User": "abc", "X-MS-Custom-ticket": "12"})
        text(added.invitation_id)
        equal([added.operation_context, added.participant.identifier.raw_id], ["add", bob.id])
        custom = bob.rings()["custom"]
        equal(custom["voipHeaders"], {"order": "77"})
        equal(custom["sipHeaders"], {"User-To-User": "abc", "X-MS-Custom-ticket": "12"})
        bob.accepts()
        joined = hooks.event(call.id, "AddParticipantSucceeded")
        outcome(joined, 200, 0, "add")
        equal(joined["participant"]["rawId"], bob.id)
        hooks.roster(call.id, lambda e: bob.id in listed(e))

    def who_declines():
        call.connection.add_participant(carol.identifier, operation_context="declined")
        carol.declines()
        outcome(hooks.event(call.id, "AddParticipantFailed"), 603, 8538, "declined")

    def by_phone():
        call.connection.add_participant(
            phone.identifier, source_caller_id_number=own_number, operation_callback_url=hooks.elsewhere)
        phone.accepts()
        joined = hooks.event(call.id, "AddParticipantSucceeded", path="/elsewhere")
        equal(joined["participant"]["phoneNumber"]["value"], phone.identifier.properties["value"])

    def told():
        call.end()
        hooks.assert_told(call.id, "CallConnected", "AddParticipantSucceeded", "AddParticipantFailed",
                          "AddParticipantSucceeded", "CallDisconnected")

    step(name("add_participant"), add_participant)
    step(name("add_participant, who declines: AddParticipantFailed"), who_declines)
    step(name("add_participant, by phone, told elsewhere"), by_phone)
    step("add_participant: what the call was told", told)


def cancelling(world):
    call = call_to(world, world.alice)
    hooks, bob = world.hooks, world.bob

    def cancel_add():
        invitation = call.connection.add_participant(bob.identifier).invitation_id
        bob.rings()
        cancelled = call.connection.cancel_add_participant_operation(invitation, operation_context="cancel")
        equal([cancelled.invitation_id, cancelled.operation_context], [invitation, "cancel"])
        event = hooks.event(call.id, "CancelAddParticipantSucceeded")
        outcome(event, 200, 0, "cancel")
        equal(event["invitationId"], invitation)
        equal(bob.misses()["code"], 487)

    def cancel_none():
        call.connection.cancel_add_participant_operation("none", operation_context="none")
        outcome(hooks.event(call.id, "CancelAddParticipantFailed"), 404, 8522, "none")
        call.end()

    step(name("cancel_add_participant_operation"), cancel_add)
    step(name("cancel_add_participant_operation, of no invitation: CancelAddParticipantFailed"), cancel_none)


def removing(world):
    def remove_participant():
        hooks, bob = world.hooks, world.bob
        call = group_call_to(world, world.alice, bob)
        equal(call.connection.remove_participant(bob.identifier, operation_context="remove").operation_context, "remove")
        event = hooks.event(call.id, "RemoveParticipantSucceeded")
        outcome(event, 200, 0, "remove")
        equal(event["participant"]["rawId"], bob.id)
        hooks.roster(call.id, lambda e: bob.id not in listed(e))
        equal(bob.ended()["code"], 0)
        refused(lambda: call.connection.remove_participant(bob.identifier), 404, "8522")
        call.end()
        hooks.assert_told(call.id, "CallConnected", "RemoveParticipantSucceeded", "CallDisconnected")

    step(name("remove_participant"), remove_participant)


def leaving(world):
    def hang_up():
        alice, bob = world.alice, world.bob
        call = group_call_to(world, alice, bob)
        call.connection.hang_up(is_for_everyone=False)
        outcome(world.hooks.event(call.id, "CallDisconnected"), 200, 7000, "group")
        alice.sees([alice.id, bob.id])
        bob.hangs_up()
        alice.hangs_up()

    step(name("hang_up, of a group call that goes on"), hang_up)


def transferring(world):
    hooks, alice, bob, carol = world.hooks, world.alice, world.bob, world.carol

    def blind():
        call = call_to(world, alice)
        sent = call.connection.transfer_call_to_participant(
            bob.identifier, operation_context="transfer", voip_headers={"order": "78"})
        equal(sent.operation_context, "transfer")
        ring = bob.rings()
        equal([ring["from"], ring["custom"]["voipHeaders"]], [alice.id, {"order": "78"}])
        bob.accepts()
        accepted = hooks.event(call.id, "CallTransferAccepted")
        outcome(accepted, 200, 0, "transfer")
        equal([accepted["transferTarget"]["rawId"], accepted["transferee"]["rawId"]], [bob.id, alice.id])
        hooks.event(call.id, "CallDisconnected")
        hooks.assert_told(call.id, "CallConnected", "CallTransferAccepted", "CallDisconnected")
        alice.sees([alice.id, bob.id])
        bob.hangs_up()

    def who_declines():
        call = call_to(world, alice)
        call.connection.transfer_call_to_participant(carol.identifier, operation_context="declined")
        carol.declines()
        outcome(hooks.event(call.id, "CallTransferFailed"), 603, 8538, "declined")
        equal(call.connection.get_call_properties().call_connection_state, "connected")
        call.end()

    def of_one_in_a_group():
        call = group_call_to(world, alice, bob)
        call.connection.transfer_call_to_participant(
            carol.identifier, transferee=bob.identifier, operation_context="group transfer",
            operation_callback_url=hooks.elsewhere)
        carol.accepts()
        outcome(hooks.event(call.id, "CallTransferAccepted", path="/elsewhere"), 200, 0, "group transfer")
        hooks.roster(call.id, lambda e: bob.id not in listed(e))
        carol.sees([bob.id, carol.id])
        call.end()
        carol.hangs_up()

    step(name("transfer_call_to_participant"), blind)
    step(name("transfer_call_to_participant, who declines: CallTransferFailed"), who_declines)
    step(name("transfer_call_to_participant, of one in a group"), of_one_in_a_group)


def moving(world):
    hooks, alice, bob = world.hooks, world.alice, world.bob

    def move_participants():
        lobby, target = call_to(world, alice, "lobby"), call_to(world, bob, "target")
        moved = target.connection.move_participants([alice.identifier], lobby.id, operation_context="move")
        equal([moved.operation_context, moved.from_call], ["move", lobby.id])
        event = hooks.event(target.id, "MoveParticipantSucceeded")
        outcome(event, 200, 0, "move")
        equal([event["participant"]["rawId"], event["fromCall"]], [alice.id, lobby.id])
        hooks.roster(target.id, lambda e: alice.id in listed(e))
        hooks.event(lobby.id, "CallDisconnected")
        alice.sees([alice.id, bob.id, target.application])
        target.end()
        hooks.assert_told(target.id, "CallConnected", "MoveParticipantSucceeded", "CallDisconnected")

    step(name("move_participants"), move_participants)
