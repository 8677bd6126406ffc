package org.betatron.data.template;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.betatron.data.row.Message;

/// How a dialogue is written as one text, which is what a chat model has been trained to read.
/// Implementations are thread-safe.
public interface ChatTemplate {

    /// @return the dialogue followed by what introduces an answer (`add_generation_prompt`)
    /// @throws org.betatron.data.DataException if the template refuses the messages
    String prompt(List<Message> messages);

    /// @return the dialogue alone
    /// @throws org.betatron.data.DataException if the template refuses the messages
    String dialogue(List<Message> messages);

    /// @return where the template comes from, for reports
    String origin();

    /// Writes the answer to a prompt as it continues [#prompt]: with the space, end-of-turn marker
    /// or line break that the template puts around it.
    ///
    /// Templates that write an earlier answer differently from the prompt of that answer (reasoning
    /// models that drop or insert thoughts) have no such continuation; the answer is then written
    /// as it is.
    ///
    /// @param prompt what was passed to [#prompt]
    /// @param answer what the assistant says
    default String answer(List<Message> prompt, String answer) {
        List<Message> whole = new ArrayList<>(prompt);
        whole.add(Message.assistant(answer));
        String before = prompt(prompt);
        String after = dialogue(whole);
        return after.startsWith(before) ? after.substring(before.length()) : answer;
    }

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
        return JinjaChatTemplate.load(modelDirectory);
    }
}
