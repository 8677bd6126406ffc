package org.betatron.torch.head;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.Products;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Matrix;
import org.betatron.torch.weight.Weight;
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
/// Where logits have a limit ([LogitCap]), the derivative gets its slope as a factor, and nothing is kept for the
/// backward pass: it needs the logits themselves.
///
/// Logits exist for one chunk of rows at a time. A forward pass keeps its first chunks as long as a
/// budget, which all open passes share, lasts; the backward pass computes the others again.
/// Log-probabilities are float32 whatever the products run in. `N` scored rows, `E` hidden size, `V` vocabulary.
public final class VocabularyHead {

    /// Elements of one chunk of logits: 64 MiB in float32, which stays a small share of any model's
    /// memory.
    private static final long CHUNK_ELEMENTS = 16L << 20;

    private final Weight weight; // [V, E]
    private final LogitCap cap;
    private final Products products;
    private final Tensor beside;
    private final long vocabularySize;
    private final long chunkElements;
    private long freeElements;

    /// @param keptElements numbers that forward passes may keep for their backward passes, ≥ 0
    public VocabularyHead(Weight weight, long keptElements) {
        this(weight, LogitCap.NONE, keptElements);
    }

    /// @param cap what logits stay below
    public VocabularyHead(Weight weight, LogitCap cap, long keptElements) {
        this(weight, cap, keptElements, CHUNK_ELEMENTS);
    }

    public VocabularyHead(Weight weight, long keptElements, long chunkElements) {
        this(weight, LogitCap.NONE, keptElements, chunkElements);
    }

    VocabularyHead(Weight weight, LogitCap cap, long keptElements, long chunkElements) {
        this.weight = weight;
        this.cap = cap;
        products = weight.products();
        beside = weight.tensors().getFirst();
        vocabularySize = weight.shape()[0];
        freeElements = cap.isNone() ? keptElements : 0;
        this.chunkElements = chunkElements;
    }

    /// @param hidden  normalised states, `[N, E]`, without graph
    /// @param targets id of the token that each row predicts, `[N]`
    /// @return log-probabilities, `[N]`, nats
    public float[] logProbs(Tensor hidden, int[] targets) {
        return logProbs(hidden, targets, List.of());
    }

    /// As [#logProbs], and keeps for the backward pass what the budget allows.
    ///
    /// @return the pass, to be closed by the caller
    public Pass forward(Tensor hidden, int[] targets) {
        List<Owned> kept = keepChunks(targets.length);
        try {
            return new Pass(targets, logProbs(hidden, targets, kept), kept);
        } catch (RuntimeException e) {
            kept.forEach(this::release);
            throw e;
        }
    }

    /// One forward pass that can be differentiated once.
    public final class Pass implements AutoCloseable {

        private final int[] targets;
        private final float[] logProbs;
        private final List<Owned> kept; // log-probs of the whole vocabulary, first chunks

        private Pass(int[] targets, float[] logProbs, List<Owned> kept) {
            this.targets = targets;
            this.logProbs = logProbs;
            this.kept = kept;
        }

        /// @return log-probabilities, `[N]`, nats
        public float[] logProbs() {
            return logProbs;
        }

        /// Adds the gradient of the head's weight and returns that of the hidden states.
        ///
        /// Rows whose derivative is zero (pairs that an objective dropped) cost nothing.
        ///
        /// @param hidden      as for [VocabularyHead#forward]
        /// @param derivatives dL/dlogProb of each row, `[N]`
        /// @return dL/dhidden, float32 `[N, E]`, in the current scope
        public Tensor backward(Tensor hidden, float[] derivatives) {
            return Memory.withoutGradient(() -> {
                Tensor hiddenGradient = Tensors.zeros(ScalarType.Float, hidden, hidden.size(0), hidden.size(1));
                Matrix matrix = weight.constant();
                Tensor shared = sharedChunk(targets.length, kept.size());
                forEachChunk(targets.length, (chunk, from, count) -> {
                    Rows rows = Rows.taught(targets, derivatives, (int) from, (int) count, beside);
                    if (rows.count() > 0) {
                        Memory.run(() -> {
                            Tensor states = rows.of(hidden, 0);
                            Tensor gradient;
                            if (chunk < kept.size()) {
                                Tensor logProbs = rows.of(kept.get(chunk).tensor(), from);
                                gradient = addGradient(logProbs.exp_(), states, matrix, rows);
                            } else {
                                Tensor logits = matrix.productInto(shared.narrow(0, 0, rows.count()), states);
                                gradient = cap.isNone()
                                        ? addGradient(softmax(logits), states, matrix, rows)
                                        : addLimitedGradient(cap.apply(logits), states, matrix, rows);
                            }
                            rows.put(gradient, hiddenGradient);
                        });
                    }
                    if (chunk < kept.size()) {
                        release(kept.get(chunk));
                    }
                });
                return hiddenGradient;
            });
        }

        @Override
        public void close() {
            kept.forEach(VocabularyHead.this::release);
        }
    }

    /// Rows of a chunk that have a derivative.
    ///
    /// @param index       their places among all rows, int64 `[n]`
    /// @param targets     int64 `[n]`
    /// @param derivatives `[n, 1]`
    /// @param from        first row of the chunk
    /// @param whole       whether all rows of the chunk are among them
    private record Rows(Tensor index, Tensor targets, Tensor derivatives, long from, boolean whole) {

