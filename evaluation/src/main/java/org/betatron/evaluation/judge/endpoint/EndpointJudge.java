package org.betatron.evaluation.judge.endpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.betatron.evaluation.judge.Comparison;
import org.betatron.evaluation.judge.Judge;
import org.betatron.evaluation.judge.JudgeException;
import org.betatron.evaluation.judge.JudgingPlan;
import org.betatron.evaluation.judge.VerdictListener;
import org.jspecify.annotations.Nullable;

/// A language model behind a chat endpoint, asked about both orders of two answers.
///
/// Every reply is kept, so a run that was killed, or whose endpoint failed, goes on where it
/// stopped when it is started again, and asks nothing twice. It gives up when the endpoint refuses
/// the key, the model or the address, and when [#FAILURES_IN_A_ROW] comparisons one after the other
/// stayed unanswered in spite of all repetitions.
public final class EndpointJudge implements Judge {

    /// One request may be too much for a server; so many in a row mean that it is gone. Ours.
    static final int FAILURES_IN_A_ROW = 5;

    private static final long PROGRESS_NANOS = 30_000_000_000L;

    private final EndpointSpec spec;
    private final @Nullable String key;
    private final ReplyCache cache;
    private final boolean confirmed;
    private final Consumer<String> progress;
    private final Ledger ledger = new Ledger();

    /// @param spec      which model, and how it is asked
    /// @param key       for the header `Authorization`, or null to send none
    /// @param cache     where replies are kept
    /// @param confirmed whether the user knows what it may cost
    /// @param progress  hears a line now and then
    public EndpointJudge(
            EndpointSpec spec, @Nullable String key, ReplyCache cache, boolean confirmed, Consumer<String> progress) {
        this.spec = spec;
        this.key = key;
        this.cache = cache;
        this.confirmed = confirmed;
        this.progress = progress;
    }

    @Override
    public String identity() {
        return "endpoint " + spec.body(spec.template().text()) + " at " + spec.chat();
    }

    /// Says what the judging costs at most, and looks whether somebody is there to be asked.
    ///
    /// @throws IllegalArgumentException if the user has not agreed to that
    /// @throws JudgeException           if there is no such server and no reply was ever kept
    @Override
    public void check(JudgingPlan plan) {
        String cost = JudgingCost.of(plan, spec).text(spec.price());
        progress.accept("Judge " + spec.model() + " at " + spec.chat() + ": " + cost);
        if (!confirmed) {
            throw new IllegalArgumentException(
                    "nothing was written or sent yet: the judge would be asked " + cost + "; add --yes to go on");
        }
        if (cache.isEmpty()) {
            reach();
        }
    }

    private void reach() {
        try (ChatEndpoint endpoint = new ChatEndpoint(spec.chat(), spec.limits(), key)) {
            endpoint.reach(spec.models());
        } catch (EndpointFailure failure) {
            throw new JudgeException("the judge cannot be asked, and nothing was written yet: " + failure.text());
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static JudgeException interrupted() {
        Thread.currentThread().interrupt();
        return new JudgeException("the judging was interrupted; the same command goes on where it stopped");
    }

    @Override
    public void judge(List<Comparison> comparisons, VerdictListener listener) {
        Map<Comparison, List<Integer>> distinct = new LinkedHashMap<>();
        for (int i = 0; i < comparisons.size(); i++) {
            distinct.computeIfAbsent(comparisons.get(i), _ -> new ArrayList<>()).add(i);
        }
        ExecutorService threads = Executors.newFixedThreadPool(
                spec.limits().parallel(), Thread.ofVirtual().factory());
        try (ChatEndpoint endpoint = new ChatEndpoint(spec.chat(), spec.limits(), key)) {
            BothOrders orders = new BothOrders(spec, endpoint, cache, ledger);
            CompletionService<Judgement> judgements = new ExecutorCompletionService<>(threads);
            distinct.keySet().forEach(comparison -> judgements.submit(() -> orders.judge(comparison)));
            collect(judgements, distinct, listener);
        } catch (InterruptedException e) {
            throw interrupted();
        } finally {
            threads.shutdownNow();
            threads.close();
        }
    }

    private void collect(
            CompletionService<Judgement> judgements, Map<Comparison, List<Integer>> distinct, VerdictListener listener)
            throws InterruptedException {
        int failures = 0;
        long told = System.nanoTime();
        for (int done = 1; done <= distinct.size(); done++) {
            Judgement judgement = next(judgements);
            List<Integer> indexes = distinct.getOrDefault(judgement.comparison(), List.of());
            switch (judgement) {
                case Judgement.Decided decided -> {
                    failures = 0;
                    indexes.forEach(index -> listener.judged(index, decided.verdict()));
                }
                case Judgement.Unclear unclear -> {
                    failures = 0;
                    indexes.forEach(index -> listener.undecided(index, unclear.why(), unclear.replies()));
                }
                case Judgement.Unanswered unanswered -> {
                    EndpointFailure failure = unanswered.failure();
                    failures += failure.kind() == EndpointFailure.Kind.REFUSED ? 0 : 1;
                    indexes.forEach(index -> listener.undecided(index, failure.text(), List.of()));
                    if (failure.kind() == EndpointFailure.Kind.HOPELESS || failures == FAILURES_IN_A_ROW) {
                        throw new JudgeException("the judge was given up: " + failure.text()
                                + "; what it answered is kept, and the same command goes on where it stopped");
                    }
                }
            }
            if (System.nanoTime() - told > PROGRESS_NANOS) {
                told = System.nanoTime();
                progress.accept("judged " + done + " of " + distinct.size());
            }
        }
    }

    private static Judgement next(CompletionService<Judgement> judgements) throws InterruptedException {
        try {
            return judgements.take().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException problem) {
                throw problem;
            }
            throw new IllegalStateException("judging failed", e.getCause());
        }
    }

    @Override
    public List<String> account() {
        return ledger.lines(spec.price());
    }
}
