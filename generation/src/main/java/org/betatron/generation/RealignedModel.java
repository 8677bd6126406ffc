package org.betatron.generation;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.betatron.core.Source;
import org.betatron.core.model.Decoder;
import org.betatron.core.model.LanguageModel;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.ResponseModel;
import org.betatron.core.model.TokenNumbers;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.model.VocabularyRequest;

/// An aligned model and its reference as one model between them, or beyond: decoding-time realignment.
///
/// ```text
/// logits = (1 - l) g + l f          f of the aligned model, g of the reference, l = lambda
/// p(v) is proportional to q_ref(v)^(1 - l) q_aligned(v)^l
/// ```
///
/// If the aligned model is the optimum of `E[reward] - beta KL` this approximates the one at
/// `beta / lambda`, token by token: it would be exact for whole answers, not for single tokens. At 0 the
/// reference answers alone and at 1 the aligned model, bit for bit as without the other.
@Source("DeRa: Liu et al. 2024, arXiv 2402.02992")
public final class RealignedModel implements LanguageModel {

    private final LanguageModel aligned;
    private final LanguageModel reference;
    private final double lambda;

    /// @param aligned   of the same kind as the reference; owned from here on
    /// @param reference owned from here on, and closed before the aligned model, whose weights it may share
    /// @param lambda    share of the aligned model, ≥ 0 and finite
    /// @throws IllegalArgumentException if the models know different numbers of tokens; nothing is owned then
    public RealignedModel(LanguageModel aligned, LanguageModel reference, double lambda) {
        requireLambda(lambda);
        if (aligned.vocabularySize() != reference.vocabularySize()) {
            throw new IllegalArgumentException("models to mix must have the same token ids but the aligned one has "
                    + aligned.vocabularySize() + " and the reference " + reference.vocabularySize());
        }
        this.aligned = aligned;
        this.reference = reference;
        this.lambda = lambda;
    }

    /// @throws IllegalArgumentException if it is negative or not finite
    public static void requireLambda(double lambda) {
        if (!(lambda >= 0 && lambda < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("lambda must be ≥ 0 and finite but was " + lambda);
        }
    }

    @Override
    public Decoder startDecoding() {
        if (lambda == 0) {
            return reference.startDecoding();
        }
        if (lambda == 1) {
            return aligned.startDecoding();
        }
        Decoder first = aligned.startDecoding();
        try {
            return new RealignedDecoder(first, reference.startDecoding(), lambda, maxPositions());
        } catch (RuntimeException e) {
            first.close();
            throw e;
        }
    }

    /// @param request must be empty: the mixture is itself one of what a model can be asked beside its own
    @Override
    public TokenNumbers score(PackedBatch batch, VocabularyRequest request) {
        if (!request.isEmpty()) {
            throw new IllegalArgumentException(
                    "a realigned model computes log-probabilities alone but was asked for " + request.quantities());
        }
        if (lambda == 0) {
            return reference.score(batch);
        }
        if (lambda == 1) {
            return aligned.score(batch);
        }
        TokenQuantity mixed = lambda > 1 ? TokenQuantity.EXTRAPOLATED : TokenQuantity.INTERPOLATED;
        return TokenNumbers.ofLogProbs(
                batch, aligned.score(batch, asking(mixed)).of(mixed));
    }

    /// The divergence of the mixture from the reference at each token of a response, given what stands before
    /// it, summed over the whole vocabulary. Summed over answers drawn from the mixture unchanged its mean is the
    /// divergence of their distributions, and it varies less than their log-ratio.
    ///
    /// @return a model, borrowed, whose [TokenQuantity#SCORE] is `KL(mixture || reference)` at the token, nats
    public ResponseModel divergence() {
        return new Divergence();
    }

    private VocabularyRequest asking(TokenQuantity quantity) {
        return new VocabularyRequest(Set.of(quantity), Math.abs(lambda - 1), reference);
    }

    @Override
    public int vocabularySize() {
        return aligned.vocabularySize();
    }

    @Override
    public int maxPositions() {
        if (lambda == 0) {
            return reference.maxPositions();
        }
        return lambda == 1 ? aligned.maxPositions() : Math.min(aligned.maxPositions(), reference.maxPositions());
    }

    @Override
    public void close() {
        try (aligned) {
            reference.close();
        }
    }

    /// The divergence as what a model without a vocabulary would compute.
    private final class Divergence implements ResponseModel {

        @Override
        public TokenNumbers score(PackedBatch batch) {
            Map<TokenQuantity, float[]> numbers = new EnumMap<>(TokenQuantity.class);
            if (lambda == 0) {
                numbers.put(TokenQuantity.SCORE, new float[batch.numResponseTokens()]);
            } else {
                TokenQuantity mixed = lambda > 1 ? TokenQuantity.EXTRAPOLATED_KL : TokenQuantity.INTERPOLATED_KL;
                numbers.put(
                        TokenQuantity.SCORE, aligned.score(batch, asking(mixed)).of(mixed));
            }
            return new TokenNumbers(batch, numbers);
        }

        @Override
        public int vocabularySize() {
            return RealignedModel.this.vocabularySize();
        }

        @Override
        public int maxPositions() {
            return RealignedModel.this.maxPositions();
        }

        @Override
        public void close() {}
    }
}
