package org.betatron.torch.error;

import java.util.function.Supplier;

/// Turns what libtorch throws into one line of ours.
///
/// JavaCPP surfaces every C++ exception as a plain [RuntimeException] whose message is libtorch's, with
/// a C++ stack trace of many lines behind it.
public final class NativeErrors {

    private NativeErrors() {}

    /// Runs work at the border of the module.
    ///
    /// @param operation what is being done to what, for the message; asked only on failure
    /// @param work      calls libtorch
    /// @return what the work returned
    /// @throws ModelException if libtorch refused; the original exception is its cause
    public static <T> T translate(Supplier<String> operation, Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            if (e.getClass() != RuntimeException.class) {
                throw e; // ours, or Java's
            }
            throw new ModelException(operation.get() + " failed in libtorch: " + firstLine(e), e);
        }
    }

    /// As [#translate], for work without a result.
    public static void run(Supplier<String> operation, Runnable work) {
        translate(operation, () -> {
            work.run();
            return 0;
        });
    }

    private static String firstLine(RuntimeException exception) {
        String message = String.valueOf(exception.getMessage());
        int trace = message.indexOf("Exception raised from");
        String text = trace > 0 ? message.substring(0, trace) : message;
        return text.strip().lines().findFirst().orElse("no message");
    }
}
