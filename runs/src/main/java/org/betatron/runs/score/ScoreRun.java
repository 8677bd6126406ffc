package org.betatron.runs.score;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.betatron.core.files.GrowingLines;
import org.betatron.core.selection.SelectionSpec;
import org.betatron.data.load.TokenizedDataSet;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.evaluation.RecordLines;
import org.betatron.evaluation.suspicion.GaussianFilter;
import org.betatron.evaluation.suspicion.PairScore;
import org.betatron.runs.RunEvent;
import org.betatron.runs.RunEvent.RowUse;
import org.betatron.runs.RunListener;
import org.betatron.runs.model.ComputeThreads;
import org.betatron.runs.model.ModelSource;
import org.betatron.runs.place.DataPlace;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.training.preference.PairMeasurement;
import org.jspecify.annotations.Nullable;

/// Scores of the pairs of files under a model and a reference.
///
/// @param model     Hugging Face directory of the policy
/// @param reference Hugging Face directory of what it is compared with; null, or not read, where
///     the objective compares with nothing
/// @param files     preference pairs
/// @param recipe    how rows are read and what their gap is
/// @param suspects  how many suspicious pairs are listed, 0 for none
/// @param out       file for JSON lines, which grow beside it while pairs are scored; null for none
public record ScoreRun(
        Path model,
        @Nullable Path reference,
        List<Path> files,
        AlignRecipe recipe,
        int suspects,
        @Nullable Path out) {

    /// Directories, patterns and data sets on the hub become the files that they stand for.
    public ScoreRun {
        if (reference == null && needsReference(recipe)) {
            throw new IllegalArgumentException("reference must be given: the objective compares with it");
        }
        files = DataPlace.files(files);
    }

    /// @return whether the objective of a recipe compares with a reference
    public static boolean needsReference(AlignRecipe recipe) {
        return recipe.alignment().create().objective().inputs().needsReference();
    }

    /// @return every pair's score under the settings of a recipe, with the most suspicious ones
    public static ScoreRun of(AlignRecipe recipe, Path model, Path reference, int suspects, Path... files) {
        return new ScoreRun(model, reference, List.of(files), recipe, suspects, null);
    }

    /// Carries it out.
    ///
    /// @param listener hears what is going on
    public ScoreResult run(RunListener listener) {
        ModelSource source = new ModelSource(model);
        try (HuggingFaceTokenizer tokenizer = source.openTokenizer()) {
            return ranking(pairs(source, tokenizer, listener), listener).result(files, suspects, tokenizer);
        }
    }

    /// Measures the pairs, and leaves nothing.
    ///
    /// @param limit    most pairs, from the first; 0 for all
    /// @param listener hears what is going on
    /// @return what the models say of each pair, in the order of the files
    /// @throws org.betatron.training.run.TrainingException if a number is not finite
    public List<PairMeasurement> measurements(int limit, RunListener listener) {
        ModelSource source = new ModelSource(model);
        try (HuggingFaceTokenizer tokenizer = source.openTokenizer()) {
            List<TokenizedPair> pairs = pairs(source, tokenizer, listener);
            int count = limit == 0 ? pairs.size() : Math.min(limit, pairs.size());
            return measure(pairs.subList(0, count), null, listener);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot measure the pairs of " + files, e);
        }
    }

    private List<TokenizedPair> pairs(ModelSource source, HuggingFaceTokenizer tokenizer, RunListener listener) {
        ComputeThreads.use(recipe.compute().threads());
        TokenizedDataSet<TokenizedPair> data = source.loader(tokenizer, recipe.data())
                .telling(row -> listener.heard(new RunEvent.LongRowBegun(row)))
                .pairs(files, recipe.data().format());
        listener.heard(new RunEvent.RowsRead(RowUse.SCORING, data.report()));
        return data.rows();
    }

    private GapRanking ranking(List<TokenizedPair> pairs, RunListener listener) {
        try (GrowingLines lines = out == null ? null : GrowingLines.open(out)) {
            List<PairMeasurement> measured = measure(pairs, lines, listener);
            double[] gaps = measured.stream().mapToDouble(PairMeasurement::gap).toArray();
            GapRanking ranking = new GapRanking(pairs, gaps);
            if (lines != null) {
                lines.finishWith(RecordLines.lines(ranked(measured, gaps, ranking.ranks())));
            }
            return ranking;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + out, e);
        }
    }

    private List<PairMeasurement> measure(List<TokenizedPair> pairs, @Nullable GrowingLines lines, RunListener listener)
            throws IOException {
        ScoreProgress told = new ScoreProgress(pairs.size(), listener);
        List<PairMeasurement> measured = new ArrayList<>(pairs.size());
        try (PairScorer scorer = PairScorer.open(model, reference, recipe, listener)) {
            for (List<PairMeasurement> some : scorer.measure(pairs, told::scored)) {
                measured.addAll(some);
                if (lines != null) {
                    lines.append(RecordLines.lines(some.stream()
                            .map(pair -> score(pair, null, null, null))
                            .toList()));
                }
            }
        }
        return measured;
    }

    private List<PairScore> ranked(List<PairMeasurement> measured, double[] gaps, int[] ranks) {
        double keep = recipe.alignment().selection() instanceof SelectionSpec.Gaussian(double kept)
                ? kept
                : SelectionSpec.Gaussian.DEFAULT.keep();
        GaussianFilter filter = new GaussianFilter(gaps, keep);
        List<PairScore> scores = new ArrayList<>(measured.size());
        for (int i = 0; i < measured.size(); i++) {
            scores.add(score(measured.get(i), filter.density(i), filter.keptProbability(i), ranks[i]));
        }
        return scores;
    }

    private static PairScore score(
            PairMeasurement pair, @Nullable Double density, @Nullable Double keptProbability, @Nullable Integer rank) {
        return new PairScore(
                pair.row().id(),
                pair.row().place().file(),
                pair.row().place().line(),
                pair.policyChosen(),
                pair.policyRejected(),
                orNull(pair.referenceChosen()),
                orNull(pair.referenceRejected()),
                pair.gap(),
                pair.loss(),
                density,
                keptProbability,
                rank);
    }

    private static @Nullable Double orNull(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }
}
