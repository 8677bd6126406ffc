package org.betatron.core.model;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a model shall compute of each response token beside its log-probability.
///
/// @param quantities    the numbers that are wanted; [TokenQuantity#LOG_PROB] need not be named and is left out
/// @param extrapolation `e` of [TokenQuantity#EXTRAPOLATED], [TokenQuantity#INTERPOLATED] and their divergences,
///     ≥ 0
/// @param reference     the reference model, borrowed: of the same kind and vocabulary as the model that is
///     asked; null where no quantity needs one
public record VocabularyRequest(
        Set<TokenQuantity> quantities,
        double extrapolation,
        @Nullable LanguageModel reference) {

    /// Nothing but log-probabilities.
    public static final VocabularyRequest NONE = new VocabularyRequest(Set.of(), 0, null);

    public VocabularyRequest {
        if (quantities.contains(TokenQuantity.SCORE)) {
            throw new IllegalArgumentException("a language model gives no SCORE: ask a reward model, or a critic");
        }
        quantities = quantities.stream()
                .filter(quantity -> quantity != TokenQuantity.LOG_PROB)
                .collect(Collectors.toUnmodifiableSet());
        if (reference == null && quantities.stream().anyMatch(TokenQuantity::needsReference)) {
            throw new IllegalArgumentException("reference must be given for " + quantities);
        }
    }

    /// @return whether nothing is wanted
    public boolean isEmpty() {
        return quantities.isEmpty();
    }

    public boolean wants(TokenQuantity quantity) {
        return quantities.contains(quantity);
    }

    /// @param type the kind of the model that was asked
    /// @return the reference model
    /// @throws IllegalArgumentException if it is of another kind, or has another vocabulary than `model`
    public <M extends LanguageModel> Optional<M> reference(Class<M> type, LanguageModel model) {
        if (reference == null) {
            return Optional.empty();
        }
        if (!type.isInstance(reference)) {
            throw new IllegalArgumentException("reference must be a " + type.getSimpleName()
                    + " like the model but was a " + reference.getClass().getSimpleName());
        }
        if (reference.vocabularySize() != model.vocabularySize()) {
            throw new IllegalArgumentException("reference must have the model's " + model.vocabularySize()
                    + " token ids but had " + reference.vocabularySize());
        }
        return Optional.of(type.cast(reference));
    }
}
