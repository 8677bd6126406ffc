package org.betatron.hub;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Ends a stream of which nothing came for a while: a connection may stay open and be dead.
final class WatchedInput extends FilterInputStream {

    private static final int SECONDS = 30;

    private static final ScheduledThreadPoolExecutor WATCH = watch();

    private volatile boolean wasEnded;

    WatchedInput(InputStream in) {
        super(in);
    }

    private static ScheduledThreadPoolExecutor watch() {
        ScheduledThreadPoolExecutor watch = new ScheduledThreadPoolExecutor(
                1, task -> Thread.ofPlatform().daemon().name("hub-watch").unstarted(task));
        watch.setRemoveOnCancelPolicy(true);
        return watch;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        ScheduledFuture<?> end = WATCH.schedule(this::end, SECONDS, TimeUnit.SECONDS);
        try {
            int count = super.read(into, from, length);
            if (wasEnded) {
                throw new IOException("nothing came for " + SECONDS + " seconds");
            }
            return count;
        } finally {
            end.cancel(false);
        }
    }

    private void end() {
        wasEnded = true;
        try {
            in.close();
        } catch (IOException e) {
            // It is over anyhow.
        }
    }
}
