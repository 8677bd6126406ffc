package org.betatron.torch.model;

import java.util.stream.IntStream;
import org.betatron.torch.Tensors;
import org.betatron.torch.memory.Memory;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Log-probabilities of given tokens, and their derivative, without ever holding `[N, V]` logits at once.
///
/// ```text
/// logit_v = h . W_v       logp = logit_target - logsumexp(logit)
/// d logp / d logit_v = [v = target] - softmax(logit)_v
/// ```
///
/// Logits exist for one chunk of rows at a time; the backward pass computes them again.
/// Log-probabilities are float32 whatever the products run in. `N` scored rows, `E` hidden size, `V` vocabulary.
final class VocabularyHead {

    /// Elements of one chunk of logits: 64 MiB per buffer in float32, which stays a small share of any
    /// model's memory.
    private static final long CHUNK_ELEMENTS = 16L << 20;

    private final Tensor weight; // [V, E]
    private final Precision precision;
    private final long chunkElements;

    VocabularyHead(Tensor weight, Precision precision) {
        this(weight, precision, CHUNK_ELEMENTS);
    }

    VocabularyHead(Tensor weight, Precision precision, long chunkElements) {
        this.weight = weight;
        this.precision = precision;
        this.chunkElements = chunkElements;
    }

    /// @param hidden  normalised states, `[N, E]`, without graph
    /// @param targets id of the token that each row predicts, `[N]`
    /// @return log-probabilities, `[N]`, nats
    float[] logProbs(Tensor hidden, int[] targets) {
        return Memory.withoutGradient(() -> {
            float[] logProbs = new float[targets.length];
            Tensor headWeight = precision.cast(weight);
            Tensor allTargets = Tensors.indices(targets).unsqueeze(1); // [N, 1]
            Buffers buffers = new Buffers(targets.length);
            forEachChunk(
                    targets.length,
                    (from, count) -> Memory.run(() -> {
                        Tensor logits = buffers.logits(hidden.narrow(0, from, count), headWeight);
                        Tensor all = torch.log_softmax_out(buffers.second(count), logits, 1); // [n, V]
                        float[] chunk = Tensors.toFloats(all.gather(1, allTargets.narrow(0, from, count)));
                        System.arraycopy(chunk, 0, logProbs, (int) from, (int) count);
                    }));
            return logProbs;
        });
    }

    /// Adds the gradient of the head's weight and returns that of the hidden states.
    ///
    /// Rows whose derivative is zero (pairs that an objective dropped) cost nothing.
    ///
    /// @param hidden      as for [#logProbs]
    /// @param targets     as for [#logProbs]
    /// @param derivatives dL/dlogProb of each row, `[N]`
    /// @return dL/dhidden, float32 `[N, E]`, in the current scope
    Tensor backward(Tensor hidden, int[] targets, float[] derivatives) {
        int[] rows = IntStream.range(0, derivatives.length)
                .filter(row -> derivatives[row] != 0)
                .toArray();
        return Memory.withoutGradient(() -> {
            if (rows.length == derivatives.length) {
                return backwardAll(hidden, targets, derivatives);
            }
            Tensor index = Tensors.indices(rows);
            float[] rowDerivatives = new float[rows.length];
            int[] rowTargets = new int[rows.length];
            for (int i = 0; i < rows.length; i++) {
                rowDerivatives[i] = derivatives[rows[i]];
                rowTargets[i] = targets[rows[i]];
            }
            return Tensors.zeros(ScalarType.Float, hidden.size(0), hidden.size(1))
                    .index_copy_(0, index, backwardAll(hidden.index_select(0, index), rowTargets, rowDerivatives));
        });
    }

    /// With `p = softmax(logits)` and derivative `d`, both gradients follow without another pass over
    /// `[n, V]`: `dL/dh = d (W_target - p W)` and `dL/dW = -p' (d h)`, plus `d h` in the rows of targets.
    private Tensor backwardAll(Tensor hidden, int[] targets, float[] derivatives) {
        Tensor headWeight = precision.cast(weight);
        Tensor allTargets = Tensors.indices(targets);
        Tensor allDerivatives = Tensors.floats(derivatives).unsqueeze(1); // [N, 1]
        Tensor scaled = hidden.mul(allDerivatives); // [N, E]
        Tensor hiddenGradient = weight.index_select(0, allTargets); // [N, E]
        Tensor weightGradient = gradientOf(weight);
        Buffers buffers = new Buffers(targets.length);
        forEachChunk(
                targets.length,
                (from, count) -> Memory.run(() -> {
                    Tensor logits = buffers.logits(hidden.narrow(0, from, count), headWeight);
                    Tensor probabilities = precision.cast(torch.softmax_out(buffers.second(count), logits, 1));
                    hiddenGradient.narrow(0, from, count).sub_(torch.matmul(probabilities, headWeight));
                    subtract(weightGradient, probabilities.t(), precision.cast(scaled.narrow(0, from, count)));
                }));
        weightGradient.index_add_(0, allTargets, scaled);
        return hiddenGradient.mul_(allDerivatives);
    }

    /// `gradient -= left @ right`; in place where the formats agree.
    private void subtract(Tensor gradient, Tensor left, Tensor right) {
        if (precision.scalarType() == ScalarType.Float) {
            gradient.addmm_(left, right, new Scalar(1.0), new Scalar(-1.0));
        } else {
            gradient.sub_(torch.matmul(left, right));
        }
    }

    /// @return the weight's gradient, made of zeros where there is none yet
    static Tensor gradientOf(Tensor weight) {
        if (!weight.grad().defined()) {
            weight.mutable_grad().put(torch.zeros_like(weight));
        }
        return weight.mutable_grad();
    }

    private long chunkRows() {
        return Math.max(1, chunkElements / weight.size(0));
    }

    private void forEachChunk(int numRows, Chunk work) {
        long chunkRows = chunkRows();
        for (long from = 0; from < numRows; from += chunkRows) {
            work.run(from, Math.min(chunkRows, numRows - from));
        }
    }

    private interface Chunk {
        void run(long from, long count);
    }

    /// Two float32 matrices that all chunks of a pass share: fresh ones would cost a page fault per 4
    /// KiB each time.
    private final class Buffers {

        private final Tensor first; // [chunk rows, V]
        private final Tensor second; // [chunk rows, V]

        Buffers(int numRows) {
            long rows = Math.min(numRows, chunkRows());
            first = Tensors.empty(ScalarType.Float, rows, weight.size(0));
            second = Tensors.empty(ScalarType.Float, rows, weight.size(0));
        }

        Tensor logits(Tensor rows, Tensor headWeight) {
            Tensor logits = first.narrow(0, 0, rows.size(0));
            return precision.scalarType() == ScalarType.Float
                    ? torch.mm_out(logits, rows, headWeight.t())
                    : logits.copy_(torch.matmul(precision.cast(rows), headWeight.t()));
        }

        Tensor second(long count) {
            return second.narrow(0, 0, count);
        }
    }
}
