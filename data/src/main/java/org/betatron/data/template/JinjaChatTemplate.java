package org.betatron.data.template;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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

    private static final String CONFIG = "tokenizer_config.json";

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

    static Optional<ChatTemplate> find(Path modelDirectory) {
        JsonNode config = ModelFiles.readJsonIfPresent(modelDirectory, CONFIG);
        return source(modelDirectory, config)
                .map(source -> new JinjaChatTemplate(
                        source.text(), ModelFiles.specialTokens(modelDirectory, config), source.origin()));
    }

    /// The text of a template.
    ///
    /// @param origin the file it stands in
    record Source(String text, String origin) {}

    static Optional<Source> source(Path modelDirectory) {
        return source(modelDirectory, ModelFiles.readJsonIfPresent(modelDirectory, CONFIG));
    }

    private static Optional<Source> source(Path modelDirectory, JsonNode config) {
        Path separate = modelDirectory.resolve("chat_template.jinja");
        if (Files.exists(separate)) { // what is no file is refused there, not passed over
            return Optional.of(new Source(ModelFiles.readText(separate), separate.toString()));
        }
        String origin = modelDirectory.resolve(CONFIG).toString();
        JsonNode template = config.path("chat_template");
        if (template.isString()) {
            return Optional.of(new Source(template.asString(), origin));
        }
        for (JsonNode named : template) {
            if (named.path("name").asString("").equals("default")) {
                return Optional.of(new Source(named.path("template").asString(""), origin));
            }
        }
        if (!template.isMissingNode() && !template.isNull()) {
            throw new DataException(
                    origin + ": \"chat_template\" must be a string or a list with one named \"default\"");
        }
        return Optional.empty();
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
