package org.betatron.data.packing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Groups that go through a model together.
final class Part {

    private static final Comparator<RowGroup> FIRST_ROW =
            Comparator.comparing(group -> group.indices().getFirst());

    private final Packing limit;
    private final List<RowGroup> groups = new ArrayList<>();
    private int numRows;
    private long numTokens;

    private Part(Packing limit) {
        this.limit = limit;
    }

    /// Distributes groups: into as few parts as first fit, longest first, needs, and evenly among so many
    /// where that keeps the limits too.
    ///
    /// @param groups each by itself within the limits, or a single row
    /// @return parts in the order of their first rows
    static List<Part> fewest(List<RowGroup> groups, Packing limit) {
        List<RowGroup> longestFirst = groups.stream()
                .sorted(Comparator.comparingInt(RowGroup::numTokens).reversed())
                .toList();
        List<Part> fewest = firstFit(longestFirst, limit);
        List<Part> parts = balanced(longestFirst, fewest.size(), limit).orElse(fewest);
        parts.forEach(part -> part.groups.sort(FIRST_ROW));
        return parts.stream()
                .sorted(Comparator.comparing(part -> part.groups.getFirst(), FIRST_ROW))
                .toList();
    }

    private static List<Part> firstFit(List<RowGroup> longestFirst, Packing limit) {
        List<Part> parts = new ArrayList<>();
        for (RowGroup group : longestFirst) {
            Part part = parts.stream().filter(p -> p.fits(group)).findFirst().orElseGet(() -> new Part(limit));
            if (part.groups.isEmpty()) {
                parts.add(part);
            }
            part.add(group);
        }
        return parts;
    }

    private static Optional<List<Part>> balanced(List<RowGroup> longestFirst, int count, Packing limit) {
        List<Part> parts = Stream.generate(() -> new Part(limit)).limit(count).toList();
        for (RowGroup group : longestFirst) {
            Optional<Part> emptiest =
                    parts.stream().filter(p -> p.fits(group)).min(Comparator.comparingLong(part -> part.numTokens));
            if (emptiest.isEmpty()) {
                return Optional.empty();
            }
            emptiest.get().add(group);
        }
        return Optional.of(parts);
    }

    private boolean fits(RowGroup group) {
        return groups.isEmpty() || limit.holds(numRows + group.numRows(), numTokens + group.numTokens());
    }

    private void add(RowGroup group) {
        groups.add(group);
        numRows += group.numRows();
        numTokens += group.numTokens();
    }

    List<RowGroup> groups() {
        return groups;
    }
}
