package org.betatron.torch.head;

import java.util.EnumMap;
import java.util.Map;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Weight;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// Numbers of response tokens that take the whole distribution over the vocabulary: its collision
/// probability, and comparisons with that of a reference model.
///
/// ```text
/// f = W h, g = W_ref h_ref          p = softmax(f), q = softmax(g)
/// KL(q || p) = sum_v q_v (log q_v - log p_v)          d KL / d f = p - q
/// H(p) = -sum_v p_v log p_v                           d H / d f_v = -p_v (log p_v + H)
/// ```
///
/// Like the head, it holds the logits of one chunk of rows at a time. `N` rows, `E` hidden size, `V`
/// vocabulary, `n` rows of a chunk.
public final class VocabularyStatistics {

    /// Elements of one chunk of logits; a handful of such matrices exist at once.
    private static final long CHUNK_ELEMENTS = 4L << 20;

    private final Weight weight; // [V, E]
    private final LogitCap cap;
    private final Tensor beside;
    private final long chunkRows;

    public VocabularyStatistics(Weight weight) {
        this(weight, LogitCap.NONE);
    }

    /// @param cap what logits stay below
    public VocabularyStatistics(Weight weight, LogitCap cap) {
        this.weight = weight;
        this.cap = cap;
        beside = weight.tensors().getFirst();
        chunkRows = Math.max(1, CHUNK_ELEMENTS / weight.shape()[0]);
    }

    /// @param hidden    normalised states of the model, `[N, E]`, without graph
    /// @param reference the reference over the same batch; null where none is needed
    /// @param targets   id of the token that each row predicts, `[N]`
    /// @return the wanted numbers, `[N]` each
    public Map<TokenQuantity, float[]> compute(
            VocabularyRequest request, Tensor hidden, @Nullable ReferenceRows reference, int[] targets) {
        if (request.isEmpty()) {
            return Map.of(); // without another pass over the vocabulary
        }
        Map<TokenQuantity, float[]> numbers = new EnumMap<>(TokenQuantity.class);
        request.quantities().forEach(quantity -> numbers.put(quantity, new float[targets.length]));
        Tensor allTargets = Tensors.indices(targets, beside).unsqueeze(1); // [N, 1]
        forEachChunk(targets.length, (from, count) -> {
            Tensor logP = logProbs(hidden.narrow(0, from, count)); // [n, V]
            Tensor chunkTargets = allTargets.narrow(0, from, count); // [n, 1]
            Tensor logQ = reference == null ? logP : logProbs(reference, from, count); // [n, V]
            numbers.forEach((quantity, values) -> {
                Tensor chunk = number(quantity, request.extrapolation(), logP, logQ, chunkTargets); // [n]
                System.arraycopy(Tensors.toFloats(chunk), 0, values, (int) from, (int) count);
            });
        });
        return numbers;
    }

    private static Tensor number(
            TokenQuantity quantity, double extrapolation, Tensor logP, Tensor logQ, Tensor targets) {
        return switch (quantity) {
            case LOG_PROB, SCORE -> throw new IllegalArgumentException(quantity + " is not one of the vocabulary");
            // A probability that underflows to zero times a finite log-probability is zero, as it should be.
            case ENTROPY -> logP.exp().mul_(logP).sum(1).neg_();
            case REFERENCE_LOG_PROB -> logQ.gather(1, targets);
            // A probability that underflows to zero times a finite difference is zero, as it should be.
            case REFERENCE_KL -> logQ.exp().mul_(logQ.sub(logP)).sum(1);
            case LOG_COLLISION -> logP.mul(new Scalar(2.0)).logsumexp(1);
            case EXTRAPOLATED -> mixed(logP, logQ, extrapolation).gather(1, targets);
            case INTERPOLATED -> mixed(logP, logQ, -extrapolation).gather(1, targets);
            case EXTRAPOLATED_KL -> divergence(mixed(logP, logQ, extrapolation), logQ);
            case INTERPOLATED_KL -> divergence(mixed(logP, logQ, -extrapolation), logQ);
        };
    }

    /// Log-probabilities serve as logits: what they differ by is the same for the whole row.
    private static Tensor mixed(Tensor logP, Tensor logQ, double share) {
        Tensor logits = logP.mul(new Scalar(1 + share)).sub_(logQ.mul(new Scalar(share))); // [n, V]
        return torch.log_softmax(logits, 1);
    }

    /// @return KL(m || q) of each row, `[n]`
    private static Tensor divergence(Tensor logM, Tensor logQ) {
        return logM.exp().mul_(logM.sub(logQ)).sum(1);
    }

    /// Adds the gradient of `sum_q sum_t derivatives[q][t] * q_t` to the head's weight and returns that of the hidden
    /// states.
    ///
    /// @param reference   null where no quantity needs one
    /// @param derivatives by each row's number, `[N]` each
    /// @return `[N, E]`, float32, in the current scope
    public Tensor backward(Tensor hidden, @Nullable ReferenceRows reference, Map<TokenQuantity, float[]> derivatives) {
        Tensor hiddenGradient = Tensors.zeros(ScalarType.Float, hidden, hidden.size(0), hidden.size(1));
        derivatives.forEach((quantity, values) -> {
            Tensor factors = Tensors.floats(values, beside).unsqueeze(1); // [N, 1]
            forEachChunk(values.length, (from, count) -> {
                Tensor rows = hidden.narrow(0, from, count); // [n, E]
                Tensor logits = logits(rows);
                Tensor logP = torch.log_softmax(logits, 1);
                Tensor logQ = reference == null ? logP : logProbs(reference, from, count);
                Tensor logitGradient =
                        logitGradient(quantity, logP, logQ).mul_(factors.narrow(0, from, count)); // [n, V]
                if (!cap.isNone()) {
                    logitGradient.mul_(cap.slope(logits));
                }
                hiddenGradient
                        .narrow(0, from, count)
                        .add_(Tensors.toFloat(weight.constant().back(logitGradient)));
                if (weight.trains()) {
                    weight.addProduct(
                            weight.products().cast(logitGradient),
                            weight.products().cast(rows),
                            1);
                }
            });
        });
        return hiddenGradient;
    }

    /// @param logP overwritten, as `logQ` is
    /// @return `[n, V]`
    private static Tensor logitGradient(TokenQuantity quantity, Tensor logP, Tensor logQ) {
        return switch (quantity) {
            case REFERENCE_KL -> logP.exp_().sub_(logQ.exp_());
            case ENTROPY -> {
                Tensor p = logP.exp(); // [n, V]
                Tensor entropy = p.mul(logP).sum(1).neg_().unsqueeze(1); // [n, 1]
                yield p.mul_(logP.add(entropy)).neg_();
            }
            default -> throw new IllegalArgumentException(quantity + " is not differentiated here");
        };
    }

    private static Tensor logProbs(ReferenceRows reference, long from, long count) {
        return reference.statistics().logProbs(reference.predictors().tensor().narrow(0, from, count));
    }

    private Tensor logProbs(Tensor rows) {
        return torch.log_softmax(logits(rows), 1);
    }

    private Tensor logits(Tensor rows) {
        return cap.apply(Tensors.toFloat(weight.constant().product(rows, null)));
    }

    private void forEachChunk(int numRows, Chunk work) {
        Memory.runWithoutGradient(() -> {
            for (long from = 0; from < numRows; from += chunkRows) {
                long start = from;
                Memory.run(() -> work.run(start, Math.min(chunkRows, numRows - start)));
            }
        });
    }

    private interface Chunk {
        void run(long from, long count);
    }
}
