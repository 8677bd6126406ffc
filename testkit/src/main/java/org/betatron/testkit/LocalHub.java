package org.betatron.testkit;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;

/// A hub on this machine that answers as the real one does: state and files of a repository, files
/// of git from itself, large ones by a redirect to another host, which knows ranges. It can be made
/// to misbehave.
public final class LocalHub implements AutoCloseable {

    private static final int PAGE = 3;

    private final HttpServer hub = server();
    private final HttpServer store = server();
    private final Map<String, Repository> repositories = new ConcurrentHashMap<>();
    private final Queue<Trick> tricks = new ConcurrentLinkedQueue<>();

    /// Requests in order: host, method, path, and whether a token came along.
    private final Queue<String> requests = new ConcurrentLinkedQueue<>();

    /// Does something else than answering.
    public interface Trick {

        /// @param hub     whether the hub is asked, or else where large files are
        /// @return whether it answered
        boolean play(boolean hub, HttpExchange exchange) throws IOException;
    }

    /// A repository of one state.
    ///
    /// @param commit its state
    /// @param files  by path
    /// @param token  that it takes to read it; empty for none
    /// @param code   what is said to those without it
    public record Repository(String commit, Map<String, byte[]> files, String token, String code) {

        boolean isLarge(String path) {
            return path.endsWith(".safetensors") || path.endsWith(".gguf") || path.endsWith(".parquet");
        }

        public byte[] content(String path) {
            return Objects.requireNonNull(files.get(path));
        }

        public String hash(String path) {
            byte[] content = content(path);
            return isLarge(path) ? sha("SHA-256", content) : gitHash(content);
        }
    }

    public LocalHub() {
        hub.createContext("/", exchange -> handle(true, exchange));
        store.createContext("/", exchange -> handle(false, exchange));
        hub.start();
        store.start();
    }

    private static HttpServer server() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(Executors.newCachedThreadPool(
                    task -> Thread.ofPlatform().daemon().unstarted(task)));
            return server;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /// @return requests since the last time, in order
    public List<String> requests() {
        List<String> seen = List.copyOf(requests);
        requests.clear();
        return seen;
    }

    /// @return what `HF_ENDPOINT` would be
    public String address() {
        return "http://localhost:" + hub.getAddress().getPort();
    }

    private String storeAddress() {
        return "http://127.0.0.1:" + store.getAddress().getPort();
    }

    /// @param name `models/ORG/NAME` or `datasets/ORG/NAME`
    public Repository put(String name, Map<String, byte[]> files) {
        return put(name, files, "", "");
    }

    /// @param token that reads it
    /// @param code  what others are told
    public Repository put(String name, Map<String, byte[]> files, String token, String code) {
        Map<String, byte[]> copy = new TreeMap<>(files);
        StringBuilder all = new StringBuilder(name);
        copy.forEach((path, content) -> all.append(path).append(gitHash(content)));
        Repository repository =
                new Repository(sha("SHA-1", all.toString().getBytes(StandardCharsets.UTF_8)), copy, token, code);
        repositories.put(name, repository);
        return repository;
    }

    /// @param trick played once, before all others that come later
    public void next(Trick trick) {
        tricks.add(trick);
    }

    /// @param trick played at every request
    public void always(Trick trick) {
        tricks.add(new Trick() {
            @Override
            public boolean play(boolean isHub, HttpExchange exchange) throws IOException {
                tricks.add(this);
                return trick.play(isHub, exchange);
            }
        });
    }

    public static String sha(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public static String gitHash(byte[] content) {
        byte[] head = ("blob " + content.length + "\0").getBytes(StandardCharsets.UTF_8);
        byte[] both = Arrays.copyOf(head, head.length + content.length);
        System.arraycopy(content, 0, both, head.length, content.length);
        return sha("SHA-1", both);
    }

    private void handle(boolean isHub, HttpExchange exchange) throws IOException {
        String token = exchange.getRequestHeaders().getFirst("Authorization");
        requests.add((isHub ? "hub " : "store ") + exchange.getRequestMethod() + " "
                + exchange.getRequestURI().getPath() + (token == null ? "" : " with token"));
        try {
            Trick trick = tricks.poll();
            if (trick == null || !trick.play(isHub, exchange)) {
                if (isHub) {
                    answer(exchange, token == null ? "" : token);
                } else {
                    sendStored(exchange);
                }
            }
        } catch (RuntimeException e) {
            fail(exchange, 500, e.toString());
        } finally {
            exchange.close();
        }
    }

    private void answer(HttpExchange exchange, String token) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String[] parts = path.substring(1).split("/", 7);
        boolean api = parts[0].equals("api");
        boolean data = parts[0].equals("datasets");
        String name = api
                ? String.join("/", Arrays.copyOfRange(parts, 1, Math.min(4, parts.length)))
                : data ? "datasets/" + parts[1] + "/" + parts[2] : "models/" + parts[0] + "/" + parts[1];
        Repository repository = repositories.get(name);
        boolean mayRead =
                repository != null && (repository.token().isEmpty() || token.equals("Bearer " + repository.token()));
        boolean isFile = !api;
        if (repository == null || (!mayRead && !repository.code().equals("GatedRepo"))) {
            fail(exchange, token.isEmpty() ? 401 : 404, "RepoNotFound");
        } else if (!mayRead && isFile) {
            fail(exchange, token.isEmpty() ? 401 : 403, "GatedRepo");
        } else if (api) {
            describe(exchange, name, repository, parts);
        } else {
            String[] of = path.substring(1).split("/", data ? 6 : 5);
            int at = data ? 3 : 2;
            resolve(exchange, repository, of[at + 1], of[at + 2]);
        }
    }

