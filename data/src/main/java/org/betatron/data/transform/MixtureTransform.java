package org.betatron.data.transform;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.betatron.data.DataException;

/// Keeps rows of both sides at a ratio.
record MixtureTransform(TransformSpec.Mixture spec, String path) implements Transform {

    @Override
    public Applied apply(List<TransformedRow> rows) {
        Sides sides = Sides.divide(spec.sides(), rows, path);
        int numLow = sides.low().size();
        int numHigh = sides.high().size();
        int largest = largest(numLow, numHigh);
        int size = spec.size() == 0 ? largest : spec.size();
        String sidesText = numLow + " low and " + numHigh + " high rows";
        if (largest == 0) {
            throw new DataException(
                    path + ": no row can be taken from " + sidesText + " at highShare " + spec.highShare());
        }
        if (size > largest) {
            throw new DataException(path + ": size must be at most " + largest + ", which " + sidesText
                    + " give at highShare " + spec.highShare() + ", but was " + size);
        }
        int high = spec.numHigh(size);
        List<TransformedRow> drawnLow = draw(Side.LOW, size - high, sides);
        List<TransformedRow> drawnHigh = draw(Side.HIGH, high, sides);
        Map<String, TransformedRow> drawn = new HashMap<>();
        drawnLow.forEach(row -> drawn.put(row.id(), row));
        drawnHigh.forEach(row -> drawn.put(row.id(), row));
        return new Applied(
                rows.stream()
                        .map(row -> drawn.get(row.id()))
                        .filter(Objects::nonNull)
                        .toList(),
                "mixture: " + drawnLow.size() + " of " + numLow + " low rows" + sides.gapText(drawnLow) + ", "
                        + drawnHigh.size() + " of " + numHigh + " high rows" + sides.gapText(drawnHigh));
    }

    private List<TransformedRow> draw(Side side, int count, Sides sides) {
        return new RowDraws(spec.seed(), path)
                .smallest(count, sides.of(side)).stream()
                        .map(row -> row.selected("mixture " + side.text()))
                        .toList();
    }

    /// @return the largest size that both sides have rows for
    private int largest(int numLow, int numHigh) {
        int size = numLow + numHigh;
        while (spec.numHigh(size) > numHigh || size - spec.numHigh(size) > numLow) {
            size--;
        }
        return size;
    }
}
