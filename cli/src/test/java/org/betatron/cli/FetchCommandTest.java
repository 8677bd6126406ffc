package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.betatron.hub.HubSettings;
import org.betatron.hub.Proxies;
import org.betatron.runs.place.HubPlaces;
import org.betatron.testkit.LocalHub;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Names of the hub wherever models and data are named, with a hub on this machine.
class FetchCommandTest {

    @TempDir
    Path directory;

    private final LocalHub hub = new LocalHub();
    private Inputs inputs = new Inputs(Path.of(""));

    @BeforeEach
    void serve() throws IOException {
        inputs = Inputs.in(directory);
        Map<String, byte[]> files = new HashMap<>();
        try (Stream<Path> found = Files.list(Path.of(inputs.model()))) {
            for (Path file : found.toList()) {
                files.put(Path.of(inputs.model()).relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        files.put("pytorch_model.bin", "pickled".getBytes(StandardCharsets.UTF_8));
        hub.put("models/org/" + name(), files);
        byte[] pairs = Files.readAllBytes(inputs.pairs());
        hub.put(
                "datasets/org/" + name(),
                new TreeMap<>(Map.of("train.jsonl", pairs, "test.jsonl", pairs, "README.md", new byte[] {'x'})));
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    /// Within a process a name means the same from its first use on, so each test has its own.
    private String name() {
        return "m" + Integer.toHexString(directory.hashCode());
    }

    private Invocation run(boolean offline, String... arguments) {
        HubSettings settings =
                new HubSettings(URI.create(hub.address()), directory.resolve("cache"), "", "", offline, Proxies.NONE);
        return ScopedValue.where(HubPlaces.SETTINGS, settings).call(() -> Invocation.of(arguments));
    }

    @Test
    void whatIsFetchedIsPrintedAndUsedByName() throws IOException {
        Invocation fetched = run(false, "fetch", "org/" + name());

        assertThat(fetched.exitCode()).as(fetched.err()).isZero();
        assertThat(fetched.err()).contains("Fetching org/" + name() + " at ", "Fetched ");
        Path snapshot = Path.of(fetched.out().lines().toList().getLast());
        assertThat(snapshot.resolve("config.json")).exists();
        assertThat(snapshot.resolve("pytorch_model.bin")).doesNotExist();
        hub.requests();
        Invocation answer = run(true, "generate", "--model", "org/" + name(), "--prompt", "x");
        assertThat(answer.exitCode()).as(answer.err()).isZero();
        assertThat(answer.out())
                .isEqualTo(run(true, "generate", "--model", inputs.model(), "--prompt", "x")
                        .out());
        assertThat(hub.requests()).isEmpty();
    }

    @Test
    void aRunNamesTheCommitsAndGoesOnWithThem() throws IOException {
        String out = directory.resolve("run").toString();
        String data = "hf://datasets/org/" + name();
        List<String> align = List.of(
                "align",
                "--model",
                "org/" + name(),
                "--data",
                data,
                "--eval",
                data + "#test",
                "--out",
                out,
                "--steps",
                "1",
                "--batch-size",
                "2",
                "--set",
                "train.warmupSteps=0");

        Invocation begun = run(false, align.toArray(String[]::new));

        assertThat(begun.exitCode()).as(begun.err()).isZero();
        String recipe = Files.readString(Path.of(out, "recipe.yaml"));
        assertThat(recipe)
                .containsPattern("model: \"?hf://org/" + name() + "@[0-9a-f]{40}\"?\n")
                .containsPattern("- \"?hf://datasets/org/" + name() + "@[0-9a-f]{40}\"?\n")
                .containsPattern("- \"?hf://datasets/org/" + name() + "@[0-9a-f]{40}#test\"?\n");
        assertThat(begun.out()).contains("train.jsonl").contains("test.jsonl");
        Invocation again = run(true, "align", "--resume", out);
        assertThat(again.exitCode()).as(again.err()).isZero();
    }

    @Test
    void whatCannotBeFetchedIsOneLine() {
        Invocation missing = run(false, "generate", "--model", "org/none" + name(), "--prompt", "x");
        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.err())
                .isEqualTo("betatron: " + hub.address() + " has no model org/none" + name()
                        + ", or it is private: look at the spelling, or set HF_TOKEN, which is not set (a token comes from "
                        + hub.address() + "/settings/tokens)\n");
        Invocation name = run(false, "fetch", "name");
        assertThat(name.exitCode()).isEqualTo(2);
        assertThat(name.err())
                .startsWith("betatron: what to fetch must be ORG/NAME or ORG/NAME@REVISION, but was name\n");
        Invocation split = run(false, "inspect", "hf://datasets/org/" + name() + "#dev", "--model", inputs.model());
        assertThat(split.exitCode()).isEqualTo(2);
        assertThat(split.err())
                .isEqualTo("betatron: datasets/org/" + name() + ": has no split dev; name one of those it has, as"
                        + " datasets/org/" + name() + "#test: test, train\n");
        Invocation model = run(false, "inspect", "hf://org/" + name(), "--model", inputs.model());
        assertThat(model.err())
                .isEqualTo("betatron: hf://org/" + name() + ": is a model on the hub; a data set is hf://datasets/org/"
                        + name() + "\n");
    }

    @Test
    void aPathBelowADirectoryThatIsThereIsNeverAskedOfTheHub() {
        hub.requests();
        Invocation missing = run(false, "generate", "--model", "src/model", "--prompt", "x");
        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.err()).contains("src/model").doesNotContain("hub");
        assertThat(hub.requests()).isEmpty();
    }
}
