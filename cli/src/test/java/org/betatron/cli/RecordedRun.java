package org.betatron.cli;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.betatron.data.packing.Packing;
import org.betatron.data.row.TokenizedPair;
import org.betatron.runs.model.ModelPlace;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.training.reference.MappedReferenceLogProbs;
import org.betatron.training.reference.ReferenceCache;
import org.betatron.training.reference.ReferenceKey;
import org.betatron.training.run.Settings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The files that `parity/dpo_trl.py` recorded.
final class RecordedRun {

    private RecordedRun() {}

    /// @return the directory that holds them, or a file in it
    static Path path(String name) {
        URL root = Objects.requireNonNull(RecordedRun.class.getResource("parity/dpo-trl"), "parity/dpo-trl");
        try {
            return Path.of(root.toURI()).resolve(name);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("not a path: " + root, e);
        }
    }

    static JsonNode json(String name) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(path(name)));
    }

    /// @return token ids of the pairs as they reached TRL's model, in the order in which it used them
    static List<TokenizedPair> pairs() throws IOException {
        List<TokenizedPair> pairs = new ArrayList<>();
        for (JsonNode pair : json("pairs.json").path("pairs")) {
            pairs.add(new TokenizedPair(
                    "pair-" + pairs.size(),
                    ids(pair.path("prompt")),
                    ids(pair.path("chosen")),
                    ids(pair.path("rejected"))));
        }
        return pairs;
    }

    /// @return the model that every recorded run starts from; one thread, which for so small a model is
    ///     the fastest
    static TorchLanguageModel startModel() {
        return startModel(ComputeSpec.DEFAULT);
    }

    /// As [#startModel()], computing in a given way.
    static TorchLanguageModel startModel(ComputeSpec compute) {
        return startModel("start", compute);
    }

    /// @param directory of that model, or of an adapter on it
    static TorchLanguageModel startModel(String directory, ComputeSpec compute) {
        NativeLibraries.setThreads(1);
        return TorchLanguageModel.load(ModelPlace.of(path(directory)), compute);
    }

    /// Scores pairs with a model through the cache, as a run does.
    static MappedReferenceLogProbs reference(Path file, TorchLanguageModel model, List<TokenizedPair> pairs) {
        cache(file, pairs).compute(model, pairs, new Packing(8, 2048, true), (_, _) -> {});
        return openReference(file, pairs);
    }

    static MappedReferenceLogProbs openReference(Path file, List<TokenizedPair> pairs) {
        return cache(file, pairs).open();
    }

    private static ReferenceCache cache(Path file, List<TokenizedPair> pairs) {
        return new ReferenceCache(file, ReferenceKey.of(Settings.NONE, pairs));
    }

    private static int[] ids(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::asInt).toArray();
    }
}
