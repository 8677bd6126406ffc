package org.betatron.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.betatron.core.rank.RankException;
import org.betatron.core.rank.Ranks;
import org.jspecify.annotations.Nullable;

/// Ranks that are threads of one process.
///
/// @param rank  number of this one
/// @param board where all put down what they have
public record ThreadRanks(int rank, Board board) implements Ranks {

    private static final int SECONDS = 60;

    /// Where ranks meet.
    public static final class Board {

        private final Object[] places;
        private final CyclicBarrier barrier;
        private volatile @Nullable Exception failure;

        /// @param size number of ranks
        public Board(int size) {
            places = new Object[size];
            barrier = new CyclicBarrier(size);
        }

        /// The first failure lets the others go, and is what counts.
        private <T> T during(Callable<T> work) throws Exception {
            try {
                return work.call();
            } catch (Exception | AssertionError e) {
                synchronized (this) {
                    failure = failure == null ? new IllegalStateException("a rank failed: " + e, e) : failure;
                }
                barrier.reset();
                throw e;
            }
        }

        /// @param own what the rank has
        /// @return what all have, in their order
        public List<Object> exchange(int rank, Object own) {
            places[rank] = own;
            await();
            List<Object> all = List.of(places);
            await();
            return all;
        }

        private void await() {
            if (failure != null) {
                throw new RankException("a rank failed");
            }
            try {
                barrier.await(SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                throw new RankException("a rank is gone", e);
            }
        }
    }

    /// Work of one rank.
    @FunctionalInterface
    public interface Work<T> {
        T run(Ranks ranks) throws Exception;
    }

    /// Does the work as every one of several ranks at once.
    ///
    /// @return what each has come to, in their order
    public static <T> List<T> all(int size, Work<T> work) throws Exception {
        Board board = new Board(size);
        try (ExecutorService threads = Executors.newFixedThreadPool(size)) {
            List<Future<T>> begun = new ArrayList<>();
            for (int rank = 0; rank < size; rank++) {
                Ranks own = new ThreadRanks(rank, board);
                begun.add(threads.submit(() -> board.during(() -> work.run(own))));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> rank : begun) {
                results.add(rank.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw board.failure == null ? e : board.failure;
        }
    }

    @Override
    public int size() {
        return board.places.length;
    }

    @Override
    public List<byte[]> gather(byte[] own) {
        return board.exchange(rank, own.clone()).stream()
                .map(byte[].class::cast)
                .toList();
    }

    @Override
    public void reached(String place) {}
}
