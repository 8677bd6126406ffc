package org.betatron.core.files;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A file of lines that can be read while it grows, and takes its name when it is whole.
///
/// ```text
/// NAME.partial grows by whole lines  ->  NAME
/// ```
///
/// Whatever ends the writer, `NAME.partial` holds the lines that were appended, and `NAME` is as it was. One
/// writer at a time.
public final class GrowingLines implements AutoCloseable {

    private final Path target;
    private final Path partial;
    private final BufferedWriter out;

    private GrowingLines(Path target, Path partial) throws IOException {
        this.target = target;
        this.partial = partial;
        out = Files.newBufferedWriter(partial);
    }

    /// @param target where the lines belong; those of an earlier writer that was ended are replaced
    public static GrowingLines open(Path target) throws IOException {
        return new GrowingLines(target, target.resolveSibling(target.getFileName() + ".partial"));
    }

    /// Appends lines, all of which are in the file when this returns.
    ///
    /// @param lines without line breaks
    public void append(List<String> lines) throws IOException {
        for (String line : lines) {
            out.write(line);
            out.write('\n');
        }
        out.flush();
    }

    /// Says that all lines are there.
    public void finish() throws IOException {
        out.close();
        StagedFiles.move(partial, target);
    }

    /// Puts other lines in place of those that were appended, which go.
    ///
    /// @param lines without line breaks
    public void finishWith(List<String> lines) throws IOException {
        out.close();
        StagedFiles.write(target, staged -> Files.write(staged, lines));
        Files.delete(partial);
    }

    /// Lets go of the file. The lines of a writer that has not finished stay.
    @Override
    public void close() throws IOException {
        out.close();
    }
}
