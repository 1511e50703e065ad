package conformance;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Subscribes to calls that come in, which the service's own packages cannot: they leave that to a portal. The request
 * is signed as every other is.
 */
final class Subscription {
    private Subscription() {}

    /** Sends IncomingCall events for one user to a URL. */
    static void make(String connectionString, String name, String endpoint, String to) throws Exception {
        Map<String, String> parts = Arrays.stream(connectionString.split(";"))
                .map(part -> part.split("=", 2))
                .collect(Collectors.toMap(part -> part[0], part -> part[1]));
        URI server = URI.create(parts.get("endpoint"));
        byte[] key = Base64.getDecoder().decode(parts.get("accesskey"));
        String target = "/eventSubscriptions/" + name + "?api-version=2023-03-06";
        byte[] body = new ObjectMapper().writeValueAsBytes(Map.of(
                "endpoint", endpoint,
                "schema", "eventgrid",
                "eventTypes", List.of("Microsoft.Communication.IncomingCall"),
                "filter", Map.of("to", List.of(to))));
        String date = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
                .format(ZonedDateTime.now(ZoneOffset.UTC));
        String hash = Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(body));
        String signed = "PUT\n" + target + "\n" + date + ";" + server.getAuthority() + ";" + hash;
        HttpRequest request = HttpRequest.newBuilder(server.resolve(target))
                .PUT(BodyPublishers.ofByteArray(body))
                .header("Content-Type", "application/json")
                .header("x-ms-date", date)
                .header("x-ms-content-sha256", hash)
                .header("Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=" + mac(key, signed))
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        Expect.that(answer.statusCode() == 200, answer.body());
    }

    private static String mac(byte[] key, String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    }
}
