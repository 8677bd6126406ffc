package org.betatron.torch.weight;

import java.util.List;

/// A row for each token of the vocabulary.
///
/// @param name  Hugging Face name without `.weight`
/// @param rows  tokens
/// @param width numbers of a row
/// @param scale what rows are multiplied by before they enter the first layer; the head of a tied model takes the
///     matrix without it
public record EmbeddingPart(String name, long rows, long width, double scale) implements Part {

    public String weight() {
        return name + ".weight";
    }

    @Override
    public List<WeightSpec> weights() {
        return List.of(WeightSpec.matrix(weight(), rows, width));
    }
}
