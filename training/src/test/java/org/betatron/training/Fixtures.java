package org.betatron.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.model.DifferentiableModel;
import org.betatron.core.model.Optimizer;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.objective.ObjectiveSpec;
import org.betatron.data.row.TokenizedAnswer;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.TokenizedRow;
import org.betatron.data.row.TokenizedText;
import org.betatron.testkit.RandomBatches;
import org.betatron.testkit.TinyLanguageModel;
import org.betatron.testkit.TinyOptimizer;
import org.betatron.training.LearningRateSchedule.Decay;
import org.betatron.training.preference.PreferenceRule;
import org.betatron.training.reference.Reference;
import org.betatron.training.reward.RewardRule;
import org.betatron.training.run.Learner;
import org.betatron.training.run.RunDirectory;
import org.betatron.training.run.RunIdentity;
import org.betatron.training.run.Settings;
import org.betatron.training.run.SideFiles;

/// Toy rows, and runs of the tiny model on them.
public final class Fixtures {

    static final int VOCABULARY = 10;
    static final RunIdentity IDENTITY =
            new RunIdentity(new Settings(Map.of("train.seed", "7"), Map.of()), "recipe-1", "data-1");

    private Fixtures() {}

    public static TinyLanguageModel model() {
        return TinyLanguageModel.random(VOCABULARY, 4, 40, 1);
    }

