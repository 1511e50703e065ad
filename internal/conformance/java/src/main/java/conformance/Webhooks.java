package conformance;

import static conformance.Expect.equal;
import static conformance.Expect.that;

import com.azure.communication.callautomation.CallAutomationEventParser;
import com.azure.communication.callautomation.models.events.CallAutomationEventBase;
import com.azure.core.models.CloudEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The web server that every application of this kind has. */
final class Webhooks {
    private static final String PREFIX = "Microsoft.Communication.";
    private static final long PATIENCE = 12_000;

    /** An event as it came, and as the SDK's parser gave it, which is null for those that came after this SDK. */
    record Told(String path, String kind, JsonNode data, CallAutomationEventBase event) {
        String connection() {
            return data.path("callConnectionId").asText();
        }
    }

    private final ObjectMapper json = new ObjectMapper();
    private final List<Told> unread = new ArrayList<>();
    private final Map<String, List<String>> told = new HashMap<>();
    private final Set<String> seen = new TreeSet<>();
    private final Set<String> wrong = new TreeSet<>();
    final String origin;
    final String callback;

    Webhooks() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::take);
        server.start();
        origin = "http://127.0.0.1:" + server.getAddress().getPort();
        callback = origin + "/calls?secret=a:b+c";
    }

    /** What was wrong with events. */
    synchronized Set<String> wrong() {
        return new TreeSet<>(wrong);
    }

    /** The next event of a kind that a connection is told. */
    Told event(String connection, String kind) throws InterruptedException {
        return next(kind, t -> t.kind.equals(kind) && t.connection().equals(connection));
    }

    /** The next list of participants that has so many. */
    Told roster(String connection, int size) throws InterruptedException {
        return next("ParticipantsUpdated with " + size, t -> t.kind.equals("ParticipantsUpdated")
                && t.connection().equals(connection) && t.data.get("participants").size() == size);
    }

    /** The next call to somebody. */
    JsonNode incoming(String to) throws InterruptedException {
        return next("IncomingCall", t -> t.kind.equals("IncomingCall") && t.data.at("/to/rawId").asText().equals(to)).data;
    }

    /** Fails unless a connection was told exactly that, in that order, between lists of participants. */
    synchronized void assertTold(String connection, String... kinds) {
        List<String> all = told.getOrDefault(connection, List.of());
        equal(all.stream().filter(k -> !k.equals("ParticipantsUpdated")).toList(), Arrays.asList(kinds));
        equal(all.get(all.size() - 1), kinds[kinds.length - 1]);
    }

    private synchronized Told next(String what, Predicate<Told> passes) throws InterruptedException {
        for (long end = System.currentTimeMillis() + PATIENCE;;) {
            for (Told one : unread) {
                if (passes.test(one)) {
                    unread.remove(one);
                    return one;
                }
            }
            long left = end - System.currentTimeMillis();
            that(left > 0, what + " does not come");
            wait(left);
        }
    }

    private void take(HttpExchange request) throws IOException {
        String body = new String(request.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        JsonNode first = json.readTree(body).get(0);
        String code = first.at("/data/validationCode").asText();
        byte[] answer = json.writeValueAsBytes(Map.of("validationResponse", code));
        request.sendResponseHeaders(200, answer.length);
        try (var out = request.getResponseBody()) {
            out.write(answer);
        }
        if (code.isEmpty()) {
            keep(request, first, body);
        }
    }

    private synchronized void keep(HttpExchange request, JsonNode first, String body) {
        String path = request.getRequestURI().getPath();
        String kind = first.path("type").asText(first.path("eventType").asText()).replace(PREFIX, "");
        CallAutomationEventBase event = null;
        if (path.equals("/calls")) {
            told.computeIfAbsent(first.at("/data/callConnectionId").asText(), c -> new ArrayList<>()).add(kind);
            try {
                event = checked(request, kind, body);
            } catch (RuntimeException | AssertionError error) {
                wrong.add(kind + ": " + error);
            }
        }
        unread.add(new Told(path, kind, first.get("data"), event));
        notifyAll();
    }

    /** One event, in an envelope that Azure's own class reads, and that the SDK's parser makes the right class of. */
    private CallAutomationEventBase checked(HttpExchange request, String kind, String body) {
        that(request.getRequestHeaders().getFirst("Content-Type").startsWith("application/json"), "content type");
        that(request.getRequestHeaders().getFirst("Authorization").startsWith("Bearer "), "token");
        List<CloudEvent> envelopes = CloudEvent.fromString(body);
        equal(envelopes.size(), 1);
        CloudEvent envelope = envelopes.get(0);
        that(seen.add(envelope.getId()), "it came twice");
        equal(envelope.getSubject(), envelope.getSource());
        that(envelope.getTime() != null, "a time");
        List<CallAutomationEventBase> parsed = CallAutomationEventParser.parseEvents(body);
        CallAutomationEventBase event = parsed.isEmpty() ? null : parsed.get(0);
        if (event == null) {
            return null;
        }
        equal(event.getClass().getSimpleName(), kind);
        equal(envelope.getSource(), "calling/callConnections/" + event.getCallConnectionId());
        Expect.text(event.getServerCallId());
        Expect.text(event.getCorrelationId());
        return event;
    }
}
