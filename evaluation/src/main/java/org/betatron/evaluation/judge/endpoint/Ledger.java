package org.betatron.evaluation.judge.endpoint;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/// Counts what was asked and answered. Thread-safe.
final class Ledger {

    private final LongAdder sent = new LongAdder();
    private final LongAdder kept = new LongAdder();
    private final LongAdder inputTokens = new LongAdder();
    private final LongAdder outputTokens = new LongAdder();
    private final LongAdder bothOrders = new LongAdder();
    private final LongAdder agreeing = new LongAdder();

    void answered(ChatReply reply) {
        sent.increment();
        inputTokens.add(reply.inputTokens());
        outputTokens.add(reply.outputTokens());
    }

    void foundKept() {
        kept.increment();
    }

    /// @param agree whether both orders had the same result
    void judgedInBothOrders(boolean agree) {
        bothOrders.increment();
        if (agree) {
            agreeing.increment();
        }
    }

    List<String> lines(Price price) {
        String asked = String.format(
                Locale.ROOT,
                "%d requests answered, %d more from earlier runs; %d tokens in, %d out%s",
                sent.sum(),
                kept.sum(),
                inputTokens.sum(),
                outputTokens.sum(),
                price.text(inputTokens.sum(), outputTokens.sum()));
        return bothOrders.sum() == 0
                ? List.of(asked)
                : List.of(
                        asked,
                        String.format(
                                Locale.ROOT,
                                "the judge said the same in both orders %d of %d times",
                                agreeing.sum(),
                                bothOrders.sum()));
    }
}
