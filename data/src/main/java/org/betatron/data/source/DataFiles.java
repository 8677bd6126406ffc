package org.betatron.data.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.betatron.data.DataException;

/// Files that a user names together: a directory, a pattern, and which part of them.
///
/// ```text
/// PATH         a file; or a directory, of which the training split is read
/// PATH#SPLIT   that split of a directory; PATH#CONFIG and PATH#CONFIG:SPLIT where its README.md has configurations
/// PATTERN      as data/*.parquet, or a directory and **/*.parquet: all that match
/// ```
///
/// @param path  file, directory or pattern
/// @param split part of a directory; empty for none
public record DataFiles(String path, String split) {

    private static final List<String> ENDINGS =
            List.of(".parquet", ".arrow", ".jsonl", ".ndjson", ".json", ".jsonl.gz", ".ndjson.gz", ".json.gz", ".txt");

    /// The split of a directory of which none is named, for training.
    public static final String FALLBACK = DataSplit.TRAIN;

    private static final String DATA = "data";

    /// File of a directory that may say which files are meant.
    public static final String CARD = DataCard.NAME;

    /// Files beside the data, as `datasets` knows them.
    private static final Set<String> BESIDE =
            Set.of(CARD, "config.json", "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json");

    /// @param text what a user gave
    public static DataFiles parse(String text) {
        int mark = text.lastIndexOf('#');
        boolean hasSplit = mark > 0 && !text.substring(mark + 1).contains("/") && !Files.exists(Path.of(text));
        return hasSplit ? new DataFiles(text.substring(0, mark), text.substring(mark + 1)) : new DataFiles(text, "");
    }

    /// @return whether a path is a pattern
    public static boolean isPattern(String path) {
        return path.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
    }

    /// @param fallback split of a directory of which none is named; empty where one must be
    /// @return the files on this machine, in the order of their names; a file that is named alone
    ///     need not exist
    /// @throws DataException if a directory or a pattern leads to none, or to several kinds of
    ///     files or splits of which none was named
    public List<Path> here(String fallback) {
        Path given = Path.of(path);
        if (Files.isDirectory(given)) {
            // Shards are told by a directory of that name, which may be the one that is given.
            String below = given.endsWith(DATA) ? DATA + "/" : "";
            List<String> names = within(given, Integer.MAX_VALUE).stream()
                    .map(name -> below + name)
                    .toList();
            Optional<String> card = below.isEmpty() ? card(given.resolve(CARD)) : Optional.empty();
            return choose(path, names, below, split, fallback, card).stream()
                    .map(name -> given.resolve(name.substring(below.length())))
                    .toList();
        }
        if (!split.isEmpty()) {
            throw new DataException(path + "#" + split + ": only a directory has splits, but " + path + " is "
                    + (Files.exists(given) ? "a file" : "missing"));
        }
        if (Files.exists(given) || !isPattern(path)) {
            return List.of(given);
        }
        int fixed = 0;
        List<String> parts = List.of(path.split("/", -1));
        while (!isPattern(parts.get(fixed))) {
            fixed++;
        }
        String root = String.join("/", parts.subList(0, fixed));
        Path base = root.isEmpty() && path.startsWith("/") ? Path.of("/") : Path.of(root);
        String pattern = String.join("/", parts.subList(fixed, parts.size()));
        if (!Files.isDirectory(base.toAbsolutePath())) {
            throw new DataException(path + ": there is no directory " + base);
        }
        int depth = pattern.contains("**") ? Integer.MAX_VALUE : parts.size() - fixed;
        return choose(path, within(base, depth), pattern, "", fallback, Optional.empty()).stream()
                .map(base::resolve)
                .toList();
    }

