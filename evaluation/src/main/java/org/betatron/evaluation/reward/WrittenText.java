package org.betatron.evaluation.reward;

/// One answer of the policy.
///
/// @param text      without the token that ended it
/// @param ended     whether the policy ended it, and not the limit of its length
/// @param numTokens that the policy drew, ≥ 0, the one that ended it included
public record WrittenText(String text, boolean ended, int numTokens) {

    public WrittenText {
        if (numTokens < 0) {
            throw new IllegalArgumentException("numTokens must be ≥ 0 but was " + numTokens);
        }
    }
}
