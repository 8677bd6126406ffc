package org.betatron.torch.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.betatron.torch.attention.AttentionSpec;
import org.betatron.torch.files.ConfigReader;
import tools.jackson.databind.JsonNode;

/// Which layers see only a window of what is before: the keys that families share.
final class Windows {

    private static final String SLIDING = "sliding_attention";
    private static final String WHOLE = "full_attention";

    private Windows() {}

    /// Refuses windows in a family that has none in `transformers`, which does not read these
    /// settings there: a file that has them means another model.
    ///
    /// @param numLayers of the model
    static void requireNone(ConfigReader config, int numLayers) {
        boolean on = config.flag("use_sliding_window", true);
        if (config.has("sliding_window")
                && on
                && config.integer("sliding_window") < config.integer("max_position_embeddings")) {
            throw config.unsupported(
                    "sliding_window", "missing, null or turned off by use_sliding_window, as the family has none,");
        }
        if (kinds(config, numLayers).contains(SLIDING)) {
            throw config.unsupported("layer_types", "full_attention only");
        }
    }

    /// Of a family whose layers are all alike.
    ///
    /// @param numLayers of the model
    /// @param usual     where the file says nothing; `null` turns it off
    /// @return the window of all layers
    static int ofAll(ConfigReader config, int numLayers, int usual) {
        int window = config.value("sliding_window").isMissingNode()
                ? usual
                : config.integer("sliding_window", AttentionSpec.WHOLE);
        String kind = window == AttentionSpec.WHOLE ? WHOLE : SLIDING;
        for (String stated : kinds(config, numLayers)) {
            if (!stated.equals(kind)) {
                throw config.unsupported("layer_types", kind + " only, as sliding_window holds for all layers,");
            }
        }
        return window;
    }

    /// @param numLayers of the model
    /// @param slides    whether a layer, from 0, has a window where `layer_types` says nothing
    /// @return which layers have a window
    static List<Boolean> sliding(ConfigReader config, int numLayers, IntPredicate slides) {
        List<String> kinds = kinds(config, numLayers);
        List<Boolean> sliding = new ArrayList<>();
        for (int i = 0; i < numLayers; i++) {
            sliding.add(kinds.isEmpty() ? slides.test(i) : kinds.get(i).equals(SLIDING));
        }
        return sliding;
    }

    /// @return the kind of each layer; empty where `layer_types` says nothing
    private static List<String> kinds(ConfigReader config, int numLayers) {
        List<String> kinds = new ArrayList<>();
        if (!config.has("layer_types")) {
            return kinds;
        }
        for (JsonNode type : config.value("layer_types")) {
            kinds.add(type.asString(""));
        }
        if (kinds.size() != numLayers || !List.of(SLIDING, WHOLE).containsAll(kinds)) {
            throw config.unsupported(
                    "layer_types",
                    "a list of sliding_attention and full_attention, one for each of the " + numLayers + " layers,");
        }
        return kinds;
    }

    /// @param sliding which layers have one
    /// @param window  most tokens that their queries see, their own among them
    /// @return the windows of all layers
    static List<Integer> of(List<Boolean> sliding, int window) {
        return sliding.stream().map(has -> has ? window : AttentionSpec.WHOLE).toList();
    }

    /// @return attention with these windows
    static List<AttentionSpec> applied(List<AttentionSpec> layers, List<Integer> windows) {
        List<AttentionSpec> applied = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            applied.add(layers.get(i).withWindow(windows.get(i)));
        }
        return applied;
    }
}
