"""RoomsClient."""

from datetime import datetime, timedelta, timezone

from azure.communication.rooms import ParticipantRole, RoomParticipant

from expect import equal, near, refused
from steps import need, scene, step


def name(method):
    return f"RoomsClient.{method}"


def within(days):
    return datetime.now(timezone.utc) + timedelta(days=days)


def rooms(world):
    client, identity = world.flavour.rooms(), world.flavour.identity()
    ann, ben, cleo = [identity.create_user() for _ in range(3)]
    made = {}

    def roles():
        return {p.communication_identifier.raw_id: p.role for p in client.list_participants(made["room"].id)}

    def create_room_with_nothing_said():
        room = made["plain"] = client.create_room()
        assert room.id.isdigit(), room.id
        near(room.created_at, within(0))
        near(room.valid_from, within(0))
        near(room.valid_until, within(180))
        equal(room.pstn_dial_out_enabled, False)

    def create_room():
        participants = [
            RoomParticipant(communication_identifier=ann, role=ParticipantRole.PRESENTER),
            RoomParticipant(communication_identifier=ben),
        ]
        room = made["room"] = client.create_room(
            valid_from=within(1), valid_until=within(2), pstn_dial_out_enabled=True, participants=participants)
        near(room.valid_from, within(1))
        near(room.valid_until, within(2))
        equal(room.pstn_dial_out_enabled, True)

    def get_room():
        room = client.get_room(made["room"].id)
        equal([room.id, room.valid_until], [made["room"].id, made["room"].valid_until])

    def update_room():
        room = client.update_room(
            room_id=made["room"].id, valid_from=within(1), valid_until=within(5), pstn_dial_out_enabled=False)
        near(room.valid_until, within(5))
        equal(room.pstn_dial_out_enabled, False)

    def list_rooms():
        listed = {room.id for room in client.list_rooms()}
        assert {made["plain"].id, made["room"].id} <= listed, listed

    def list_participants():
        equal(roles(), {ann.raw_id: "Presenter", ben.raw_id: "Attendee"})

    def add_or_update_participants():
        changed = [RoomParticipant(communication_identifier=who, role=role) for who, role in [
            (ben, ParticipantRole.CONSUMER), (cleo, ParticipantRole.COLLABORATOR)]]
        client.add_or_update_participants(room_id=made["room"].id, participants=changed)
        equal(roles(), {ann.raw_id: "Presenter", ben.raw_id: "Consumer", cleo.raw_id: "Collaborator"})

    def remove_participants():
        client.remove_participants(room_id=made["room"].id, participants=[ann, cleo])
        equal(roles(), {ben.raw_id: "Consumer"})

    def delete_room():
        equal(client.delete_room(made["room"].id), None)
        refused(lambda: client.get_room(made["room"].id), 404)

    with scene():
        need(name("create_room, with nothing said"), create_room_with_nothing_said)
        need(name("create_room"), create_room)
        step(name("get_room"), get_room)
        step(name("update_room"), update_room)
        step(name("list_rooms"), list_rooms)
        step(name("list_participants"), list_participants)
        step(name("add_or_update_participants"), add_or_update_participants)
        step(name("remove_participants"), remove_participants)
        step(name("delete_room"), delete_room)
