package org.betatron.training.online;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.betatron.core.RandomStreams;

/// The order in which what was written is learned from: another one in each epoch of each rollout.
final class Shuffles {

    private static final long MAX_EPOCHS = 1L << 20;

    private Shuffles() {}

    /// @return 0 .. count - 1 in random order (Fisher and Yates)
    static int[] of(int count, long seed, long rollout, long epoch) {
        SplittableRandom random =
                new SplittableRandom(RandomStreams.stream(seed, "rollout order", rollout * MAX_EPOCHS + epoch)
                        .nextLong());
        int[] order = IntStream.range(0, count).toArray();
        for (int i = count - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int kept = order[i];
            order[i] = order[j];
            order[j] = kept;
        }
        return order;
    }
}
