package org.betatron.runs;

/// Ctrl-C or a polite kill: a run finishes its step, writes a checkpoint and ends; the process waits for it.
public final class StopSignal {

    private static boolean installed;
    private static int numCommands;
    private static volatile boolean requested;

    private StopSignal() {}

    /// Listens from now on. Idempotent.
    public static synchronized void install() {
        if (!installed) {
            installed = true;
            Runtime.getRuntime().addShutdownHook(new Thread(StopSignal::requestAndWait, "stop"));
        }
    }

    /// Says that a command begins, which the end of the process has to wait for. Commands may nest.
    public static synchronized void commandBegins() {
        numCommands++;
    }

    /// Says that a command has ended; to be called once for each [#commandBegins].
    public static synchronized void commandEnded() {
        numCommands--;
        StopSignal.class.notifyAll();
    }

    /// @return whether the process was asked to stop
    public static boolean wasRequested() {
        return requested;
    }

    private static synchronized void requestAndWait() {
        requested = true;
        try {
            while (numCommands > 0) {
                StopSignal.class.wait();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
