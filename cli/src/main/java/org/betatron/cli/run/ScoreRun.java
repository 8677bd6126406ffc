package org.betatron.cli.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.betatron.cli.recipe.AlignRecipe;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.selection.SelectionSpec;
import org.betatron.data.FlippedRows;
import org.betatron.data.HuggingFaceTokenizer;
import org.betatron.data.RowPlace;
import org.betatron.data.TokenizedPair;
import org.betatron.evaluation.RecordLines;
import org.betatron.evaluation.suspicion.FlipSearch;
import org.betatron.evaluation.suspicion.GaussianFilter;
import org.betatron.evaluation.suspicion.PairScore;
import org.betatron.evaluation.suspicion.Suspect;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.training.PairMeasurement;
import org.betatron.training.PairScoring;
import org.betatron.training.reference.Reference;
import org.jspecify.annotations.Nullable;

/// Scores of the pairs of files under a model and a reference.
///
/// @param model     Hugging Face directory of the policy
/// @param reference Hugging Face directory of what it is compared with
/// @param files     preference pairs
/// @param recipe    how rows are read and what their gap is
/// @param suspects  how many suspicious pairs are listed, 0 for none
/// @param out       file for JSON lines; null for none
public record ScoreRun(
        Path model,
        Path reference,
        List<Path> files,
        AlignRecipe recipe,
        int suspects,
        @Nullable Path out) {

    private static final int PROGRESS_ROWS = 1000;

    /// What came of it.
    ///
    /// @param pairs    number of pairs that were scored
    /// @param suspects most negative gaps first
    /// @param searches how well gaps find flips, where rows say which are flipped
    public record Result(int pairs, List<Suspect> suspects, List<FlipSearch> searches) {}

    /// Carries it out.
    ///
    /// @param progress hears what is going on, a line at a time
    public Result run(Consumer<String> progress) {
        RunSession.useThreads(recipe.compute());
        try (HuggingFaceTokenizer tokenizer = new ModelSource(model).openTokenizer()) {
            List<TokenizedPair> pairs = new ModelSource(model)
                    .loader(tokenizer, recipe.data().truncation())
                    .pairs(files, recipe.data().format())
                    .rows();
            List<PairMeasurement> measured = measure(pairs, progress);
            int[] order = java.util.stream.IntStream.range(0, pairs.size())
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> measured.get(i).gap()))
                    .mapToInt(Integer::intValue)
                    .toArray();
            if (out != null) {
                RecordLines.write(out, scores(measured, order));
            }
            List<Suspect> listed = new ArrayList<>();
            List<String> ranked = new ArrayList<>();
            for (int i : order) {
                ranked.add(pairs.get(i).id());
                if (listed.size() < suspects && measured.get(i).gap() < 0) {
                    listed.add(Suspects.of(pairs.get(i), measured.get(i).gap(), tokenizer));
                }
            }
            return new Result(pairs.size(), listed, searches(pairs, ranked));
        }
    }

    private List<PairMeasurement> measure(List<TokenizedPair> pairs, Consumer<String> progress) {
        Alignment alignment = recipe.alignment().create();
        try (TorchLanguageModel policy =
                        TorchLanguageModel.load(model, recipe.compute().model());
                TorchLanguageModel other =
                        TorchLanguageModel.load(reference, recipe.compute().model())) {
            AtomicInteger told = new AtomicInteger();
            return new PairScoring(
                            alignment, new Reference.Live(other), recipe.train().packing())
                    .measure(policy, pairs, done -> {
                        if (done / PROGRESS_ROWS > told.getAndSet(done) / PROGRESS_ROWS || done == pairs.size()) {
                            progress.accept("scored %,d of %,d pairs".formatted(done, pairs.size()));
                        }
                    });
        }
    }

    private List<PairScore> scores(List<PairMeasurement> measured, int[] order) {
        double keep = recipe.alignment().selection() instanceof SelectionSpec.Gaussian(double kept)
                ? kept
                : SelectionSpec.Gaussian.DEFAULT.keep();
        GaussianFilter filter = new GaussianFilter(
                measured.stream().mapToDouble(PairMeasurement::gap).toArray(), keep);
        int[] ranks = new int[order.length];
        for (int rank = 0; rank < order.length; rank++) {
            ranks[order[rank]] = rank + 1;
        }
        List<PairScore> scores = new ArrayList<>(measured.size());
        for (int i = 0; i < measured.size(); i++) {
            PairMeasurement pair = measured.get(i);
            scores.add(new PairScore(
                    pair.row().id(),
                    pair.row().place().file(),
                    pair.row().place().line(),
                    pair.policyChosen(),
                    pair.policyRejected(),
                    orNull(pair.referenceChosen()),
                    orNull(pair.referenceRejected()),
                    pair.gap(),
                    pair.loss(),
                    filter.density(i),
                    filter.keptProbability(i),
                    ranks[i]));
        }
        return scores;
    }

    private static @Nullable Double orNull(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }

    private List<FlipSearch> searches(List<TokenizedPair> pairs, List<String> ranked) {
        Set<RowPlace> places = new HashSet<>();
        boolean known = false;
        for (Path file : files) {
            Optional<Set<RowPlace>> flipped = FlippedRows.read(file);
            known |= flipped.isPresent();
            flipped.ifPresent(places::addAll);
        }
        Set<String> ids = new HashSet<>();
        pairs.stream().filter(pair -> places.contains(pair.place())).forEach(pair -> ids.add(pair.id()));
        if (!known || ids.isEmpty()) {
            return List.of();
        }
        List<FlipSearch> searches = new ArrayList<>();
        if (suspects > 0) {
            searches.add(FlipSearch.of(ranked, ids, suspects));
        }
        searches.add(FlipSearch.of(ranked, ids, ids.size()));
        return searches;
    }
}