    /// @param file on this machine
    /// @return what a `README.md` says, for [#choose]; empty if there is none
    public static Optional<String> card(Path file) {
        try {
            // Bytes that are no text are no concern of ours here.
            return Files.isRegularFile(file)
                    ? Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
                    : Optional.empty();
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /// Files below a directory, without what is hidden.
    private static List<String> within(Path directory, int depth) {
        try (Stream<Path> found = Files.walk(directory.toString().isEmpty() ? Path.of(".") : directory, depth)) {
            Path from = directory.toString().isEmpty() ? Path.of(".") : directory;
            return found.filter(Files::isRegularFile)
                    .map(file -> from.relativize(file).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new DataException(directory + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /// @param where   for messages
    /// @param names   of all files there are, parts separated by `/`
    /// @param pattern file, directory or pattern; empty for all
    /// @param split   part of them; empty for none
    /// @param fallback the part where none is named; empty where one must be
    /// @param card    what `README.md` beside these names says, if it is there; of all of them alone
    /// @return names of the files that hold rows and are meant, sorted
    /// @throws DataException as [#here]
    public static List<String> choose(
            String where, List<String> names, String pattern, String split, String fallback, Optional<String> card) {
        if (names.contains(pattern)) {
            return List.of(pattern);
        }
        Optional<DataCard> said =
                pattern.isEmpty() ? card.flatMap(text -> DataCard.parse(where + "/" + CARD, text)) : Optional.empty();
        return said.isPresent()
                ? ofCard(where, said.get(), names, split, fallback)
                : byNames(where, names, pattern, split, fallback);
    }

    private static List<String> ofCard(String where, DataCard card, List<String> names, String split, String fallback) {
        DataCard.Choice choice = card.choose(where, split);
        DataCard.Config config = choice.config();
        if (config.splits().isEmpty()) {
            return byNames(where, names, config.directory(), choice.split(), fallback);
        }
        String wanted = meant(where, config.splits().keySet(), choice.split(), fallback);
        List<String> data =
                names.stream().filter(name -> !isBeside(name)).sorted().toList();
        List<String> patterns = Objects.requireNonNull(config.splits().get(wanted));
        List<String> chosen = DataCard.matching(data, patterns);
        if (chosen.isEmpty()) {
            throw new DataException(where + ": " + CARD + " says that split " + wanted + " of " + config.name() + " is "
                    + String.join(", ", patterns) + ", but there is no such file; there is "
                    + shown(names));
        }
        Shards.requireAll(where, chosen);
        return chosen;
    }

    private static List<String> byNames(
            String where, List<String> names, String pattern, String split, String fallback) {
        PathMatcher matcher = isPattern(pattern) ? matcher(where, pattern) : null;
        String below = pattern.isEmpty() || pattern.endsWith("/") ? pattern : pattern + "/";
        List<String> data = names.stream()
                .filter(DataFiles::holdsRows)
                .filter(name -> matcher == null ? name.startsWith(below) : matcher.matches(Path.of(name)))
                .sorted()
                .toList();
        if (data.isEmpty()) {
            throw new DataException(where + ": no file " + (pattern.isEmpty() ? "there" : "matches " + pattern)
                    + " holds rows by its name (" + String.join(", ", ENDINGS) + "); there is " + shown(names));
        }
        List<String> chosen = matcher != null ? data : ofSplit(where, below, data, split, fallback);
        requireOneKind(where, chosen);
        if (matcher == null) {
            Shards.requireAll(where, chosen);
        }
        return chosen;
    }

    private static PathMatcher matcher(String where, String pattern) {
        try {
            // As in a shell, ** may be no directory at all.
            String either = pattern.startsWith("**/") ? "{" + pattern.substring(3) + "," + pattern + "}" : pattern;
            return FileSystems.getDefault().getPathMatcher("glob:" + either);
        } catch (IllegalArgumentException e) {
            throw new DataException(where + ": is no pattern of files: " + e.getMessage(), e);
        }
    }

    private static boolean holdsRows(String name) {
        List<String> parts = List.of(name.split("/"));
        return ENDINGS.stream().anyMatch(name::endsWith)
                && !isBeside(name)
                && parts.stream().noneMatch(part -> part.startsWith(".") || part.startsWith("_"));
    }

    private static boolean isBeside(String name) {
        return BESIDE.contains(name.substring(name.lastIndexOf('/') + 1));
    }

    private static List<String> ofSplit(String where, String below, List<String> data, String split, String fallback) {
        List<String> relative =
                data.stream().map(name -> name.substring(below.length())).toList();
        Map<String, List<String>> splits = new TreeMap<>();
        for (int i = 0; i < data.size(); i++) {
            boolean inData = below.equals(DATA + "/");
            String belongs = DataSplit.of(inData ? data : relative, inData ? data.get(i) : relative.get(i));
            if (!belongs.isEmpty()) {
                splits.computeIfAbsent(belongs, _ -> new ArrayList<>()).add(data.get(i));
            }
        }
        return Objects.requireNonNull(splits.get(meant(where, splits.keySet(), split, fallback)));
    }

    /// @param splits that there are, at least one
    private static String meant(String where, Set<String> splits, String split, String fallback) {
        String first = splits.iterator().next();
        String wanted = !split.isEmpty() ? split : splits.size() == 1 ? first : fallback;
        if (!splits.contains(wanted)) {
            throw new DataException(where + ": "
                    + (wanted.isEmpty() ? "has several splits" : "has no split " + wanted)
                    + "; name one of those it has, as " + where + "#" + first + ": " + String.join(", ", splits));
        }
        return wanted;
    }

    private static void requireOneKind(String where, List<String> names) {
        Set<String> kinds = names.stream()
                .map(name -> ENDINGS.stream().filter(name::endsWith).findFirst().orElse(""))
                .collect(Collectors.toCollection(TreeSet::new));
        if (kinds.size() > 1) {
            throw new DataException(where + ": holds files of several kinds (" + String.join(", ", kinds)
                    + "), which may be the same rows: name one kind, as **/*"
                    + kinds.iterator().next());
        }
    }

    private static String shown(List<String> names) {
        return names.isEmpty()
                ? "nothing"
                : String.join(", ", names.subList(0, Math.min(names.size(), 20)))
                        + (names.size() > 20 ? ", and " + (names.size() - 20) + " more" : "");
    }
}
