package org.betatron.torch.linear;

import java.util.stream.IntStream;
import org.betatron.core.model.PackedBatch;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.DroppedWeight;
import org.betatron.torch.weight.LinearPart;
import org.betatron.torch.weight.LowRankWeight;
import org.bytedeco.pytorch.Tensor;

/// [Dropout] of the rows of one batch.
///
/// A map of the last layer may see the rows alone that are asked for. They are fewer than all rows, since the last
/// token of a response predicts nothing: so the number of rows says which they are. `T` rows, `N` rows that are asked
/// for.
public final class RowDropout {

    /// Nothing is dropped.
    public static final RowDropout NONE = new RowDropout(Dropout.NONE, new long[0], new int[0]);

    private final Dropout dropout;
    private final long[] rowSeeds; // [T]
    private final int[] asked; // [N]

    private RowDropout(Dropout dropout, long[] rowSeeds, int[] asked) {
        this.dropout = dropout;
        this.rowSeeds = rowSeeds;
        this.asked = asked;
    }

    /// @param asked rows that are asked for, `[N]`
    public static RowDropout of(Dropout dropout, PackedBatch batch, int[] asked) {
        return dropout.isNone() ? NONE : new RowDropout(dropout, dropout.rowSeeds(batch), asked);
    }

    /// @return whether anything of what the map is run on is dropped
    boolean concerns(Linear map) {
        return !dropout.isNone() && map.matrix() instanceof LowRankWeight;
    }

    /// @param map     one that is concerned
    /// @param dropped by this for that map, lent
    Linear over(Linear map, Tensor dropped) {
        return map.over(new DroppedWeight((LowRankWeight) map.matrix(), dropped, dropout.scale()));
    }

    /// @param input what the map is run on, `[T, in]` or `[N, in]`
    /// @return which numbers of it are dropped, bool, of its shape
    Tensor dropped(LinearPart part, Tensor input) {
        int numRows = (int) input.size(0);
        if (numRows != rowSeeds.length && numRows != asked.length) {
            throw new IllegalArgumentException("a map must see all " + rowSeeds.length + " rows or the " + asked.length
                    + " that are asked for but " + part.name() + " saw " + numRows);
        }
        int width = Math.toIntExact(part.in());
        byte[] numbers = new byte[Math.multiplyExact(numRows, width)];
        long mapSeed = Dropout.mapSeed(part.weight());
        IntStream rows = IntStream.range(0, numRows);
        // On the processor, lanes draw side by side; a card would wait for one thread.
        (input.is_cpu() ? rows : rows.parallel())
                .forEach(row -> dropout.draw(
                        rowSeeds[numRows == rowSeeds.length ? row : asked[row]], mapSeed, numbers, row * width, width));
        return Tensors.flags(numbers, input, numRows, width);
    }
}
