package org.betatron.data.transform;

import java.util.List;
import org.betatron.data.DataException;

/// Keeps the rows of one side.
record SplitTransform(TransformSpec.Split spec, String path) implements Transform {

    @Override
    public Applied apply(List<TransformedRow> rows) {
        Sides sides = Sides.divide(spec.sides(), rows, path);
        String side = spec.keep().text();
        List<TransformedRow> kept = sides.of(spec.keep());
        if (kept.isEmpty()) {
            throw new DataException(path + ": the " + side + " side must have rows but none of the " + rows.size()
                    + " training rows is " + side);
        }
        return new Applied(
                kept.stream().map(row -> row.selected("split " + side)).toList(),
                "split: " + kept.size() + " " + side + " of " + rows.size() + " rows" + sides.gapText(kept));
    }
}
