package org.betatron.evaluation.judge.endpoint;

import java.util.List;
import org.betatron.evaluation.judge.Comparison;
import org.betatron.evaluation.judge.Verdict;

/// How the question about one comparison ended.
sealed interface Judgement {

    Comparison comparison();

    /// There is a verdict.
    ///
    /// @param verdict with the replies to both orders
    record Decided(Comparison comparison, Verdict verdict) implements Judgement {}

    /// The judge answered, but with no verdict.
    ///
    /// @param why     one line
    /// @param replies what it wrote
    record Unclear(Comparison comparison, String why, List<String> replies) implements Judgement {}

    /// The judge did not answer.
    ///
    /// @param failure what happened instead
    record Unanswered(Comparison comparison, EndpointFailure failure) implements Judgement {}
}
