package conformance;

import com.azure.communication.common.CommunicationIdentifier;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;

/** Somebody on the other side, with a telephone, who does what is asked for at the test's door. */
final class Person {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    final CommunicationIdentifier identifier;
    final String id;
    private final String url;

    Person(String door, String name, CommunicationIdentifier identifier) throws Exception {
        this.identifier = identifier;
        id = identifier.getRawId();
        url = door + "/people/" + name;
        ask("PUT", url, Map.of("id", id));
    }

    /** A token of the company for one of its people. */
    static String login(String door, String user, String application) throws Exception {
        return login(door, user, application, "");
    }

    /** The same, for an audience instead of the application. */
    static String login(String door, String user, String application, String audience) throws Exception {
        var who = Map.of("userId", user, "appId", application, "audience", audience);
        return ask("POST", door + "/company/login", who).get("token").asText();
    }

    /** Waits until the telephone rings; returns from, name and custom. */
    JsonNode rings() throws Exception {
        return does("rings", Map.of());
    }

    void accepts() throws Exception {
        does("accept", Map.of());
    }

    void declines(boolean busy) throws Exception {
        does("decline", Map.of("busy", busy));
    }

    void calls(String who) throws Exception {
        does("call", Map.of("to", List.of(who)));
    }

    void presses(String... tones) throws Exception {
        does("press", Map.of("tones", tones));
    }

    void hangsUp() throws Exception {
        does("hangup", Map.of());
    }

    /** Waits until the call has ended; returns why. */
    JsonNode ended() throws Exception {
        return does("ended", Map.of());
    }

    /** Waits until exactly those are in the call. */
    void sees(String... people) throws Exception {
        does("sees", Map.of("with", people));
    }

    private JsonNode does(String act, Map<String, ?> how) throws Exception {
        return ask("POST", url + "/" + act, how);
    }

    private static JsonNode ask(String method, String url, Map<String, ?> body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .method(method, BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build();
        HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(url + ": " + answer.body().strip());
        }
        return JSON.readTree(answer.body());
    }
}
