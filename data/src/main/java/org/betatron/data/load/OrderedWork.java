package org.betatron.data.load;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.betatron.data.DataException;
import org.jspecify.annotations.Nullable;

/// Works on items with several threads and hands over the results in the order of the items.
/// Few items are under way at a time, so memory does not depend on their number.
///
/// @param numThreads threads that work, at least 1; the caller's thread reads and takes results
record OrderedWork(int numThreads) {

    /// The caller's thread writes results while the others work, so some items wait on both sides.
    private static final int ITEMS_PER_THREAD = 3;

    OrderedWork {
        if (numThreads < 1) {
            throw new IllegalArgumentException("numThreads must be at least 1 but was " + numThreads);
        }
    }

    /// Returns when all is done, or throws what the first item in order that failed threw; results
    /// before it have been taken, and no thread works any more.
    ///
    /// @param source the next item, null after the last; called by the caller's thread
    /// @param work   called by several threads at once
    /// @param taker  called by the caller's thread
    <A, B> void run(Supplier<@Nullable A> source, Function<A, B> work, Consumer<B> taker) {
        ExecutorService threads = Executors.newFixedThreadPool(
                numThreads,
                Thread.ofPlatform().daemon().name("betatron-rows-", 0).factory());
        try {
            Queue<Future<B>> underWay = new ArrayDeque<>();
            while (true) {
                A item;
                try {
                    item = source.get();
                } catch (RuntimeException e) {
                    // An item before the one that cannot be read may have failed, too: it comes first.
                    takeAll(underWay, taker);
                    throw e;
                }
                if (item == null) {
                    takeAll(underWay, taker);
                    return;
                }
                underWay.add(threads.submit(() -> work.apply(item)));
                if (underWay.size() >= numThreads * ITEMS_PER_THREAD) {
                    taker.accept(result(underWay.remove()));
                }
            }
        } finally {
            threads.shutdownNow();
            threads.close();
        }
    }

    private static <B> void takeAll(Queue<Future<B>> underWay, Consumer<B> taker) {
        while (!underWay.isEmpty()) {
            taker.accept(result(underWay.remove()));
        }
    }

    private static <B> B result(Future<B> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DataException("interrupted while rows were read", e);
        }
    }
}
