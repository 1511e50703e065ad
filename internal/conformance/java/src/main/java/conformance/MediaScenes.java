package conformance;

import static conformance.Expect.equal;
import static conformance.Steps.scene;
import static conformance.Steps.step;
import static conformance.World.outcome;

import com.azure.communication.callautomation.models.CallMediaRecognizeDtmfOptions;
import com.azure.communication.callautomation.models.DtmfResult;
import com.azure.communication.callautomation.models.DtmfTone;
import com.azure.communication.callautomation.models.FileSource;
import com.azure.communication.callautomation.models.PlayOptions;
import com.azure.communication.callautomation.models.PlaySource;
import com.azure.communication.callautomation.models.PlayToAllOptions;
import com.azure.communication.callautomation.models.events.RecognizeCompleted;
import com.azure.communication.common.CommunicationIdentifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** CallMedia: what is heard in a call. */
final class MediaScenes {
    private final World world;
    private final Api api;
    private final Webhooks hooks;
    private final List<String> told = new ArrayList<>(List.of("CallConnected"));
    private World.Call call;
    private Object media;

    MediaScenes(World world) {
        this.world = world;
        api = world.api;
        hooks = world.hooks;
    }

    void run() {
        scene("media", () -> {
            call = world.callTo(world.alice);
            media = api.handle(call.connection(), "getCallMedia");
            playing();
            recognizing();
            step("CallMedia: what the call was told", () -> {
                world.end(call);
                told.add("CallDisconnected");
                hooks.assertTold(call.id(), told.toArray(String[]::new));
            });
        });
    }

    private PlaySource source(String name) {
        return new FileSource().setUrl(world.door + "/" + name + ".wav");
    }

    /** Waits for an event, which is one of those that the call is told in all. */
    private Webhooks.Told event(String kind, int code, int subCode, String context) throws InterruptedException {
        Webhooks.Told event = hooks.event(call.id(), kind);
        outcome(event, code, subCode, context);
        told.add(kind);
        return event;
    }

    private void played(String context) throws InterruptedException {
        event("PlayStarted", 200, 0, context);
        event("PlayCompleted", 200, 0, context);
    }

    private void playing() {
        PlaySource prompt = source("prompt");
        List<CommunicationIdentifier> alice = List.of(world.alice.identifier);
        step("CallMedia.playToAll: PlayStarted, PlayCompleted", () -> {
            api.call(media, "playToAll", prompt);
            played(null);
            api.call(media, "playToAll", List.of(prompt, prompt));
            played(null);
        });
        step("CallMedia.play: PlayStarted, PlayCompleted", () -> {
            api.call(media, "play", prompt, alice);
            played(null);
            api.call(media, "play", List.of(prompt), alice);
            played(null);
            api.call(media, "playWithResponse", new PlayOptions(prompt, alice).setOperationContext("to one"));
            played("to one");
        });
        step("CallMedia.playToAll, of nothing: PlayFailed", () -> {
            api.call(media, "playToAll", source("nothing"));
            event("PlayFailed", 400, 8536, null);
        });
        step("CallMedia.cancelAllMediaOperations: PlayCanceled", () -> {
            var options = new PlayToAllOptions(source("long")).setLoop(true).setOperationContext("for ever");
            api.call(media, "playToAllWithResponse", options);
            event("PlayStarted", 200, 0, "for ever");
            api.twice(media, "cancelAllMediaOperations");
            event("PlayCanceled", 400, 8508, "for ever");
        });
    }

    private CallMediaRecognizeDtmfOptions keys(int seconds, String context) {
        return new CallMediaRecognizeDtmfOptions(world.alice.identifier, 5)
                .setInitialSilenceTimeout(Duration.ofSeconds(seconds))
                .setInterruptPrompt(true)
                .setOperationContext(context);
    }

    private void recognizing() {
        step("CallMedia.startRecognizing: RecognizeCompleted", () -> {
            var options = keys(10, "keys").setStopTones(List.of(DtmfTone.POUND)).setPlayPrompt(source("prompt"));
            api.call(media, "startRecognizing", options);
            world.alice.presses("one", "two", "pound");
            Webhooks.Told completed = event("RecognizeCompleted", 200, 8514, "keys");
            var result = (DtmfResult) ((RecognizeCompleted) completed.event()).getRecognizeResult().orElseThrow();
            equal(result.getTones(), List.of(DtmfTone.ONE, DtmfTone.TWO));
        });
        step("CallMedia.startRecognizing, of silence: RecognizeFailed", () -> {
            api.call(media, "startRecognizingWithResponse", keys(1, "silence"));
            event("RecognizeFailed", 400, 8510, "silence");
        });
        step("CallMedia.cancelAllMediaOperations: RecognizeCanceled", () -> {
            api.call(media, "startRecognizing", keys(60, "cancelled"));
            api.call(media, "cancelAllMediaOperations");
            event("RecognizeCanceled", 400, 8508, "cancelled");
        });
    }
}
