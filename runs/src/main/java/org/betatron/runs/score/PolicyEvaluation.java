package org.betatron.runs.score;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.betatron.core.policy.Advantages;
import org.betatron.core.policy.LossAggregation;
import org.betatron.core.policy.PolicyLoss;
import org.betatron.core.policy.PolicySpec;
import org.betatron.core.policy.ScoredAnswers;
import org.betatron.core.policy.WrittenNumbers;
import org.betatron.data.DataException;
import org.betatron.data.source.AnswerRow;
import org.betatron.data.source.AnswerRow.Field;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Runs a policy gradient over recorded numbers of scored answers, as one step of training would:
/// what another
/// implementation can be held against. The answers are one rollout and one optimizer batch.
public final class PolicyEvaluation {

    private static final double[] NONE = {};

    private final List<AnswerRow> rows;
    private final PolicySpec spec;
    private final int maxTokens;

    private PolicyEvaluation(List<AnswerRow> rows, PolicySpec spec, int maxTokens) {
        this.rows = rows;
        this.spec = spec;
        this.maxTokens = maxTokens;
    }

    /// @param file      one JSON object per answer, those to a prompt one after the other
    /// @param spec      what is learned
    /// @param maxTokens most tokens that an answer may have
    /// @param out       gets one JSON object
    /// @throws DataException if a line is not what the format says, or lacks what the method uses
    public static void run(Path file, PolicySpec spec, int maxTokens, PrintWriter out) {
        List<AnswerRow> rows = AnswerRow.readAll(file);
        if (rows.isEmpty()) {
            throw new DataException(file + " holds no answer");
        }
        out.println(new PolicyEvaluation(rows, spec, maxTokens).evaluate());
    }

    private ObjectNode evaluate() {
        double coefficient = spec.kl().coefficient();
        boolean hasReference = spec.kl().needsReference();
        boolean hasCritic = spec.hasCritic();
        boolean[] ended = new boolean[rows.size()];
        for (int i = 0; i < ended.length; i++) {
            ended[i] = rows.get(i).ended();
        }
        ScoredAnswers answers = new ScoredAnswers(
                groups(),
                rows.stream().mapToDouble(AnswerRow::score).toArray(),
                ended,
                column(Field.OLD, Field.POLICY),
                hasReference ? column(Field.REFERENCE, Field.REFERENCE) : new double[0][],
                hasCritic ? column(Field.OLD_VALUE, Field.VALUE) : new double[0][]);
        Advantages advantages = spec.advantages(answers, coefficient);
        LossAggregation aggregation = spec.aggregation();
        List<PolicyLoss.OfAnswer> losses = new ArrayList<>();
        double totalWeight = 0;
        int tokens = 0;
        for (int i = 0; i < rows.size(); i++) {
            int counted = counts(answers, i) ? answers.length(i) : 0;
            losses.add(loss(answers, advantages, coefficient, i));
            totalWeight += aggregation.weight(counted);
            tokens += counted;
        }
        double factor = totalWeight > 0 ? 1 / totalWeight : 0;
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("step", 1)
                .put("loss", factor * sum(losses, PolicyLoss.OfAnswer::loss))
                .put("lossPolicy", factor * sum(losses, PolicyLoss.OfAnswer::ofPolicy))
                .put("lossKl", factor * sum(losses, PolicyLoss.OfAnswer::ofKl))
                .put("lossCritic", factor * sum(losses, PolicyLoss.OfAnswer::ofCritic))
                .put("clippedLow", sum(losses, PolicyLoss.OfAnswer::clippedLow) / Math.max(1, tokens))
                .put("clippedHigh", sum(losses, PolicyLoss.OfAnswer::clippedHigh) / Math.max(1, tokens))
                .put("flatGroups", advantages.numFlat());
        if (hasReference) {
            json.put("kl", answers.meanKl())
                    .put("nextKlCoefficient", spec.kl().next(coefficient, answers.meanKl(), answers.size()));
        }
        ArrayNode described = json.putArray("answers");
        for (int i = 0; i < rows.size(); i++) {
            describe(described.addObject(), answers, advantages, losses.get(i), factor, i);
        }
        return json;
    }

