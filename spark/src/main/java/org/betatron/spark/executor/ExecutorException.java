package org.betatron.spark.executor;

import org.apache.spark.SparkEnv;
import org.apache.spark.util.Utils;
import org.jspecify.annotations.Nullable;

/// Something that one executor lacks, whatever the rows. The message is one line and names the
/// executor.
public final class ExecutorException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// @param message what is missing, and what to do
    public ExecutorException(String message, @Nullable Throwable cause) {
        super(name() + ": " + message, cause);
    }

    /// @return executor and host that this code runs in
    static String name() {
        SparkEnv environment = SparkEnv.get();
        return environment == null
                ? "driver"
                : "executor " + environment.executorId() + " on " + Utils.localCanonicalHostName();
    }
}
