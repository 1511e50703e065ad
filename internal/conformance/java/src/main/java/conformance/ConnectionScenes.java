package conformance;

import static conformance.Expect.equal;
import static conformance.Expect.refused;
import static conformance.Steps.scene;
import static conformance.Steps.step;
import static conformance.World.invite;
import static conformance.World.outcome;

import com.azure.communication.callautomation.models.AddParticipantOptions;
import com.azure.communication.callautomation.models.AddParticipantResult;
import com.azure.communication.callautomation.models.CallConnectionProperties;
import com.azure.communication.callautomation.models.CallParticipant;
import com.azure.communication.callautomation.models.RemoveParticipantOptions;
import com.azure.communication.callautomation.models.RemoveParticipantResult;
import com.azure.communication.callautomation.models.TransferCallResult;
import com.azure.communication.callautomation.models.TransferCallToParticipantOptions;
import com.azure.communication.callautomation.models.events.AddParticipantSucceeded;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** CallConnection: who is in a call, and how it ends. */
final class ConnectionScenes {
    private final World world;
    private final Api api;
    private final Webhooks hooks;
    private final Person alice;
    private final Person bob;
    private final Person carol;

    ConnectionScenes(World world) {
        this.world = world;
        api = world.api;
        hooks = world.hooks;
        alice = world.alice;
        bob = world.bob;
        carol = world.carol;
    }

    void run() {
        scene("reading", this::reading);
        scene("adding", this::adding);
        scene("removing", this::removing);
        scene("leaving", this::leaving);
        scene("transferring", this::transferring);
    }

    private void reading() throws Exception {
        World.Call call = world.callTo(alice);
        step("CallConnection.getCallProperties", () -> {
            CallConnectionProperties read = api.twice(call.connection(), "getCallProperties");
            equal(read.getCallConnectionState().toString(), "connected");
            equal(read.getServerCallId(), call.properties().getServerCallId());
            equal(read.getTargetParticipants(), List.of(alice.identifier));
        });
        step("CallConnection.listParticipants", () -> {
            List<CallParticipant> listed = api.list(call.connection(), "listParticipants");
            Set<String> ids = listed.stream().map(p -> p.getIdentifier().getRawId()).collect(Collectors.toSet());
            equal(ids, Set.of(alice.id, call.application()));
        });
        step("CallConnection.getParticipant", () -> {
            CallParticipant read = api.twice(call.connection(), "getParticipant", alice.identifier);
            equal(read.getIdentifier(), alice.identifier);
            equal(read.isMuted(), false);
            refused(404, "8522", () -> api.call(call.connection(), "getParticipant", bob.identifier));
        });
        step("CallConnection.hangUp, for everybody", () -> {
            outcome(world.end(call), 200, 7000, "call");
            equal(alice.ended().get("subCode").asInt(), 7000);
            hooks.assertTold(call.id(), "CallConnected", "CallDisconnected");
        });
    }

    private void adding() throws Exception {
        World.Call call = world.callTo(alice);
        step("CallConnection.addParticipant", () -> {
            AddParticipantResult added = api.call(call.connection(), "addParticipant", invite(bob));
            equal(added.getParticipant().getIdentifier(), bob.identifier);
            bob.accepts();
            var joined = hooks.event(call.id(), "AddParticipantSucceeded");
            outcome(joined, 200, 0, null);
            equal(((AddParticipantSucceeded) joined.event()).getParticipant(), bob.identifier);
        });
        step("CallConnection.addParticipant, who declines: AddParticipantFailed", () -> {
            var options = new AddParticipantOptions(invite(carol)).setOperationContext("declined").setInvitationTimeout(Duration.ofSeconds(20));
            AddParticipantResult added = api.call(call.connection(), "addParticipantWithResponse", options);
            equal(added.getOperationContext(), "declined");
            carol.declines(false);
            outcome(hooks.event(call.id(), "AddParticipantFailed"), 603, 8538, "declined");
            world.end(call);
            hooks.assertTold(call.id(), "CallConnected", "AddParticipantSucceeded", "AddParticipantFailed", "CallDisconnected");
        });
    }

    private void removing() throws Exception {
        World.Call call = world.groupCallTo(alice, bob, carol);
        step("CallConnection.removeParticipant", () -> {
            api.call(call.connection(), "removeParticipant", bob.identifier);
            outcome(hooks.event(call.id(), "RemoveParticipantSucceeded"), 200, 0, null);
            hooks.roster(call.id(), 3);
            equal(bob.ended().get("code").asInt(), 0);
        });
        step("CallConnection.removeParticipantWithResponse", () -> {
            var options = new RemoveParticipantOptions(carol.identifier).setOperationContext("remove");
            RemoveParticipantResult removed = api.call(call.connection(), "removeParticipantWithResponse", options);
            equal(removed.getOperationContext(), "remove");
            outcome(hooks.event(call.id(), "RemoveParticipantSucceeded"), 200, 0, "remove");
            refused(404, "8522", () -> api.call(call.connection(), "removeParticipant", carol.identifier));
            world.end(call);
        });
    }

    private void leaving() throws Exception {
        step("CallConnection.hangUp, of a group call that goes on", () -> {
            World.Call call = world.groupCallTo(alice, bob);
            api.call(call.connection(), "hangUpWithResponse", false);
            outcome(hooks.event(call.id(), "CallDisconnected"), 200, 7000, "group");
            alice.sees(alice.id, bob.id);
            bob.hangsUp();
            alice.hangsUp();
        });
    }

    private void transferring() throws Exception {
        step("CallConnection.transferCallToParticipant", () -> {
            World.Call call = world.callTo(alice);
            api.call(call.connection(), "transferCallToParticipant", bob.identifier);
            transferred(call, null);
        });
        step("CallConnection.transferCallToParticipantWithResponse", () -> {
            World.Call call = world.callTo(alice);
            var options = new TransferCallToParticipantOptions(bob.identifier).setOperationContext("transfer");
            TransferCallResult sent = api.call(call.connection(), "transferCallToParticipantWithResponse", options);
            equal(sent.getOperationContext(), "transfer");
            transferred(call, "transfer");
        });
    }

    private void transferred(World.Call call, String context) throws Exception {
        equal(bob.rings().get("from").asText(), alice.id);
        bob.accepts();
        outcome(hooks.event(call.id(), "CallTransferAccepted"), 200, 0, context);
        hooks.event(call.id(), "CallDisconnected");
        hooks.assertTold(call.id(), "CallConnected", "CallTransferAccepted", "CallDisconnected");
        alice.sees(alice.id, bob.id);
        bob.hangsUp();
    }
}
