package conformance;

import com.azure.core.exception.HttpResponseException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Objects;
import java.util.concurrent.Callable;

/** What is expected of answers. */
final class Expect {
    private Expect() {}

    /** The operations that are yet to come, and what they answer. */
    private static final JsonNode LATER = table("../later.json");

    static JsonNode table(String path) {
        try {
            return new ObjectMapper().readTree(Path.of(path).toFile());
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    static void equal(Object got, Object want) {
        if (!Objects.equals(got, want)) {
            throw new AssertionError(got + " is not " + want);
        }
    }

    static void that(boolean condition, Object what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }

    static void text(String value) {
        that(value != null && !value.isEmpty(), value + " is not a text");
    }

    /** A time within a minute of another. */
    static void near(OffsetDateTime time, OffsetDateTime other) {
        that(Duration.between(time, other).abs().compareTo(Duration.ofMinutes(1)) <= 0, time + " is not near " + other);
    }

    /** What a call throws. */
    static Exception failed(Callable<?> call) {
        try {
            call.call();
        } catch (Exception error) {
            return error;
        }
        throw new AssertionError("it succeeded");
    }

    /** The call is refused with a status, and an error envelope with a code. */
    static void refused(int status, String code, Callable<?> call) {
        Exception error = failed(call);
        that(error instanceof HttpResponseException, error);
        equal(((HttpResponseException) error).getResponse().getStatusCode(), status);
        that(error.getMessage().contains(code), error.getMessage());
    }

    /** Calls an operation that may be one of those that are yet to come. */
    static void perhapsLater(String operation, Callable<?> call) throws Exception {
        JsonNode answer = LATER.get(operation);
        if (answer == null) {
            call.call();
            return;
        }
        refused(answer.get("status").asInt(), answer.get("code").asText(), call);
    }
}
