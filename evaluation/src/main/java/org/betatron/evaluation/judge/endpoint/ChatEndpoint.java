package org.betatron.evaluation.judge.endpoint;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Sends requests to a chat endpoint, and repeats those that failed in passing:
///
/// ```text
/// wait before repetition k = firstWait * 2^k * u,  u uniform in [0.75, 1.25],  k = 0, 1, ...
/// or what the endpoint asks for in Retry-After, where that is longer
/// ```
///
/// Thread-safe: many threads may ask at the same time.
final class ChatEndpoint implements AutoCloseable {

    /// An endpoint that wants a longer pause is treated as one that does not answer.
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    /// Bytes. A reply of a hundred thousand tokens has less than one million.
    static final int LONGEST_BODY = 16 << 20;

    private final URI url;
    private final RequestLimits limits;
    private final @Nullable String key;
    private final HttpClient client;

    /// @param url    where requests go
    /// @param limits how often and how long
    /// @param key    for the header `Authorization`, or null to send none
    ChatEndpoint(URI url, RequestLimits limits, @Nullable String key) {
        this.url = url;
        this.limits = limits;
        this.key = key;
        client = HttpClient.newBuilder().connectTimeout(limits.timeout()).build();
    }

    /// @param body of the request, JSON
    /// @return what the model wrote
    /// @throws EndpointFailure      if the last repetition failed, or none can help
    /// @throws InterruptedException if the thread was interrupted while it waited
    ChatReply ask(String body) throws EndpointFailure, InterruptedException {
        for (int repetition = 0; ; repetition++) {
            try {
                return send(body);
            } catch (EndpointFailure failure) {
                Duration asked = failure.waitAsked().orElse(Duration.ZERO);
                if (failure.kind() != EndpointFailure.Kind.PASSING
                        || repetition == limits.retries()
                        || asked.compareTo(LONGEST_WAIT) > 0) {
                    throw failure;
                }
                Duration wait = backoff(repetition);
                Thread.sleep(asked.compareTo(wait) > 0 ? asked : wait);
            }
        }
    }

    /// Finds out whether there is a server that takes the key, at no cost.
    ///
    /// @param models address of the server's list of models
    /// @throws EndpointFailure if not; a server without such a list passes
    void reach(URI models) throws EndpointFailure, InterruptedException {
        HttpResponse<String> response =
                exchange(withKey(HttpRequest.newBuilder(models).GET()));
        if (response.statusCode() == 401 || response.statusCode() == 403) {
            throw failure(response);
        }
    }

    private Duration backoff(int repetition) {
        // Requests that failed together must not come back together. The draw decides nothing but the moment.
        double factor = Math.scalb(ThreadLocalRandom.current().nextDouble(0.75, 1.25), repetition);
        Duration wait = Duration.ofMillis((long) (limits.firstWait().toMillis() * factor));
        return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }

    private ChatReply send(String body) throws EndpointFailure, InterruptedException {
        HttpResponse<String> response = exchange(withKey(HttpRequest.newBuilder(url)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))));
        if (response.statusCode() != 200) {
            throw failure(response);
        }
        return ChatReply.parse(response.body());
    }

    private HttpRequest withKey(HttpRequest.Builder request) {
        return key == null
                ? request.build()
                : request.header("Authorization", "Bearer " + key).build();
    }

    private HttpResponse<String> exchange(HttpRequest request) throws EndpointFailure, InterruptedException {
        // The request's own timeout ends with the headers of the response; a body may trickle for ever.
        CompletableFuture<HttpResponse<String>> pending = client.sendAsync(
                request, BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), LONGEST_BODY));
        try {
            return pending.get(limits.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw EndpointFailure.passing(
                    "the endpoint did not answer within " + limits.timeout().toMillis() / 1000.0 + " s");
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } finally {
            pending.cancel(true);
        }
    }

    private static EndpointFailure failure(HttpResponse<String> response) {
        Optional<Duration> wait =
                response.headers().firstValue("Retry-After").flatMap(value -> RetryAfter.parse(value, Instant.now()));
        return EndpointFailure.status(response.statusCode(), ChatReply.errorText(response.body()), wait);
    }

    private EndpointFailure failure(@Nullable Throwable cause) {
        if (cause instanceof ConnectException) {
            return EndpointFailure.passing("no connection to " + url + "; is the server running there?");
        }
        if (cause instanceof IOException) {
            return EndpointFailure.passing("the connection to " + url + " broke: " + cause.getMessage());
        }
        throw new IllegalStateException("asking " + url + " failed", cause);
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
