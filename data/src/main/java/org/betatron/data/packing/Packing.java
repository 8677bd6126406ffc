package org.betatron.data.packing;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.betatron.data.row.TokenizedRow;

/// How rows go through a model: how much at once, and whether what they have in common is computed once.
///
/// Memory goes with tokens, so they are limited; rows are too, for those who think in rows. Neither
/// changes a row's numbers, beyond rounding.
///
/// @param rows    most rows at once, ≥ 1; rows that ask for nothing that others do not ask for as well
///     do not count
/// @param tokens  most tokens at once, ≥ 1, each that is shared counted once; a longer row goes by itself
/// @param sharing whether rows with equal prompts share one, and rows with equal responses to it these
public record Packing(int rows, int tokens, boolean sharing) {

    /// Rows among which common parts are looked for and sizes balanced. Longer lists go window by window,
    /// so that planning takes no time to speak of, and reading ahead no memory.
    static final int WINDOW_ROWS = 1024;

    public Packing {
        if (rows < 1 || tokens < 1) {
            throw new IllegalArgumentException(
                    "rows and tokens of a batch must be ≥ 1 but were " + rows + " and " + tokens);
        }
    }

    /// @param tokens most tokens at once, ≥ 1
    /// @return any number of rows within it, sharing
    public static Packing ofTokens(int tokens) {
        return new Packing(Integer.MAX_VALUE, tokens, true);
    }

    /// @return twice as much: what scores only, and keeps no graph, needs less memory
    public Packing twice() {
        return new Packing(2 * rows, 2 * tokens, sharing);
    }

    /// Cuts rows into few parts of nearly equal size. Their order decides nothing but the order of parts;
    /// equal arguments give equal parts.
    ///
    /// @param all the rows, in memory
    /// @return parts that together hold every row once
    public List<PackedRows> pack(List<? extends TokenizedRow> all) {
        List<PackedRows> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += WINDOW_ROWS) {
            List<RowGroup> groups = groups(all, from, Math.min(all.size(), from + WINDOW_ROWS));
            Part.fewest(groups, this).forEach(part -> parts.add(PackedRows.of(part.groups())));
        }
        return parts;
    }

    private List<RowGroup> groups(List<? extends TokenizedRow> all, int from, int to) {
        List<RowGroup> groups = new ArrayList<>();
        Map<IntBuffer, List<RowGroup>> byPrompt = new HashMap<>();
        for (int index = from; index < to; index++) {
            TokenizedRow row = all.get(index);
            List<RowGroup> samePrompt = sharing
                    ? byPrompt.computeIfAbsent(IntBuffer.wrap(row.prompt()), _ -> new ArrayList<>())
                    : List.of();
            Optional<RowGroup> cheapest = samePrompt.stream()
                    .filter(group -> group.fits(row, this))
                    .min(Comparator.comparingInt(group -> group.missingTokens(row)));
            RowGroup group = cheapest.orElseGet(() -> new RowGroup(row.prompt(), sharing));
            group.add(index, row);
            if (cheapest.isEmpty()) {
                groups.add(group);
                if (sharing) {
                    samePrompt.add(group);
                }
            }
        }
        return groups;
    }

    boolean holds(int numRows, long numTokens) {
        return numRows <= rows && numTokens <= tokens;
    }
}
