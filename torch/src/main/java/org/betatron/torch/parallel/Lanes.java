package org.betatron.torch.parallel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.betatron.torch.device.NativeLibraries;
import org.jspecify.annotations.Nullable;

/// Threads that compute parts of a batch side by side, each with its share of the processors.
///
/// The operators of a small model are too small to be divided well: two threads in one operator wait
/// for each other some hundred times per layer, two lanes with one thread each once per batch.
///
/// One set for the whole process, as the number of threads is one of the process. Used by one thread at a time.
public final class Lanes {

    /// A micro-batch of the usual size gives each lane a few hundred tokens; with fewer, products lose
    /// more than lanes gain.
    private static final int MOST = 4;

    private static @Nullable Lanes current;

    private final int count;
    private final int threadsOfEach;
    private final @Nullable ExecutorService executor;

    private Lanes(int count, int threadsOfEach) {
        this.count = count;
        this.threadsOfEach = threadsOfEach;
        executor = count == 1 ? null : start();
    }

    /// @param wanted number of lanes, ≥ 1; 0 chooses by the number of threads, see [#automatic]
    /// @return lanes that share the threads of one operator ([NativeLibraries#threads]) among them; the
    ///     same object as long as nothing changes
    public static synchronized Lanes of(int wanted) {
        int threads = NativeLibraries.threads();
        int count = wanted == 0 ? automatic(threads) : wanted;
        int threadsOfEach = Math.max(1, threads / count);
        Lanes lanes = current;
        if (lanes == null || lanes.count != count || lanes.threadsOfEach != threadsOfEach) {
            if (lanes != null) {
                lanes.stop();
            }
            lanes = new Lanes(count, threadsOfEach);
            current = lanes;
        }
        return lanes;
    }

    /// @return the largest number up to four that divides the threads; one where the threads of MKL cannot be
    ///     set for each lane
    static int automatic(int threads) {
        if (!MklThreads.canBeSet()) {
            return 1;
        }
        return IntStream.iterate(Math.min(MOST, threads), lanes -> lanes - 1)
                .filter(lanes -> threads % lanes == 0)
                .findFirst()
                .orElse(1);
    }

    public int count() {
        return count;
    }

    /// Runs parts of a piece of work, each on a lane; a single part on the calling thread with all its threads.
    ///
    /// @param numParts at most [#count]
    /// @param work     computes a part, from 0; called on any thread
    /// @throws RuntimeException what the first part threw that failed, after all parts have ended
    public void run(int numParts, IntConsumer work) {
        collect(
                numParts,
                part -> {
                    work.accept(part);
                    return part;
                },
                _ -> {});
    }

    /// As [#run], with results.
    ///
    /// @param release takes back a result when another part failed
    /// @return the results in the order of the parts
    public <T> List<T> collect(int numParts, IntFunction<T> work, Consumer<T> release) {
        ExecutorService threads = executor;
        if (numParts == 1 || threads == null) {
            return IntStream.range(0, numParts).mapToObj(work).toList();
        }
        List<CompletableFuture<T>> parts = IntStream.range(0, numParts)
                .mapToObj(part -> CompletableFuture.supplyAsync(() -> work.apply(part), threads))
                .toList();
        List<T> results = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (CompletableFuture<T> part : parts) {
            try {
                results.add(part.join());
            } catch (CompletionException e) {
                failures.add(e.getCause() == null ? e : e.getCause());
            }
        }
        if (!failures.isEmpty()) {
            results.forEach(release);
            throw unchecked(failures.getFirst());
        }
        return results;
    }

    private static RuntimeException unchecked(Throwable failure) {
        return switch (failure) {
            case Error error -> throw error;
            case RuntimeException exception -> exception;
            default -> new IllegalStateException(failure);
        };
    }

    private ExecutorService start() {
        AtomicInteger number = new AtomicInteger();
        CountDownLatch settled = new CountDownLatch(count);
        int threads = NativeLibraries.threads();
        ThreadPoolExecutor lanes =
                new ThreadPoolExecutor(count, count, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Runnable settling = () -> {
                        // libtorch gives a thread the process's number when it first asks, so that comes first.
                        NativeLibraries.threads();
                        NativeLibraries.setThreads(threadsOfEach);
                        MklThreads.setOfThisThread(threadsOfEach);
                        settled.countDown();
                        task.run();
                    };
                    Thread thread = new Thread(settling, "betatron-lane-" + number.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                });
        lanes.prestartAllCoreThreads();
        await(settled);
        // MKL takes a number for all threads together with libtorch's for its own.
        NativeLibraries.setThreads(threads);
        return lanes;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting lanes", e);
        }
    }

    private void stop() {
        if (executor != null) {
            executor.shutdown();
        }
    }
}
