package org.betatron.cli.command;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.betatron.cli.command.DemoStage.Step;

/// The same noisy pairs with several betas, which are a hundredfold apart.
///
/// @param stage where
record AlignDemo(DemoStage stage) implements Demo {

    private static final String AUTO = "auto";

    /// A run from the supervised model.
    ///
    /// @param name     of its directory
    /// @param title    what it shows
    /// @param settings of `align`, beside those that all have
    private record Aligned(String name, String title, String settings) {

        static Aligned dpo(String beta, String title) {
            return new Aligned("dpo-" + beta, title, "--preset dpo --set alignment.objective.beta=" + beta);
        }
    }

    private static final List<Aligned> RUNS = List.of(
            Aligned.dpo("0.03", "DPO on the noisy pairs, with a beta that holds it little"),
            Aligned.dpo("0.3", "DPO from the same model, with another"),
            Aligned.dpo("3", "DPO, with a beta that holds it back"),
            new Aligned("beta-dpo", "beta-DPO, whose beta follows the gaps of each batch", "--preset beta-dpo"),
            new Aligned(AUTO, "A run that nobody chose a beta for", "--preset auto"));

    private static final List<String> NAMES = RUNS.stream().map(Aligned::name).toList();

    @Override
    public List<Step> steps() {
        List<Step> steps = new ArrayList<>(stage.beginning());
        RUNS.forEach(run -> steps.add(stage.aligned(run.name(), run.title(), run.settings())));
        NAMES.forEach(name -> steps.add(stage.evaluated(name)));
        for (String name : List.of(DemoStage.SUPERVISED, AUTO)) {
            steps.add(new Step(
                    "An answer of " + name,
                    List.of(
                            "generate",
                            "--model",
                            stage.model(name),
                            "--prompt",
                            "where is the kettle ?",
                            "--temperature",
                            "1")));
        }
        steps.add(stage.page(NAMES));
        return steps;
    }

    @Override
    public void summary(PrintWriter printer) {
        printer.println("The same pairs, the same start, as many steps. Drawn answers, 95 % intervals over questions:");
        printer.println();
        stage.table(printer, NAMES, "", List.of());
        printer.println();
        printer.println(
                "Which beta is right depends on data, learning rate and length of the run; 'auto' takes it from the"
                        + " length of answers and the distance moved.");
        printer.println(
                "These are single runs of one seed: betatron study frontier compares methods, at equal distance,"
                        + " over seeds.");
    }
}
