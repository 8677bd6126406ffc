package org.betatron.evaluation.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.betatron.core.run.RunFiles;
import org.betatron.data.load.DatasetReport;
import org.betatron.data.load.LengthStatistics;
import org.betatron.evaluation.finding.Finding;
import org.betatron.evaluation.finding.Findings;
import org.betatron.evaluation.plot.Chart;
import org.betatron.evaluation.plot.Markup;
import org.betatron.evaluation.record.RunRecord;
import org.betatron.evaluation.record.Sample;
import org.betatron.evaluation.suspicion.HeldOutGap;
import org.betatron.evaluation.suspicion.Suspect;

/// The report of one run as a page that needs no other file.
public final class RunPage {

    /// Settings that say what a run was, by their place in the recipe.
    private static final Map<String, String> FACTS = facts();

    private final RunRecord run;
    private final Html html = new Html();

    private RunPage(RunRecord run) {
        this.run = run;
    }

    /// Writes the report of a run into its directory.
    ///
    /// @return the file
    /// @throws IllegalArgumentException if the directory holds no run
    public static Path write(Path directory) {
        Path file = directory.resolve(RunFiles.REPORT);
        Html.write(file, of(RunRecord.read(directory)));
        return file;
    }

    /// @return the page
    static String of(RunRecord run) {
        return new RunPage(run).page();
    }

    static Map<String, String> facts() {
        Map<String, String> facts = new java.util.LinkedHashMap<>();
        facts.put("Start model", "/model");
        facts.put("Data", "/data/files");
        facts.put("Objective", "/alignment/objective/type");
        facts.put("beta_0", "/alignment/objective/beta");
        facts.put("Calibration", "/alignment/calibration/type");
        facts.put("Sensitivity", "/alignment/calibration/sensitivity");
        facts.put("Selection", "/alignment/selection/type");
        facts.put("Kept", "/alignment/selection/keep");
        facts.put("Margin per score", "/reward/marginScale");
        facts.put("Centering", "/reward/centering");
        facts.put("Method", "/policy/type");
        facts.put("Rewards", "/rewards");
        facts.put("Pairs", "/pairs/type");
        facts.put("Cost of a nat", "/policy/kl/coefficient");
        facts.put("Answers to a prompt", "/rollout/samples");
        facts.put("Most tokens of an answer", "/rollout/maxNewTokens");
        facts.put("Learning rate", "/train/learningRate");
        facts.put("Batch size", "/train/batchSize");
        facts.put("Length", "/train/length");
        facts.put("Seed", "/train/seed");
        return facts;
    }

    private String page() {
        html.element("h1", run.name());
        html.element("p class=\"dim\"", "Betatron, step " + run.lastStep());
        if (!run.finished()) {
            html.element(
                    "p class=\"partial\"",
                    "Partial: this run has not written its final model (stopped, crashed or running).");
        }
        html.raw("<h2>Findings</h2>");
        findings(run, html);
        settings();
        curves();
        gaps();
        samples();
        RolloutAnswers.add(run.rollouts(), html);
        data();
        suspects();
        html.raw("<h2>Recipe</h2><details><summary>All settings</summary>")
                .element("pre", run.recipeText())
                .raw("</details>");
        return html.page(run.name() + " - Betatron report");
    }

    static void findings(RunRecord run, Html html) {
        html.raw("<ul class=\"findings\">");
        for (Finding finding : Findings.of(run)) {
            String kind = finding.kind().name().toLowerCase(Locale.ROOT);
            html.raw("<li class=\"" + kind + "\"><b>" + kind + "</b>" + Markup.escape(finding.text()) + "</li>");
        }
        html.raw("</ul>");
    }

    private void settings() {
        html.raw("<h2>What was run</h2><div class=\"scroll\"><table>");
        FACTS.forEach((name, pointer) -> {
            if (!run.setting(pointer).isEmpty()) {
                html.row("td", List.of(name, run.setting(pointer)));
            }
        });
        html.raw("</table></div>");
    }

    private void curves() {
        RolloutPanels.add(List.of(run), List.of(run.name()), html);
        html.raw("<h2>Curves</h2><p class=\"dim\">Against the optimizer step. Noisy curves of training are moving means"
                + " over 15 logged lines; dots are evaluations of held-out rows.</p><div class=\"grid\">");
        Panel.ALL.forEach(panel -> html.raw(panel.of(run.metrics())));
        html.raw("</div>");
    }

