package org.betatron.training;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenLogProbs;
import org.betatron.core.model.TrainableModel;

/// The way of one optimizer batch through the model, forth and back, with a decision in between. All
/// ways leave the same gradient.
///
/// | way | when | forward passes | kept for backward at once |
/// |---|---|---|---|
/// | [#ONE_BY_ONE] | rows are decided apart from each other | one | a micro-batch |
/// | [#TOGETHER] | a decision about the whole batch, and its graphs fit | one | the batch |
/// | [#TWICE] | a decision about the whole batch, and they do not | two, the second of rows that teach | a micro-batch
/// |
enum BatchPass {
    ONE_BY_ONE {
        @Override
        StepDecision run(TrainableModel model, MicroBatches microBatches, int[] rows, Decider decider) {
            double totalWeight = decider.weight(rows);
            List<TokenLogProbs> parts = new ArrayList<>();
            int from = 0;
            for (PackedBatch batch : microBatches.pack(rows)) {
                int[] part = IntStream.range(from, from + batch.numGroups())
                        .map(i -> rows[i])
                        .toArray();
                from += part.length;
                try (ForwardPass pass = model.forward(batch, decider.rule().request())) {
                    StepDecision decision = decider.decide(
                            new BatchLogProbs(part, List.of(pass.logProbs())), decider.weight(part) / totalWeight);
                    backward(pass, decision, IntStream.range(0, part.length).toArray(), 0);
                    parts.add(pass.logProbs());
                }
            }
            return decider.decide(new BatchLogProbs(rows, parts), 1);
        }
    },
    TOGETHER {
        @Override
        StepDecision run(TrainableModel model, MicroBatches microBatches, int[] rows, Decider decider) {
            List<ForwardPass> open = new ArrayList<>();
            try {
                for (PackedBatch batch : microBatches.pack(rows)) {
                    open.add(model.forward(batch, decider.rule().request()));
                }
                StepDecision decision = decider.decide(
                        new BatchLogProbs(
                                rows, open.stream().map(ForwardPass::logProbs).toList()),
                        1);
                int[] indices = IntStream.range(0, rows.length).toArray();
                int from = 0;
                while (!open.isEmpty()) {
                    try (ForwardPass pass = open.removeFirst()) {
                        backward(pass, decision, indices, from);
                        from += pass.logProbs().batch().numGroups();
                    }
                }
                return decision;
            } finally {
                open.forEach(ForwardPass::close);
            }
        }
    },
    TWICE {
        @Override
        StepDecision run(TrainableModel model, MicroBatches microBatches, int[] rows, Decider decider) {
            StepDecision decision = decider.decide(
                    microBatches.score(model, rows, decider.rule().request()), 1);
            int[] indices =
                    IntStream.range(0, rows.length).filter(decision::teaches).toArray();
            int from = 0;
            for (PackedBatch batch :
                    microBatches.pack(IntStream.of(indices).map(i -> rows[i]).toArray())) {
                try (ForwardPass pass = model.forward(batch, decider.rule().request())) {
                    backward(pass, decision, indices, from);
                }
                from += batch.numGroups();
            }
            return decision;
        }
    };

    /// What decides about the rows of one step.
    record Decider(LearningRule rule, long step, AlignmentState state) {

        StepDecision decide(BatchLogProbs logProbs, double share) {
            return rule.decide(step, logProbs, state, share);
        }

        double weight(int[] rows) {
            return IntStream.of(rows).mapToDouble(rule::weight).sum();
        }
    }

    /// Adds the gradient of the decided loss to that of the model.
    ///
    /// @param rows numbers in the data set of the rows of the batch
    /// @return the decision about the whole batch
    abstract StepDecision run(TrainableModel model, MicroBatches microBatches, int[] rows, Decider decider);

    /// @param indices places in the decision
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
