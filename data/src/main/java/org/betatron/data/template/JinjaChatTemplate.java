package org.betatron.data.template;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.betatron.data.DataException;
import org.betatron.data.row.Message;
import org.betatron.data.row.Prompt;
import org.betatron.data.template.jinja.Template;
import org.betatron.data.template.jinja.syntax.JinjaException;
import org.betatron.data.tokenizer.ModelFiles;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A chat template in the Jinja language, as model directories carry them.
final class JinjaChatTemplate implements ChatTemplate {

    private final Template template;
    private final Map<String, String> specialTokens;
    private final String origin;

    JinjaChatTemplate(String source, Map<String, String> specialTokens, String origin) {
        this.template = read(source, origin);
        this.specialTokens = Map.copyOf(specialTokens);
        this.origin = origin;
    }

    private static Template read(String source, String origin) {
        try {
            return Template.parse(source);
        } catch (JinjaException e) {
            throw new DataException(origin + ": the chat template cannot be used, " + e.getMessage(), e);
        }
    }

    static ChatTemplate load(Path modelDirectory) {
        JsonNode config = ModelFiles.readJsonIfPresent(modelDirectory, "tokenizer_config.json");
        Map<String, String> specialTokens = ModelFiles.specialTokens(modelDirectory, config);
        Path separate = modelDirectory.resolve("chat_template.jinja");
        if (Files.isRegularFile(separate)) {
            return new JinjaChatTemplate(ModelFiles.readText(separate), specialTokens, separate.toString());
        }
        String origin = modelDirectory.resolve("tokenizer_config.json").toString();
        JsonNode template = config.path("chat_template");
        if (template.isString()) {
            return new JinjaChatTemplate(template.asString(), specialTokens, origin);
        }
        for (JsonNode named : template) {
            if (named.path("name").asString("").equals("default")) {
                return new JinjaChatTemplate(named.path("template").asString(""), specialTokens, origin);
            }
        }
        if (!template.isMissingNode() && !template.isNull()) {
            throw new DataException(
                    origin + ": \"chat_template\" must be a string or a list with one named \"default\"");
        }
        return HumanAssistantTemplate.INSTANCE;
    }

    @Override
    public String origin() {
        return origin;
    }

    @Override
    public String write(Prompt.Dialogue dialogue, boolean addGenerationPrompt) {
        Map<String, @Nullable Object> variables = new HashMap<>();
        variables.putAll(specialTokens);
        // transformers defines both in any case.
        variables.put("tools", null);
        variables.put("documents", null);
        variables.putAll(dialogue.variables());
        variables.put(
                "messages", dialogue.messages().stream().map(Message::values).toList());
        variables.put("add_generation_prompt", addGenerationPrompt);
        try {
            return template.render(variables);
        } catch (JinjaException e) {
            throw new DataException(
                    origin + ": the chat template "
                            + (e.isRaisedByTemplate() ? "refuses these messages: " : "cannot be rendered, ")
                            + e.getMessage(),
                    e);
        }
    }
}
