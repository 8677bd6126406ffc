package org.betatron.data.tokenizer;

import java.nio.file.Path;
import org.betatron.data.DataException;
import tools.jackson.databind.JsonNode;

/// What the `tokenizers` library takes from a `tokenizer.json` and does not do: it ends the process, or does something
/// else each time.
final class LibraryLimits {

    private LibraryLimits() {}

    /// @param file for messages
    /// @param root its content
    /// @throws DataException if it asks for one of these
    static void require(Path file, JsonNode root) {
        requireSpecialTokens(file, root.path("post_processor"));
        JsonNode dropout = root.path("model").path("dropout");
        if (!dropout.isMissingNode() && !dropout.isNull() && !(dropout.isNumber() && dropout.asDouble() == 0)) {
            throw new DataException(file + ": \"dropout\" of the model must be null or 0, as a text would become other"
                    + " tokens each time, but was " + dropout);
        }
    }

    /// A template that names a token without saying what it is ends the process.
    private static void requireSpecialTokens(Path file, JsonNode processor) {
        for (JsonNode inner : processor.path("processors")) {
            requireSpecialTokens(file, inner);
        }
        if (!processor.path("type").asString("").equals("TemplateProcessing")) {
            return;
        }
        for (String template : new String[] {"single", "pair"}) {
            for (JsonNode piece : processor.path(template)) {
                JsonNode token = piece.path("SpecialToken").path("id");
                if (token.isString() && !processor.path("special_tokens").has(token.asString())) {
                    throw new DataException(file + ": \"" + template + "\" of the post-processor names the token \""
                            + token.asString() + "\", which must be among its \"special_tokens\"");
                }
            }
        }
    }
}
