package org.betatron.core.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// What the files of a directory were when they were written, so that damage is found before they
/// are read again.
///
/// They stand in the file `checksums` of the directory, a line each: CRC-32C as eight hexadecimal
/// digits, size in bytes, path below the directory.
public final class Checksums {

    /// Name of the file that holds them.
    public static final String FILE = "checksums";

    private static final int BUFFER_BYTES = 1 << 18;

    private static final String OTHER = " has other bytes than were written";
    private static final String MISSING = " is missing";

    private static final Pattern LINE = Pattern.compile("([0-9a-f]{8}) (\\d{1,18}) ([^\\x00]+)");

    private Checksums() {}

    /// Writes down what lies in a directory and below it, when everything is there.
    public static void write(Path directory) throws IOException {
        write(directory, files(directory), directory.resolve(FILE));
    }

    /// Writes down what some files of a directory are, in place of what was written down before.
    ///
    /// @param names of files in the directory; those that are not there are left out
    public static void write(Path directory, Collection<String> names) throws IOException {
        List<Path> present = names.stream()
                .sorted()
                .map(directory::resolve)
                .filter(Files::isRegularFile)
                .toList();
        StagedFiles.write(directory.resolve(FILE), partial -> write(directory, present, partial));
    }

    private static void write(Path directory, List<Path> files, Path target) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (Path file : files) {
            lines.append(line(file, directory.relativize(file).toString())).append('\n');
        }
        Files.writeString(target, lines);
    }

    /// @param directory may be from before there were checksums
    /// @return what is not as it was written: the first such file, and how it differs; empty if
    ///     everything is, or nobody wrote down what it was
    public static Optional<String> damage(Path directory) throws IOException {
        Path list = directory.resolve(FILE);
        if (!Files.exists(list, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        if (!Files.isRegularFile(list)) {
            return Optional.of(list + " is " + FileKind.of(list) + ", not what was written");
        }
        Map<String, String> expected = new HashMap<>();
        for (String line : lines(list)) {
            Matcher parts = LINE.matcher(line);
            if (!parts.matches()) {
                return Optional.of(list + " is not what was written");
            }
            expected.put(parts.group(3), line);
        }
        for (Path file : files(directory)) {
            String name = directory.relativize(file).toString();
            String line = expected.remove(name);
            if (line == null) {
                return Optional.of(list + " does not know " + name);
            }
            if (!line.equals(line(file, name))) {
                return Optional.of(file + OTHER);
            }
        }
        return expected.keySet().stream().sorted().findFirst().map(name -> directory.resolve(name) + MISSING);
    }

    /// Looks at some files of a directory in which people change things, and put others beside.
    ///
    /// @param names of files in the directory
    /// @return which of them is not as it was written, and what to do; empty if all are, as far as
    ///     it was written down. A list of somebody else's making says nothing, and so does a
    ///     directory of its name
    public static Optional<String> damage(Path directory, Predicate<String> names) {
        Path list = directory.resolve(FILE);
        if (!Files.exists(list, LinkOption.NOFOLLOW_LINKS) || Files.isDirectory(list)) {
            return Optional.empty();
        }
        try {
            if (!Files.isRegularFile(list)) {
                return Optional.of(list + " must be a file but is " + FileKind.of(list)
                        + ": put the file back from a copy, or delete it if nothing is to be checked");
            }
            List<Matcher> entries = lines(list).stream()
                    .map(LINE::matcher)
                    .filter(Matcher::matches)
                    .toList();
            for (Matcher entry : entries) {
                String name = entry.group(3);
                Path file = directory.resolve(name);
                if (names.test(name) && !Files.isRegularFile(file)) {
                    return Optional.of(file + MISSING + wayOut(list));
                }
                if (names.test(name) && !entry.group().equals(line(file, name))) {
                    return Optional.of(file + OTHER + wayOut(list));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read what " + list + " lists", e);
        }
    }

    private static String wayOut(Path list) {
        return ": put the file back from a copy or make it again; if the change is meant, delete " + list;
    }

    private static List<String> lines(Path list) throws IOException {
        // Read as bytes: damage need not be text.
        return List.of(new String(Files.readAllBytes(list), StandardCharsets.UTF_8).split("\n"));
    }

    /// @return CRC-32C of a file, eight hexadecimal digits
    public static String of(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return of(channel);
        }
    }

    /// @param channel of an open file, whatever name that has now; its position does not matter and
    ///     stays
    /// @return CRC-32C of the file, eight hexadecimal digits
    public static String of(FileChannel channel) throws IOException {
        CRC32C sum = new CRC32C();
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        long position = 0;
        for (int read = channel.read(buffer, 0); read >= 0; read = channel.read(buffer, position)) {
            position += read;
            sum.update(buffer.flip());
            buffer.clear();
        }
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }

    private static String line(Path file, String name) throws IOException {
        return of(file) + " " + Files.size(file) + " " + name;
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> walk = Files.walk(directory)) {
            return new ArrayList<>(walk.filter(Files::isRegularFile)
                    .filter(file -> !file.equals(directory.resolve(FILE)))
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList());
        }
    }
}