    private void describe(
            ObjectNode json,
            ScoredAnswers answers,
            Advantages advantages,
            PolicyLoss.OfAnswer loss,
            double factor,
            int index) {
        json.put("id", rows.get(index).id()).put("counts", counts(answers, index));
        if (answers.isScored(index)) {
            json.put("reward", advantages.rewards()[index]);
        } else {
            json.putNull("reward");
        }
        json.put("loss", factor * loss.loss());
        put(json, "advantages", advantages.ofTokens()[index], 1);
        put(json, "policyGradient", loss.byLogProbs(), factor);
        if (spec.entropyBonus() > 0) {
            json.put("entropyGradient", factor * loss.byEntropy());
        }
        if (spec.hasCritic()) {
            put(json, "returns", advantages.returns()[index], 1);
            put(json, "valueGradient", loss.byValues(), factor);
        }
    }

    private static void put(ObjectNode json, String name, double[] values, double factor) {
        ArrayNode list = json.putArray(name);
        for (double value : values) {
            list.add(factor * value);
        }
    }

    private boolean counts(ScoredAnswers answers, int index) {
        return answers.isScored(index) && (rows.get(index).ended() || !spec.leavesOutCut());
    }

    private PolicyLoss.OfAnswer loss(ScoredAnswers answers, Advantages advantages, double coefficient, int index) {
        boolean hasCritic = spec.hasCritic();
        if (!counts(answers, index)) {
            return PolicyLoss.OfAnswer.nothing(answers.length(index), hasCritic);
        }
        AnswerRow row = rows.get(index);
        PolicyLoss loss = new PolicyLoss(spec, coefficient, maxTokens);
        return loss.of(
                new WrittenNumbers(
                        advantages.ofTokens()[index],
                        answers.logProbs()[index],
                        row(answers.reference(), index),
                        row(answers.values(), index),
                        row(advantages.returns(), index)),
                values(row, Field.POLICY),
                loss.needsEntropy() ? values(row, Field.ENTROPY) : NONE,
                hasCritic ? values(row, Field.VALUE) : NONE);
    }

    private static double[] row(double[][] rows, int index) {
        return rows.length == 0 ? NONE : rows[index];
    }

    /// @return number of each answer's prompt; where no prompts are compared, each is one of its
    ///     own
    private int[] groups() {
        int[] groups = new int[rows.size()];
        Map<String, Integer> numbers = new HashMap<>();
        for (int i = 0; i < groups.length; i++) {
            AnswerRow row = rows.get(i);
            if (row.prompt().isEmpty() && spec.minSamples() > 1) {
                throw new DataException(
                        row.where() + ": \"prompt\" is missing, and this method compares answers to the same prompt");
            }
            String prompt = row.prompt().orElse("#" + i);
            Integer known = numbers.putIfAbsent(prompt, numbers.size());
            groups[i] = known == null ? numbers.size() - 1 : known;
            if (known != null && groups[i] != groups[i - 1]) {
                throw new DataException(row.where() + ": answers to a prompt must follow each other, but another prompt"
                        + " lies between this one and the one before it");
            }
        }
        return groups;
    }

    /// @param otherwise what stands in for it where a row lacks it
    private double[][] column(Field field, Field otherwise) {
        return IntStream.range(0, rows.size())
                .mapToObj(i -> rows.get(i).values().containsKey(field)
                        ? values(rows.get(i), field)
                        : values(rows.get(i), otherwise))
                .toArray(double[][]::new);
    }

    private static double[] values(AnswerRow row, Field field) {
        double[] values = row.values().get(field);
        if (values == null) {
            throw new DataException(row.where() + ": \"" + field.field() + "\" is missing, and this method uses it");
        }
        return values;
    }

    private static double sum(List<PolicyLoss.OfAnswer> losses, ToDoubleFunction<PolicyLoss.OfAnswer> part) {
        return losses.stream().mapToDouble(part).sum();
    }
}
