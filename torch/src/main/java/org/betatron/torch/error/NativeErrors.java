package org.betatron.torch.error;

import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Turns what libtorch throws into one line of ours that says what to do.
///
/// JavaCPP surfaces every C++ exception as a plain [RuntimeException] whose message is libtorch's, with
/// a C++ stack trace of many lines behind it.
public final class NativeErrors {

    private static final Pattern WANTED_BYTES = Pattern.compile("tried to allocate (\\d+) bytes");
    private static final Pattern WANTED = Pattern.compile("[Tt]ried to allocate ([\\d.]+ [KMGT]iB)");

    /// Where in libtorch it was noticed, in front of what.
    private static final Pattern PLACE = Pattern.compile("^\\[enforce fail at [^]]*] *");

    private NativeErrors() {}

    /// Work that calls libtorch.
    ///
    /// @param <E> what else it throws
    @FunctionalInterface
    public interface Work<T, E extends Exception> {
        T run() throws E;
    }

    /// As [Work], without a result.
    ///
    /// @param <E> what else it throws
    @FunctionalInterface
    public interface Step<E extends Exception> {
        void run() throws E;
    }

    /// Runs work at the border of the module.
    ///
    /// @param operation what is being done to what, for the message; asked only on failure
    /// @return what the work returned
    /// @throws ModelException if libtorch refused; the original exception is its cause
    public static <T, E extends Exception> T translate(Supplier<String> operation, Work<T, E> work) throws E {
        try {
            return work.run();
        } catch (RuntimeException e) {
            if (e.getClass() != RuntimeException.class) {
                throw e; // ours, or Java's
            }
            throw new ModelException(
                    operation.get() + " failed in libtorch: " + explained(String.valueOf(e.getMessage())), e);
        }
    }

    /// As [#translate], for work without a result.
    public static <E extends Exception> void run(Supplier<String> operation, Step<E> work) throws E {
        NativeErrors.<Integer, E>translate(operation, () -> {
            work.run();
            return 0;
        });
    }

    private static String explained(String message) {
        if (contains(message, "allocate memory", "not enough memory", "out of memory", "bad_alloc", "bad allocation")) {
            return "no memory" + wanted(message) + "; compute.recompute=full, a smaller train.microBatchTokens or"
                    + " compute.weights=bf16 take less";
        }
        if (contains(message, "cpu support", "not implemented for 'BFloat16'", "could not create a primitive")) {
            return firstLine(message) + "; compute.precision=fp32 with compute.weights=fp32 works on every processor";
        }
        return firstLine(message);
    }

    private static boolean contains(String message, String... texts) {
        return Stream.of(texts).anyMatch(message::contains);
    }

    private static String wanted(String message) {
        Matcher bytes = WANTED_BYTES.matcher(message);
        if (bytes.find()) {
            return String.format(Locale.ROOT, " for another %,.0f MiB", Double.parseDouble(bytes.group(1)) / (1 << 20));
        }
        Matcher sized = WANTED.matcher(message);
        return sized.find() ? " for another " + sized.group(1) : "";
    }

    private static String firstLine(String message) {
        int trace = message.indexOf("Exception raised from");
        String text = trace > 0 ? message.substring(0, trace) : message;
        return text.strip()
                .lines()
                .findFirst()
                .map(line -> PLACE.matcher(line).replaceFirst(""))
                .orElse("no message");
    }
}
