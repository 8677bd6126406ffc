package org.betatron.core.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// What the files of a directory were when they were written, so that damage is found before they are
/// read again.
///
/// They stand in the file `checksums` of the directory, a line each: CRC-32C as eight hexadecimal
/// digits, size in bytes, path below the directory.
public final class Checksums {

    /// Name of the file that holds them.
    public static final String FILE = "checksums";

    private static final Pattern LINE = Pattern.compile("([0-9a-f]{8}) (\\d{1,18}) (.+)");

    private Checksums() {}

    /// Writes down what lies in a directory and below it, when everything is there.
    public static void write(Path directory) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (Path file : files(directory)) {
            lines.append(line(file, directory.relativize(file).toString())).append('\n');
        }
        Files.writeString(directory.resolve(FILE), lines);
    }

    /// @param directory may be from before there were checksums
    /// @return what is not as it was written: the first such file, and how it differs; empty if
    ///     everything is, or nobody wrote down what it was
    public static Optional<String> damage(Path directory) throws IOException {
        Path listed = directory.resolve(FILE);
        if (!Files.exists(listed)) {
            return Optional.empty();
        }
        Map<String, String> expected = new HashMap<>();
        // Read as bytes: damage need not be text.
        for (String line : new String(Files.readAllBytes(listed), StandardCharsets.UTF_8).split("\n")) {
            Matcher parts = LINE.matcher(line);
            if (!parts.matches()) {
                return Optional.of(listed + " is not what was written");
            }
            expected.put(parts.group(3), line);
        }
        for (Path file : files(directory)) {
            String name = directory.relativize(file).toString();
            String line = expected.remove(name);
            if (line == null) {
                return Optional.of(listed + " does not know " + name);
            }
            if (!line.equals(line(file, name))) {
                return Optional.of(file + " has other bytes than were written");
            }
        }
        return expected.keySet().stream().sorted().findFirst().map(name -> directory.resolve(name) + " is missing");
    }

    /// @return CRC-32C of a file, eight hexadecimal digits
    public static String of(Path file) throws IOException {
        CRC32C sum = new CRC32C();
        byte[] buffer = new byte[1 << 18];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                sum.update(buffer, 0, read);
            }
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
