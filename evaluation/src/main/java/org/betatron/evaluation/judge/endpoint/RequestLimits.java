package org.betatron.evaluation.judge.endpoint;

import java.time.Duration;

/// How hard an endpoint is asked.
///
/// @param parallel  requests at the same time, in [1, 1000]
/// @param timeout   longest wait for a whole reply, > 0
/// @param retries   how often a failed request is repeated, in [0, 20]
/// @param firstWait wait before the first repetition, > 0; each further one waits twice as long,
///     unless the endpoint says how long
public record RequestLimits(int parallel, Duration timeout, int retries, Duration firstWait) {

    /// Ours: with five repetitions a pause of half a minute is bridged.
    public static final RequestLimits DEFAULT = new RequestLimits(8, Duration.ofSeconds(120), 5, Duration.ofSeconds(1));

    private static final int MAX_PARALLEL = 1000;
    private static final int MAX_RETRIES = 20;

    public RequestLimits {
        if (parallel < 1 || parallel > MAX_PARALLEL) {
            throw new IllegalArgumentException(
                    "parallel requests must be in [1, " + MAX_PARALLEL + "] but were " + parallel);
        }
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("the timeout must be above 0 seconds but was " + timeout.toSeconds());
        }
        if (retries < 0 || retries > MAX_RETRIES) {
            throw new IllegalArgumentException("retries must be in [0, " + MAX_RETRIES + "] but were " + retries);
        }
        if (!firstWait.isPositive()) {
            throw new IllegalArgumentException("the first wait must be above 0 but was " + firstWait);
        }
    }
}
