package conformance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Steps: each is told as a line of JSON on standard output, and none that fails keeps the others from being tried. */
final class Steps {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> PLUMBING = Set.of("Steps", "Expect", "Api", "Webhooks");
    private static int steps;

    private Steps() {}

    /** Something to try. */
    interface Act {
        void run() throws Exception;
    }

    /** A step failed without which the rest of its scene makes no sense. */
    private static final class Abandoned extends RuntimeException {}

    /** Tries one thing and says how it went; returns whether it went well. */
    static boolean step(String name, Act act) {
        steps++;
        try {
            act.run();
        } catch (Exception | AssertionError error) {
            tell(Map.of("step", name, "error", described(error)));
            return false;
        }
        tell(Map.of("step", name));
        return true;
    }

    /** A step without which those that follow in its scene make no sense. */
    static void need(String name, Act act) {
        if (!step(name, act)) {
            throw new Abandoned();
        }
    }

    /** Steps that belong together: one call, or one client. */
    static void scene(String name, Act act) {
        try {
            act.run();
        } catch (Abandoned told) {
            return;
        } catch (Exception | AssertionError error) {
            step(name, () -> {
                throw error;
            });
        }
    }

    /** Says that the program came to its end. */
    static void done() {
        tell(Map.of("done", steps));
    }

    private static void tell(Map<String, ?> line) {
        try {
            System.out.println(JSON.writeValueAsString(new LinkedHashMap<>(line)));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** What went wrong, and the line of ours where. */
    private static String described(Throwable error) {
        String where = Arrays.stream(error.getStackTrace())
                .filter(f -> f.getClassName().startsWith("conformance.") && !PLUMBING.contains(f.getFileName().replace(".java", "")))
                .map(StackTraceElement::toString)
                .findFirst()
                .orElse("");
        return error + "\n" + where;
    }
}
