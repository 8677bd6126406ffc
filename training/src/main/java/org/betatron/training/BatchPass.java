package org.betatron.training;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenLogProbs;
import org.betatron.core.model.TrainableModel;
import org.betatron.core.model.VocabularyRequest;

/// The way of one optimizer batch through the model, forth and back.
///
/// A decision about the whole batch lies between the two, so either every forward pass stays open
/// until then (small batches), or the batch is only scored, and what is worth learning goes
/// through the model a second time. Both ways give the same gradient.
///
/// Used once, by one thread; whoever opened it closes it.
final class BatchPass implements AutoCloseable {

    private final TrainableModel model;
    private final MicroBatches microBatches;
    private final int[] rows;
    private final VocabularyRequest request;
    private final boolean keepsGraphs;
    private final List<ForwardPass> open = new ArrayList<>();

    /// @param rows           numbers in the data set of the rows of the batch
    /// @param request        what is wanted beside log-probabilities
    /// @param maxGraphTokens tokens up to which forward passes stay open
    BatchPass(
            TrainableModel model,
            MicroBatches microBatches,
            int[] rows,
            VocabularyRequest request,
            int maxGraphTokens) {
        this.model = model;
        this.microBatches = microBatches;
        this.rows = rows;
        this.request = request;
        this.keepsGraphs = microBatches.numTokens(rows) <= maxGraphTokens;
    }

    BatchLogProbs forward() {
        if (!keepsGraphs) {
            return microBatches.score(model, rows, request);
        }
        List<TokenLogProbs> parts = new ArrayList<>();
        for (PackedBatch batch : microBatches.pack(rows)) {
            ForwardPass pass = model.forward(batch, request);
            open.add(pass);
            parts.add(pass.logProbs());
        }
        return new BatchLogProbs(rows, parts);
    }

    /// Adds the gradient of the decided loss to that of the model; every forward pass is closed
    /// afterwards.
    void backward(StepDecision decision) {
        if (keepsGraphs) {
            int[] indices = IntStream.range(0, rows.length).toArray();
            for (int from = 0; !open.isEmpty(); from += microBatches.size()) {
                try (ForwardPass pass = open.removeFirst()) {
                    backward(pass, decision, indices, from);
                }
            }
        } else {
            int[] indices =
                    IntStream.range(0, rows.length).filter(decision::teaches).toArray();
            int from = 0;
            for (PackedBatch batch :
                    microBatches.pack(IntStream.of(indices).map(i -> rows[i]).toArray())) {
                try (ForwardPass pass = model.forward(batch, request)) {
                    backward(pass, decision, indices, from);
                }
                from += batch.numGroups();
            }
        }
    }

    @Override
    public void close() {
        open.forEach(ForwardPass::close);
        open.clear();
    }

    /// @param indices places in the optimizer batch
    /// @param from    where those of this pass begin
    private static void backward(ForwardPass pass, StepDecision decision, int[] indices, int from) {
        int numTokens = pass.logProbs().batch().numResponseTokens();
        float[] derivatives = new float[numTokens];
        float[] divergences = new float[decision.divergences(indices[from]).length == 0 ? 0 : numTokens];
        boolean teaches = false;
        int offset = 0;
        for (int k = from; k < from + pass.logProbs().batch().numGroups(); k++) {
            float[] row = decision.derivatives(indices[k]);
            System.arraycopy(row, 0, derivatives, offset, row.length);
            if (divergences.length > 0) {
                System.arraycopy(decision.divergences(indices[k]), 0, divergences, offset, row.length);
            }
            offset += row.length;
            teaches |= decision.teaches(indices[k]);
        }
        if (teaches) {
            pass.backward(derivatives, divergences);
        }
    }
}
