package org.betatron.training.online;

import static org.betatron.core.run.MetricNames.REWARD;
import static org.betatron.core.run.MetricNames.ROLLOUT;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.core.model.LanguageModel;
import org.betatron.core.model.ResponseModel;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.policy.Advantages;
import org.betatron.core.policy.KlPlace;
import org.betatron.core.policy.PolicySpec;
import org.betatron.core.policy.RatioLevel;
import org.betatron.core.policy.ScoredAnswers;
import org.betatron.data.packing.Packing;
import org.betatron.generation.Answer;
import org.betatron.generation.AnswerEnd;
import org.betatron.generation.AnswerLogProbs;
import org.betatron.training.RowSource;
import org.betatron.training.StepRows;
import org.betatron.training.TrainSpec;
import org.jspecify.annotations.Nullable;

/// Answers that the policy writes, as rows of a policy gradient.
///
/// @param writer    writes and scores
/// @param spec      what is learned
/// @param reference what the policy shall not leave; null where that costs nothing
/// @param critic    says what is to be expected at each token; null for none
/// @param listener  hears of every rollout
public record PolicyRollouts(
        RolloutWriter writer,
        PolicySpec spec,
        @Nullable LanguageModel reference,
        @Nullable ResponseModel critic,
        RolloutListener listener)
        implements RowSource<WrittenRow, PolicyState> {

    /// @throws IllegalArgumentException if settings do not go together, saying what to do
    public PolicyRollouts {
        SettingProblem.require(problems(spec, writer.spec()));
        if (spec.kl().needsReference() && reference == null) {
            throw new IllegalArgumentException(
                    "a reference must be given: leaving it costs " + spec.kl().coefficient() + " per nat");
        }
        if (spec.hasCritic() && critic == null) {
            throw new IllegalArgumentException("a critic must be given: advantages are taken against what it expects");
        }
    }

    /// @return what does not go together in how answers are written and learned from
    public static List<SettingProblem> problems(PolicySpec spec, RolloutSpec rollout) {
        List<SettingProblem> problems = new ArrayList<>();
        if (rollout.samples() < spec.minSamples()) {
            problems.add(new SettingProblem(
                    "rollout.samples",
                    "must be ≥ " + spec.minSamples() + " but was " + rollout.samples()
                            + ": an answer is compared with the others to its prompt"));
        }
        if (rollout.temperature() != 1) {
            problems.add(new SettingProblem(
                    "rollout.temperature",
                    "must be 1 but was " + rollout.temperature()
                            + ": a policy gradient is one of the distribution that answers are drawn from"));
        }
        if (spec.surrogate().ratio() == RatioLevel.NONE && rollout.steps() > 1) {
            problems.add(new SettingProblem(
                    "rollout.batches and rollout.epochs",
                    "must be 1 but were " + rollout.batches() + " and " + rollout.epochs()
                            + ": without a ratio, answers must be learned from by the policy that wrote them"));
        }
        return problems;
    }

    /// @param batchSize answers of an optimizer step
    /// @return what does not go together in how answers are cut into batches
    public static List<SettingProblem> problems(RolloutSpec rollout, int batchSize) {
        long answers = (long) batchSize * rollout.batches();
        return answers % rollout.samples() == 0
                ? List.of()
                : List.of(new SettingProblem(
                        "train.batchSize",
                        "times rollout.batches must be a multiple of rollout.samples (" + rollout.samples()
                                + ") but was " + answers));
    }

    @Override
    public String key() {
        return writer.key();
    }

    @Override
    public long totalSteps(TrainSpec train) {
        SettingProblem.require(problems(writer.spec(), train.batchSize()));
        return train.length()
                .stepsOfMade(
                        writer.prompts().size(), numGroups(train), writer.spec().steps());
    }

    /// @return prompts of a rollout
    private int numGroups(TrainSpec train) {
        return train.batchSize() * writer.spec().batches() / writer.spec().samples();
    }

    @Override
    public StepRows<WrittenRow, PolicyState> draw(TrainSpec train, long step, long position, PolicyState state) {
        writer.clock().beginStep();
        PolicyState now = state.rows().isEmpty() ? roll(train, step, state) : state;
        List<WrittenRow> rows = taken(train, now);
        writer.clock().beginUpdate();
        return StepRows.all(rows, now.after(rows.size(), writer.spec().epochs()));
    }

    /// Groups stay together, so that what they share is computed once; in each epoch they come in
    /// another order.
    private List<WrittenRow> taken(TrainSpec train, PolicyState state) {
        int samples = writer.spec().samples();
        int groups = state.rows().size() / samples;
        long epoch = state.taken() / state.rows().size();
        int[] order = Shuffles.of(groups, train.seed(), state.rollouts(), epoch);
        int first = (int) (state.taken() % state.rows().size());
        int count = Math.min(train.batchSize(), state.rows().size() - first);
        List<WrittenRow> rows = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            rows.add(state.rows().get(order[i / samples] * samples + i % samples));
        }
        return rows;
    }

    private PolicyState roll(TrainSpec train, long step, PolicyState state) {
        Rollout rollout = writer.write(train.seed(), state.rollouts(), state.nextPrompt(), numGroups(train));
        listener.written(step, rollout);
        float[][] drawn = rollout.answers().stream().map(Answer::logProbs).toArray(float[][]::new);
        float[][] before =
                needsBefore() ? measured(writer.policy(), TokenQuantity.LOG_PROB, rollout, train) : new float[0][];
        float[][] ofReference =
                reference == null ? new float[0][] : measured(reference, TokenQuantity.LOG_PROB, rollout, train);
        float[][] values = critic == null ? new float[0][] : measured(critic, TokenQuantity.SCORE, rollout, train);
        boolean[] ended = new boolean[rollout.size()];
        for (int i = 0; i < ended.length; i++) {
            ended[i] = rollout.answers().get(i).end() != AnswerEnd.LENGTH;
        }
        ScoredAnswers answers = new ScoredAnswers(
                rollout.groups(),
                rollout.scores().totals(),
                ended,
                Floats.widened(before.length == 0 ? drawn : before),
                Floats.widened(ofReference),
                Floats.widened(values));
        double coefficient = state.klCoefficient();
        Advantages advantages = spec.advantages(answers, coefficient);
        List<WrittenRow> rows = new ArrayList<>();
        for (int i = 0; i < rollout.size(); i++) {
            Answer answer = rollout.answers().get(i);
            rows.add(new WrittenRow(
                    name(answer),
                    writer.prompts().tokenIds().get(answer.prompt()),
                    answer.tokenIds(),
                    answers.isScored(i) && (ended[i] || !spec.leavesOutCut()),
                    Floats.rounded(advantages.ofTokens()[i], 1),
                    drawn[i],
                    Floats.row(before, i),
                    Floats.row(ofReference, i),
                    Floats.row(values, i),
                    advantages.returns().length == 0
                            ? Floats.NONE
                            : Floats.rounded(advantages.returns()[i], 1),
                    coefficient));
        }
        return new PolicyState(
                rows,
                0,
                state.rollouts() + 1,
                rollout.nextPrompt(),
                reference == null ? coefficient : spec.kl().next(coefficient, answers.meanKl(), answers.size()),
                summary(rollout, answers, advantages));
    }

    /// Where an answer is learned from once and its rewards do not ask, the first pass of the
    /// update says it.
    private boolean needsBefore() {
        return writer.spec().steps() > 1
                || critic != null
                || (spec.kl().place() == KlPlace.REWARD && reference != null);
    }

    private float[][] measured(ResponseModel model, TokenQuantity quantity, Rollout rollout, TrainSpec train) {
        // Scoring keeps no graph, so more fits at once than in training.
        Packing packing = train.packing(writer.policy()).twice();
        return writer.clock()
                .during(
                        RolloutClock.Phase.COMPARING,
                        () -> AnswerLogProbs.ofTokens(
                                model, quantity, writer.prompts().tokenIds(), rollout.answers(), packing));
    }

    private Map<String, Double> summary(Rollout rollout, ScoredAnswers answers, Advantages advantages) {
        Map<String, Double> numbers = new LinkedHashMap<>(rollout.summary());
        Arrays.stream(advantages.rewards())
                .filter(reward -> !Double.isNaN(reward))
                .average()
                .ifPresent(mean -> numbers.put(ROLLOUT + REWARD, mean));
        if (reference != null) {
            numbers.put(Rollout.KL, answers.meanKl());
        }
        return numbers;
    }

    private String name(Answer answer) {
        return writer.prompts().names().get(answer.prompt()) + "#" + (answer.sample() + 1);
    }
}
