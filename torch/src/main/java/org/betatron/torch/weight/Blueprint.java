package org.betatron.torch.weight;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a model is made of: its parts in file order, each said once. Names, shapes and first values of weights, which
/// layer they belong to, what adapters may sit on and what the model is saved as all come from here.
///
/// @param classes        what the model is saved as
/// @param embedding      the tokens
/// @param positions      what is added to them by position, or null
/// @param layers         parts of each layer
/// @param finalNorm      norm behind the last layer
/// @param vocabulary     head with a matrix of its own, for logits; not there in other kinds
/// @param kind           what is computed from the last states
/// @param deviation      standard deviation of drawn weights
/// @param ignoredEndings ends of names that older files carry and that are no weights
public record Blueprint(
        ModelClasses classes,
        EmbeddingPart embedding,
        @Nullable EmbeddingPart positions,
        List<List<Part>> layers,
        NormPart finalNorm,
        LinearPart vocabulary,
        HeadKind kind,
        double deviation,
        List<String> ignoredEndings) {

    /// Name of the matrix that scores, `[1, E]`, in every family.
    private static final String SCORE = "score";

    /// Of a model that has no embedding of positions.
    public Blueprint(
            ModelClasses classes,
            EmbeddingPart embedding,
            List<List<Part>> layers,
            NormPart finalNorm,
            LinearPart vocabulary,
            HeadKind kind,
            double deviation,
            List<String> ignoredEndings) {
        this(classes, embedding, null, layers, finalNorm, vocabulary, kind, deviation, ignoredEndings);
    }

    /// @return every weight, in file order
    public List<WeightSpec> weights() {
        return Stream.of(
                        embedding.weights().stream(),
                        Stream.ofNullable(positions).flatMap(part -> part.weights().stream()),
                        layers.stream().flatMap(List::stream).flatMap(part -> part.weights().stream()),
                        finalNorm.weights().stream(),
                        headWeights())
                .flatMap(weights -> weights)
                .toList();
    }

    private Stream<WeightSpec> headWeights() {
        return switch (kind) {
            case VOCABULARY -> headPart().weights().stream();
            case TIED -> Stream.of();
            case SCORE -> headPart().weights().stream().map(WeightSpec::float32);
        };
    }

    /// @return the product with the head, `[V, E]` for logits and `[1, E]` for a score
    public LinearPart headPart() {
        return switch (kind) {
            case VOCABULARY -> vocabulary;
            case TIED -> new LinearPart(embedding.name(), embedding.rows(), embedding.width(), false);
            case SCORE -> new LinearPart(SCORE, 1, embedding.width(), false);
        };
    }

    /// @return the affine maps of the layers, on which an adapter may sit
    public List<LinearPart> adapterTargets() {
        return layers.stream()
                .flatMap(List::stream)
                .filter(LinearPart.class::isInstance)
                .map(LinearPart.class::cast)
                .toList();
    }

    /// @param index number of the layer, from 0
    /// @return names of the weights that it depends on; of the last one, those of the final norm too
    public List<String> layerWeights(int index) {
        return Stream.concat(
                        layers.get(index).stream(),
                        index < layers.size() - 1 ? Stream.of() : Stream.<Part>of(finalNorm))
                .flatMap(part -> part.weights().stream())
                .map(WeightSpec::name)
                .toList();
    }

    /// @param name of a weight
    /// @return its layer, from 0; none for what is around them
    public Optional<Integer> layerOf(String name) {
        return IntStream.range(0, layers.size())
                .filter(index -> layers.get(index).stream()
                        .flatMap(part -> part.weights().stream())
                        .anyMatch(weight -> weight.name().equals(name)))
                .boxed()
                .findFirst();
    }

    /// @param head what is computed from the last states
    /// @return name of the class of `transformers` that reads the model with such a head
    public String architectureName(HeadKind head) {
        return head == HeadKind.SCORE ? classes.scoring() : classes.language();
    }

    /// @param name a tensor found in a file that is not a weight
    /// @return whether it may be there: a buffer that older files carry, or the head that this kind has not
    public boolean isIgnorable(String name) {
        return ignoredEndings.stream().anyMatch(name::endsWith)
                || (kind != HeadKind.VOCABULARY && name.equals(vocabulary.weight()));
    }

    /// Files of a model that was saved without a head lack the beginning of all names, as in `transformers`.
    ///
    /// @return that beginning
    String beginning() {
        return embedding.name().substring(0, embedding.name().indexOf('.') + 1);
    }

    /// @return how many numbers all weights have, without making any of them
    public long numParameters() {
        return weights().stream().collect(Collectors.summingLong(WeightSpec::count));
    }
}
