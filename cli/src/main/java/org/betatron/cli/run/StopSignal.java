package org.betatron.cli.run;

import java.util.concurrent.CountDownLatch;

/// Ctrl-C or a polite kill: a run finishes its step, writes a checkpoint and ends; the process waits for it.
public final class StopSignal {

    private static final CountDownLatch FINISHED = new CountDownLatch(1);

    private static volatile boolean installed;
    private static volatile boolean requested;

    private StopSignal() {}

    /// Listens from now on. Idempotent.
    public static synchronized void install() {
        if (!installed) {
            installed = true;
            Runtime.getRuntime().addShutdownHook(new Thread(StopSignal::requestAndWait, "stop"));
        }
    }

    /// Says that nothing is left to wait for: to be called before the process ends by itself.
    public static void finish() {
        FINISHED.countDown();
    }

    /// @return whether the process was asked to stop
    public static boolean wasRequested() {
        return requested;
    }

    private static void requestAndWait() {
        requested = true;
        try {
            FINISHED.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
