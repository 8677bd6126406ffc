package org.betatron.torch.architecture;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.betatron.torch.error.ModelException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Configurations of published models, for runs that begin with random weights and for planning memory:
/// the content of their `config.json`, no weights.
///
/// Source: the `config.json` of these models on the Hugging Face hub, without what changes nothing here.
public final class KnownModels {

    private static final ObjectNode CONFIGS = read();

    private KnownModels() {}

    private static ObjectNode read() {
        try (InputStream in = Objects.requireNonNull(KnownModels.class.getResourceAsStream("known-models.json"))) {
            return (ObjectNode) JsonMapper.shared().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read known-models.json", e);
        }
    }

    /// @return the names that [#config] knows, small to large within a family
    public static List<String> names() {
        return new ArrayList<>(CONFIGS.propertyNames());
    }

    /// @param name one of [#names]
    /// @return content of the model's `config.json`; a copy
    /// @throws ModelException if there is no model of that name
    public static ObjectNode config(String name) {
        if (CONFIGS.path(name) instanceof ObjectNode config) {
            return config.deepCopy();
        }
        throw new ModelException("model name must be one of " + String.join(", ", names()) + " but was '" + name + "'");
    }
}
