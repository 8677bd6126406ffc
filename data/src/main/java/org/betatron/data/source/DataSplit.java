package org.betatron.data.source;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Which part of a data set a file belongs to, by its name: `train`, `validation`, `test`, or what
/// stands before the number of a shard.
///
/// Source: `data_files.py` of `datasets` 5.2.0. Its order is kept: shards in `data/`, names of
/// directories, names of files, and `train` for everything else. Words are ended by `-`, `.`, `_`,
/// a space or a digit.
final class DataSplit {

    static final String TRAIN = "train";

    private static final Pattern SHARD = Pattern.compile("data/([^/]+)-\\d{5}-of-\\d{5}[^/]*\\.[^/]*");

    private static final Map<String, List<String>> WORDS = Map.of(
            TRAIN,
            List.of("train", "training"),
            "validation",
            List.of("validation", "valid", "dev", "val"),
            "test",
            List.of("test", "testing", "eval", "evaluation"));

    private static final String END = "[-._ 0-9]";

    private DataSplit() {}

    /// @param names of all files of a data set, parts separated by `/`
    /// @param name  one of them
    static String of(List<String> names, String name) {
        if (names.stream().anyMatch(other -> SHARD.matcher(other).matches())) {
            Matcher shard = SHARD.matcher(name);
            return shard.matches() ? shard.group(1) : "";
        }
        if (names.stream().anyMatch(other -> !word(directories(other), true).isEmpty())) {
            return word(directories(name), true);
        }
        if (names.stream()
                .anyMatch(other -> !word(Stream.of(last(other)), false).isEmpty())) {
            return word(Stream.of(last(name)), false);
        }
        return TRAIN;
    }

    private static Stream<String> directories(String name) {
        List<String> parts = List.of(name.split("/"));
        return parts.subList(0, parts.size() - 1).stream();
    }

    private static String last(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    /// @param mayStandAlone whether a word may be all of a part
    /// @return split of the first part with a word of one, empty if none has any
    private static String word(Stream<String> parts, boolean mayStandAlone) {
        String end = mayStandAlone ? "(?:" + END + ".*)?" : END + ".*";
        return parts.flatMap(part -> WORDS.entrySet().stream()
                        .filter(split ->
                                part.matches("(?:.*" + END + ")?(?:" + String.join("|", split.getValue()) + ")" + end))
                        .map(Map.Entry::getKey))
                .findFirst()
                .orElse("");
    }
}
