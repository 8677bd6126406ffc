package org.betatron.cli.run;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.betatron.core.RandomStreams;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentDecision;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.data.DataException;
import org.betatron.data.LogProbRow;
import org.betatron.training.TrainSpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Runs an alignment over recorded log-probabilities, step by step as training would: what another
/// implementation can be held
/// against.
public final class ObjectiveEvaluation {

    private ObjectiveEvaluation() {}

    /// @param file  one JSON object per pair
    /// @param spec  what is learned
    /// @param train its batch size, micro-batch size and seed count
    /// @param out   gets one JSON object per step
    /// @throws DataException if a line is not what the format says
    public static void run(Path file, AlignmentSpec spec, TrainSpec train, PrintWriter out) {
        Alignment alignment = spec.create();
        AlignmentState state = AlignmentState.START;
        List<LogProbRow> rows = LogProbRow.readAll(file);
        long step = 0;
        for (int from = 0; from < rows.size(); from += train.batchSize()) {
            step++;
            List<LogProbRow> batch = rows.subList(from, Math.min(rows.size(), from + train.batchSize()));
            PairLogProbs pairs = pairs(batch, alignment.inputs().needsReference());
            AlignmentDecision decision = alignment.decide(
                    pairs, train.microBatchSize(), state, RandomStreams.stream(train.seed(), "selection", step));
            state = decision.state();
            out.println(describe(step, batch, decision));
        }
    }

    private static ObjectNode describe(long step, List<LogProbRow> rows, AlignmentDecision decision) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("step", step)
                .put("loss", decision.loss())
                .put("beta", decision.effectiveBeta())
                .put("betaClamped", decision.clampedShare())
                .put("gapMean", decision.gapMean())
                .put("gapDeviation", decision.gapDeviation())
                .put("kept", decision.keptFraction())
                .put("nonFinite", decision.numNonFinite());
        var pairs = json.putArray("pairs");
        for (int i = 0; i < decision.size(); i++) {
            pairs.addObject()
                    .put("id", rows.get(i).id())
                    .put("weight", decision.weight(i))
                    .put("beta", decision.beta(i))
                    .put("gap", decision.gap(i))
                    .put("loss", decision.pairLoss(i))
                    .put("chosenGradient", decision.chosenDerivative(i))
                    .put("rejectedGradient", decision.rejectedDerivative(i));
        }
        return json;
    }

    private static PairLogProbs pairs(List<LogProbRow> rows, boolean usesReference) {
        return new PairLogProbs(
                rows.stream().mapToDouble(LogProbRow::policyChosen).toArray(),
                rows.stream().mapToDouble(LogProbRow::policyRejected).toArray(),
                rows.stream()
                        .mapToDouble(row -> reference(row, row.referenceChosen(), "referenceChosen", usesReference))
                        .toArray(),
                rows.stream()
                        .mapToDouble(row -> reference(row, row.referenceRejected(), "referenceRejected", usesReference))
                        .toArray(),
                rows.stream().mapToInt(LogProbRow::chosenTokens).toArray(),
                rows.stream().mapToInt(LogProbRow::rejectedTokens).toArray());
    }

    private static double reference(LogProbRow row, @Nullable Double value, String field, boolean usesReference) {
        if (value != null) {
            return value;
        }
        if (usesReference) {
            throw new DataException(
                    row.where() + ": \"" + field + "\" is missing, and this objective uses a reference");
        }
        return 0;
    }
}
