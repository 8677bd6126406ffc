package org.betatron.training.online;

import static org.betatron.core.run.MetricNames.BETA_RATIO;
import static org.betatron.core.run.MetricNames.ROLLOUT;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.core.model.LanguageModel;
import org.betatron.data.packing.Packing;
import org.betatron.data.row.LabelledRow;
import org.betatron.generation.AnswerLogProbs;
import org.betatron.training.RowSource;
import org.betatron.training.StepRows;
import org.betatron.training.TrainSpec;
import org.betatron.training.run.TrainingException;

/// Pairs that are made, round by round, of what the policy writes.
///
/// A round has as many prompts as its optimizer batches have rows. Prompts whose answers make no
/// pair leave it with fewer. Where the first round has none at all, the run ends with an error; a
/// later one without any teaches nothing.
///
/// @param writer   writes and scores
/// @param spec     which pairs are made
/// @param data     token ids of the data's answer to each prompt, where pairs are made with it
/// @param roundBeta what becomes of beta from round to round
/// @param compared models that the policy's distance from is measured in every round, by the name
///     of the metric; [Rollout#KL] is that from the start
/// @param listener hears of every rollout
public record PairRounds(
        RolloutWriter writer,
        PairSpec spec,
        List<int[]> data,
        RoundBetaSpec roundBeta,
        Map<String, LanguageModel> compared,
        RolloutListener listener)
        implements RowSource<LabelledRow<?>, OnlineState> {

    /// @throws IllegalArgumentException if settings do not go together, saying what to do
    public PairRounds {
        SettingProblem.require(problems(spec, writer.spec()));
        if (!spec.needsScores() && data.size() != writer.prompts().size()) {
            throw new IllegalArgumentException("every prompt must have an answer in the data (\"chosen\"), but "
                    + data.size() + " of " + writer.prompts().size() + " have: pairs are of it and an own one");
        }
        if (roundBeta.needsKl() && !compared.containsKey(Rollout.KL)) {
            throw new IllegalArgumentException("a reference must be given: beta follows the distance from it");
        }
        compared = new LinkedHashMap<>(compared);
    }

    /// @return what does not go together in how answers are written and pairs are made of them
    public static List<SettingProblem> problems(PairSpec spec, RolloutSpec rollout) {
        return spec.needsScores() && rollout.samples() < 2
                ? List.of(new SettingProblem(
                        "rollout.samples",
                        "must be ≥ 2 but was " + rollout.samples() + ": a pair is made of two answers to a prompt"))
                : List.of();
    }

    @Override
    public String key() {
        return writer.key();
    }

    @Override
    public long totalSteps(TrainSpec train) {
        return train.length()
                .stepsOfMade(
                        writer.prompts().size(),
                        train.batchSize() * writer.spec().batches(),
                        writer.spec().steps());
    }

    @Override
    public StepRows<LabelledRow<?>, OnlineState> draw(TrainSpec train, long step, long position, OnlineState state) {
        writer.clock().beginStep();
        OnlineState now = state.pairs().isEmpty() ? round(train, step, state) : state;
        List<LabelledRow<?>> rows = taken(train, now);
        writer.clock().beginUpdate();
        return StepRows.all(rows, now.after(rows.size(), writer.spec().epochs()));
    }

    private List<LabelledRow<?>> taken(TrainSpec train, OnlineState state) {
        int size = state.pairs().size();
        int[] order = Shuffles.of(size, train.seed(), state.rounds(), state.taken() / size);
        int first = (int) (state.taken() % size);
        List<LabelledRow<?>> rows = new ArrayList<>();
        for (int i = first; i < Math.min(size, first + train.batchSize()); i++) {
            rows.add(state.pairs().get(order[i]).row());
        }
        return rows;
    }

    private OnlineState round(TrainSpec train, long step, OnlineState state) {
        int wanted = train.batchSize() * writer.spec().batches();
        Rollout rollout = writer.write(train.seed(), state.rounds(), state.nextPrompt(), wanted);
        listener.written(step, rollout);
        PairMaker maker = new PairMaker(spec, writer.prompts(), data);
        List<WrittenPair> pairs = new ArrayList<>();
        int[][] members = rollout.members();
        for (int group = 0; group < members.length; group++) {
            maker.pair(rollout, members[group], train.seed(), state.rounds() * (1L << 24) + group)
                    .ifPresent(pairs::add);
        }
        double usable = pairs.size() / (double) members.length;
        if (pairs.isEmpty() && state.rounds() > 0) {
            pairs.add(maker.alike(rollout));
        }
        if (pairs.isEmpty()) {
            throw new TrainingException("step " + step + ": none of " + rollout.numGroups()
                    + " prompts has answers that make a pair: all " + rollout.size() + " answers "
                    + (spec.needsScores() ? "to a prompt have the same score" : "are those of the data")
                    + ", or are too alike; ask for more answers (rollout.samples), or for other scores (rewards)");
        }
        Map<String, Double> summary = new LinkedHashMap<>(rollout.summary());
        summary.put(OnlineState.USABLE, usable);
        summary.putAll(distances(rollout, train));
        double kl = summary.getOrDefault(Rollout.KL, Double.NaN);
        double ratio = state.rounds() == 0 ? state.betaRatio() : roundBeta.next(state.betaRatio(), kl);
        summary.put(ROLLOUT + BETA_RATIO, ratio);
        return new OnlineState(state.alignment(), pairs, 0, state.rounds() + 1, rollout.nextPrompt(), ratio, summary);
    }

    private Map<String, Double> distances(Rollout rollout, TrainSpec train) {
        if (compared.isEmpty()) {
            return Map.of();
        }
        double own = meanLogProb(writer.policy(), rollout, train);
        Map<String, Double> distances = new LinkedHashMap<>();
        compared.forEach((name, model) -> distances.put(name, own - meanLogProb(model, rollout, train)));
        return distances;
    }

    private double meanLogProb(LanguageModel model, Rollout rollout, TrainSpec train) {
        // Scoring keeps no graph, so more fits at once than in training.
        Packing packing = train.packing(writer.policy()).twice();
        return writer.clock()
                .during(
                        RolloutClock.Phase.COMPARING,
                        () -> AnswerLogProbs.mean(model, writer.prompts().tokenIds(), rollout.answers(), packing));
    }
}
