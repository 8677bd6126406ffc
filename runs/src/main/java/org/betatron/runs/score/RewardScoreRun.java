package org.betatron.runs.score;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.betatron.core.files.GrowingLines;
import org.betatron.data.load.ScoredPairs;
import org.betatron.data.load.TokenizedDataSet;
import org.betatron.data.row.PairScores;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.runs.RunEvent;
import org.betatron.runs.RunEvent.RowUse;
import org.betatron.runs.RunListener;
import org.betatron.runs.model.ComputeThreads;
import org.betatron.runs.model.ModelSource;
import org.betatron.runs.place.DataPlace;
import org.betatron.runs.recipe.RewardRecipe;
import org.jspecify.annotations.Nullable;

/// Scores of the pairs of files under a reward model: the rows again, with `chosen_score` and
/// `rejected_score`, as recipes read them that ask for scores.
///
/// @param model    Hugging Face directory of the reward model
/// @param files    preference pairs
/// @param recipe   how rows are read
/// @param suspects how many suspicious pairs are listed, 0 for none
/// @param out      file for JSON lines, which grow beside it while pairs are scored; null for none
public record RewardScoreRun(
        Path model,
        List<Path> files,
        RewardRecipe recipe,
        int suspects,
        @Nullable Path out) {

    /// Directories, patterns and data sets on the hub become the files that they stand for.
    public RewardScoreRun {
        files = DataPlace.files(files);
    }

    /// Carries it out.
    ///
    /// @param listener hears what is going on
    public ScoreResult run(RunListener listener) {
        ComputeThreads.use(recipe.compute().threads());
        ModelSource source = new ModelSource(model);
        try (HuggingFaceTokenizer tokenizer = source.openTokenizer();
                RewardPairScorer reward = RewardPairScorer.open(model, recipe, listener)) {
            TokenizedDataSet<TokenizedPair> data = source.loader(tokenizer, recipe.data())
                    .telling(row -> listener.heard(new RunEvent.LongRowBegun(row)))
                    .pairs(files, recipe.data().format());
            listener.heard(new RunEvent.RowsRead(RowUse.SCORING, data.report()));
            double[] gaps = score(reward, data, new ScoreProgress(data.rows().size(), listener));
            return new GapRanking(data.rows(), gaps).result(files, suspects, tokenizer);
        }
    }

    /// @return chosen minus rejected score of each pair
    private double[] score(RewardPairScorer reward, TokenizedDataSet<TokenizedPair> data, ScoreProgress progress) {
        List<TokenizedPair> pairs = data.rows();
        double[] gaps = new double[pairs.size()];
        try (ScoredPairs rows = new ScoredPairs(files, data.dropped());
                GrowingLines lines = out == null ? null : GrowingLines.open(out)) {
            int next = 0;
            for (List<PairScores> scored : reward.score(pairs, progress::scored)) {
                List<String> some = new ArrayList<>(scored.size());
                for (PairScores scores : scored) {
                    gaps[next] = scores.gap();
                    if (lines != null) {
                        some.add(rows.line(pairs.get(next), scores));
                    }
                    next++;
                }
                if (lines != null) {
                    lines.append(some);
                }
            }
            if (lines != null) {
                lines.finish();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + out, e);
        }
        return gaps;
    }
}
