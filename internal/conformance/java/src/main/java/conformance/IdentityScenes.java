package conformance;

import static conformance.Expect.near;
import static conformance.Expect.refused;
import static conformance.Expect.text;
import static conformance.Expect.that;
import static conformance.Steps.need;
import static conformance.Steps.step;

import com.azure.communication.common.CommunicationUserIdentifier;
import com.azure.communication.identity.models.CommunicationTokenScope;
import com.azure.communication.identity.models.CommunicationUserIdentifierAndToken;
import com.azure.communication.identity.models.GetTokenForTeamsUserOptions;
import com.azure.core.credential.AccessToken;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

/** CommunicationIdentityClient. */
final class IdentityScenes {
    private final World world;
    private final Api api;
    private final Object client;
    private final List<CommunicationTokenScope> scopes = List.of(CommunicationTokenScope.VOIP, CommunicationTokenScope.CHAT);
    private CommunicationUserIdentifier user;

    IdentityScenes(World world) {
        this.world = world;
        api = world.api;
        client = world.identities;
    }

    void run() {
        need("CommunicationIdentityClient.createUser", () -> {
            user = api.twice(client, "createUser");
            that(user.getId().matches("8:acs:[0-9a-f-]{36}_[0-9a-f-]{36}"), user.getId());
        });
        step("CommunicationIdentityClient.createUserAndToken", () -> {
            expires(made(), 1440);
            expires(made(Duration.ofHours(1)), 60);
            refused(400, "8523", () -> api.call(client, "createUserAndToken", scopes, Duration.ofMinutes(59)));
        });
        step("CommunicationIdentityClient.getToken", () -> {
            expires(api.twice(client, "getToken", user, scopes), 1440);
            expires(api.twice(client, "getToken", user, scopes, Duration.ofMinutes(90)), 90);
            var none = List.of(CommunicationTokenScope.fromString("everything"));
            refused(400, "8523", () -> api.call(client, "getToken", user, none));
        });
        step("CommunicationIdentityClient.revokeTokens", () -> api.twice(client, "revokeTokens", user));
        step("CommunicationIdentityClient.getTokenForTeamsUser", this::teamsUser);
        step("CommunicationIdentityClient.deleteUser", () -> {
            CommunicationUserIdentifier other = api.call(client, "createUser");
            api.call(client, "deleteUser", user);
            api.call(client, "deleteUserWithResponse", other);
            refused(404, "8522", () -> api.call(client, "getToken", user, scopes));
        });
    }

    private AccessToken made(Object... life) throws Exception {
        Object[] args = life.length == 0 ? new Object[] {scopes} : new Object[] {scopes, life[0]};
        CommunicationUserIdentifierAndToken made = api.twice(client, "createUserAndToken", args);
        text(made.getUser().getId());
        return made.getUserToken();
    }

    private static void expires(AccessToken token, int minutes) {
        text(token.getToken());
        near(token.getExpiresAt(), OffsetDateTime.now().plusMinutes(minutes));
    }

    private void teamsUser() throws Exception {
        String person = UUID.randomUUID().toString();
        String application = UUID.randomUUID().toString();
        String login = Person.login(world.door, person, application);
        AccessToken token = api.twice(client, "getTokenForTeamsUser", new GetTokenForTeamsUserOptions(login, application, person));
        text(token.getToken());
        String other = UUID.randomUUID().toString();
        refused(403, "7504", () -> api.call(client, "getTokenForTeamsUser", new GetTokenForTeamsUserOptions(login, application, other)));
    }
}
