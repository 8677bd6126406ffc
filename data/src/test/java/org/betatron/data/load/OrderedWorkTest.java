package org.betatron.data.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.betatron.data.DataException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OrderedWorkTest {

    private static Supplier<@Nullable Integer> upTo(int end) {
        Iterator<Integer> numbers = IntStream.range(0, end).iterator();
        return () -> numbers.hasNext() ? numbers.next() : null;
    }

    @Test
    void resultsKeepTheOrderThoughTheFirstItemIsLast() {
        CountDownLatch others = new CountDownLatch(2);
        List<Integer> taken = new ArrayList<>();
        new OrderedWork(2)
                .run(
                        upTo(100),
                        i -> {
                            if (i == 0) {
                                await(others);
                            }
                            others.countDown();
                            return i;
                        },
                        taken::add);
        assertThat(taken)
                .containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void onlyAFewItemsAreUnderWay() {
        AtomicInteger read = new AtomicInteger();
        Supplier<@Nullable Integer> source = upTo(1000);
        new OrderedWork(2)
                .run(
                        () -> {
                            read.incrementAndGet();
                            return source.get();
                        },
                        i -> i,
                        i -> assertThat(read.get() - i).isLessThanOrEqualTo(7));
        assertThat(read).hasValue(1001);
    }

    @Test
    void theFirstFailureInOrderIsThrown() {
        for (int threads : new int[] {1, 4}) {
            List<Integer> taken = new ArrayList<>();
            Supplier<@Nullable Integer> source = upTo(10);
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> new OrderedWork(threads)
                            .run(
                                    () -> {
                                        Integer next = source.get();
                                        if (next != null && next == 9) {
                                            throw new DataException("source");
                                        }
                                        return next;
                                    },
                                    i -> {
                                        if (i >= 7) {
                                            throw new DataException("item " + i);
                                        }
                                        return i;
                                    },
                                    taken::add))
                    .withMessage("item 7");
            assertThat(taken).containsExactly(0, 1, 2, 3, 4, 5, 6);
        }
    }
}
