package conformance;

import static conformance.Expect.equal;
import static conformance.Expect.failed;
import static conformance.Expect.perhapsLater;
import static conformance.Expect.that;
import static conformance.Steps.scene;
import static conformance.Steps.step;

import com.azure.communication.callautomation.models.DownloadToFileOptions;
import com.azure.communication.callautomation.models.RecordingStateResult;
import com.azure.communication.callautomation.models.ServerCallLocator;
import com.azure.communication.callautomation.models.StartRecordingOptions;
import com.azure.core.http.HttpRange;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;

/** CallRecording. */
final class RecordingScenes {
    private final World world;
    private final Api api;
    private String id = UUID.randomUUID().toString();

    RecordingScenes(World world) {
        this.world = world;
        api = world.api;
    }

    void run() {
        scene("recording", () -> {
            Object recording = api.handle(world.client, "getCallRecording");
            World.Call call = world.callTo(world.alice);
            operations(recording, call.properties().getServerCallId());
            downloads(recording);
            world.end(call);
        });
    }

    private void operations(Object recording, String serverCallId) {
        for (String method : new String[] {"start", "startWithResponse"}) {
            step("CallRecording." + method, () -> perhapsLater("startRecording", () -> {
                var options = new StartRecordingOptions(new ServerCallLocator(serverCallId));
                RecordingStateResult started = api.call(recording, method, options);
                id = started.getRecordingId();
                return id;
            }));
        }
        Map<String, String> operations =
                Map.of("getState", "getRecording", "pause", "pauseRecording", "resume", "resumeRecording", "stop", "stopRecording");
        operations.forEach((method, operation) -> {
            step("CallRecording." + method, () -> perhapsLater(operation, () -> api.call(recording, method, id)));
            step("CallRecording." + method + "WithResponse", () -> perhapsLater(operation, () -> api.call(recording, method + "WithResponse", id)));
        });
    }

    /** Of a recording that is none: each asks the server, and fails. */
    private void downloads(Object recording) throws Exception {
        String endpoint = world.connectionString.replaceFirst("endpoint=", "").split(";")[0];
        String url = URI.create(endpoint).resolve("/recordings/none.mp4").toString();
        HttpRange range = new HttpRange(0, 100L);
        Path file = Path.of("target", "none.mp4");
        Files.deleteIfExists(file);
        fails("downloadContent", () -> api.twice(recording, "downloadContent", url));
        fails("downloadContentWithResponse", () -> api.call(recording, "downloadContentWithResponse", url, range));
        fails("downloadTo, a file", () -> api.call(recording, "downloadTo", url, file));
        fails("downloadTo, a file as said", () -> api.call(recording, "downloadTo", url, file, new DownloadToFileOptions().setOverwrite(true)));
        if (world.async) {
            fails("downloadStream", () -> api.call(recording, "downloadStream", url));
            step("CallRecording.downloadStreamWithResponse, of no recording", () ->
                    equal(api.status(recording, "downloadStreamWithResponse", url, range), 404));
        } else {
            fails("downloadTo, a stream", () -> api.call(recording, "downloadTo", url, new ByteArrayOutputStream()));
            fails("downloadTo, a stream in part", () -> api.call(recording, "downloadTo", url, new ByteArrayOutputStream(), range));
        }
        // The SDK leaves it to its caller to look at the answer.
        step("CallRecording.delete, of no recording", () -> api.call(recording, "delete", url));
        step("CallRecording.deleteWithResponse, of no recording", () -> equal(api.status(recording, "deleteWithResponse", url), 404));
    }

    private static void fails(String method, Callable<?> call) {
        step("CallRecording." + method + ", of no recording", () -> {
            Exception error = failed(call);
            that(String.valueOf(error.getMessage()).matches("(?s).*(404|405).*"), error);
        });
    }
}
