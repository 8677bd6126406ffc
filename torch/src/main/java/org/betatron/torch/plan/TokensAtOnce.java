package org.betatron.torch.plan;

/// How many tokens one forward pass should have whose graph is kept: as many that graphs take half
/// of what weights, gradients and moments do, but enough that products lose no speed. The same on
/// every machine.
public final class TokensAtOnce {

    /// Fewer make products slower: with 576 columns and two threads, 2,048 rows at once give 250
    /// GFLOP/s, 350 give 230 and 128 give 210. Ours.
    private static final int LEAST = 512;

    /// More make nothing faster. Ours.
    private static final int MOST = 2048;

    private static final long GRAPH_SHARE = 2;

    private TokensAtOnce() {}

    /// @param stateBytes weights, gradients and moments
    /// @param graphBytes what one token adds to the memory of a backward pass, ≥ 1
    /// @return 512 to 2,048
    public static int of(long stateBytes, long graphBytes) {
        return Math.clamp(stateBytes / (GRAPH_SHARE * graphBytes), LEAST, MOST);
    }
}