    private void describe(HttpExchange exchange, String name, Repository repository, String[] parts)
            throws IOException {
        String what = parts.length > 4 ? parts[4] : "revision";
        String revision = parts.length > 5 ? parts[5] : "main";
        if (what.equals("refs")) {
            send(
                    exchange,
                    "{\"branches\":[{\"name\":\"main\",\"ref\":\"refs/heads/main\",\"targetCommit\":\""
                            + repository.commit() + "\"}],\"tags\":[{\"name\":\"v1.0\",\"ref\":\"refs/tags/v1.0\","
                            + "\"targetCommit\":\"" + repository.commit() + "\"}],\"converts\":[]}");
        } else if (!List.of("main", "v1.0", repository.commit()).contains(revision)) {
            fail(exchange, 404, "RevisionNotFound");
        } else if (what.equals("tree")) {
            list(exchange, repository);
        } else {
            send(
                    exchange,
                    "{\"_id\":\"1\",\"id\":\"" + name.substring(name.indexOf('/') + 1) + "\",\"sha\":\""
                            + repository.commit() + "\",\"private\":false,\"tags\":[],\"downloads\":0,\"likes\":0,"
                            + "\"siblings\":[]}");
        }
    }

    /// Three files a page.
    private void list(HttpExchange exchange, Repository repository) throws IOException {
        String query = exchange.getRequestURI().getQuery();
        int from = query != null && query.contains("cursor=")
                ? Integer.parseInt(query.substring(query.indexOf("cursor=") + 7))
                : 0;
        List<String> paths = List.copyOf(repository.files().keySet());
        StringBuilder json = new StringBuilder("[{\"type\":\"directory\",\"oid\":\"x\",\"size\":0,\"path\":\"d\"}");
        for (String path : paths.subList(from, Math.min(paths.size(), from + PAGE))) {
            int size = repository.content(path).length;
            json.append(",{\"type\":\"file\",\"path\":\"")
                    .append(path)
                    .append("\",\"size\":")
                    .append(size);
            json.append(",\"oid\":\"").append(gitHash(repository.content(path))).append('"');
            if (repository.isLarge(path)) {
                json.append(",\"lfs\":{\"oid\":\"")
                        .append(repository.hash(path))
                        .append("\",\"size\":");
                json.append(size).append(",\"pointerSize\":134}");
            }
            json.append('}');
        }
        if (from + PAGE < paths.size()) {
            exchange.getResponseHeaders()
                    .add(
                            "Link",
                            "<" + address() + exchange.getRequestURI().getPath()
                                    + "?recursive=true&expand=false&cursor=" + (from + PAGE) + ">; rel=\"next\"");
        }
        send(exchange, json.append(']').toString());
    }

    private void resolve(HttpExchange exchange, Repository repository, String revision, String path)
            throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.add("X-Repo-Commit", repository.commit());
        if (!List.of("main", "v1.0", repository.commit()).contains(revision)) {
            fail(exchange, 404, "RevisionNotFound");
        } else if (!repository.files().containsKey(path)) {
            fail(exchange, 404, "EntryNotFound");
        } else if (repository.isLarge(path)) {
            headers.add("X-Linked-Etag", "\"" + repository.hash(path) + "\"");
            headers.add("X-Linked-Size", "" + repository.content(path).length);
            headers.add("Location", storeAddress() + "/" + repository.hash(path) + "?signature=secret");
            exchange.sendResponseHeaders(302, -1);
        } else {
            headers.add("ETag", "\"" + repository.hash(path) + "\"");
            sendBytes(exchange, repository.content(path));
        }
    }

    private void sendStored(HttpExchange exchange) throws IOException {
        String hash = exchange.getRequestURI().getPath().substring(1);
        Map<String, byte[]> large = new HashMap<>();
        repositories
                .values()
                .forEach(repository ->
                        repository.files().forEach((path, content) -> large.put(repository.hash(path), content)));
        byte[] content = Objects.requireNonNull(large.get(hash));
        if (exchange.getRequestHeaders().containsKey("Authorization")) {
            // As signed addresses of S3: two ways to show who asks are an error.
            fail(exchange, 400, "");
        } else {
            sendBytes(exchange, content);
        }
    }

    /// Sends a file, or what is asked of it.
    public static void sendBytes(HttpExchange exchange, byte[] content) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = range == null ? 0 : Integer.parseInt(range.substring(6, range.indexOf('-')));
        if (from > 0 && from >= content.length) {
            exchange.getResponseHeaders().add("Content-Range", "bytes */" + content.length);
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        if (range != null) {
            exchange.getResponseHeaders()
                    .add("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) {
            exchange.getResponseHeaders().add("Content-Length", "" + content.length);
        }
        int length = content.length - from;
        exchange.sendResponseHeaders(range == null ? 200 : 206, head || length == 0 ? -1 : length);
        if (!head && length > 0) {
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(content, from, length);
            }
        }
    }

    public static void send(HttpExchange exchange, String json) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        sendBytes(exchange, json.getBytes(StandardCharsets.UTF_8));
    }

    public static void fail(HttpExchange exchange, int status, String code) throws IOException {
        if (!code.isEmpty()) {
            exchange.getResponseHeaders().add("X-Error-Code", code);
        }
        exchange.sendResponseHeaders(status, -1);
    }

    @Override
    public void close() {
        hub.stop(0);
        store.stop(0);
    }
}
