package org.betatron.data.template;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.betatron.data.row.Message;
import org.betatron.data.row.Prompt;

/// How a dialogue is written as one text, which is what a chat model has been trained to read.
/// Implementations are thread-safe.
public interface ChatTemplate {

    /// @param dialogue            turns, and what else the template may read
    /// @param addGenerationPrompt whether what introduces an answer follows
    /// @throws org.betatron.data.DataException if the template refuses the messages
    String write(Prompt.Dialogue dialogue, boolean addGenerationPrompt);

    /// @return the dialogue followed by what introduces an answer (`add_generation_prompt`)
    /// @throws org.betatron.data.DataException if the template refuses the messages
    default String prompt(List<Message> messages) {
        return write(new Prompt.Dialogue(messages), true);
    }

    /// @return the dialogue alone
    /// @throws org.betatron.data.DataException if the template refuses the messages
    default String dialogue(List<Message> messages) {
        return write(new Prompt.Dialogue(messages), false);
    }

    /// @return the text of a model directory's template, none where it has none
    /// @throws org.betatron.data.DataException if its files cannot be read
    static Optional<String> source(Path modelDirectory) {
        return JinjaChatTemplate.source(modelDirectory).map(JinjaChatTemplate.Source::text);
    }

    /// @return where the template comes from, for reports
    String origin();

    /// `\n\nHuman: ...\n\nAssistant: ...`, the layout of Anthropic HH, used for models without a
    /// template.
    static ChatTemplate humanAssistant() {
        return HumanAssistantTemplate.INSTANCE;
    }

    /// @param source        Jinja source
    /// @param specialTokens variables such as `bos_token` and `eos_token`
    /// @param origin        named in errors and reports
    /// @throws org.betatron.data.DataException if the source uses a construct that would be rendered wrongly
    static ChatTemplate of(String source, Map<String, String> specialTokens, String origin) {
        return new JinjaChatTemplate(source, specialTokens, origin);
    }

    /// The template of a model directory: `chat_template.jinja`, else `chat_template` of
    /// `tokenizer_config.json` (the one named `default` of several), else [#humanAssistant].
    ///
    /// @throws org.betatron.data.DataException if a file is broken or its template would be rendered wrongly
    static ChatTemplate load(Path modelDirectory) {
        return find(modelDirectory).orElse(humanAssistant());
    }

    /// The same, none where the directory has none.
    ///
    /// @throws org.betatron.data.DataException if a file is broken or its template would be rendered wrongly
    static Optional<ChatTemplate> find(Path modelDirectory) {
        return JinjaChatTemplate.find(modelDirectory);
    }
}
