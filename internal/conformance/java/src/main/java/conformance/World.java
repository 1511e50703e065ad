package conformance;

import static conformance.Expect.equal;
import static conformance.Expect.text;

import com.azure.communication.callautomation.CallAutomationClientBuilder;
import com.azure.communication.callautomation.models.CallConnectionProperties;
import com.azure.communication.callautomation.models.CallInvite;
import com.azure.communication.callautomation.models.CallResult;
import com.azure.communication.callautomation.models.CreateCallOptions;
import com.azure.communication.callautomation.models.CreateGroupCallOptions;
import com.azure.communication.common.CommunicationIdentifier;
import com.azure.communication.common.CommunicationUserIdentifier;
import com.azure.communication.common.PhoneNumberIdentifier;
import com.azure.communication.identity.CommunicationIdentityClientBuilder;
import com.azure.communication.rooms.RoomsClientBuilder;
import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/** Everything that the scenes need. */
final class World {
    static final PhoneNumberIdentifier OWN_NUMBER = new PhoneNumberIdentifier("+15551230000");

    final String connectionString;
    final String door;
    final boolean async;
    final Api api;
    final Webhooks hooks = new Webhooks();
    final Object client;
    final Object identities;
    final Object rooms;
    final Person alice;
    final Person bob;
    final Person carol;
    final Person phone;
    final CommunicationUserIdentifier support;

    World(String connectionString, String door, boolean async, Api api) throws Exception {
        this.connectionString = connectionString;
        this.door = door;
        this.async = async;
        this.api = api;
        client = clientOf(null);
        var identity = new CommunicationIdentityClientBuilder().connectionString(connectionString);
        identities = async ? identity.buildAsyncClient() : identity.buildClient();
        var room = new RoomsClientBuilder().connectionString(connectionString);
        rooms = async ? room.buildAsyncClient() : room.buildClient();
        alice = new Person(door, "alice", user());
        bob = new Person(door, "bob", user());
        carol = new Person(door, "carol", user());
        phone = new Person(door, "phone", new PhoneNumberIdentifier("+15551230001"));
        support = user();
        Subscription.make(connectionString, "support", hooks.origin + "/incoming", support.getId());
    }

    /** A client of calls, with an identity of its own or none. */
    Object clientOf(CommunicationUserIdentifier source) {
        var builder = new CallAutomationClientBuilder().connectionString(connectionString).sourceIdentity(source);
        return async ? builder.buildAsyncClient() : builder.buildClient();
    }

    /** A client of calls that has tokens of the company's for an audience instead of the key. */
    Object clientWith(String audience) {
        TokenCredential credential = request -> Mono.fromCallable(() -> {
            equal(request.getScopes(), List.of("https://communication.azure.com//.default"));
            String token = Person.login(door, "a service", UUID.randomUUID().toString(), audience);
            return new AccessToken(token, OffsetDateTime.now().plusHours(1));
        });
        String endpoint = connectionString.replaceFirst("^endpoint=", "").replaceFirst(";.*", "");
        var builder = new CallAutomationClientBuilder().endpoint(endpoint).credential(credential);
        return async ? builder.buildAsyncClient() : builder.buildClient();
    }

    CommunicationUserIdentifier user() throws Exception {
        return api.call(identities, "createUser");
    }

    static CallInvite invite(Person person) {
        if (person.identifier instanceof PhoneNumberIdentifier number) {
            return new CallInvite(number, OWN_NUMBER);
        }
        return new CallInvite((CommunicationUserIdentifier) person.identifier);
    }

    /** A call of the application's. */
    record Call(String id, CallConnectionProperties properties, Object connection) {
        String application() {
            return properties.getSource().getRawId();
        }
    }

    /** The call of an answer. */
    Call call(CallResult answer) throws Exception {
        CallConnectionProperties p = answer.getCallConnectionProperties();
        text(p.getServerCallId());
        return new Call(p.getCallConnectionId(), p, api.handle(client, "getCallConnection", p.getCallConnectionId()));
    }

    /** The call of an answer, once it is connected. */
    Call connected(CallResult answer, String context) throws Exception {
        Call call = call(answer);
        outcome(hooks.event(call.id, "CallConnected"), 200, 0, context);
        return call;
    }

    /** A call to somebody who accepts it. */
    Call callTo(Person person) throws Exception {
        var options = new CreateCallOptions(invite(person), hooks.callback).setOperationContext("call");
        CallResult placed = api.call(client, "createCallWithResponse", options);
        person.accepts();
        return connected(placed, "call");
    }

    /** A group call of some people, who accept it. */
    Call groupCallTo(Person... people) throws Exception {
        List<CommunicationIdentifier> targets = Stream.of(people).map(p -> p.identifier).toList();
        var options = new CreateGroupCallOptions(targets, hooks.callback).setOperationContext("group").setSourceDisplayName("Support");
        CallResult placed = api.call(client, "createGroupCallWithResponse", options);
        for (Person person : people) {
            person.accepts();
        }
        Call call = connected(placed, "group");
        hooks.roster(call.id, people.length + 1);
        return call;
    }

    /** Ends a call for everybody, and waits for its last event. */
    Webhooks.Told end(Call call) throws Exception {
        api.call(call.connection, "hangUp", true);
        return hooks.event(call.id, "CallDisconnected");
    }

    /** Checks the resultInformation of an event, and its operationContext, which may be null. */
    static void outcome(Webhooks.Told told, int code, int subCode, String context) {
        JsonNode result = told.data().get("resultInformation");
        equal(List.of(result.get("code").asInt(), result.get("subCode").asInt()), List.of(code, subCode));
        equal(told.data().path("operationContext").asText(null), context);
        if (told.event() != null) {
            equal(told.event().getOperationContext(), context);
        }
    }
}
