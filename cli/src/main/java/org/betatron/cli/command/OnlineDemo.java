package org.betatron.cli.command;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.betatron.cli.command.DemoStage.Step;

/// Learning from own answers beside learning from the data's, with the true reward and with one that was learned from
/// the same pairs.
///
/// @param stage where
record OnlineDemo(DemoStage stage) implements Demo {

    private static final String REWARD = "reward";
    private static final String OFFLINE = "dpo";
    private static final String LEARNED = "grpo-model";
    private static final String TRUE = "grpo-true";
    private static final String PAIRS = "online-dpo";
    private static final List<String> NAMES = List.of(OFFLINE, LEARNED, TRUE, PAIRS);

    /// What everything that learns from own answers has.
    private static final String OWN =
            " --steps 64 --max-new-tokens 48 --set train.evaluateEvery=16 --set train.warmupSteps=10";

    @Override
    public List<Step> steps() {
        List<Step> steps = new ArrayList<>(stage.beginning());
        steps.add(stage.trained(
                REWARD,
                REWARD,
                "A reward model, which knows no more than the noisy pairs say",
                "--steps 144 --batch-size 32 --learning-rate 1e-3 --set train.warmupSteps=10"
                        + " --set train.decay=cosine --set train.evaluateEvery=0"));
        steps.add(stage.aligned(
                OFFLINE,
                "DPO on the noisy pairs: answers that others wrote",
                "--preset dpo --set alignment.objective.beta=0.3"));
        steps.add(stage.trained(
                "grpo",
                LEARNED,
                "GRPO: own answers, worth what the reward model says",
                "--reward " + stage.model(REWARD) + " --learning-rate 1e-3" + OWN));
        steps.add(stage.trained(
                "grpo",
                TRUE,
                "GRPO: own answers, worth what they are truly worth",
                "--reward world --learning-rate 1e-3" + OWN));
        steps.add(stage.trained(
                "online",
                PAIRS,
                "Online DPO: pairs of own answers, the best against the worst by their true worth",
                "--reward world --batch-size 8 --learning-rate 5e-4" + OWN));
        for (String name : NAMES) {
            steps.add(stage.evaluated(name));
            steps.add(stage.evaluated(
                    name,
                    "What the reward model says of answers of " + name,
                    "reward --reward-model " + stage.model(REWARD),
                    said(name)));
        }
        steps.add(stage.page(NAMES));
        return steps;
    }

    private String said(String name) {
        return stage.run(name) + "/said";
    }

    @Override
    public void summary(PrintWriter printer) {
        List<String> said = new ArrayList<>();
        NAMES.forEach(name -> said.add(DemoStage.report(said(name)).score().text(2)));
        said.add(DemoStage.report(said(OFFLINE)).opponentScore().text(2));
        printer.println("The same start. Drawn answers, 95 % intervals over questions:");
        printer.println();
        stage.table(printer, NAMES, "the reward model says", said);
        printer.println();
        printer.println(
                "With the true reward, a model is told about what it would say now, and of no pair the wrong way round.");
        printer.println("The reward model has learned from the noisy pairs: compare what it says of " + LEARNED
                + " with what the answers are truly worth.");
        printer.println("These are single runs of one seed: betatron study online compares methods, at equal distance,"
                + " over seeds.");
    }
}
