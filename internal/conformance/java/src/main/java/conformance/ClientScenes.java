package conformance;

import static conformance.Expect.equal;
import static conformance.Expect.refused;
import static conformance.Steps.need;
import static conformance.Steps.scene;
import static conformance.Steps.step;
import static conformance.World.invite;
import static conformance.World.outcome;

import com.azure.communication.callautomation.models.AnswerCallOptions;
import com.azure.communication.callautomation.models.CallConnectionProperties;
import com.azure.communication.callautomation.models.CallRejectReason;
import com.azure.communication.callautomation.models.CallResult;
import com.azure.communication.callautomation.models.CreateCallOptions;
import com.azure.communication.callautomation.models.RedirectCallOptions;
import com.azure.communication.callautomation.models.RejectCallOptions;
import com.azure.communication.callautomation.models.events.ParticipantsUpdated;
import com.azure.communication.common.CommunicationIdentifier;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** CallAutomationClient: how calls begin. */
final class ClientScenes {
    private final World world;
    private final Api api;
    private final Webhooks hooks;
    private final Person alice;
    private final Person bob;

    ClientScenes(World world) {
        this.world = world;
        api = world.api;
        hooks = world.hooks;
        alice = world.alice;
        bob = world.bob;
    }

    void run() {
        scene("handles", this::handles);
        scene("tokens", this::tokens);
        scene("creating", this::creating);
        scene("failing", this::failing);
        scene("to groups", this::toGroups);
        scene("answering", this::answering);
        scene("rejecting", this::rejecting);
        scene("redirecting", this::redirecting);
    }

    private void handles() {
        step("CallAutomationClient.getCallConnection", () -> {
            Object unknown = api.handle(world.client, "getCallConnection", UUID.randomUUID().toString());
            refused(404, "8522", () -> api.call(unknown, "getCallProperties"));
        });
        step("CallAutomationClient.getSourceIdentity", () -> {
            equal(api.call(world.client, "getSourceIdentity"), null);
            equal(api.call(world.clientOf(world.support), "getSourceIdentity"), world.support);
        });
    }

    /** The client takes tokens of the company's instead of the key. */
    private void tokens() {
        step("CallAutomationClient, with a token", () -> {
            Object client = world.clientWith("https://communication.azure.com");
            CallResult placed = api.call(client, "createCall", invite(alice), hooks.callback);
            alice.accepts();
            world.end(world.connected(placed, null));
        });
        step("CallAutomationClient, with a token for somebody else", () -> {
            Object client = world.clientWith("https://graph.microsoft.com");
            Object unknown = api.handle(client, "getCallConnection", UUID.randomUUID().toString());
            refused(401, "Unauthorized", () -> api.call(unknown, "getCallProperties"));
        });
    }

    private void creating() {
        step("CallAutomationClient.createCall: CallConnected, then ParticipantsUpdated", () -> {
            CallResult placed = api.call(world.client, "createCall", invite(alice).setSourceDisplayName("Support"), hooks.callback);
            CallConnectionProperties p = placed.getCallConnectionProperties();
            equal(p.getCallConnectionState().toString(), "connecting");
            equal(p.getCallbackUrl(), hooks.callback);
            equal(p.getSourceDisplayName(), "Support");
            equal(p.getTargetParticipants(), List.of(alice.identifier));
            equal(alice.rings().get("name").asText(), "Support");
            alice.accepts();
            World.Call call = world.connected(placed, null);
            var roster = (ParticipantsUpdated) hooks.event(call.id(), "ParticipantsUpdated").event();
            Set<String> ids = roster.getParticipants().stream().map(one -> one.getIdentifier().getRawId()).collect(Collectors.toSet());
            equal(ids, Set.of(alice.id, call.application()));
            world.end(call);
            hooks.assertTold(call.id(), "CallConnected", "CallDisconnected");
        });
        step("CallAutomationClient.createCall, to a phone", () -> {
            CallResult placed = api.call(world.client, "createCallWithResponse", new CreateCallOptions(invite(world.phone), hooks.callback));
            equal(placed.getCallConnectionProperties().getSourceCallerIdNumber().getPhoneNumber(), World.OWN_NUMBER.getPhoneNumber());
            world.phone.accepts();
            world.end(world.connected(placed, null));
        });
        step("CallAutomationClient.createCall, with no address for events", () ->
                refused(400, "8523", () -> api.call(world.client, "createCall", invite(alice), "nowhere")));
    }

