package org.betatron.runs.score;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.betatron.core.RandomStreams;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentDecision;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.logprob.ResponseQuantity;
import org.betatron.core.objective.RowKind;
import org.betatron.data.DataException;
import org.betatron.data.source.LogProbRow;
import org.betatron.data.source.LogProbRow.Role;
import org.betatron.training.TrainSpec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Runs an alignment over recorded log-probabilities, step by step as training would: what another
/// implementation can be held against.
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
            PairLogProbs pairs = quantities(batch, alignment);
            AlignmentDecision decision = alignment.decide(
                    pairs, train.microBatchSize(), state, RandomStreams.stream(train.seed(), "selection", step));
            state = decision.state();
            out.println(describe(step, batch, decision, alignment.inputs()));
        }
    }

    private static ObjectNode describe(
            long step, List<LogProbRow> rows, AlignmentDecision decision, RequiredInputs inputs) {
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
            ObjectNode pair = pairs.addObject()
                    .put("id", rows.get(i).id())
                    .put("weight", decision.weight(i))
                    .put("beta", decision.beta(i))
                    .put("gap", decision.gap(i))
                    .put("loss", decision.pairLoss(i))
                    .put("chosenGradient", decision.chosenDerivative(i))
                    .put("rejectedGradient", decision.rejectedDerivative(i));
            for (ResponseQuantity quantity : ResponseQuantity.values()) {
                if (quantity.isDifferentiable() && inputs.needs(quantity)) {
                    pair.put(
                                    LogProbRow.field(quantity, Role.CHOSEN) + "Gradient",
                                    decision.chosenDerivative(quantity, i))
                            .put(
                                    LogProbRow.field(quantity, Role.REJECTED) + "Gradient",
                                    decision.rejectedDerivative(quantity, i));
                }
            }
        }
        return json;
    }

    private static PairLogProbs quantities(List<LogProbRow> rows, Alignment alignment) {
        RequiredInputs inputs = alignment.inputs();
        PairLogProbs pairs = new PairLogProbs(side(rows, Role.CHOSEN, inputs), side(rows, Role.REJECTED, inputs));
        RowKind kind = alignment.objective().rows();
        for (int i = 0; i < rows.size() && kind != RowKind.ANY; i++) {
            if ((kind == RowKind.PAIRS) != (pairs.hasChosen(i) && pairs.hasRejected(i))) {
                throw new DataException(rows.get(i).where() + ": this objective learns from "
                        + (kind == RowKind.PAIRS ? "pairs" : "labelled answers, of which only one side has fields"));
            }
        }
        if (inputs.mismatched()) {
            pairs = pairs.withMismatched(side(rows, Role.MISMATCHED, RequiredInputs.REFERENCE));
        }
        return alignment.needsScores() ? pairs.withScoreGaps(scoreGaps(rows)) : pairs;
    }

    private static ResponseLogProbs side(List<LogProbRow> rows, Role role, RequiredInputs inputs) {
        int[] lengths = rows.stream()
                .mapToInt(row -> {
                    LogProbRow.Response response = row.responses().get(role);
                    return response == null ? 0 : tokens(row, role, response, inputs);
                })
                .toArray();
        ResponseLogProbs.Builder side = ResponseLogProbs.builder(lengths, column(rows, role, ResponseQuantity.POLICY));
        for (ResponseQuantity quantity : inputs.quantities()) {
            side.with(quantity, column(rows, role, quantity));
        }
        return side.build();
    }

    /// Where lengths are not read, a response has one token: it is there.
    private static int tokens(LogProbRow row, Role role, LogProbRow.Response response, RequiredInputs inputs) {
        if (response.tokens().isEmpty() && inputs.lengths()) {
            throw new DataException(row.where() + ": \"" + role.name().toLowerCase(Locale.ROOT)
                    + "Tokens\" is missing, and this objective uses it");
        }
        return response.tokens().orElse(1);
    }

    private static double[] column(List<LogProbRow> rows, Role role, ResponseQuantity quantity) {
        return rows.stream()
                .mapToDouble(row -> {
                    LogProbRow.Response response = row.responses().get(role);
                    if (response == null && role != Role.MISMATCHED) {
                        return 0;
                    }
                    Double value = response == null ? null : response.values().get(quantity);
                    if (value == null) {
                        throw new DataException(row.where() + ": \"" + LogProbRow.field(quantity, role)
                                + "\" is missing, and this objective uses it");
                    }
                    return value;
                })
                .toArray();
    }

    private static double[] scoreGaps(List<LogProbRow> rows) {
        return rows.stream()
                .mapToDouble(row -> row.scoreGap()
                        .orElseThrow(() -> new DataException(row.where()
                                + ": \"chosenScore\" and \"rejectedScore\" must be given: the gap is one of scores")))
                .toArray();
    }
}
