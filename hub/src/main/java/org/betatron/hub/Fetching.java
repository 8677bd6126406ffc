package org.betatron.hub;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Fetches files of one commit, a few at once, and shows each in the snapshot when it is whole.
final class Fetching {

    /// Files at once: one connection seldom fills a line.
    private static final int AT_ONCE = 4;

    private final HubClient hub;
    private final HubPlace place;
    private final HubCache cache;
    private final String commit;
    private final HubListener listener;
    private long total;
    private long done;
    private long received;

    Fetching(HubClient hub, HubPlace place, HubCache cache, String commit, HubListener listener) {
        this.hub = hub;
        this.place = place;
        this.cache = cache;
        this.commit = commit;
        this.listener = listener;
    }

    /// @return bytes that came through the network so far
    synchronized long received() {
        return received;
    }

    /// Says what will be fetched.
    ///
    /// @param files those that are known so far
    void begin(List<HubFile> files) throws IOException {
        for (HubFile file : missing(files)) {
            total += file.bytes();
        }
        listener.begins(place.repository(), commit, files.size(), total);
    }

    /// @param files those that turned out to be needed, too
    void more(List<HubFile> files) throws IOException {
        long before = total;
        for (HubFile file : missing(files)) {
            total += file.bytes();
        }
        if (total > before) {
            listener.begins(place.repository(), commit, files.size(), total);
        }
    }

    List<HubFile> missing(List<HubFile> files) throws IOException {
        List<HubFile> missing = new ArrayList<>();
        for (HubFile file : files) {
            if (!cache.has(commit, file)) {
                missing.add(file);
            }
        }
        return missing;
    }

    /// @throws HubException for the first that cannot be had; the others are given up then
    void fetch(List<HubFile> files) throws IOException {
        List<HubFile> missing = missing(files);
        ExecutorService threads = Executors.newFixedThreadPool(
                Math.clamp(missing.size(), 1, AT_ONCE),
                Thread.ofPlatform().daemon().name("hub-", 0).factory());
        try {
            List<Future<?>> results = new ArrayList<>();
            for (HubFile file : missing) {
                results.add(threads.submit(() -> {
                    fetch(file);
                    return null;
                }));
            }
            for (Future<?> result : results) {
                result.get();
            }
        } catch (ExecutionException e) {
            throw cause(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw HubException.failed("fetching was interrupted", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static RuntimeException cause(@Nullable Throwable cause) throws IOException {
        return switch (cause) {
            case null -> new IllegalStateException("a thread failed without saying why");
            case RuntimeException e -> e;
            case IOException e -> throw e;
            case Error e -> throw e;
            default -> new IllegalStateException(cause);
        };
    }

    private void fetch(HubFile file) throws IOException {
        long bytes = new BlobDownload(hub, place, cache, commit, file, this::add).run();
        cache.link(commit, file);
        synchronized (this) {
            received += bytes;
        }
    }

    private synchronized void add(long bytes) {
        done += bytes;
        listener.hasFetched(done, total);
    }
}
