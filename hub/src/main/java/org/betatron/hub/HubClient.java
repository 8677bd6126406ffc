package org.betatron.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Asks the hub. The token goes to the hub alone: redirects are followed here, and to another host
/// without it.
///
/// What fails for a while is asked again: too many requests after the time that the hub says, a
/// failing server after a growing one, [#TRIES] times in all; a connection that cannot be made is
/// tried [#TRIES_TO_CONNECT] times.
///
/// Thread-safe.
final class HubClient implements AutoCloseable {

    static final int TRIES = 6;

    /// A machine without a network should not wait long.
    private static final int TRIES_TO_CONNECT = 3;

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private static final int MAX_REDIRECTS = 10;

    /// Longest that a hub may make anybody wait between two tries.
    private static final Duration MAX_WAIT = Duration.ofMinutes(5);

    private final HubSettings settings;
    private final Pause pause;
    private final HttpClient http;

    /// How time passes between two tries.
    interface Pause {

        /// @param duration how long
        /// @param why      one line
        void pass(Duration duration, String why) throws InterruptedException;
    }

    HubClient(HubSettings settings, Pause pause) {
        this.settings = settings;
        this.pause = pause;
        this.http = HttpClient.newBuilder()
                .connectTimeout(TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(settings.proxies().selector())
                .build();
    }

    HubSettings settings() {
        return settings;
    }

    /// @param path   of the endpoint, encoded
    /// @param range  first byte that is asked for; 0 for all
    /// @return an answer of the hub, or of where it sent us, whatever its status; its body has to
    ///     be closed
    /// @throws HubException if there is none
    HttpResponse<InputStream> get(String path, long range) {
        return get(URI.create(settings.endpoint() + path), range);
    }

    /// @param address anywhere
    HttpResponse<InputStream> get(URI address, long range) {
        for (int attempt = 1; ; attempt++) {
            try {
                HttpResponse<InputStream> response = follow(address, range);
                if (attempt == TRIES || !isPassing(response.statusCode())) {
                    return response;
                }
                response.body().close();
                pause(wait(response, attempt), name(address) + " answers " + response.statusCode());
            } catch (IOException e) {
                if (attempt == TRIES_TO_CONNECT) {
                    throw HubException.failed(
                            name(address) + " cannot be reached (" + reason(e)
                                    + "); HF_HUB_OFFLINE=1 uses what is in the cache alone, HF_ENDPOINT another hub",
                            e);
                }
                pause(backoff(attempt), name(address) + " cannot be reached: " + reason(e));
            }
        }
    }

    private HttpResponse<InputStream> follow(URI address, long range) throws IOException {
        URI to = address;
        for (int i = 0; i < MAX_REDIRECTS; i++) {
            HttpRequest.Builder request = HttpRequest.newBuilder(to)
                    .timeout(TIMEOUT)
                    .header("User-Agent", "betatron")
                    // Bytes as they are: their number and hash are known.
                    .header("Accept-Encoding", "identity");
            if (range > 0) {
                request.header("Range", "bytes=" + range + "-");
            }
            if (!settings.token().isEmpty() && isHub(to)) {
                request.header("Authorization", "Bearer " + settings.token());
            }
            HttpResponse<InputStream> response = send(request.GET().build());
            String location = response.headers().firstValue("Location").orElse("");
            if (response.statusCode() / 100 != 3 || location.isEmpty()) {
                return response;
            }
            response.body().close();
            to = target(to, location);
        }
        throw HubException.failed(
                "the hub sends from one address to the next, " + MAX_REDIRECTS + " times, for " + name(address));
    }

    private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw HubException.failed("fetching was interrupted", e);
        }
    }

    private URI target(URI from, String location) {
        try {
            URI to = from.resolve(location);
            String scheme = String.valueOf(to.getScheme());
            boolean isDowngrade = "https".equals(from.getScheme()) && !"https".equals(scheme);
            if (!isDowngrade && (scheme.equals("http") || scheme.equals("https")) && to.getHost() != null) {
                return to;
            }
        } catch (IllegalArgumentException e) {
            // As bad as one that leads nowhere.
        }
        throw HubException.failed("the hub sends from " + name(from) + " to an address that is not followed: "
                + location.substring(0, Math.min(location.length(), 200)));
    }

    /// @return whether an address is the hub's own: same scheme, host and port
    boolean isHub(URI address) {
        URI hub = settings.endpoint();
        return hub.getScheme().equalsIgnoreCase(address.getScheme())
                && hub.getHost().equalsIgnoreCase(address.getHost())
                && port(hub) == port(address);
    }

    private static int port(URI address) {
        return address.getPort() >= 0 ? address.getPort() : "https".equalsIgnoreCase(address.getScheme()) ? 443 : 80;
    }

    private static boolean isPassing(int status) {
        return status == 408 || status == 429 || (status >= 500 && status != 501 && status != 505);
    }

    private static Duration wait(HttpResponse<?> response, int attempt) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(seconds -> seconds.matches("\\d{1,9}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                .map(said -> said.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : said)
                .orElseGet(() -> backoff(attempt));
    }

    /// 1, 2, 4, 8 and 16 seconds.
    static Duration backoff(int attempt) {
        return Duration.ofSeconds(1L << Math.min(attempt - 1, 4));
    }

    void pause(Duration duration, String why) {
        try {
            pause.pass(duration, why);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw HubException.failed("fetching was interrupted", e);
        }
    }

    /// Signed addresses carry secrets behind the question mark.
    static String name(URI address) {
        return address.getScheme() + "://" + address.getRawAuthority() + address.getPath();
    }

    static String reason(Throwable e) {
        if (e instanceof ConnectException || e instanceof HttpConnectTimeoutException) {
            return isUnknown(e)
                    ? "there is no such host, or no network"
                    : "no connection: is there a network, and a proxy to name in HTTPS_PROXY?";
        }
        String message = e.getMessage();
        return message == null || message.isBlank()
                ? e.getClass().getSimpleName().replace("Exception", "").toLowerCase(Locale.ROOT)
                : message.lines().findFirst().orElse("");
    }

    /// The JDK says it of a cause only.
    private static boolean isUnknown(@Nullable Throwable e) {
        return e != null && (e instanceof UnresolvedAddressException || isUnknown(e.getCause()));
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
