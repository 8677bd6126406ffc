package org.betatron.data.transform;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.betatron.core.RandomStreams;

/// One random number per row id.
///
/// @param seed    seed of the transform
/// @param purpose what the numbers are for; other purposes draw independently
record RowDraws(long seed, String purpose) {

    /// @return uniform in [0, 1), the same whenever it is asked for
    double uniform(String id) {
        return RandomStreams.stream(seed, purpose, hash(id)).nextDouble();
    }

    /// @return those of the rows with the smallest numbers, `count` of them, in the order of the
    ///     rows
    List<TransformedRow> smallest(int count, List<TransformedRow> rows) {
        double[] keys = rows.stream().mapToDouble(row -> uniform(row.id())).toArray();
        int[] indices = IntStream.range(0, keys.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> keys[i]))
                .limit(count)
                .mapToInt(Integer::intValue)
                .toArray();
        Arrays.sort(indices);
        List<TransformedRow> drawn = new ArrayList<>(indices.length);
        for (int index : indices) {
            drawn.add(rows.get(index));
        }
        return drawn;
    }

    /// FNV-1a over the chars: `String.hashCode` has 32 bits, too few for large data sets.
    private static long hash(String id) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }
}
