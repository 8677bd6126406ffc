package org.betatron.hub;

import java.util.regex.Pattern;

/// A repository on the hub.
///
/// @param kind what it holds
/// @param id   `ORG/NAME`
public record HubRepository(Kind kind, String id) {

    /// As `huggingface_hub` has it: letters, digits, `-`, `_` and `.`; neither `--` nor `..`, which
    /// would be another directory of the cache.
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?");

    private static final int MAX_LENGTH = 96;

    /// What a repository holds.
    public enum Kind {
        MODEL("models", ""),
        DATASET("datasets", "datasets/");

        private final String plural;
        private final String prefix;

        Kind(String plural, String prefix) {
            this.plural = plural;
            this.prefix = prefix;
        }
    }

    public HubRepository {
        if (!isId(id)) {
            throw new IllegalArgumentException(
                    "a repository must be ORG/NAME, of letters, digits, -, _ and ., but was " + id);
        }
    }

    /// @return whether a text is `ORG/NAME`
    static boolean isId(String text) {
        String[] parts = text.split("/", -1);
        return parts.length == 2
                && text.length() <= MAX_LENGTH
                && PART.matcher(parts[0]).matches()
                && PART.matcher(parts[1]).matches()
                && !text.contains("--")
                && !text.contains("..")
                && !text.endsWith(".git");
    }

    /// @return directory of the cache
    String folder() {
        return kind.plural + "--" + id.replace("/", "--");
    }

    /// @return path of what the hub says about it
    String apiPath() {
        return "/api/" + kind.plural + "/" + id;
    }

    /// @return path of its pages and files, as a browser shows it
    String pagePath() {
        return "/" + kind.prefix + id;
    }

    /// @return `ORG/NAME`, or `datasets/ORG/NAME`
    @Override
    public String toString() {
        return kind.prefix + id;
    }
}