    private void gaps() {
        List<Double> after = finite(run.gapsAfter());
        if (after.isEmpty()) {
            return;
        }
        List<Double> before = finite(run.gapsBefore());
        List<Chart.Sample> samples = new ArrayList<>();
        samples.add(new Chart.Sample("newest evaluation", after));
        if (!before.isEmpty()) {
            samples.add(new Chart.Sample("before the first step", before));
        }
        long negative = after.stream().filter(gap -> gap < 0).count();
        html.raw("<h2>Gaps of held-out rows</h2>")
                .element(
                        "p class=\"dim\"",
                        (run.setting("/reward").isEmpty()
                                        ? "beta_0 times the margin, nats. "
                                        : "Chosen minus rejected score. ")
                                + negative + " of " + after.size()
                                + " rows are below 0 at the newest evaluation"
                                + (before.isEmpty()
                                        ? "; nothing was evaluated before the first step."
                                        : before.stream().allMatch(gap -> Math.abs(gap) < 1e-6)
                                                ? "; before the first step all were 0, because the policy was the"
                                                        + " reference."
                                                : "."))
                .raw("<div class=\"grid\">" + Chart.histogram("Share of rows by gap", samples) + "</div>");
    }

    private static List<Double> finite(List<HeldOutGap> gaps) {
        return gaps.stream().map(HeldOutGap::gap).filter(Double::isFinite).toList();
    }

    private void samples() {
        if (run.samples().isEmpty()) {
            return;
        }
        html.raw("<h2>Sample answers</h2><p class=\"dim\">Greedy, to held-out prompts.</p>");
        Map<String, String> after = run.samples().stream()
                .filter(sample -> sample.when().equals(Sample.AFTER))
                .collect(Collectors.toMap(Sample::id, Sample::answer, (_, newest) -> newest));
        for (Sample sample : run.samples()) {
            if (sample.when().equals(Sample.BEFORE)) {
                html.raw("<div class=\"card\">").element("h3", sample.id());
                text("prompt", sample.prompt());
                html.raw("<div class=\"pair\"><div>");
                text("before", sample.answer());
                html.raw("</div><div>");
                text("after", after.getOrDefault(sample.id(), "(not written yet)"));
                html.raw("</div></div></div>");
            }
        }
    }

    private void text(String label, String text) {
        html.element("div class=\"label\"", label).element("div class=\"text\"", text.strip());
    }

    private void data() {
        DatasetReport data = run.data();
        if (data == null) {
            return;
        }
        html.raw("<h2>Data</h2>").element("pre", data.summary().strip());
        html.raw("<div class=\"scroll\"><table>")
                .row("th", List.of("tokens of", "count", "min", "median", "mean", "90 %", "99 %", "max"));
        lengths("prompts", data.promptLengths());
        lengths("responses", data.responseLengths());
        lengths("rows", data.rowLengths());
        html.raw("</table></div>");
    }

    private void lengths(String what, LengthStatistics lengths) {
        html.row(
                "td",
                List.of(
                        what,
                        String.valueOf(lengths.count()),
                        String.valueOf(lengths.min()),
                        String.valueOf(lengths.median()),
                        Html.number(lengths.mean()),
                        String.valueOf(lengths.p90()),
                        String.valueOf(lengths.p99()),
                        String.valueOf(lengths.max())));
    }

    private void suspects() {
        if (run.suspects().isEmpty()) {
            return;
        }
        html.raw("<h2>Most suspicious pairs</h2><p class=\"dim\">Held-out rows whose label the model contradicts most:"
                + " mislabelled, or hard. <code>betatron score --suspicious</code> looks at any file.</p>");
        for (Suspect suspect : run.suspects()) {
            html.raw("<div class=\"card\">")
                    .element(
                            "h3",
                            suspect.id() + ", gap " + Html.number(suspect.gap()) + " (" + suspect.file() + ":"
                                    + suspect.line() + ")");
            text("prompt", suspect.prompt());
            html.raw("<div class=\"pair\"><div>");
            text("chosen by the label", suspect.chosen());
            html.raw("</div><div>");
            text("rejected by the label", suspect.rejected());
            html.raw("</div></div></div>");
        }
    }
}
