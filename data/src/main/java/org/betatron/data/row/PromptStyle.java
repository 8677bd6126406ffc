package org.betatron.data.row;

/// What becomes of prompts that a file gives as plain text. Prompts that are messages always go
/// through the chat template.
public enum PromptStyle {
    /// Used as they are.
    AS_WRITTEN,
    /// Read as a dialogue in the layout of Anthropic HH if they begin like one, else taken as one
    /// message of the user, and written with the chat template.
    CHAT
}
