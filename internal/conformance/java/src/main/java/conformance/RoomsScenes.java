package conformance;

import static conformance.Expect.equal;
import static conformance.Expect.near;
import static conformance.Expect.refused;
import static conformance.Expect.that;
import static conformance.Steps.need;
import static conformance.Steps.step;

import com.azure.communication.common.CommunicationUserIdentifier;
import com.azure.communication.rooms.models.CommunicationRoom;
import com.azure.communication.rooms.models.CreateRoomOptions;
import com.azure.communication.rooms.models.ParticipantRole;
import com.azure.communication.rooms.models.RoomParticipant;
import com.azure.communication.rooms.models.UpdateRoomOptions;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** RoomsClient. */
final class RoomsScenes {
    private final Api api;
    private final Object client;
    private final CommunicationUserIdentifier ann;
    private final CommunicationUserIdentifier ben;
    private CommunicationRoom plain;
    private CommunicationRoom room;

    RoomsScenes(World world) throws Exception {
        api = world.api;
        client = world.rooms;
        ann = world.user();
        ben = world.user();
    }

    void run() {
        need("RoomsClient.createRoom, with nothing said", () -> {
            plain = api.call(client, "createRoom", new CreateRoomOptions());
            that(plain.getRoomId().matches("\\d+"), plain.getRoomId());
            near(plain.getCreatedAt(), inDays(0));
            near(plain.getValidFrom(), inDays(0));
            near(plain.getValidUntil(), inDays(180));
        });
        need("RoomsClient.createRoom", () -> {
            var people = List.of(new RoomParticipant(ann).setRole(ParticipantRole.PRESENTER), new RoomParticipant(ben));
            var options = new CreateRoomOptions().setValidFrom(inDays(1)).setValidUntil(inDays(2)).setParticipants(people);
            room = api.call(client, "createRoomWithResponse", options);
            near(room.getValidFrom(), inDays(1));
            near(room.getValidUntil(), inDays(2));
        });
        step("RoomsClient.getRoom", () -> {
            CommunicationRoom read = api.twice(client, "getRoom", room.getRoomId());
            equal(read.getRoomId(), room.getRoomId());
            equal(read.getValidUntil(), room.getValidUntil());
        });
        step("RoomsClient.updateRoom", () -> {
            var options = new UpdateRoomOptions().setValidFrom(inDays(1)).setValidUntil(inDays(5));
            CommunicationRoom updated = api.twice(client, "updateRoom", room.getRoomId(), options);
            near(updated.getValidUntil(), inDays(5));
        });
        step("RoomsClient.listRooms", () -> {
            List<CommunicationRoom> listed = api.list(client, "listRooms");
            that(listed.stream().map(CommunicationRoom::getRoomId).toList().containsAll(List.of(plain.getRoomId(), room.getRoomId())), listed);
        });
        step("RoomsClient.listParticipants", () -> equal(roles(), Map.of(ann.getId(), "Presenter", ben.getId(), "Attendee")));
        step("RoomsClient.addOrUpdateParticipants", () -> {
            var changed = List.of(new RoomParticipant(ben).setRole(ParticipantRole.CONSUMER));
            api.twice(client, "addOrUpdateParticipants", room.getRoomId(), changed);
            equal(roles(), Map.of(ann.getId(), "Presenter", ben.getId(), "Consumer"));
        });
        step("RoomsClient.removeParticipants", () -> {
            api.call(client, "removeParticipants", room.getRoomId(), List.of(ann));
            equal(roles(), Map.of(ben.getId(), "Consumer"));
            api.call(client, "removeParticipantsWithResponse", room.getRoomId(), List.of(ben));
            equal(roles(), Map.of());
        });
        step("RoomsClient.deleteRoom", () -> {
            api.call(client, "deleteRoom", room.getRoomId());
            api.call(client, "deleteRoomWithResponse", plain.getRoomId());
            refused(404, "", () -> api.call(client, "getRoom", room.getRoomId()));
        });
    }

    private Map<String, String> roles() throws Exception {
        List<RoomParticipant> listed = api.list(client, "listParticipants", room.getRoomId());
        Function<RoomParticipant, String> id = p -> p.getCommunicationIdentifier().getRawId();
        return listed.stream().collect(Collectors.toMap(id, p -> p.getRole().toString()));
    }

    private static OffsetDateTime inDays(int days) {
        return OffsetDateTime.now().plusDays(days);
    }
}
