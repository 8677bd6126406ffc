package org.betatron.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// An HTTP server on this machine that answers like a chat endpoint, or as badly as a test asks
/// for.
public final class JudgeServer implements AutoCloseable {

    /// What a server does with a request.
    public interface Role {

        /// @param number  of the request, from 0
        /// @param request its body
        /// @return what is sent back; null after which the connection is cut
        Response answer(int number, String request) throws InterruptedException;
    }

    /// What a server sends.
    ///
    /// @param status     of the response
    /// @param body       of the response
    /// @param retryAfter header; empty for none
    /// @param breaksOff  whether the body stays unfinished until the server is closed
    public record Response(int status, String body, String retryAfter, boolean breaksOff) {

        /// @return a chat completion that counts 10 tokens in and 2 out
        public static Response completion(String text) {
            String quoted = text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
            return status(
                    200,
                    "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"" + quoted
                            + "\"}}],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":2}}");
        }

        public static Response status(int status, String body) {
            return new Response(status, body, "", false);
        }
    }

    /// Prefers the longer of two answers, in either order.
    public static final Role LONGER = (_, request) -> {
        int a = answer(request, "answer_a").length();
        int b = answer(request, "answer_b").length();
        return Response.completion("They differ in length.\n" + (a == b ? "[[tie]]" : a > b ? "[[A]]" : "[[B]]"));
    };

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> keys = new CopyOnWriteArrayList<>();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private volatile Role role;

    /// Starts a server at a free port.
    public JudgeServer(Role role) {
        this.role = role;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("no server can be started", e);
        }
        server.createContext("/v1/chat/completions", this::chat);
        server.createContext("/v1/models", exchange -> send(exchange, Response.status(200, "{\"data\":[]}")));
        server.setExecutor(threads);
        server.start();
    }

    public String url() {
        return "http://" + server.getAddress().getHostString() + ":"
                + server.getAddress().getPort() + "/v1";
    }

    /// Changes what is done with requests from now on.
    public void become(Role other) {
        role = other;
    }

    /// @return bodies of the requests so far
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /// @return what the header `Authorization` held, where it was sent
    public List<String> keys() {
        return List.copyOf(keys);
    }

    /// @return most requests that were answered at the same time
    public int mostAtATime() {
        return most.get();
    }

    private void chat(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        int number;
        synchronized (requests) {
            number = requests.size();
            requests.add(body);
        }
        if (exchange.getRequestHeaders().containsKey("Authorization")) {
            keys.add(Objects.requireNonNull(exchange.getRequestHeaders().getFirst("Authorization")));
        }
        most.accumulateAndGet(running.incrementAndGet(), Math::max);
        try {
            send(exchange, role.answer(number, body));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            exchange.close();
        } finally {
            running.decrementAndGet();
        }
    }

    private static void send(HttpExchange exchange, Response response) throws IOException {
        byte[] bytes = response.body().getBytes(StandardCharsets.UTF_8);
        if (!response.retryAfter().isEmpty()) {
            exchange.getResponseHeaders().add("Retry-After", response.retryAfter());
        }
        exchange.sendResponseHeaders(response.status(), response.breaksOff() ? bytes.length + 1 : bytes.length);
        OutputStream out = exchange.getResponseBody();
        out.write(bytes);
        out.flush();
        if (!response.breaksOff()) {
            exchange.close();
        }
    }

    private static String answer(String request, String tag) {
        // The default template puts each answer on lines of its own between tags; line breaks are escaped in JSON.
        int from = request.lastIndexOf("<" + tag + ">");
        return request.substring(from, request.indexOf("</" + tag + ">", from));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        threads.close();
    }
}
