package org.betatron.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Which files of a repository a model is made of: configuration, tokenizer, weights as
/// safetensors. Copies of the weights for other programs (`pytorch_model.bin`, `onnx`, `original`,
/// `consolidated`, ...) are left where they are.
final class NeededFiles {

    /// What there is beside weights; none of it must be there but the first, or the second for an
    /// adapter.
    static final List<String> SMALL = List.of(
            "config.json",
            "adapter_config.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt",
            "tokenizer.model",
            "chat_template.jinja");

    private static final String TEMPLATES = "additional_chat_templates/";

    private static final String SINGLE = "model.safetensors";

    private static final String INDEX = "model.safetensors.index.json";

    private static final String ADAPTER = "adapter_model.safetensors";

    private NeededFiles() {}

    /// @param listing what there is
    /// @return everything but shards, which the index names; weights last
    /// @throws HubException if it is no model, or has no weights that can be read
    static List<HubFile> first(HubPlace place, HubListing listing) {
        List<HubFile> needed = new ArrayList<>();
        SMALL.forEach(name -> add(name, listing, needed));
        listing.files().values().stream()
                .filter(file -> file.path().startsWith(TEMPLATES) && file.path().endsWith(".jinja"))
                .forEach(needed::add);
        if (!listing.files().containsKey("config.json") && !listing.files().containsKey("adapter_config.json")) {
            throw noModel(place, listing, "has no config.json");
        }
        add(ADAPTER, listing, needed);
        boolean isAdapter = listing.files().containsKey(ADAPTER);
        if (!add(SINGLE, listing, needed) && !add(INDEX, listing, needed) && !isAdapter) {
            throw noModel(place, listing, "has no weights as safetensors");
        }
        return needed;
    }

    private static boolean add(String name, HubListing listing, Collection<HubFile> needed) {
        HubFile file = listing.files().get(name);
        if (file != null) {
            needed.add(file);
        }
        return file != null;
    }

    private static HubException noModel(HubPlace place, HubListing listing, String why) {
        List<String> gguf = endings(listing, ".gguf");
        if (!gguf.isEmpty()) {
            return HubException.asked(place.repository() + " holds GGUF files: name one of them, as hf://"
                    + place.repository() + "/" + gguf.getFirst() + " (betatron fetch: --file); it has "
                    + shown(gguf));
        }
        List<String> pickled = new ArrayList<>(endings(listing, ".bin"));
        pickled.addAll(endings(listing, ".pt"));
        pickled.addAll(endings(listing, ".pth"));
        return HubException.asked(place.repository() + " " + why
                + (pickled.isEmpty()
                        ? "; its files are "
                                + shown(new ArrayList<>(listing.files().keySet()))
                        : ", only " + shown(pickled) + ", which can run code when they are read and are not: "
                                + "https://huggingface.co/spaces/safetensors/convert makes safetensors of them, in a"
                                + " revision refs/pr/N"));
    }

    private static List<String> endings(HubListing listing, String ending) {
        return listing.files().keySet().stream()
                .filter(name -> name.endsWith(ending))
                .toList();
    }

    static String shown(List<String> names) {
        return names.isEmpty()
                ? "none"
                : String.join(", ", names.subList(0, Math.min(names.size(), 30)))
                        + (names.size() > 30 ? ", and " + (names.size() - 30) + " more" : "");
    }

    /// @param snapshot where the index lies, if there is one
    /// @return shards that the index names; none without an index, or beside a single file
    static List<HubFile> shards(HubPlace place, HubListing listing, Path snapshot) throws IOException {
        if (listing.files().containsKey(SINGLE) || !listing.files().containsKey(INDEX)) {
            return List.of();
        }
        List<HubFile> shards = new ArrayList<>();
        for (String name : shardNames(snapshot.resolve(INDEX))) {
            if (!add(name, listing, shards)) {
                throw HubException.failed(INDEX + " of " + place.repository() + " names " + name
                        + ", which the repository does not have");
            }
        }
        return shards;
    }

    private static Set<String> shardNames(Path index) throws IOException {
        try {
            Set<String> names = new TreeSet<>();
            JsonNode map = JsonMapper.shared().readTree(Files.readString(index)).path("weight_map");
            map.forEach(name -> names.add(name.asString("")));
            return names;
        } catch (JacksonException e) {
            throw HubException.failed(index + ": not valid JSON", e);
        }
    }

    /// For a snapshot of which no listing was kept: it came from a program that fetches what it
    /// reads.
    ///
    /// @return whether configuration, tokenizer and all weights are there
    static boolean isWhole(Path snapshot) throws IOException {
        boolean hasConfig = Files.isRegularFile(snapshot.resolve("config.json"));
        if (Files.isRegularFile(snapshot.resolve("adapter_config.json"))) {
            return Files.isRegularFile(snapshot.resolve(ADAPTER));
        }
        if (!hasConfig || !Files.isRegularFile(snapshot.resolve("tokenizer.json"))) {
            return false;
        }
        if (Files.isRegularFile(snapshot.resolve(SINGLE))) {
            return true;
        }
        Path index = snapshot.resolve(INDEX);
        if (!Files.isRegularFile(index)) {
            return false;
        }
        for (String name : shardNames(index)) {
            HubFile.requireSafe(name);
            if (!Files.isRegularFile(snapshot.resolve(name))) {
                return false;
            }
        }
        return true;
    }
}