    /** CreateCallFailed came after this SDK: its parser does not know it. */
    private void failing() {
        step("CallAutomationClient.createCall, which is declined: CreateCallFailed", () -> {
            CallResult placed = api.call(world.client, "createCall", invite(alice), hooks.callback);
            alice.declines(false);
            String id = placed.getCallConnectionProperties().getCallConnectionId();
            outcome(hooks.event(id, "CreateCallFailed"), 603, 8538, null);
            hooks.assertTold(id, "CreateCallFailed");
        });
    }

    private void toGroups() {
        step("CallAutomationClient.createGroupCall", () -> {
            List<CommunicationIdentifier> targets = List.of(alice.identifier, bob.identifier);
            CallResult placed = api.call(world.client, "createGroupCall", targets, hooks.callback);
            alice.accepts();
            bob.accepts();
            World.Call call = world.connected(placed, null);
            hooks.roster(call.id(), 3);
            bob.hangsUp();
            hooks.roster(call.id(), 2);
            world.end(call);
            hooks.assertTold(call.id(), "CallConnected", "CallDisconnected");
        });
    }

    private JsonNode incoming() throws Exception {
        alice.calls(world.support.getId());
        return hooks.incoming(world.support.getId());
    }

    private void answering() {
        step("CallAutomationClient.answerCall", () -> {
            JsonNode call = incoming();
            answered(call, api.call(world.client, "answerCall", call.get("incomingCallContext").asText(), hooks.callback), null);
        });
        step("CallAutomationClient.answerCallWithResponse", () -> {
            JsonNode call = incoming();
            var options = new AnswerCallOptions(call.get("incomingCallContext").asText(), hooks.callback).setOperationContext("answer");
            CallResult answer = api.call(world.clientOf(world.support), "answerCallWithResponse", options);
            equal(answer.getCallConnectionProperties().getAnsweredBy(), world.support);
            answered(call, answer, "answer");
            refused(404, "8522", () -> api.call(world.client, "answerCallWithResponse", options));
        });
    }

    private void answered(JsonNode incoming, CallResult answer, String context) throws Exception {
        CallConnectionProperties p = answer.getCallConnectionProperties();
        equal(p.getServerCallId(), incoming.get("serverCallId").asText());
        equal(p.getCorrelationId(), incoming.get("correlationId").asText());
        equal(p.getSource(), alice.identifier);
        World.Call call = world.connected(answer, context);
        alice.hangsUp();
        outcome(hooks.event(call.id(), "CallDisconnected"), 200, 0, context);
        hooks.assertTold(call.id(), "CallConnected", "CallDisconnected");
    }

    private void rejecting() {
        step("CallAutomationClient.rejectCall", () -> {
            api.call(world.client, "rejectCall", incoming().get("incomingCallContext").asText());
            endedWith(603, 8538);
        });
        var reasons = Map.of(CallRejectReason.BUSY, List.of(486, 8539), CallRejectReason.FORBIDDEN, List.of(603, 8538));
        reasons.forEach((reason, codes) -> step("CallAutomationClient.rejectCall, " + reason, () -> {
            var options = new RejectCallOptions(incoming().get("incomingCallContext").asText()).setCallRejectReason(reason);
            api.call(world.client, "rejectCallWithResponse", options);
            endedWith(codes.get(0), codes.get(1));
        }));
    }

    private void endedWith(int code, int subCode) throws Exception {
        JsonNode why = alice.ended();
        equal(List.of(why.get("code").asInt(), why.get("subCode").asInt()), List.of(code, subCode));
    }

    private void redirecting() {
        need("CallAutomationClient.redirectCall", () -> {
            api.call(world.client, "redirectCall", incoming().get("incomingCallContext").asText(), invite(bob));
            redirected();
        });
        step("CallAutomationClient.redirectCallWithResponse", () -> {
            var options = new RedirectCallOptions(incoming().get("incomingCallContext").asText(), invite(bob));
            api.call(world.client, "redirectCallWithResponse", options);
            redirected();
            refused(404, "8522", () -> api.call(world.client, "redirectCallWithResponse", options));
        });
    }

    private void redirected() throws Exception {
        bob.accepts();
        alice.sees(alice.id, world.support.getId()); // a redirected leg keeps the name it was called by
        bob.hangsUp();
        equal(alice.ended().get("code").asInt(), 0);
    }
}
