package org.betatron.data.source;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.betatron.data.DataException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// What the `README.md` of a data set says about its files: one or more configurations (subsets),
/// each with splits, each with patterns of files. It comes before what the names of the files look
/// like.
///
/// Source: `configs` in the front matter, as `MetadataConfigs` of `datasets` 5.2.0 reads it.
///
/// @param where   the file, for messages
/// @param configs in their order, at least one
record DataCard(String where, List<Config> configs) {

    static final String NAME = "README.md";

    private static final String DEFAULT = "default";

    private static final Pattern FRONT_MATTER =
            Pattern.compile("\\A\\uFEFF?---[ \\t]*\\r?\\n(.*?)^---[ \\t]*$", Pattern.DOTALL | Pattern.MULTILINE);

    private static final YAMLMapper YAML = new YAMLMapper();

    /// @param name      of the configuration
    /// @param isDefault whether it is meant where none is named
    /// @param directory that its files lie in, with a `/` at the end, where their names tell
    ///     splits; empty for all
    /// @param splits    patterns of files by split; empty where names tell them
    record Config(String name, boolean isDefault, String directory, Map<String, List<String>> splits) {}

    /// @param where the file, for messages
    /// @param text  of the file
    /// @return what it says; empty if it names no configurations
    /// @throws DataException if that cannot be read
    static Optional<DataCard> parse(String where, String text) {
        Matcher front = FRONT_MATTER.matcher(text);
        if (!front.find()) {
            return Optional.empty();
        }
        JsonNode configs;
        try {
            configs = YAML.readTree(front.group(1)).path("configs");
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw unreadable(
                    where, "the lines between --- are not YAML" + (line > 0 ? " (line " + (line + 1) + ")" : ""));
        }
        if (configs.isMissingNode() || configs.isNull() || (configs.isArray() && configs.isEmpty())) {
            return Optional.empty();
        }
        if (!configs.isArray()) {
            throw unreadable(where, "configs must be a list");
        }
        List<Config> read = new ArrayList<>();
        configs.forEach(node -> read.add(config(where, node)));
        return Optional.of(new DataCard(where, List.copyOf(read)));
    }

    private static Config config(String where, JsonNode node) {
        String name = node.path("config_name").asString("");
        if (name.isEmpty()) {
            throw unreadable(where, "each of configs must have a config_name");
        }
        String directory = node.path("data_dir").asString("");
        String below = directory.isEmpty() || directory.equals(".")
                ? ""
                : directory.endsWith("/") ? directory : directory + "/";
        Map<String, List<String>> splits = new LinkedHashMap<>();
        JsonNode files = node.path("data_files");
        for (JsonNode each : files.isArray() ? List.copyOf(files.values()) : List.of(files)) {
            if (each.isObject()) {
                JsonNode path = each.path("path");
                List<JsonNode> paths = path.isArray() ? List.copyOf(path.values()) : List.of(path);
                paths.forEach(pattern -> add(where, name, splits, each.path("split"), pattern));
            } else if (!each.isMissingNode() && !each.isNull()) {
                add(where, name, splits, null, each);
            }
        }
        if (!below.isEmpty() && !splits.isEmpty()) {
            throw unreadable(
                    where,
                    "data_dir and data_files of " + name + " exclude each other: put the directory into"
                            + " the patterns");
        }
        return new Config(name, node.path(DEFAULT).asBoolean(false), below, splits);
    }

    private static void add(
            String where, String config, Map<String, List<String>> splits, @Nullable JsonNode split, JsonNode pattern) {
        boolean isNamed =
                split == null || (split.isString() && !split.asString().isEmpty());
        if (!isNamed || !pattern.isString()) {
            throw unreadable(
                    where,
                    "data_files of " + config + " must be patterns of files, or a list of a split and a path each");
        }
        if (pattern.asString().contains("://")) {
            throw unreadable(
                    where, "data_files of " + config + " lie elsewhere, at " + pattern.asString() + ": fetch them");
        }
        splits.computeIfAbsent(split == null ? DataSplit.TRAIN : split.asString(), _ -> new ArrayList<>())
                .add(pattern.asString());
    }

    private static DataException unreadable(String where, String what) {
        return new DataException(where + ": " + what + "; mend it, or name the files themselves, as DIR/*.jsonl");
    }

    /// @param place what the user named, for messages
    /// @param asked `SPLIT`, `CONFIG:SPLIT` or `CONFIG`; a split of the usual configuration comes
    ///     first; empty for none
    /// @return which configuration is meant, and what of it
    /// @throws DataException if several might be, or there is none of that name
    Choice choose(String place, String asked) {
        int colon = asked.indexOf(':');
        if (colon >= 0) {
            String name = asked.substring(0, colon);
            return new Choice(
                    named(name).orElseThrow(() -> none(place, "has no configuration " + name)),
                    asked.substring(colon + 1));
        }
        List<Config> defaults = configs.size() == 1
                ? configs
                : configs.stream()
                        .filter(config -> config.isDefault() || config.name().equals(DEFAULT))
                        .toList();
        Optional<Config> usual = defaults.size() == 1 ? Optional.of(defaults.getFirst()) : Optional.empty();
        Optional<Config> same = named(asked);
        boolean isConfig =
                same.isPresent() && (usual.isEmpty() || !usual.get().splits().containsKey(asked));
        if (isConfig) {
            return new Choice(same.get(), "");
        }
        return new Choice(
                usual.orElseThrow(() -> none(
                        place,
                        defaults.isEmpty() ? "has several configurations" : "has several default configurations")),
                asked);
    }

    /// @param config which one
    /// @param split  of it; empty for none
    record Choice(Config config, String split) {}

    private Optional<Config> named(String name) {
        return configs.stream().filter(config -> config.name().equals(name)).findFirst();
    }

    private DataException none(String place, String what) {
        String names = configs.stream().map(Config::name).collect(Collectors.joining(", "));
        return new DataException(place + ": " + what + " (" + where + "); name one of those it has, as " + place + "#"
                + configs.getFirst().name() + ": " + names);
    }

    /// @param names    of files, from the directory of the data set on, parts separated by `/`
    /// @param patterns of a split
    /// @return those that match one, sorted
    static List<String> matching(List<String> names, List<String> patterns) {
        List<PathMatcher> matchers = patterns.stream().map(DataCard::matcher).toList();
        return names.stream()
                .filter(name -> Stream.of(name.split("/")).noneMatch(part -> part.startsWith(".")))
                .filter(name -> matchers.stream().anyMatch(matcher -> matcher.matches(Path.of(name))))
                .sorted()
                .toList();
    }

    private static PathMatcher matcher(String pattern) {
        String plain = pattern.startsWith("./") ? pattern.substring(2) : pattern;
        // As in datasets, ** may be no directory at all.
        String either = plain.replace("**/", "{**/,}");
        return FileSystems.getDefault().getPathMatcher("glob:" + either);
    }
}
