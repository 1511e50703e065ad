package conformance;

import com.azure.core.http.rest.PagedFlux;
import com.azure.core.http.rest.PagedIterable;
import com.azure.core.http.rest.Response;
import com.azure.core.util.Context;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Calls the SDK's methods by name and notes which were called. The clients that block and those that do not have the
 * same methods, but for a Context at the end, a Mono around the answer, and "Async" behind the names of handles: so
 * both take the same steps.
 */
final class Api {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private final Map<Class<?>, TreeSet<String>> uncalled = new LinkedHashMap<>();

    Api(Class<?>... clients) {
        for (Class<?> client : clients) {
            TreeSet<String> left = new TreeSet<>();
            methods(client).forEach(m -> left.add(signature(m)));
            uncalled.put(client, left);
        }
    }

    private static List<Method> methods(Class<?> client) {
        return Arrays.stream(client.getDeclaredMethods())
                .filter(m -> Modifier.isPublic(m.getModifiers()) && !m.isSynthetic())
                .toList();
    }

    private static String signature(Method m) {
        return m.getName() + Arrays.stream(m.getParameterTypes()).map(Class::getSimpleName).toList();
    }

    Iterable<Class<?>> watched() {
        return uncalled.keySet();
    }

    void assertEveryMethodWasCalled(Class<?> client) {
        Expect.that(uncalled.get(client).isEmpty(), "never called: " + uncalled.get(client));
    }

    /** Calls a method and waits for its answer; of a Response, for its value. */
    @SuppressWarnings("unchecked")
    <T> T call(Object client, String name, Object... given) throws Exception {
        return (T) settled(invoke(client, name, given));
    }

    /** Calls a method that answers with a Response, whatever its status, and returns that. */
    int status(Object client, String name, Object... given) throws Exception {
        Object answer = invoke(client, name, given);
        Object response = answer instanceof Mono<?> mono ? mono.block(PATIENCE) : answer;
        return ((Response<?>) response).getStatusCode();
    }

    /** Calls a method as it is and as …WithResponse, for what may be done twice. */
    <T> T twice(Object client, String name, Object... given) throws Exception {
        call(client, name, given);
        return call(client, name + "WithResponse", given);
    }

    /** Lists something, in every way there is. */
    <T> List<T> list(Object client, String name, Object... given) throws Exception {
        Object[] more = Arrays.copyOf(given, given.length + 1);
        more[given.length] = Context.NONE;
        if (find(client, name, more) != null) {
            call(client, name, more);
        }
        return call(client, name, given);
    }

    /** A handle, such as that of a connection: nothing is asked for it. */
    Object handle(Object client, String name, Object... given) throws Exception {
        boolean plain = find(client, name, given) != null;
        return invoke(client, plain ? name : name + "Async", given);
    }

    private Object invoke(Object client, String name, Object[] given) throws Exception {
        Method method = find(client, name, given);
        Object[] args = given;
        if (method == null) {
            args = Arrays.copyOf(given, given.length + 1);
            args[given.length] = Context.NONE;
            method = find(client, name, args);
        }
        Expect.that(method != null, "no " + name + Arrays.toString(given) + " in " + client.getClass().getSimpleName());
        uncalled.get(client.getClass()).remove(signature(method));
        try {
            return method.invoke(client, args);
        } catch (InvocationTargetException error) {
            throw error.getCause() instanceof Exception cause ? cause : error;
        }
    }

    private static Method find(Object client, String name, Object[] given) {
        return methods(client.getClass()).stream()
                .filter(m -> m.getName().equals(name) && takes(m.getParameterTypes(), given))
                .findFirst()
                .orElse(null);
    }

    private static boolean takes(Class<?>[] types, Object[] given) {
        if (types.length != given.length) {
            return false;
        }
        for (int i = 0; i < types.length; i++) {
            boolean fits = types[i] == boolean.class ? given[i] instanceof Boolean : types[i].isInstance(given[i]);
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private static Object settled(Object answer) {
        if (answer instanceof PagedFlux<?> pages) {
            return pages.collectList().block(PATIENCE);
        }
        if (answer instanceof PagedIterable<?> pages) {
            return pages.stream().toList();
        }
        if (answer instanceof Mono<?> mono) {
            return settled(mono.block(PATIENCE));
        }
        if (answer instanceof Flux<?> flux) {
            return flux.collectList().block(PATIENCE);
        }
        if (answer instanceof Response<?> response) {
            Expect.that(response.getStatusCode() / 100 == 2, response.getStatusCode());
            return settled(response.getValue());
        }
        return answer;
    }
}
