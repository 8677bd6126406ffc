package org.betatron.hub;

import java.util.regex.Pattern;

/// A file of a repository as the hub lists it.
///
/// @param path  within the repository, parts separated by `/`
/// @param bytes how large it is
/// @param hash  of its content, 64 digits of SHA-256 for large files, else 40 digits of the SHA-1
///     that git gives it; its name in the cache
record HubFile(String path, long bytes, String hash) {

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

    private static final int MAX_PATH = 1000;

    HubFile {
        requireSafe(path);
        if (bytes < 0 || !HASH.matcher(hash).matches()) {
            throw HubException.failed(
                    "the hub lists " + path + " with " + bytes + " bytes and the hash '" + hash + "', which cannot be");
        }
    }

    boolean isLarge() {
        return hash.length() == 64;
    }

    /// A name must lead to a file below the snapshot, on any system.
    static void requireSafe(String path) {
        boolean safe =
                !path.isEmpty() && path.length() <= MAX_PATH && path.chars().noneMatch(c -> c < ' ' || c == '\\');
        for (String part : path.split("/", -1)) {
            safe = safe && !part.isEmpty() && !part.equals(".") && !part.equals("..") && !part.matches("[A-Za-z]:.*");
        }
        if (!safe) {
            throw HubException.failed(
                    "the hub lists a file named '" + path + "', which leads out of the repository: nothing is fetched");
        }
    }
}
