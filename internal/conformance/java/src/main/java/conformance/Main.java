package conformance;

import static conformance.Steps.scene;
import static conformance.Steps.step;

import com.azure.communication.callautomation.CallAutomationAsyncClient;
import com.azure.communication.callautomation.CallAutomationClient;
import com.azure.communication.callautomation.CallConnection;
import com.azure.communication.callautomation.CallConnectionAsync;
import com.azure.communication.callautomation.CallMedia;
import com.azure.communication.callautomation.CallMediaAsync;
import com.azure.communication.callautomation.CallRecording;
import com.azure.communication.callautomation.CallRecordingAsync;
import com.azure.communication.identity.CommunicationIdentityAsyncClient;
import com.azure.communication.identity.CommunicationIdentityClient;
import com.azure.communication.rooms.RoomsAsyncClient;
import com.azure.communication.rooms.RoomsClient;
import java.util.Set;

/**
 * An application that calls every public method of the service's own packages, unmodified, with nothing but a
 * connection string.
 *
 * <p>{@code java conformance.Main CONNECTION-STRING DOOR sync|async}
 *
 * <p>The door is where it asks for what happens on the other side of its calls.
 */
final class Main {
    private static final Class<?>[] SYNC = {
        CallAutomationClient.class, CallConnection.class, CallMedia.class, CallRecording.class,
        CommunicationIdentityClient.class, RoomsClient.class,
    };
    private static final Class<?>[] ASYNC = {
        CallAutomationAsyncClient.class, CallConnectionAsync.class, CallMediaAsync.class, CallRecordingAsync.class,
        CommunicationIdentityAsyncClient.class, RoomsAsyncClient.class,
    };

    private Main() {}

    public static void main(String[] args) {
        int status = 0;
        try {
            run(args[0], args[1], args[2].equals("async"));
        } catch (Exception error) {
            error.printStackTrace();
            status = 1;
        }
        System.exit(status); // the clients' own threads go on
    }

    private static void run(String connectionString, String door, boolean async) throws Exception {
        Api api = new Api(async ? ASYNC : SYNC);
        World world = new World(connectionString, door, async, api);
        scene("identity", new IdentityScenes(world)::run);
        scene("rooms", new RoomsScenes(world)::run);
        new ClientScenes(world).run();
        new ConnectionScenes(world).run();
        new MediaScenes(world).run();
        new RecordingScenes(world).run();
        step("every event was well formed and came once", () -> Expect.equal(world.hooks.wrong(), Set.of()));
        for (Class<?> client : api.watched()) {
            step("every public method of " + client.getSimpleName() + " was called", () -> api.assertEveryMethodWasCalled(client));
        }
        Steps.done();
    }
}
