package org.betatron.data.layout;

import org.betatron.data.row.Prompt;
import org.betatron.data.source.JsonRow;

/// Reads prompts that have no answer.
public final class Prompts {

    private Prompts() {}

    /// @param row with a `prompt`, text or messages
    /// @return it with what the row says around it
    /// @throws org.betatron.data.DataException if it is neither
    public static Prompt read(JsonRow row) {
        return row.peek("prompt").isString()
                ? Turns.prompt(row, row.text("prompt"))
                : new Surroundings(row).around(row.messages("prompt"));
    }
}
