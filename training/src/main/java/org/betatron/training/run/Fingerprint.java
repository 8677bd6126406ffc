package org.betatron.training.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// Fingerprints of what a run depends on: SHA-256 in hexadecimal. Stateless and thread-safe.
public final class Fingerprint {

    private Fingerprint() {}

    /// @return fingerprint of a text, for example of a resolved recipe
    public static String of(String text) {
        return hex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /// @param files files in an order that does not change, for example weights and configuration
    ///     of a model
    /// @return fingerprint of their names and bytes; where they lie does not matter
    /// @throws TrainingException if a file cannot be read
    public static String of(List<Path> files) {
        StringBuilder parts = new StringBuilder();
        for (Path file : files) {
            parts.append(hex(digest(file)))
                    .append(' ')
                    .append(file.getFileName())
                    .append('\n');
        }
        return of(parts.toString());
    }

    private static byte[] digest(Path file) {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[1 << 20];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        } catch (IOException e) {
            throw new TrainingException(file + " cannot be read: " + e.getMessage(), e);
        }
        return digest.digest();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /// @return a fresh digest
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
