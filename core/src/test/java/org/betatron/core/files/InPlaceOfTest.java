package org.betatron.core.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InPlaceOfTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "''|: it is empty; fetch or copy it again",
                "version https://git-lfs.github.com/spec/v1|: it is a pointer of Git LFS, not the file; fetch it (git lfs"
                        + " pull)",
                "' <!DOCTYPE html><html>'|: it is a web page, not the file; download it again",
                "\u00ef\u00bb\u00bf{}|: it begins with a byte order mark; save it as UTF-8 without one",
                "\u00ff\u00fe{|: it is UTF-16; save it as UTF-8",
                "GGUFx|: it is a GGUF file; name it itself as the model",
                "PK\u0003\u0004|: it is a zip archive, as pytorch_model.bin is; unpack it, or convert it to safetensors",
                "\u001f\u008b|: it is packed with gzip; unpack it",
                "{}|''"
            })
    void saysWhatItIs(String content, String hint) throws IOException {
        Path file = directory.resolve("file");
        Files.write(file, content.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(InPlaceOf.hint(file)).isEqualTo(hint);
    }
}
