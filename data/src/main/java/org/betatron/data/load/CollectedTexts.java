package org.betatron.data.load;

import java.util.LinkedHashMap;
import java.util.Map;
import org.betatron.data.row.Message;
import org.jspecify.annotations.Nullable;

/// The texts of a message that a model has to read, by the field they stand in.
///
/// @param required  must reach the model
/// @param reasoning what the assistant thought
record CollectedTexts(Map<String, String> required, Map<String, String> reasoning) implements SaidTexts.Visitor {

    private CollectedTexts() {
        this(new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    static CollectedTexts of(Message message) {
        CollectedTexts texts = new CollectedTexts();
        new SaidTexts(texts).in(message);
        return texts;
    }

    /// @param variables what a template may read beside messages
    static CollectedTexts of(Map<String, @Nullable Object> variables) {
        CollectedTexts texts = new CollectedTexts();
        new SaidTexts(texts).in(variables);
        return texts;
    }

    @Override
    public String required(String name, String text) {
        required.put(name, text);
        return text;
    }

    @Override
    public String reasoning(String name, String text) {
        reasoning.put(name, text);
        return text;
    }

    @Override
    public String key(String name, String key, @Nullable Object value) {
        return key.isBlank() ? key : required(name, key);
    }

    @Override
    public Number number(String name, Number number) {
        required.put(name, number.toString());
        return number;
    }
}