        static Rows taught(int[] targets, float[] derivatives, int from, int count, Tensor beside) {
            int[] rows = IntStream.range(from, from + count)
                    .filter(row -> derivatives[row] != 0)
                    .toArray();
            int[] rowTargets = new int[rows.length];
            float[] rowDerivatives = new float[rows.length];
            for (int i = 0; i < rows.length; i++) {
                rowTargets[i] = targets[rows[i]];
                rowDerivatives[i] = derivatives[rows[i]];
            }
            return new Rows(
                    Tensors.indices(rows, beside),
                    Tensors.indices(rowTargets, beside),
                    Tensors.floats(rowDerivatives, beside).unsqueeze(1),
                    from,
                    rows.length == count);
        }

        long count() {
            return index.size(0);
        }

        /// @param first number of the row that the matrix begins with
        /// @return these rows: a view if they are the whole chunk
        Tensor of(Tensor matrix, long first) {
            return whole
                    ? matrix.narrow(0, from - first, count())
                    : matrix.index_select(0, index.sub(new Scalar(first), new Scalar(1L)));
        }

        void put(Tensor values, Tensor matrix) {
            if (whole) {
                matrix.narrow(0, from, count()).copy_(values);
            } else {
                matrix.index_copy_(0, index, values);
            }
        }
    }

    private float[] logProbs(Tensor hidden, int[] targets, List<Owned> kept) {
        return Memory.withoutGradient(() -> {
            float[] logProbs = new float[targets.length];
            Matrix matrix = weight.constant();
            Tensor allTargets = Tensors.indices(targets, beside).unsqueeze(1); // [N, 1]
            Tensor shared = sharedChunk(targets.length, kept.size());
            forEachChunk(
                    targets.length,
                    (chunk, from, count) -> Memory.run(() -> {
                        Tensor out = chunk < kept.size() ? kept.get(chunk).tensor() : shared.narrow(0, 0, count);
                        Tensor logits = cap.apply(matrix.productInto(out, hidden.narrow(0, from, count)));
                        Tensor all = torch.log_softmax_out(logits, logits, 1); // [n, V], in place
                        float[] values = Tensors.toFloats(all.gather(1, allTargets.narrow(0, from, count)));
                        System.arraycopy(values, 0, logProbs, (int) from, (int) count);
                    }));
            return logProbs;
        });
    }

    /// With `p = softmax(logits)` and derivative `d`, both gradients follow without another pass over
    /// `[n, V]`: `dL/dh = d (W_target - p W)` and `dL/dW = -p' (d h)`, plus `d h` in the rows of targets.
    ///
    /// @return dL/dhidden of these rows, `[n, E]`
    private Tensor addGradient(Tensor probabilities, Tensor states, Matrix matrix, Rows rows) {
        Tensor cast = products.cast(probabilities);
        if (weight.trains()) {
            Tensor scaled = states.mul(rows.derivatives()); // [n, E]
            weight.addProduct(cast, products.cast(scaled), -1);
            weight.addToRows(rows.targets(), scaled);
        }
        return weight.rows(rows.targets()).sub_(matrix.back(cast)).mul_(rows.derivatives());
    }

    /// As [#addGradient] with the slope `s` of the limit: `dL/dh = d (s_target W_target - (p s) W)`.
    ///
    /// @param limited logits, overwritten, `[n, V]`
    private Tensor addLimitedGradient(Tensor limited, Tensor states, Matrix matrix, Rows rows) {
        Tensor slopes = cap.slope(limited); // [n, V]
        Tensor ofTargets = slopes.gather(1, rows.targets().unsqueeze(1)); // [n, 1]
        Tensor cast = products.cast(softmax(limited).mul_(slopes));
        if (weight.trains()) {
            Tensor scaled = states.mul(rows.derivatives()); // [n, E]
            weight.addProduct(cast, products.cast(scaled), -1);
            weight.addToRows(rows.targets(), scaled.mul(ofTargets));
        }
        return weight.rows(rows.targets())
                .mul_(ofTargets)
                .sub_(matrix.back(cast))
                .mul_(rows.derivatives());
    }

    private static Tensor softmax(Tensor logits) {
        return torch.softmax_out(logits, logits, 1);
    }

    private long chunkRows() {
        return Math.max(1, chunkElements / vocabularySize);
    }

    /// Makes room for as many of the first chunks as the budget allows.
    private List<Owned> keepChunks(int numRows) {
        List<Owned> kept = new ArrayList<>();
        forEachChunk(numRows, (chunk, _, count) -> {
            if (kept.size() == chunk && count * vocabularySize <= freeElements) {
                freeElements -= count * vocabularySize;
                kept.add(Memory.keep(
                        "log-probs of the vocabulary",
                        () -> Tensors.empty(ScalarType.Float, beside, count, vocabularySize)));
            }
        });
        return kept;
    }

    private void release(Owned chunk) {
        if (chunk.isOpen()) {
            freeElements += chunk.tensor().numel();
            chunk.close();
        }
    }

    /// A matrix that all chunks of a pass share which are not kept: fresh ones would cost a page fault
    /// per 4 KiB each time.
    private Tensor sharedChunk(int numRows, int numKept) {
        long rows = Math.min(chunkRows(), Math.max(0, numRows - numKept * chunkRows()));
        return Tensors.empty(ScalarType.Float, beside, rows, vocabularySize);
    }

    private void forEachChunk(int numRows, Chunk work) {
        long chunkRows = chunkRows();
        int chunk = 0;
        for (long from = 0; from < numRows; from += chunkRows) {
            work.run(chunk++, from, Math.min(chunkRows, numRows - from));
        }
    }

    private interface Chunk {
        void run(int chunk, long from, long count);
    }
}
