package org.betatron.evaluation.judge.endpoint;

import java.net.URI;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Which model judges, and how it is asked.
///
/// @param url        of an OpenAI-compatible server, `http` or `https`: with or without
///     `/chat/completions`
/// @param model      name of the model there
/// @param template   what is asked
/// @param parameters further fields of each request
/// @param limits     how hard the endpoint is asked
/// @param price      of its tokens
public record EndpointSpec(
        URI url, String model, JudgeTemplate template, ObjectNode parameters, RequestLimits limits, Price price) {

    private static final String CHAT = "/chat/completions";

    public EndpointSpec {
        String scheme = String.valueOf(url.getScheme());
        if (!(scheme.equals("http") || scheme.equals("https")) || url.getHost() == null) {
            throw new IllegalArgumentException("the judge's URL must look like https://host/v1 but was '" + url + "'");
        }
        if (model.isBlank()) {
            throw new IllegalArgumentException("the judge's model must have a name");
        }
        for (String own : new String[] {"model", "messages", "stream"}) {
            if (parameters.has(own)) {
                throw new IllegalArgumentException(
                        "the judge's parameters must not set '" + own + "', which is set already");
            }
        }
        parameters = parameters.deepCopy();
    }

    /// @return the parameters that are sent where no others are given: the most probable reply, of
    ///     a length that holds a reason and a verdict; ours
    public static ObjectNode defaultParameters() {
        return JsonMapper.shared().createObjectNode().put("temperature", 0).put("max_tokens", 512);
    }

    /// @return where requests go
    URI chat() {
        String text = url.toString().replaceFirst("/+$", "");
        return URI.create(text.endsWith(CHAT) ? text : text + CHAT);
    }

    /// @return where the server lists its models
    URI models() {
        String text = chat().toString();
        return URI.create(text.substring(0, text.length() - CHAT.length()) + "/models");
    }

    /// @return most tokens of a reply; 0 if the request sets none
    int maxReplyTokens() {
        return Math.max(
                parameters.path("max_tokens").asInt(0),
                parameters.path("max_completion_tokens").asInt(0));
    }

    /// @param question whole text for the judge
    /// @return body of the request
    String body(String question) {
        ObjectNode body = JsonMapper.shared().createObjectNode().put("model", model);
        body.putArray("messages").addObject().put("role", "user").put("content", question);
        body.setAll(parameters);
        return body.toString();
    }
}