    public static List<TokenizedPair> pairs(int count, long seed) {
        List<TokenizedPair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RandomGenerator random = RandomStreams.stream(seed, "pairs", i);
            pairs.add(new TokenizedPair("pair-" + i, tokens(random), tokens(random), tokens(random)));
        }
        return pairs;
    }

    /// Pairs whose chosen responses are made of ids below 5, and whose rejected ones of the others.
    static List<TokenizedPair> separablePairs(int count, long seed) {
        List<TokenizedPair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RandomGenerator random = RandomStreams.stream(seed, "pairs", i);
            int[] rejected = RandomBatches.tokens(random, 5, 4);
            for (int t = 0; t < rejected.length; t++) {
                rejected[t] += 5;
            }
            pairs.add(new TokenizedPair("pair-" + i, tokens(random), RandomBatches.tokens(random, 5, 4), rejected));
        }
        return pairs;
    }

    static List<TokenizedText> texts(int count, long seed) {
        return pairs(count, seed).stream()
                .map(pair -> new TokenizedText(pair.id(), pair.prompt(), pair.chosen()))
                .toList();
    }

    private static int[] tokens(RandomGenerator random) {
        return RandomBatches.tokens(random, VOCABULARY, 6);
    }

    /// @return an objective with everything else as in plain DPO
    static AlignmentSpec dpo(ObjectiveSpec objective) {
        return new AlignmentSpec(
                objective,
                AlignmentSpec.DPO.calibration(),
                AlignmentSpec.DPO.selection(),
                AlignmentSpec.DPO.aggregation(),
                AlignmentSpec.DPO.gap());
    }

    /// @return chosen responses of random pairs, every other one labelled undesirable
    static List<TokenizedAnswer> answers(int count, long seed) {
        List<TokenizedAnswer> answers = new ArrayList<>();
        for (TokenizedPair pair : pairs(count, seed)) {
            answers.add(new TokenizedAnswer(
                    pair.id(), pair.place(), pair.prompt(), pair.chosen(), answers.size() % 2 == 0));
        }
        return answers;
    }

    static TinyLanguageModel referenceModel() {
        return TinyLanguageModel.random(VOCABULARY, 4, 40, 99);
    }

    /// A reference that differs from the fixture's model, so that gaps have a spread from the
    /// first step on.
    static Reference reference(List<TokenizedPair> rows) {
        return reference(referenceModel(), rows);
    }

    static Reference reference(TinyLanguageModel model, List<? extends TokenizedRow> rows) {
        return new Reference.Cached((row, from, to) -> {
            float[] values = model.score(packed(List.of(rows.get(row)))).logProbs();
            double sum = 0;
            for (int token = from; token < to; token++) {
                sum += values[token];
            }
            return sum;
        });
    }

    /// @return a group per row, in order
    static PackedBatch packed(List<? extends TokenizedRow> rows) {
        PackedBatch.Builder batch = PackedBatch.builder();
        rows.forEach(row -> batch.add(row.prompt(), row.responses().toArray(int[][]::new)));
        return batch.build();
    }

    static PreferenceRule preference(AlignmentSpec alignment, List<TokenizedPair> rows, int microBatchSize) {
        return new PreferenceRule(alignment.create(), fixed(rows), reference(rows), microBatchSize, 7);
    }

    /// Steps of 8 rows, evaluation, checkpoints and lines of metrics every 4 steps.
    static TrainSpec spec(TrainLength length, int microBatchSize, double graphMemory) {
        return spec(length, microBatchSize, 1000, graphMemory);
    }

    static TrainSpec spec(TrainLength length, int microBatchSize, int microBatchTokens, double graphMemory) {
        return spec(length, microBatchSize, microBatchTokens, true, graphMemory);
    }

    static TrainSpec spec(
            TrainLength length, int microBatchSize, int microBatchTokens, boolean sharePrompts, double graphMemory) {
        return new TrainSpec(
                length,
                8,
                microBatchSize,
                microBatchTokens,
                sharePrompts,
                0.02,
                2,
                Decay.COSINE,
                0.1,
                1.0,
                4,
                4,
                2,
                4,
                graphMemory,
                7,
                List.of());
    }

    /// @return the rows in another order in every epoch, as a pure function of the position
    static <R extends TokenizedRow, S> FixedRows<R, S> fixed(List<? extends R> rows) {
        int numRows = rows.size();
        return new FixedRows<>(rows, position -> (int) ((position * 7 + position / numRows) % numRows));
    }

    /// @return the model as the rule reads it
    static DifferentiableModel read(TinyLanguageModel model, LearningRule<?, ?, ?> rule) {
        return switch (rule) {
            case PreferenceRule preference -> model.asking(preference.request());
            case RewardRule _ -> new LogProbsAsScores(model);
            default -> model;
        };
    }

    static <R extends TokenizedRow, Q, S> TrainingJob<R, Q, S> job(
            TrainSpec spec, TinyLanguageModel model, LearningRule<R, Q, S> rule, RunDirectory directory) {
        return job(spec, model, new TinyOptimizer(model, OptimizerSpec.AdamW.DEFAULT), rule, directory);
    }

    static <R extends TokenizedRow, Q, S> TrainingJob<R, Q, S> job(
            TrainSpec spec,
            TinyLanguageModel model,
            Optimizer optimizer,
            LearningRule<R, Q, S> rule,
            RunDirectory directory) {
        return new TrainingJob<>(
                spec,
                read(model, rule),
                List.of(Learner.of(model, optimizer)),
                rule,
                Evaluation.none(),
                IDENTITY,
                directory,
                TrainingListener.NONE,
                () -> false,
                Optional.empty());
    }

    static <R extends TokenizedRow, Q, S> TrainingJob<R, Q, S> with(
            TrainingJob<R, Q, S> job, Evaluation<S> evaluation) {
        return new TrainingJob<>(
                job.spec(),
                job.model(),
                job.learners(),
                job.rule(),
                evaluation,
                job.identity(),
                job.directory(),
                job.listener(),
                job.stopRequested(),
                job.movingReference());
    }

    static <R extends TokenizedRow, Q, S> TrainingJob<R, Q, S> with(
            TrainingJob<R, Q, S> job, TrainingListener listener, BooleanSupplier stop) {
        return new TrainingJob<>(
                job.spec(),
                job.model(),
                job.learners(),
                job.rule(),
                job.evaluation(),
                job.identity(),
                job.directory(),
                listener,
                stop,
                job.movingReference());
    }

    static RunDirectory directory(Path parent, String name) {
        return RunDirectory.create(parent.resolve(name), "train: {}\n", SideFiles.NONE);
    }
}
