package org.betatron.data.transform;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Turns labels round.
record FlipTransform(TransformSpec.Flip spec, String path) implements Transform {

    @Override
    public Applied apply(List<TransformedRow> rows) {
        Set<String> ids = drawn(rows);
        List<TransformedRow> changed = new ArrayList<>(rows.size());
        for (TransformedRow row : rows) {
            changed.add(ids.contains(row.id()) ? row.flipped("flip") : row);
        }
        return new Applied(changed, "flip: " + ids.size() + " of " + rows.size() + " rows" + how());
    }

    private Set<String> drawn(List<TransformedRow> rows) {
        RowDraws draws = new RowDraws(spec.seed(), path);
        Set<String> ids = new HashSet<>();
        switch (spec.draw()) {
            case EXACT ->
                draws.smallest((int) Math.round(spec.rate() * rows.size()), rows)
                        .forEach(row -> ids.add(row.id()));
            case INDEPENDENT ->
                rows.stream()
                        .map(row -> row.id())
                        .filter(id -> draws.uniform(id) < spec.rate())
                        .forEach(ids::add);
        }
        return ids;
    }

    private String how() {
        return switch (spec.draw()) {
            case EXACT -> ", a share of " + spec.rate();
            case INDEPENDENT -> ", each with probability " + spec.rate();
        };
    }
}
