package org.betatron.evaluation.judge.endpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.betatron.core.files.StagedFiles;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Replies that were paid for, a file each: `ab/abcdef....json` with URL, request and response,
/// named by the SHA-256 of URL and request.
///
/// A file appears whole or not at all, so a killed run loses at most what was on its way.
/// Thread-safe.
///
/// @param directory made when the first reply is kept
public record ReplyCache(Path directory) {

    /// CRC-32C of the response; not in older files.
    private static final String CHECKSUM = "crc32c";

    /// @return whether nothing was ever kept
    boolean isEmpty() {
        return !Files.isDirectory(directory);
    }

    /// @param url  where the request goes
    /// @param body of the request
    /// @return the reply that was kept; empty if there is none, or its file is damaged
    Optional<ChatReply> find(URI url, String body) {
        Path file = file(url, body);
        try {
            JsonNode kept = JsonMapper.shared().readTree(Files.readString(file));
            String response = kept.path("response").toString();
            boolean whole =
                    !kept.has(CHECKSUM) || kept.path(CHECKSUM).asString("").equals(checksum(response));
            return whole ? Optional.of(ChatReply.parse(response)) : Optional.empty();
        } catch (NoSuchFileException | JacksonException | EndpointFailure e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the kept reply " + file, e);
        }
    }

    /// Keeps a reply.
    void keep(URI url, String body, ChatReply reply) {
        Path file = file(url, body);
        JsonMapper json = JsonMapper.shared();
        JsonNode response =
                json.readTree(ChatReply.wellFormed(json.readTree(reply.raw()).toString()));
        String content = ChatReply.wellFormed(json.createObjectNode()
                .put("url", url.toString())
                .put(CHECKSUM, checksum(response.toString()))
                .set("request", json.readTree(body))
                .set("response", response)
                .toString());
        try {
            StagedFiles.write(file, partial -> Files.writeString(partial, content + "\n"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep a reply in " + directory, e);
        }
    }

    private static String checksum(String response) {
        CRC32C sum = new CRC32C();
        sum.update(response.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }

    private Path file(URI url, String body) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest((url + "\n" + body).getBytes(StandardCharsets.UTF_8));
            String name = HexFormat.of().formatHex(digest);
            return directory.resolve(name.substring(0, 2)).resolve(name + ".json");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
