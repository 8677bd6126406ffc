package org.betatron.data.source;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// What a file is that holds no rows of JSON and no text, by its first bytes.
///
/// @param name   what it is
/// @param begins its first bytes, a character each
/// @param advice what to do with it
record FileKind(String name, String begins, String advice) {

    /// Most bytes that tell a kind.
    static final int BYTES = 16;

    private static final String UNPACK = "unpack it first";

    private static final List<FileKind> KINDS = List.of(
            // These are read where they are files of their own.
            kind("a Parquet file", "PAR1", "read it as it is: unpacked, and without data.format=plain"),
            kind("an Arrow file", "ARROW1", "read it as it is: unpacked, and without data.format=plain"),
            kind("a Feather file of the first version", "FEA1", "write it as Parquet"),
            kind("a zip archive", "PK\u0003\u0004", UNPACK),
            kind("compressed with zstd", "(\u00b5/\u00fd", "unpack it first (zstd -d), or compress with gzip"),
            kind("compressed with xz", "\u00fd7zXZ", "unpack it first (xz -d), or compress with gzip"),
            kind("compressed with lz4", "\u0004\"M\u0018", "unpack it first (lz4 -d), or compress with gzip"),
            kind("compressed with bzip2", "BZh91AY", "unpack it first (bzip2 -d), or compress with gzip"),
            kind("a 7z archive", "7z\u00bc\u00af", UNPACK),
            kind("compressed twice with gzip", "\u001f\u008b", "unpack it once (gzip -d)"),
            kind("an SQLite database", "SQLite format 3", "write its rows as JSON lines"),
            kind("an HDF5 file", "\u0089HDF", "write its rows as JSON lines"),
            kind("a NumPy file", "\u0093NUMPY", "write its rows as JSON lines"),
            kind("a PDF document", "%PDF", "extract its text into a .txt file"),
            kind("text in UTF-16", "\u00ff\u00fe", "convert it to UTF-8"),
            kind("text in UTF-16", "\u00fe\u00ff", "convert it to UTF-8"));

    private static FileKind kind(String name, String begins, String advice) {
        return new FileKind(name, begins, advice);
    }

    /// @param bytes  first bytes of a file, after unpacking gzip
    /// @param length how many there are
    static Optional<FileKind> of(byte[] bytes, int length) {
        String text = new String(bytes, 0, Math.min(length, BYTES), StandardCharsets.ISO_8859_1);
        return KINDS.stream().filter(kind -> text.startsWith(kind.begins)).findFirst();
    }

    /// @return `is a zip archive: unpack it first`
    String refusal() {
        return "is " + name + ": " + advice;
    }

    /// @param line first line of a file that does not begin like JSON
    /// @return what it seems to be, and what to do
    static String ofText(String line) {
        String text = line.strip();
        if (text.startsWith("#") || text.startsWith("//") || text.startsWith("/*") || text.startsWith("--")) {
            return "begins with a comment, which JSON lines do not have: delete that line";
        }
        for (String separator : List.of("\t", ",", ";")) {
            String[] names = text.split(separator, -1);
            if (names.length > 1 && List.of(names).stream().allMatch(FileKind::isName)) {
                return "seems to be a table with columns (" + (separator.equals("\t") ? "TSV" : "CSV")
                        + "): convert it to JSON lines, for example in Python with json.dumps of each row of"
                        + " csv.DictReader";
            }
        }
        return "must begin with { or [: its rows are JSON objects, one a line, or one list of them; plain text to learn"
                + " from has a name that ends in .txt, or data.format=plain";
    }

    private static boolean isName(String column) {
        String name = column.strip();
        return !name.isEmpty() && name.length() <= 64 && name.matches("\"?[\\p{L}_][\\p{L}\\p{N}_ .-]*\"?");
    }
}
