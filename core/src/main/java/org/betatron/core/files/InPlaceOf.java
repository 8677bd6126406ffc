package org.betatron.core.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// What often lies where a file of a model should be, told by its first bytes.
public final class InPlaceOf {

    private static final int READ_BYTES = 256;

    private InPlaceOf() {}

    /// @param file cannot be read as what it should be
    /// @return the end of a sentence that says what it is instead and what to do, for example
    ///     `: it is a pointer of Git LFS, not the file; fetch it (git lfs pull)`; empty if that is not known
    public static String hint(Path file) {
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(READ_BYTES);
        } catch (IOException e) {
            return "";
        }
        String text = new String(start, StandardCharsets.ISO_8859_1);
        String word = text.strip().toLowerCase(Locale.ROOT);
        if (start.length == 0) {
            return ": it is empty; fetch or copy it again";
        } else if (text.startsWith("version https://git-lfs")) {
            return ": it is a pointer of Git LFS, not the file; fetch it (git lfs pull)";
        } else if (word.startsWith("<!doctype") || word.startsWith("<html")) {
            return ": it is a web page, not the file; download it again";
        } else if (text.startsWith("\u00ef\u00bb\u00bf")) {
            return ": it begins with a byte order mark; save it as UTF-8 without one";
        } else if (text.startsWith("\u00ff\u00fe") || text.startsWith("\u00fe\u00ff")) {
            return ": it is UTF-16; save it as UTF-8";
        } else if (text.startsWith("GGUF")) {
            return ": it is a GGUF file; name it itself as the model";
        } else if (text.startsWith("PK\u0003\u0004")) {
            return ": it is a zip archive, as pytorch_model.bin is; unpack it, or convert it to safetensors";
        } else if (text.startsWith("\u001f\u008b")) {
            return ": it is packed with gzip; unpack it";
        }
        return "";
    }
}
