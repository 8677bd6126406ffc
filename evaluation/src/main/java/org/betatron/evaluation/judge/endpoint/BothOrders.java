package org.betatron.evaluation.judge.endpoint;

import java.util.List;
import java.util.Optional;
import org.betatron.evaluation.judge.Comparison;
import org.betatron.evaluation.judge.Outcome;
import org.betatron.evaluation.judge.Verdict;

/// Asks about one comparison twice, each answer being A once: judges favour a place. Whoever is
/// better both times wins; everything else is a tie.
///
/// Source: Zheng et al. 2023, arXiv 2306.05685, section 3.4.
///
/// @param spec     what is asked
/// @param endpoint who is asked
/// @param cache    what was answered before
/// @param ledger   counts
record BothOrders(EndpointSpec spec, ChatEndpoint endpoint, ReplyCache cache, Ledger ledger) {

    Judgement judge(Comparison comparison) throws InterruptedException {
        String answer = comparison.answer();
        String opponent = comparison.opponent();
        if (answer.equals(opponent)) {
            return new Judgement.Decided(comparison, Verdict.explained(Outcome.TIE, List.of()));
        }
        try {
            ChatReply first = ask(comparison.prompt(), answer, opponent);
            ChatReply second = ask(comparison.prompt(), opponent, answer);
            List<String> replies = List.of(first.text(), second.text());
            if (first.cut() || second.cut()) {
                return new Judgement.Unclear(
                        comparison, "the judge's reply was cut at its length; allow more tokens (max_tokens)", replies);
            }
            boolean quoting = Choice.isIn(comparison.prompt()) || Choice.isIn(answer) || Choice.isIn(opponent);
            Optional<Choice> asA = Choice.parse(first.text(), quoting);
            Optional<Choice> asB = Choice.parse(second.text(), quoting);
            if (asA.isEmpty() || asB.isEmpty()) {
                return new Judgement.Unclear(
                        comparison, "the judge's reply holds no one verdict [[A]], [[B]] or [[tie]]", replies);
            }
            Outcome inFirst = outcome(asA.get(), Choice.A);
            Outcome inSecond = outcome(asB.get(), Choice.B);
            ledger.judgedInBothOrders(inFirst == inSecond);
            return new Judgement.Decided(
                    comparison, Verdict.explained(inFirst == inSecond ? inFirst : Outcome.TIE, replies));
        } catch (EndpointFailure failure) {
            return new Judgement.Unanswered(comparison, failure);
        }
    }

    private static Outcome outcome(Choice choice, Choice own) {
        return choice == Choice.TIE ? Outcome.TIE : choice == own ? Outcome.WIN : Outcome.LOSS;
    }

    private ChatReply ask(String prompt, String answerA, String answerB) throws EndpointFailure, InterruptedException {
        String body = spec.body(spec.template().render(prompt, answerA, answerB));
        Optional<ChatReply> kept = cache.find(spec.chat(), body);
        if (kept.isPresent()) {
            ledger.foundKept();
            return kept.get();
        }
        ChatReply reply = endpoint.ask(body);
        cache.keep(spec.chat(), body, reply);
        ledger.answered(reply);
        return reply;
    }
}
