package org.betatron.core;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Derives one independent random stream per purpose and index from a single seed, so that what one
/// part of a run draws never shifts what another part sees, and a resumed run draws what an
/// uninterrupted one would have drawn.
public final class RandomStreams {

    /// The golden ratio, as a fraction of 2^64.
    public static final long STEP = 0x9e3779b97f4a7c15L;

    private RandomStreams() {}

    /// @param seed    seed of the run
    /// @param purpose what the stream is for, for example `selection`
    /// @param index   step, epoch or other counter within the purpose
    /// @return a fresh generator; equal arguments give equal streams on every platform
    public static RandomGenerator stream(long seed, String purpose, long index) {
        return new SplittableRandom(mix(mix(seed ^ mix(purpose.hashCode())) + index));
    }

    /// Finaliser of SplitMix64: neighbouring inputs give unrelated outputs.
    ///
    /// @param z any number; those of [#STEP] apart are what the generator SplitMix64 draws one after another
    public static long mix(long z) {
        long mixed = z + STEP;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
