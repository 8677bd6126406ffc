package org.betatron.runs.score;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.betatron.data.row.RowPlace;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.source.FlippedRows;
import org.betatron.data.tokenizer.Tokenizer;
import org.betatron.evaluation.suspicion.FlipSearch;
import org.betatron.evaluation.suspicion.Suspect;
import org.betatron.runs.Suspects;

/// Pairs in the order of their gaps, the most negative first.
final class GapRanking {

    private final List<TokenizedPair> pairs;
    private final double[] gaps;
    private final int[] order;

    /// @param gaps of the pairs
    GapRanking(List<TokenizedPair> pairs, double[] gaps) {
        this.pairs = pairs;
        this.gaps = gaps;
        order = IntStream.range(0, gaps.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> gaps[i]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /// @return rank of each pair, from 1
    int[] ranks() {
        int[] ranks = new int[order.length];
        for (int rank = 0; rank < order.length; rank++) {
            ranks[order[rank]] = rank + 1;
        }
        return ranks;
    }

    /// @param files     of the pairs, which may say what was flipped
    /// @param suspects  how many are listed at most
    /// @param tokenizer for their texts
    ScoreResult result(List<Path> files, int suspects, Tokenizer tokenizer) {
        List<Suspect> listed = IntStream.of(order)
                .filter(i -> gaps[i] < 0)
                .limit(suspects)
                .mapToObj(i -> Suspects.of(pairs.get(i), gaps[i], tokenizer))
                .toList();
        return new ScoreResult(pairs.size(), listed, searches(files, suspects));
    }

    private List<FlipSearch> searches(List<Path> files, int suspects) {
        Set<RowPlace> places = new HashSet<>();
        for (Path file : files) {
            Optional<Set<RowPlace>> flipped = FlippedRows.read(file);
            flipped.ifPresent(places::addAll);
        }
        Set<String> ids = new HashSet<>();
        pairs.stream().filter(pair -> places.contains(pair.place())).forEach(pair -> ids.add(pair.id()));
        if (ids.isEmpty()) {
            return List.of();
        }
        List<String> ranked =
                IntStream.of(order).mapToObj(i -> pairs.get(i).id()).toList();
        List<FlipSearch> searches = new ArrayList<>();
        if (suspects > 0) {
            searches.add(FlipSearch.of(ranked, ids, suspects));
        }
        searches.add(FlipSearch.of(ranked, ids, ids.size()));
        return searches;
    }
}
