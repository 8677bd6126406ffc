package org.betatron.data.tokenizer.gguf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/// The merges that a sentencepiece vocabulary stands for: every way to put a piece together from
/// two others, best pieces first.
///
/// Source: `generate_merges` of transformers 5.
final class PieceMerges {

    private record Merge(String left, String right, double score) {}

    private PieceMerges() {}

    /// @param ids   which piece has which id, in order of ids
    /// @param score of a piece; higher ones are merged first
    /// @return left and right part of each merge
    static List<String[]> of(Map<String, Integer> ids, ToDoubleFunction<String> score) {
        Comparator<Merge> byIds = Comparator.comparingInt((Merge merge) -> id(ids, merge.left))
                .thenComparingInt(merge -> id(ids, merge.right));
        List<Merge> merges = new ArrayList<>();
        for (String piece : ids.keySet()) {
            List<Merge> ways = new ArrayList<>();
            for (int cut = piece.offsetByCodePoints(0, 1); cut < piece.length(); ) {
                String left = piece.substring(0, cut);
                String right = piece.substring(cut);
                if (ids.containsKey(left) && ids.containsKey(right)) {
                    ways.add(new Merge(left, right, score.applyAsDouble(piece)));
                }
                cut = piece.offsetByCodePoints(cut, 1);
            }
            ways.sort(byIds);
            merges.addAll(ways);
        }
        merges.sort(Comparator.comparingDouble(Merge::score)
                .thenComparingInt(merge -> merge.left.codePointCount(0, merge.left.length()))
                .thenComparingInt(merge -> merge.right.codePointCount(0, merge.right.length()))
                .reversed());
        return merges.stream()
                .map(merge -> new String[] {merge.left, merge.right})
                .toList();
    }

    private static int id(Map<String, Integer> ids, String piece) {
        return Objects.requireNonNull(ids.get(piece), piece);
    }
}
