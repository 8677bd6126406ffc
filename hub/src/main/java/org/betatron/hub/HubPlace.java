package org.betatron.hub;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Something on the hub that a user named: a repository at a revision, and perhaps files in it.
///
/// ```text
/// [hf://][datasets/]ORG/NAME[@REVISION][/PATH]
/// ```
///
/// as `huggingface_hub` spells it. Without `hf://` it is only taken for a place on the hub where it
/// cannot be meant as a path: it has no more than these parts, or ends in `.gguf`.
///
/// @param repository which one
/// @param revision   branch, tag or commit
/// @param path       file or pattern of files in it; empty for none
public record HubPlace(HubRepository repository, String revision, String path) {

    public static final String MAIN = "main";

    private static final String SCHEME = "hf://";

    /// What [java.nio.file.Path] makes of the scheme.
    private static final String SCHEME_AS_PATH = "hf:/";

    private static final Pattern PLACE = Pattern.compile(
            "(?:(models|datasets)/)?([^/@]+/[^/@]+)" + "(?:@(refs/(?:pr/\\d+|convert/[\\w.-]+)|[^/]+))?(?:/(.+))?");

    /// A branch, tag or commit that is safe in a path.
    private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_./-]*[A-Za-z0-9_])?");

    public HubPlace {
        if (!isRevision(revision)) {
            throw new IllegalArgumentException("a revision must be a branch, a tag or a commit, but was " + revision);
        }
    }

    private static boolean isRevision(String revision) {
        return REVISION.matcher(revision).matches() && !revision.contains("..") && !revision.contains("//");
    }

    /// @return whether a text can only be meant as a place on the hub
    public static boolean isExplicit(String text) {
        return text.startsWith(SCHEME_AS_PATH);
    }

    /// @param text what a user gave
    /// @return the place; empty if the text is none
    public static Optional<HubPlace> parse(String text) {
        boolean explicit = isExplicit(text);
        String rest = text.startsWith(SCHEME)
                ? text.substring(SCHEME.length())
                : explicit ? text.substring(SCHEME_AS_PATH.length()) : text;
        Matcher match = PLACE.matcher(rest);
        if (!match.matches() || !HubRepository.isId(match.group(2))) {
            return Optional.empty();
        }
        HubRepository.Kind kind =
                "datasets".equals(match.group(1)) ? HubRepository.Kind.DATASET : HubRepository.Kind.MODEL;
        String revision = match.group(3) == null ? MAIN : match.group(3);
        String path = match.group(4) == null ? "" : match.group(4);
        boolean isPlace = isRevision(revision)
                && (explicit || path.isEmpty() || path.endsWith(".gguf") || kind == HubRepository.Kind.DATASET);
        return isPlace
                ? Optional.of(new HubPlace(new HubRepository(kind, match.group(2)), revision, path))
                : Optional.empty();
    }

    /// @return the same place in another state of the repository
    public HubPlace at(String newRevision) {
        return new HubPlace(repository, newRevision, path);
    }

    /// @return `hf://datasets/ORG/NAME@REVISION/PATH`
    @Override
    public String toString() {
        return SCHEME + repository + (revision.equals(MAIN) ? "" : "@" + revision) + (path.isEmpty() ? "" : "/" + path);
    }
}
