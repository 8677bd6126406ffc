package org.betatron.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.betatron.hub.Hub.Freshness;
import org.betatron.testkit.LocalHub;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against a hub on this machine ([LocalHub]): what is fetched, what is kept, and what bad hubs
/// get.
class HubTest {

    private static final HubPlace MODEL = HubPlace.parse("org/model").orElseThrow();

    @TempDir
    Path cache;

    private final LocalHub server = new LocalHub();
    private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void stop() {
        server.close();
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// Many times what a connection buffers, so that a cut leaves a part.
    static byte[] large(int seed) {
        byte[] bytes = new byte[3_000_000];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static Map<String, byte[]> model() {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("config.json", text("{}"));
        files.put("tokenizer.json", text("{\"t\": 1}"));
        files.put("README.md", text("# Read me"));
        files.put("model.safetensors", large(1));
        files.put("pytorch_model.bin", text("pickled"));
        files.put("onnx/model.onnx", text("onnx"));
        files.put("original/consolidated.safetensors", text("the same again"));
        files.put("additional_chat_templates/tool use.jinja", text("{{ x }}"));
        return files;
    }

    private HubSettings settings(String token, boolean offline) {
        return new HubSettings(URI.create(server.address()), cache, token, "HF_TOKEN", offline, Proxies.NONE);
    }

    private Hub hub(String token, boolean offline) {
        return new Hub(settings(token, offline), HubListener.NONE, (duration, _) -> pauses.add(duration));
    }

    private Hub hub() {
        return hub("", false);
    }

    private Path fetch(HubPlace place) {
        try (Hub hub = hub()) {
            return hub.model(place, Freshness.NEWEST).path();
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> directory.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void onlyWhatAModelNeedsIsFetchedIntoTheLayoutThatPythonHas() throws IOException {
        LocalHub.Repository model = server.put("models/org/model", model());

        Path snapshot = fetch(MODEL);

        Path folder = cache.resolve("models--org--model");
        assertThat(snapshot).isEqualTo(folder.resolve("snapshots").resolve(model.commit()));
        assertThat(names(snapshot))
                .containsExactly(
                        "additional_chat_templates/tool use.jinja",
                        "config.json",
                        "model.safetensors",
                        "tokenizer.json");
        for (String name : names(snapshot)) {
            assertThat(snapshot.resolve(name)).hasBinaryContent(model.files().get(name));
        }
        assertThat(Files.readSymbolicLink(snapshot.resolve("config.json")))
                .hasToString("../../blobs/" + LocalHub.gitHash(text("{}")));
        assertThat(Files.readSymbolicLink(snapshot.resolve("additional_chat_templates/tool use.jinja")))
                .hasToString("../../../blobs/" + LocalHub.gitHash(text("{{ x }}")));
        assertThat(Files.readSymbolicLink(snapshot.resolve("model.safetensors")))
                .hasToString("../../blobs/" + LocalHub.sha("SHA-256", large(1)));
        assertThat(folder.resolve("refs/main")).hasContent(model.commit());
        assertThat(folder.resolve(".no_exist").resolve(model.commit()).resolve("merges.txt"))
                .exists();
        assertThat(cache.resolve("CACHEDIR.TAG")).content().startsWith("Signature: 8a477f597d28d172789f06886806bc55");
        assertThat(names(folder.resolve("blobs"))).hasSize(4);
    }

    @Test
    void whatIsThereIsUsedWithoutAsking() {
        server.put("models/org/model", model());
        Path snapshot = fetch(MODEL);
        server.requests();

        try (Hub cached = hub();
                Hub offline = hub("", true)) {
            assertThat(cached.model(MODEL, Freshness.CACHED).path()).isEqualTo(snapshot);
            assertThat(offline.model(MODEL, Freshness.NEWEST).path()).isEqualTo(snapshot);
        }
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void aNewStateSharesWhatDidNotChange() throws IOException {
        Path before = fetch0(model());
        Map<String, byte[]> changed = model();
        changed.put("config.json", text("{\"new\": true}"));
        server.put("models/org/model", changed);
        server.requests();

        Path after = fetch(MODEL);

        assertThat(after).isNotEqualTo(before);
        assertThat(after.resolve("config.json")).hasContent("{\"new\": true}");
        assertThat(before.resolve("config.json")).hasContent("{}");
        assertThat(server.requests())
                .filteredOn(request -> request.contains("/resolve/"))
                .hasSize(1);
        try (Hub hub = hub()) {
            HubPlace old = MODEL.at(before.getFileName().toString());
            assertThat(hub.model(old, Freshness.CACHED).path()).isEqualTo(before);
        }
    }

    private Path fetch0(Map<String, byte[]> files) {
        server.put("models/org/model", files);
        return fetch(MODEL);
    }

    @Test
    void shardsAreThoseThatTheIndexNames() throws IOException {
        Map<String, byte[]> files = model();
        files.remove("model.safetensors");
        files.put("model-00001-of-00002.safetensors", large(2));
        files.put("model-00002-of-00002.safetensors", large(3));
        files.put("model-other.safetensors", large(4));
        files.put(
                "model.safetensors.index.json",
                text("{\"weight_map\": {\"a\": \"model-00001-of-00002.safetensors\", \"b\":"
                        + " \"model-00002-of-00002.safetensors\", \"c\": \"model-00001-of-00002.safetensors\"}}"));

        assertThat(names(fetch0(files)))
                .contains("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
                .doesNotContain("model-other.safetensors");
    }

    @Test
    void aFileOfARepositoryIsFetchedAlone() throws IOException {
        server.put("models/org/model", Map.of("README.md", text("x"), "a.gguf", large(5), "b.gguf", large(6)));
        HubPlace place = HubPlace.parse("org/model/b.gguf").orElseThrow();

        Path file = fetch(place);

        assertThat(file).hasBinaryContent(large(6)).hasFileName("b.gguf");
        assertThat(names(file.resolveSibling(""))).containsExactly("b.gguf");
        assertRefused(
                MODEL,
                "org/model holds GGUF files: name one of them, as hf://org/model/a.gguf"
                        + " (betatron fetch: --file); it has a.gguf, b.gguf");
        assertRefused(
                HubPlace.parse("org/model/c.gguf").orElseThrow(),
                "org/model has no file c.gguf; its files are README.md, a.gguf, b.gguf");
    }

    private HubException assertRefused(HubPlace place, String message) {
        return assertRefused(hub(), place, message);
    }

    private static HubException assertRefused(Hub asked, HubPlace place, String message) {
        try (asked) {
            return org.assertj.core.api.Assertions.catchThrowableOfType(HubException.class, () -> {
                try {
                    asked.model(place, Freshness.NEWEST);
                } catch (HubException e) {
                    assertThat(e).hasMessageContaining(message);
                    assertThat(String.valueOf(e.getMessage())).hasLineCount(1);
                    throw e;
                }
            });
        }
    }

    @Test
    void pickledWeightsAreNotTaken() {
        server.put("models/org/model", Map.of("config.json", text("{}"), "pytorch_model.bin", text("x")));

        assertRefused(MODEL, "org/model has no weights as safetensors, only pytorch_model.bin, which can run code");
    }

    @Test
    void theTokenGoesToTheHubAlone() {
        server.put("models/org/model", model(), "hf_secret", "GatedRepo");

        assertRefused(
                MODEL,
                "org/model is gated: accept its terms at " + server.address()
                        + "/org/model, and have a token of that account in HF_TOKEN, which is not set");
        assertRefused(hub("hf_wrong", false), MODEL, "in the token from HF_TOKEN");
        server.requests();
        try (Hub hub = hub("hf_secret", false)) {
            hub.model(MODEL, Freshness.NEWEST);
        }
        List<String> requests = server.requests();
        assertThat(requests)
                .filteredOn(request -> request.startsWith("hub"))
                .allMatch(request -> request.endsWith("with token"));
        assertThat(requests)
                .filteredOn(request -> request.startsWith("store"))
                .hasSize(1)
                .noneMatch(request -> request.endsWith("with token"));
    }

    @Test
    void whatDoesNotExistIsNamedWithWhatDoes() {
        server.put("models/org/model", model());
        server.put("datasets/org/data", Map.of("train.jsonl", text("{}")));

        assertRefused(MODEL.at("v2"), "org/model has no revision v2; it has main, v1.0");
        assertRefused(
                HubPlace.parse("org/modell").orElseThrow(),
                server.address() + " has no model org/modell, or it is private: look at the spelling, or set HF_TOKEN");
        assertRefused(
                HubPlace.parse("org/data").orElseThrow(),
                "; a data set has that name (--dataset, hf://datasets/org/data)");
    }

    @Test
    void offlineSaysWhatIsMissing() {
        assertRefused(
                hub("", true),
                MODEL,
                "org/model is not in the cache " + cache
                        + ", at least not whole, and HF_HUB_OFFLINE forbids to fetch it");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void aConnectionThatIsCutIsGoneOnWith() throws IOException {
        server.put("models/org/model", model());
        List<String> ranges = new ArrayList<>();
        server.always((isHub, exchange) -> {
            if (isHub || ranges.size() >= 3) {
                return false;
            }
            String range = exchange.getRequestHeaders().getFirst("Range");
            ranges.add(String.valueOf(range));
            int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
            byte[] content = large(1);
            exchange.getResponseHeaders().add("Content-Range", "bytes " + from + "-2999999/3000000");
            exchange.sendResponseHeaders(range == null ? 200 : 206, content.length - from);
            exchange.getResponseBody().write(content, from, 700_000);
            exchange.getResponseBody().flush();
            return true;
        });

        Path snapshot = fetch(MODEL);

        assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(large(1));
        assertThat(ranges).hasSize(3).startsWith("null");
        assertThat(ranges.get(2)).isNotEqualTo(ranges.get(1)).startsWith("bytes=");
        assertThat(pauses).isNotEmpty().allMatch(pause -> pause.equals(Duration.ofSeconds(1)));
    }

    @Test
    void aHubThatSendsNothingMoreIsGivenUpAndGoneOnWithLater() throws IOException {
        server.put("models/org/model", model());
        server.always((isHub, exchange) -> {
            if (isHub) {
                return false;
            }
            boolean first = exchange.getRequestHeaders().getFirst("Range") == null;
            exchange.getResponseHeaders().add("Content-Range", "bytes 1000000-2999999/3000000");
            exchange.sendResponseHeaders(first ? 200 : 206, first ? 3_000_000 : 2_000_000);
            exchange.getResponseBody().write(large(1), 0, first ? 1_000_000 : 0);
            exchange.getResponseBody().flush();
            return true;
        });

        assertRefused(MODEL, "model.safetensors of org/model breaks off at ");

        assertThat(names(cache.resolve("models--org--model/blobs")))
                .anyMatch(name -> name.equals(LocalHub.sha("SHA-256", large(1)) + ".betatron.incomplete"));
        assertThat(cache.resolve("models--org--model/refs/main")).doesNotExist();
        try (LocalHub again = new LocalHub();
                Hub hub = new Hub(
                        new HubSettings(URI.create(again.address()), cache, "", "", false, Proxies.NONE),
                        HubListener.NONE,
                        (_, _) -> {})) {
            again.put("models/org/model", model());
            assertThat(hub.model(MODEL, Freshness.NEWEST).path().resolve("model.safetensors"))
                    .hasBinaryContent(large(1));
        }
        assertThat(names(cache.resolve("models--org--model/blobs"))).noneMatch(name -> name.contains("incomplete"));
    }

    @Test
    void aHubThatIsBusyIsAskedLater() {
        server.put("models/org/model", model());
        for (int i = 0; i < 2; i++) {
            server.next((_, exchange) -> {
                exchange.getResponseHeaders().add("Retry-After", "7");
                LocalHub.fail(exchange, 429, "");
                return true;
            });
        }
        server.next((_, exchange) -> {
            LocalHub.fail(exchange, 503, "");
            return true;
        });

        fetch(MODEL);

        assertThat(pauses).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(7), Duration.ofSeconds(4));
    }

    @Test
    void aHubThatStaysBusyOrBrokenIsGivenUp() {
        server.put("models/org/model", model());
        int[] status = {429};
        server.always((_, exchange) -> {
            LocalHub.fail(exchange, status[0], "");
            return true;
        });

        HubException busy =
                assertRefused(MODEL, "the hub has had too many requests, 6 times in a row: try again later");
        assertThat(busy.kind()).isEqualTo(HubException.Cause.FAILED);
        assertThat(pauses).hasSize(5);
        status[0] = 500;
        assertRefused(MODEL, "the hub answers 500 when asked for its state of org/model, 6 times in a row");
        server.close();
        assertRefused(
                MODEL,
                server.address() + "/api/models/org/model/revision/main cannot be reached (no connection: is there a"
                        + " network, and a proxy to name in HTTPS_PROXY?)");
    }

    @Test
    void aHubThatLiesLeavesNothing() throws IOException {
        Map<String, byte[]> files = model();
        LocalHub.Repository model = server.put("models/org/model", files);
        byte[] other = large(99);
        for (byte[] sent : new byte[][] {other, java.util.Arrays.copyOf(other, 3_100_000)}) {
            server.always((isHub, exchange) -> {
                if (!isHub) {
                    LocalHub.sendBytes(exchange, sent);
                }
                return !isHub;
            });
            assertRefused(
                    MODEL,
                    sent.length == other.length
                            ? "the hub sent other bytes of model.safetensors than it lists: their hash is "
                                    + LocalHub.sha("SHA-256", other) + " and must be " + model.hash("model.safetensors")
                            : "the hub sends more of model.safetensors than the 3000000 bytes that it lists");
            assertThat(names(cache.resolve("models--org--model/blobs")))
                    .doesNotContain(model.hash("model.safetensors"))
                    .noneMatch(name -> name.contains("incomplete"));
            assertThat(cache.resolve("models--org--model/refs/main")).doesNotExist();
        }
    }

    @Test
    void absurdAnswersAreOneLine() throws IOException {
        server.put("models/org/model", model());
        String sha = "\"sha\":\"" + "a".repeat(40) + "\"";
        String file = "{\"type\":\"file\",\"oid\":\"" + "b".repeat(40) + "\",";
        Map<String, String> lies = new TreeMap<>(Map.of(
                "<html>Sign in</html>", "does not answer as a hub does (no JSON): is HF_ENDPOINT right?",
                "{\"sha\":\"main\"}", "the hub says what cannot be of org/model: no commit",
                "{\"sha\":{}}", "no commit",
                "[]", "no commit"));
        lies.forEach((answer, message) -> {
            server.next((_, exchange) -> {
                LocalHub.send(exchange, answer);
                return true;
            });
            assertRefused(MODEL, message);
        });
        Map<String, String> lists = Map.of(
                "{}",
                "no list of files",
                "[" + file + "\"path\":\"../../x\",\"size\":1}]",
                "named '../../x', which leads out of the repository",
                "[" + file + "\"path\":\"/etc/passwd\",\"size\":1}]",
                "named '/etc/passwd'",
                "[" + file + "\"path\":\"a/./b\",\"size\":1}]",
                "named 'a/./b'",
                "[" + file + "\"path\":\"c:/x\",\"size\":1}]",
                "named 'c:/x'",
                "[" + file + "\"path\":\"x\",\"size\":-1}]",
                "the hub lists x with -1 bytes",
                "[" + file + "\"path\":\"x\",\"size\":1e99}]",
                "a file without a size",
                "[" + file.replace("bbbb", "../.") + "\"path\":\"x\",\"size\":1}]",
                "which cannot be");
        lists.forEach((answer, message) -> {
            server.next((_, exchange) -> {
                LocalHub.send(exchange, "{" + sha + "}");
                return true;
            });
            server.next((_, exchange) -> {
                LocalHub.send(exchange, answer);
                return true;
            });
            assertRefused(MODEL, message);
        });
        assertThat(cache.resolve("models--org--model")).doesNotExist();
    }

    @Test
    void redirectsInCirclesOrToFilesEnd() {
        server.put("models/org/model", model());
        server.next((_, exchange) -> {
            exchange.getResponseHeaders().add("Location", "file:///etc/passwd");
            exchange.sendResponseHeaders(302, -1);
            return true;
        });
        assertRefused(MODEL, "to an address that is not followed: file:///etc/passwd");
        server.always((_, exchange) -> {
            exchange.getResponseHeaders()
                    .add("Location", exchange.getRequestURI().toString());
            exchange.sendResponseHeaders(302, -1);
            return true;
        });
        assertRefused(MODEL, "sends from one address to the next, 10 times");
    }

    @Test
    void severalFetchTheSameAtOnce() throws Exception {
        server.put("models/org/model", model());
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(_ -> Thread.ofPlatform().start(() -> fetch(MODEL)))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        try (Hub hub = hub("", true)) {
            assertThat(hub.model(MODEL, Freshness.CACHED).path().resolve("model.safetensors"))
                    .hasBinaryContent(large(1));
        }
        // Each blob came once.
        assertThat(server.requests())
                .filteredOn(request -> request.startsWith("store"))
                .hasSize(1);
    }

    @Test
    void aSnapshotOfPythonWithoutAListIsUsedWhereItIsWhole() throws IOException {
        Path snapshot = fetch0(model());
        Path folder = cache.resolve("models--org--model");
        try (Stream<Path> kept = Files.list(folder.resolve(".betatron"))) {
            for (Path file : kept.toList()) {
                Files.delete(file);
            }
        }
        try (Hub offline = hub("", true)) {
            assertThat(offline.model(MODEL, Freshness.CACHED).path()).isEqualTo(snapshot);
            Files.delete(snapshot.resolve("tokenizer.json"));
            assertThatExceptionOfType(HubException.class)
                    .isThrownBy(() -> offline.model(MODEL, Freshness.CACHED))
                    .withMessageContaining("at least not whole");
        }
    }

    @Test
    void filesOfADataSetAreChosenByName() throws IOException {
        server.put(
                "datasets/org/data",
                Map.of("data/train.parquet", large(7), "data/test.parquet", large(8), "README.md", text("x")));
        HubPlace place = HubPlace.parse("hf://datasets/org/data").orElseThrow();
        try (Hub hub = hub()) {
            List<Path> files = hub.files(place, Freshness.CACHED, (names, card) -> {
                        assertThat(card)
                                .hasValueSatisfying(file -> assertThat(file).hasContent("x"));
                        assertThat(names).containsExactly("README.md", "data/test.parquet", "data/train.parquet");
                        return List.of("data/train.parquet");
                    })
                    .paths();
            assertThat(files).hasSize(1);
            assertThat(files.getFirst()).hasBinaryContent(large(7));
            assertThat(files.getFirst().toString()).contains("datasets--org--data/snapshots/");
        }
        server.requests();
        try (Hub hub = hub()) {
            hub.files(place, Freshness.CACHED, (_, _) -> List.of("data/train.parquet"));
            assertThat(server.requests()).isEmpty();
            hub.files(place, Freshness.CACHED, (_, _) -> List.of("data/test.parquet"));
            assertThat(server.requests()).isNotEmpty();
        }
    }

    @Test
    void aCacheThatCannotBeWrittenIsOneLine() throws IOException {
        server.put("models/org/model", model());
        Files.writeString(cache.resolve("models--org--model"), "in the way");
        assertRefused(MODEL, "the cache " + cache + " cannot be used");
    }
}
