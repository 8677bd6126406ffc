package org.betatron.cli.run;

import java.util.concurrent.atomic.AtomicBoolean;
import sun.misc.Signal;

/// Ctrl-C: the first asks a run to finish its step, write a checkpoint and end; the second ends the process at once.
public final class StopSignal {

    private static final AtomicBoolean REQUESTED = new AtomicBoolean();

    private StopSignal() {}

    /// Listens from now on.
    public static void install() {
        Signal.handle(new Signal("INT"), _ -> {
            if (REQUESTED.getAndSet(true)) {
                Runtime.getRuntime().halt(130);
            }
        });
    }

    /// @return whether the user asked to stop
    public static boolean wasRequested() {
        return REQUESTED.get();
    }
}
