package org.betatron.hub;

import java.nio.file.Path;

/// Hears how far fetching has come. Called by one thread at a time.
public interface HubListener {

    /// Nobody listens.
    HubListener NONE = new HubListener() {};

    /// Files will be fetched.
    ///
    /// @param place  what of
    /// @param commit its state
    /// @param files  how many
    /// @param bytes  of all of them
    default void begins(HubRepository place, String commit, int files, long bytes) {}

    /// @param bytes of all files that are there by now, parts of them included
    /// @param total of all files
    default void hasFetched(long bytes, long total) {}

    /// All files are there.
    ///
    /// @param snapshot where they lie
    /// @param bytes    that came through the network
    /// @param seconds  how long it took
    default void ends(Path snapshot, long bytes, double seconds) {}

    /// Something went wrong and is tried again.
    ///
    /// @param what in one line
    default void retries(String what) {}
}
