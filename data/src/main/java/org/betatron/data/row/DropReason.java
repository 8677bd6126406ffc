package org.betatron.data.row;

/// Why a row teaches nothing and is left out. A row is counted once, under the first reason that
/// holds in the order of the constants.
public enum DropReason {
    /// A row that cannot be read, in a run that leaves such rows out.
    UNREADABLE("cannot be read"),
    /// The chosen and the rejected dialogue are not answers to the same prompt.
    DIALOGUES_DIFFER("dialogues differ before the last answer"),
    /// A comparison that ended in a tie, or was not decided.
    UNDECIDED("no answer was judged better"),
    /// A row marked as a bad example (`"label": false`) in a file of texts to imitate.
    UNDESIRED("labelled as undesired"),
    /// An answer has no characters other than white space.
    EMPTY_ANSWER("an answer is empty"),
    /// Both answers are the same text, up to white space around it.
    IDENTICAL_ANSWERS("both answers are identical"),
    /// Both answers are the same tokens, usually because truncation removed what differed.
    IDENTICAL_TOKENS("both answers are identical after truncation");

    private final String text;

    DropReason(String text) {
        this.text = text;
    }

    /// @return the reason in words, as it stands in reports
    public String text() {
        return text;
    }
}
