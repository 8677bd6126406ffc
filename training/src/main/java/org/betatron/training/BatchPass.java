package org.betatron.training;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.TrainableModel;
import org.betatron.data.packing.BatchLogProbs;
import org.betatron.data.packing.PackedRows;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.packing.ScoredRows;

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
        StepDecision run(TrainableModel model, RowBatch batch, Decider decider) {
            double totalWeight = decider.weight(batch);
            List<ScoredRows> parts = new ArrayList<>();
            for (PackedRows part : batch.parts()) {
                try (ForwardPass pass =
                        model.forward(part.batch(), decider.rule().request())) {
                    ScoredRows scored = new ScoredRows(part, pass.logProbs());
                    double share = decider.weight(batch, part) / totalWeight;
                    StepDecision decision = decider.decide(batch.alone(scored), share);
                    backward(pass, part, decision, row -> row);
                    parts.add(scored);
                }
            }
            return decider.decide(batch.join(parts), 1);
        }
    },
    TOGETHER {
        @Override
        StepDecision run(TrainableModel model, RowBatch batch, Decider decider) {
            List<ForwardPass> open = new ArrayList<>();
            try {
                List<ScoredRows> scored = new ArrayList<>();
                for (PackedRows part : batch.parts()) {
                    open.add(model.forward(part.batch(), decider.rule().request()));
                    scored.add(new ScoredRows(part, open.getLast().logProbs()));
                }
                StepDecision decision = decider.decide(batch.join(scored), 1);
                for (PackedRows part : batch.parts()) {
                    try (ForwardPass pass = open.removeFirst()) {
                        backward(pass, part, decision, part::index);
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
        StepDecision run(TrainableModel model, RowBatch batch, Decider decider) {
            StepDecision decision =
                    decider.decide(batch.score(model, decider.rule().request()), 1);
            int[] taught =
                    IntStream.range(0, batch.size()).filter(decision::teaches).toArray();
            for (PackedRows part : batch.only(taught).parts()) {
                try (ForwardPass pass =
                        model.forward(part.batch(), decider.rule().request())) {
                    backward(pass, part, decision, row -> taught[part.index(row)]);
                }
            }
            return decision;
        }
    };

    /// What decides about the rows of one step.
    record Decider(LearningRule rule, long step, AlignmentState state) {

        StepDecision decide(BatchLogProbs logProbs, double share) {
            return rule.decide(step, logProbs, state, share);
        }

        double weight(RowBatch batch) {
            return weight(IntStream.range(0, batch.size()).map(batch::row));
        }

        double weight(RowBatch batch, PackedRows part) {
            return weight(IntStream.range(0, part.size()).map(part::index).map(batch::row));
        }

        private double weight(IntStream rows) {
            return rows.mapToDouble(rule::weight).sum();
        }
    }

    /// Adds the gradient of the decided loss to that of the model.
    ///
    /// @param batch rows of one step
    /// @return the decision about all of them
    abstract StepDecision run(TrainableModel model, RowBatch batch, Decider decider);

    /// @param part   the rows of the pass
    /// @param places by row of the part its place in the decision
    private static void backward(ForwardPass pass, PackedRows part, StepDecision decision, IntUnaryOperator places) {
        int[] decided = IntStream.range(0, part.size()).map(places).toArray();
        if (IntStream.of(decided).noneMatch(decision::teaches)) {
            return;
        }
        boolean withDivergences = IntStream.of(decided).anyMatch(place -> decision.divergences(place).length > 0);
        pass.backward(
                part.addUp(row -> decision.derivatives(decided[row])),
                withDivergences ? part.addUp(row -> decision.divergences(decided[row])) : new float[0]);
    }
}
