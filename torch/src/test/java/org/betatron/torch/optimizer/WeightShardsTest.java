package org.betatron.torch.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.rank.Ranks;
import org.betatron.testkit.ThreadRanks;
import org.betatron.torch.TestWeights;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.rank.TensorRanks;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.HostTensors;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Gradients;
import org.betatron.torch.weight.Parameters;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Ranks that each have moments of some rows move the weights as one process does that has all.
class WeightShardsTest {

    private static final OptimizerSpec ADAM = OptimizerSpec.AdamW.DEFAULT;

    /// Rows that no number of ranks divides, fewer rows than ranks, and more numbers than a bucket
    /// has.
    private static final long[][] SHAPES = {{7, 3}, {5}, {2, 4}, {2100, 700}, {1}};

    /// Norm of what [#numbers] makes of all shapes with the factor 1.
    private static final double UNIT_NORM = unitNorm();

    @TempDir
    private Path directory;

    @BeforeAll
    static void load() {
        NativeLibraries.load();
    }

    @Test
    void ranksUpdateAsOne() throws Exception {
        List<float[]> alone = updated(TensorRanks.ALONE, directory.resolve("alone"), null);
        for (int size = 2; size <= 4; size++) {
            Path saved = directory.resolve("of-" + size);
            for (List<float[]> rank : all(size, ranks -> updated(ranks, saved, null))) {
                assertSame(rank, alone);
            }
            // What they have saved together is what one has.
            assertThat(saved).hasSameBinaryContentAs(directory.resolve("alone"));
        }
    }

    @Test
    void anyNumberGoesOnWithWhatAnyNumberHasSaved() throws Exception {
        Path begun = directory.resolve("begun");
        all(3, ranks -> updated(ranks, begun, null));
        List<float[]> alone = updated(TensorRanks.ALONE, directory.resolve("alone"), begun);
        for (List<float[]> rank : all(2, ranks -> updated(ranks, directory.resolve("two"), begun))) {
            assertSame(rank, alone);
        }
        assertThat(directory.resolve("two")).hasSameBinaryContentAs(directory.resolve("alone"));
    }

    private static void assertSame(List<float[]> weights, List<float[]> expected) {
        for (int i = 0; i < expected.size(); i++) {
            assertThat(weights.get(i)).isEqualTo(expected.get(i));
        }
    }

    /// Three steps whose gradient every rank has a whole part of, so that sums are exact in any
    /// order.
    private static List<float[]> updated(TensorRanks ranks, Path saved, @Nullable Path begun) throws Exception {
        NativeLibraries.load();
        Parameters weights = new Parameters();
        for (int i = 0; i < SHAPES.length; i++) {
            long[] shape = SHAPES[i];
            String name = "weight" + i;
            TestWeights.add(
                    weights, name, Memory.keep(name, () -> numbers(shape, 0.25f).requires_grad_(true)));
        }
        try (weights;
                TorchOptimizer optimizer = TorchOptimizer.create(ADAM, weights, DataType.FP32, ranks)) {
            if (begun != null) {
                optimizer.load(begun);
            }
            for (int step = 1; step <= 3; step++) {
                int factor = step;
                Memory.run(() -> weights.trainable().values().forEach(weight -> {
                    // 12 is divisible by all numbers of ranks.
                    for (int part = ranks.rank(); part < 12; part += ranks.size()) {
                        Gradients.add(weight, numbers(Tensors.shape(weight), factor * (part + 1)));
                    }
                }));
                // libtorch sums the squares of a weight in single precision.
                assertThat(optimizer.gradientNorm()).isCloseTo(78 * factor * UNIT_NORM, withinPercentage(0.5));
                optimizer.step(0.01, 1);
            }
            if (ranks.isFirst()) {
                optimizer.save(saved);
            } else {
                optimizer.contribute();
            }
            return Memory.compute(() -> {
                List<float[]> values = new ArrayList<>();
                weights.trainable().values().forEach(weight -> values.add(Tensors.toFloats(weight)));
                return values;
            });
        }
    }

    private static double unitNorm() {
        long squares = 0;
        for (long[] shape : SHAPES) {
            long count = LongStream.of(shape).reduce(1, (a, b) -> a * b);
            for (long i = 0; i < count; i++) {
                squares += (i % 13 - 6) * (i % 13 - 6);
            }
        }
        return Math.sqrt((double) squares);
    }

    private static Tensor numbers(long[] shape, float factor) {
        long count = LongStream.of(shape).reduce(1, (a, b) -> a * b);
        float[] values = new float[Math.toIntExact(count)];
        for (int i = 0; i < values.length; i++) {
            values[i] = factor * (i % 13 - 6);
        }
        return HostTensors.floats(values).view(shape);
    }

    private static <T> List<T> all(int size, Work<T> work) throws Exception {
        ThreadRanks.Board tensors = new ThreadRanks.Board(size);
        return ThreadRanks.all(size, ranks -> work.run(new TensorsOfThreads(ranks, tensors)));
    }

    private interface Work<T> {
        T run(TensorRanks ranks) throws Exception;
    }

    /// Ranks that are threads, and exchange rows of arrays.
    private record TensorsOfThreads(Ranks ranks, ThreadRanks.Board board) implements TensorRanks {

        @Override
        public int rank() {
            return ranks.rank();
        }

        @Override
        public int size() {
            return ranks.size();
        }

        @Override
        public List<byte[]> gather(byte[] own) {
            return ranks.gather(own);
        }

        @Override
        public void reached(String place) {}

        @Override
        public void exchange(Tensor received, Tensor sent) {
            List<Object> all = board.exchange(rank(), Tensors.toRows(sent, size()));
            for (int rank = 0; rank < size(); rank++) {
                received.select(0, rank).copy_(HostTensors.floats(((float[][]) all.get(rank))[rank()]));
            }
        }
    }
}
