package org.betatron.torch.weight;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import org.betatron.core.EditDistance;
import org.betatron.torch.error.ModelException;

/// Patterns of names of weights, in the glob syntax of [java.nio.file.FileSystem#getPathMatcher]:
/// `gpt_neox.layers.{0,1}.*`.
public final class NamePatterns {

    private static final int MOST_SHOWN = 3;

    private NamePatterns() {}

    /// @param patterns in any order
    /// @param names    of all weights
    /// @return the names that some pattern matches, in the order of the names
    /// @throws ModelException if a pattern matches nothing, or is none
    public static Set<String> matching(List<String> patterns, Collection<String> names) {
        Set<String> matched = new LinkedHashSet<>();
        for (String pattern : patterns) {
            PathMatcher matcher = matcher(pattern);
            List<String> found = names.stream()
                    .filter(name -> matcher.matches(Path.of(name)))
                    .toList();
            if (found.isEmpty()) {
                throw new ModelException("no weight is called '" + pattern + "'; close to it are "
                        + String.join(", ", close(pattern, names)));
            }
            matched.addAll(found);
        }
        List<String> ordered = new ArrayList<>(names);
        ordered.retainAll(matched);
        return new LinkedHashSet<>(ordered);
    }

    private static PathMatcher matcher(String pattern) {
        try {
            return FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        } catch (PatternSyntaxException e) {
            throw new ModelException("'" + pattern + "' is no pattern of names: " + e.getDescription(), e);
        }
    }

    private static List<String> close(String pattern, Collection<String> names) {
        return names.stream()
                .sorted(Comparator.comparingInt(name -> EditDistance.of(pattern, name)))
                .limit(MOST_SHOWN)
                .toList();
    }
}
