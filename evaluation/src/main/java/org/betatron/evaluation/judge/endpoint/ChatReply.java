package org.betatron.evaluation.judge.endpoint;

import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A chat completion as it came from an endpoint.
///
/// @param raw          the whole response, JSON
/// @param text         what the model wrote
/// @param cut          whether it had more to write, and was not allowed to
/// @param inputTokens  as the endpoint counted; 0 where it does not
/// @param outputTokens likewise
record ChatReply(String raw, String text, boolean cut, long inputTokens, long outputTokens) {

    /// `length`, `model_length`, `max_tokens`, `content_filter` and the like, as servers of several
    /// makers say it.
    private static final Pattern CUT = Pattern.compile(
            "length|token|filter|safety|error|abort|cancel|recitation|blocklist", Pattern.CASE_INSENSITIVE);

    private static final Pattern HALF_SURROGATE = Pattern.compile("\\p{Cs}");

    /// @throws EndpointFailure if the response is no chat completion
    static ChatReply parse(String raw) throws EndpointFailure {
        try {
            JsonNode root = JsonMapper.shared().readTree(raw);
            JsonNode choice = root.path("choices").path(0);
            JsonNode content = choice.path("message").path("content");
            if (!content.isString()) {
                throw EndpointFailure.passing(
                        "the endpoint's response has no choices[0].message.content: " + excerpt(raw));
            }
            JsonNode usage = root.path("usage");
            return new ChatReply(
                    raw,
                    wellFormed(content.asString()),
                    CUT.matcher(choice.path("finish_reason").asString("")).find(),
                    usage.path("prompt_tokens").asLong(0),
                    usage.path("completion_tokens").asLong(0));
        } catch (JacksonException e) {
            throw EndpointFailure.passing("the endpoint's response is not JSON: " + excerpt(raw));
        }
    }

    /// @return the text with a replacement character for each half of a surrogate pair, which no
    ///     file can hold
    static String wellFormed(String text) {
        return HALF_SURROGATE.matcher(text).replaceAll("\ufffd");
    }

    /// @return what an error response says: the usual field, else its beginning
    static String errorText(String raw) {
        try {
            String message = JsonMapper.shared()
                    .readTree(raw)
                    .path("error")
                    .path("message")
                    .asString("");
            return message.isEmpty() ? excerpt(raw) : excerpt(message);
        } catch (JacksonException e) {
            return excerpt(raw);
        }
    }

    private static String excerpt(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.isEmpty() ? "(empty)" : line.length() <= 200 ? line : line.substring(0, 200) + " ...";
    }
}
