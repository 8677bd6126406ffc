package org.betatron.torch.weights;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/// Files written beside their places, moved into them when all are complete, and removed otherwise.
///
/// Each move is atomic; a crash between two moves leaves some files new and some old, so the caller
/// moves what refers to the others last.
public final class StagedFiles implements AutoCloseable {

    private final Map<Path, Path> partialByTarget = new LinkedHashMap<>();

    /// @param target where the file belongs
    /// @return where to write it, in the same directory
    public Path stage(Path target) {
        Path partial = target.resolveSibling("." + target.getFileName() + ".partial");
        partialByTarget.put(target, partial);
        return partial;
    }

    /// Stages a text file and syncs it.
    void stageText(Path target, String text) throws IOException {
        Path partial = stage(target);
        Files.writeString(partial, text);
        try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /// Moves all staged files into place, in the order in which they were staged.
    ///
    /// @throws IOException if a move fails; the files that were not moved yet are removed by [#close]
    public void moveAll() throws IOException {
        for (Map.Entry<Path, Path> entry : partialByTarget.entrySet()) {
            Files.move(entry.getValue(), entry.getKey(), StandardCopyOption.ATOMIC_MOVE);
        }
        partialByTarget.clear();
    }

    @Override
    public void close() throws IOException {
        for (Path partial : partialByTarget.values()) {
            Files.deleteIfExists(partial);
        }
    }
}
