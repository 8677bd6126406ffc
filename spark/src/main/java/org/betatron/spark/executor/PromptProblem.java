package org.betatron.spark.executor;

/// Why a prompt cannot be answered, in words.
final class PromptProblem {

    private PromptProblem() {}

    /// @param problem of prompts like it: they "fill ..."
    static String text(String problem) {
        return "prompts like this " + problem.replaceFirst(",$", "") + " and cannot be answered";
    }
}
