package org.betatron.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.betatron.core.files.Checksums;
import org.betatron.hub.HubSettings;
import org.betatron.hub.Proxies;
import org.betatron.runs.place.HubPlaces;
import org.betatron.testkit.LocalHub;

/// What others have stored: adapters, files of columns, and the cache of a hub that is not asked.
final class StoredFuzzTargets {

    /// Directory of the cache within a target's copy.
    private static final String CACHE = "hub";

    private StoredFuzzTargets() {}

    /// @param root   directory for all of it
    /// @param inputs whose model and pairs are used
    static List<FuzzTarget> in(Path root, Inputs inputs) throws IOException {
        Path adapter = adapter(root, inputs);
        FuzzTarget.Command generate = (_, copy) ->
                new String[] {"generate", "--model", copy.toString(), "--prompt", "Where?", "--max-new-tokens=1"};
        return List.of(
                FuzzTarget.whole("adapter", List.of(adapter.resolve("adapter_config.json")), adapter, generate),
                new FuzzTarget(
                        "adapter weights",
                        List.of(adapter.resolve("adapter_model.safetensors")),
                        FuzzTarget::header,
                        adapter,
                        generate,
                        ""),
                columns("parquet", root, inputs, "pairs.parquet", "types.zstd.parquet", "types.groups.parquet"),
                columns("arrow", root, inputs, "pairs.arrow", "types.lz4.arrow", "types.none.stream"),
                hub(root, inputs));
    }

    private static Path adapter(Path root, Inputs inputs) throws IOException {
        Invocation.succeed(inputs.align("adapter-run", "--steps=1", "--set=adapter=lora"));
        Path adapter = root.resolve("adapter-run/model");
        Files.deleteIfExists(adapter.resolve(Checksums.FILE));
        return adapter;
    }

    /// The first of the files is read whole, the others until their columns are found to be no pairs.
    private static FuzzTarget columns(String name, Path root, Inputs inputs, String... files) throws IOException {
        Path around = Files.createDirectory(root.resolve(name));
        Path recorded = Path.of("../data/src/test/resources/org/betatron/data/columnar");
        for (String file : files) {
            Files.copy(recorded.resolve(file), around.resolve(file));
        }
        return FuzzTarget.rows(name, Stream.of(files).map(around::resolve).toList(), file ->
                new String[] {"inspect", "--model", inputs.model(), file});
    }

    /// What says which files there are, and which of them are a model's.
    private static FuzzTarget hub(Path root, Inputs inputs) throws IOException {
        Path around = Files.createDirectory(root.resolve("cached"));
        try (LocalHub hub = new LocalHub()) {
            Map<String, byte[]> files = new TreeMap<>();
            for (Path file : FuzzTarget.files(Path.of(inputs.model()))) {
                files.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
            hub.put("models/org/fuzzed", files);
            HubSettings settings =
                    new HubSettings(URI.create(hub.address()), around.resolve(CACHE), "", "", false, Proxies.NONE);
            ScopedValue.where(HubPlaces.SETTINGS, settings).run(() -> Invocation.of("fetch", "org/fuzzed"));
        }
        List<Path> listings = FuzzTarget.files(around).stream()
                .filter(file ->
                        file.toString().contains("/refs/") || file.toString().endsWith(".json"))
                .filter(file -> !file.toString().contains("/snapshots/"))
                .toList();
        return FuzzTarget.whole("hub cache", listings, around, (_, _) ->
                new String[] {"generate", "--model", "hf://org/fuzzed", "--prompt", "Where?", "--max-new-tokens=1"});
    }

    /// @param copy of what a command reads
    /// @return the hub that it may not ask, with the cache that lies there
    static HubSettings offline(Path copy) {
        return new HubSettings(URI.create("https://hub.invalid"), copy.resolve(CACHE), "", "", true, Proxies.NONE);
    }
}
