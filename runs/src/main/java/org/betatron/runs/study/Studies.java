package org.betatron.runs.study;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.betatron.evaluation.study.Arm;
import org.betatron.evaluation.study.Claim;
import org.betatron.evaluation.study.Claim.Contest;
import org.betatron.evaluation.study.Place;
import org.betatron.evaluation.study.Study;
import org.betatron.evaluation.study.Study.View;

/// The published comparisons, as data.
///
/// Dynamic beta has the sensitivity that the published code's example has at beta_0 = 0.1:
/// `a = 0.6` for gaps without beta_0 is `0.6 / beta_0` for gaps with it. Beta_0 of DPO is 0.3, in the middle of
/// those compared: at 0.1 and the few steps of a study, margins stay so small that beta does nothing but
/// scale the loss, which Adam takes back.
public final class Studies {

    private static final double PUBLISHED_A = 0.6;
    private static final double BETA = 0.3;
    private static final String GAUSSIAN = "alignment.selection=gaussian";
    private static final String DR_DPO = "alignment.aggregation=drdpo";

    private static final String DPO = "DPO";
    private static final String DYNAMIC = "DPO + dynamic beta";
    private static final String FILTERED = "DPO + filter";
    private static final String BETA_DPO = "beta-DPO";

    private static final List<String> SIZES = List.of("small", "medium", "large");
    private static final List<String> SHARES = List.of("0", "0.5", "1");
    private static final List<String> BETAS = List.of("0.03", "0.1", "0.3", "1", "3");
    private static final List<String> FLIPS = List.of("0", "0.1", "0.2", "0.3");

    /// Every study, in the order of the publication.
    public static final List<Study> ALL = List.of(
            fixedBeta(),
            temperature(),
            sensitivity(),
            sizes(),
            mixtures(),
            filters(),
            objectives(),
            flips(),
            gaps(),
            suspicious());

    private Studies() {}

    private static Study fixedBeta() {
        List<String> qualities = List.of("low gap", "mixed", "high gap");
        List<Arm> arms = new ArrayList<>();
        for (String quality : qualities) {
            String share = SHARES.get(qualities.indexOf(quality));
            for (String beta : BETAS) {
                arms.add(arm(quality, beta, mixture(share), dpo(beta)));
            }
        }
        List<Contest> contests = new ArrayList<>();
        for (String larger : BETAS.subList(1, BETAS.size())) {
            contests.add(new Contest(new Place("low gap", BETAS.getFirst()), new Place("low gap", larger)));
        }
        for (String smaller : BETAS.subList(0, BETAS.size() - 1)) {
            contests.add(new Contest(new Place("high gap", BETAS.getLast()), new Place("high gap", smaller)));
        }
        return new Study(
                "fixed-beta",
                "The best fixed beta by quality of the data",
                "Published (arXiv 2407.08639, figure 1, Pythia-1.4B on HH): on pairs of low gap a larger beta lowers the"
                        + " win rate, on pairs of high gap it raises it. Here low and high are true: rewards of a pair"
                        + " of low gap differ by at most 0.75. In the publication high gaps were made by replacing the"
                        + " rejected answer.",
                "beta",
                View.WIN_RATE,
                arms,
                List.of(
                        new Claim("on low gap the smallest beta is best.", contests.subList(0, BETAS.size() - 1)),
                        new Claim(
                                "on high gap the largest beta is best.",
                                contests.subList(BETAS.size() - 1, contests.size()))));
    }

    private static Study temperature() {
        List<String> temperatures =
                StudyScale.TEMPERATURES.stream().map(Object::toString).toList();
        return new Study(
                "temperature",
                "DPO, its two extensions, and both together over the sampling temperature",
                "Published: beta-DPO leads at every temperature on HH and TL;DR, and loses less at high ones.",
                "temperature",
                View.WIN_RATE_BY_TEMPERATURE,
                fourMethods("", "medium").toList(),
                List.of(Claim.everywhere(
                        "beta-DPO is ahead of DPO at every temperature.", BETA_DPO, DPO, temperatures)));
    }

    private static Study sensitivity() {
        List<String> sensitivities = List.of("0", "0.2", "0.6", "2.0");
        List<Arm> arms = new ArrayList<>();
        sensitivities.forEach(value -> arms.add(arm("no filter", value).with(batch(value))));
        sensitivities.forEach(
                value -> arms.add(arm(FILTERED, value).with(batch(value)).with(GAUSSIAN)));
        List<String> dynamic = sensitivities.subList(1, sensitivities.size());
        return new Study(
                "sensitivity",
                "How much dynamic beta answers to gaps",
                "Not published as a comparison. Sensitivity 0.6 is the default of the preset `beta-dpo`: the paper's alpha for"
                        + " gaps with beta_0. 2.0 is what `a = 0.6` of the published code amounts to at beta_0 = 0.3, and"
                        + " what the other studies use; 0 is a fixed beta.",
                "sensitivity",
                View.WIN_RATE,
                arms,
                Stream.of("no filter", FILTERED)
                        .map(line -> new Claim(
                                "dynamic beta helps (" + line + ").",
                                dynamic.stream()
                                        .map(value -> new Contest(new Place(line, value), new Place(line, "0")))
                                        .toList()))
                        .toList());
    }

    private static String[] batch(String sensitivity) {
        return sensitivity.equals("0")
                ? new String[0]
                : new String[] {"alignment.calibration={type: batch, sensitivity: " + sensitivity + "}"};
    }

    private static Study sizes() {
        return new Study(
                "size",
                "DPO, its two extensions, and both together over the size of the model",
                "Published win rates on HH, DPO and beta-DPO: Pythia-410M 26.2 and 30.2 %, 1.4B 42.8 and 48.7 %, 2.8B 51.5"
                        + " and 57.1 %. Here the models have 0.07, 0.25 and 1.3 million parameters.",
                "size",
                View.WIN_RATE,
                SIZES.stream().flatMap(size -> fourMethods(size, size)).toList(),
                List.of(
                        Claim.everywhere("beta-DPO is ahead of DPO at every size.", BETA_DPO, DPO, SIZES),
                        Claim.everywhere("dynamic beta alone helps.", DYNAMIC, DPO, SIZES),
                        Claim.everywhere("the filter alone helps.", FILTERED, DPO, SIZES)));
    }

    private static Study mixtures() {
        List<String> levels = List.of("batch", "instance", "population");
        List<Arm> arms = new ArrayList<>();
        SHARES.forEach(share -> arms.add(arm(DPO, share, mixture(share))));
        for (String level : levels) {
            SHARES.forEach(share -> arms.add(arm(level, share, mixture(share), calibration(level, BETA))));
        }
        return new Study(
                "mixture",
                "Levels of dynamic beta over the share of pairs of high gap",
                "Published (table 2): batch-level calibration is best at every mixture; instance-level magnifies outliers."
                        + " No filter is used here. Population-level beta follows the mean of all gaps so far.",
                "share of high gap",
                View.WIN_RATE,
                arms,
                List.of(
                        Claim.everywhere("batch-level is ahead of DPO.", "batch", DPO, SHARES),
                        Claim.everywhere("batch-level is ahead of instance-level.", "batch", "instance", SHARES),
                        Claim.everywhere("batch-level is ahead of population-level.", "batch", "population", SHARES)));
    }

    private static Study filters() {
        List<String> filters = List.of("none", "gaussian", "random", "gap largest", "gap smallest", "gap both");
        String fixed = "fixed beta";
        String dynamic = "dynamic beta";
        List<Arm> arms = new ArrayList<>();
        for (String filter : filters) {
            arms.add(arm(fixed, filter).with(filter(filter)));
        }
        for (String filter : filters) {
            arms.add(arm(dynamic, filter, calibration("batch", BETA)).with(filter(filter)));
        }
        return new Study(
                "filters",
                "Filters, with and without dynamic beta",
                "Published (figure 5, left): cutting off the top 20 % helps, and dynamic beta improves every filter. Each"
                        + " filter here drops 20 % of a batch (both: 10 % at each end). Of DPO the largest gradients are"
                        + " those of the smallest gaps, so filters by gradient are those by gap with the ends"
                        + " exchanged, pair by pair.",
                "filter",
                View.WIN_RATE,
                arms,
                List.of(
                        Claim.everywhere("dynamic beta improves every filter.", dynamic, fixed, filters),
                        new Claim(
                                "the Gaussian filter is ahead of no filter and of a random one.",
                                Stream.of("none", "random")
                                        .map(other ->
                                                new Contest(new Place(dynamic, "gaussian"), new Place(dynamic, other)))
                                        .toList()),
                        new Claim(
                                "cutting off the top helps (by gap, or by gradient, which is the other end).",
                                Stream.of("gap largest", "gap smallest")
                                        .map(end -> new Contest(new Place(fixed, end), new Place(fixed, "none")))
                                        .toList())));
    }

    private static String[] filter(String name) {
        return switch (name) {
            case "none" -> new String[0];
            case "gaussian", "random" -> new String[] {"alignment.selection=" + name};
            default -> {
                String[] words = name.split(" ");
                yield new String[] {"alignment.selection={type: cut, by: %s, drop: %s}".formatted(words[0], words[1])};
            }
        };
    }

    private static Study objectives() {
        record Objective(String name, String tag, double beta) {

            String setting() {
                return "alignment.objective={type: " + tag + ", beta: " + beta + "}";
            }
        }
        List<Objective> objectives = List.of(
                new Objective("DPO", "dpo", BETA),
                new Objective("IPO", "ipo", BETA),
                new Objective("KTO", "ktopair", BETA),
                new Objective("SPPO", "sppo", BETA),
                new Objective("SimPO", "simpo", 2));
        String fixed = "fixed beta";
        String dynamic = "dynamic beta";
        List<Arm> arms = new ArrayList<>();
        for (Objective objective : objectives) {
            arms.add(arm(fixed, objective.name(), objective.setting()));
        }
        for (Objective objective : objectives) {
            arms.add(arm(dynamic, objective.name(), objective.setting(), calibration("batch", objective.beta())));
        }
        return new Study(
                "objectives",
                "Objectives with and without dynamic beta",
                "Published (figure 5, middle): dynamic beta improves DPO, IPO, KTO and SPPO. KTO here is its form for"
                        + " pairs; beta_0 is 0.3, of SimPO 2, and nothing was tuned for any of them: compare fixed with"
                        + " dynamic, and not objectives with each other.",
                "objective",
                View.WIN_RATE,
                arms,
                List.of(Claim.everywhere(
                        "dynamic beta improves every objective.",
                        dynamic,
                        fixed,
                        objectives.stream().map(Objective::name).toList())));
    }

    private static Study flips() {
        String drDpo = "Dr. DPO";
        List<Arm> arms = new ArrayList<>();
        FLIPS.forEach(rate -> arms.add(arm(DPO, rate, flipped(rate))));
        FLIPS.forEach(rate -> arms.add(arm(drDpo, rate, flipped(rate), DR_DPO)));
        FLIPS.forEach(rate -> arms.add(arm(BETA_DPO, rate, flipped(rate), calibration("batch", BETA), GAUSSIAN)));
        return new Study(
                "flips",
                "Flipped labels, with and without Dr. DPO",
                "Published (arXiv 2407.07880): Dr. DPO is ahead of DPO, the more the more labels are flipped. The flips"
                        + " here come on top of preferences that are drawn by Bradley-Terry.",
                "flipped",
                View.WIN_RATE,
                arms,
                List.of(
                        Claim.everywhere("Dr. DPO is ahead of DPO.", drDpo, DPO, FLIPS),
                        Claim.everywhere("beta-DPO is ahead of DPO.", BETA_DPO, DPO, FLIPS)));
    }

    private static Study gaps() {
        return new Study(
                "gaps",
                "Reward gaps after training with beta per batch and per pair",
                "Published (figure 5, right): after instance-level training single reward gaps spread further than after"
                        + " batch-level training, outliers more than others.",
                "",
                View.GAPS,
                List.of(
                        arm(DPO, "", mixture("0.5")),
                        arm("batch", "", mixture("0.5"), calibration("batch", BETA)),
                        arm("instance", "", mixture("0.5"), calibration("instance", BETA))),
                List.of(Claim.everywhere("batch-level is ahead of instance-level.", "batch", "instance", List.of(""))));
    }

    private static Study suspicious() {
        List<Arm> arms = new ArrayList<>();
        for (String steps : List.of("48", "192")) {
            String length = "train.length.count=" + steps;
            arms.add(noisy(DPO, steps, length));
            arms.add(noisy(BETA_DPO, steps, length, calibration("batch", BETA), GAUSSIAN));
            arms.add(noisy("Dr. DPO", steps, length, DR_DPO));
        }
        return new Study(
                "suspicious",
                "Finding flipped labels with a model that was trained on them",
                "Not published: `score --suspicious` lists the pairs with the most negative gaps. A fifth of the labels is"
                        + " flipped, on top of preferences drawn by Bradley-Terry, and the model that is asked was"
                        + " trained on these very pairs.",
                "steps",
                View.FLIPS,
                arms,
                List.of());
    }

    private static Stream<Arm> fourMethods(String x, String model) {
        return Stream.of(
                        arm(DPO, x, mixture("0.5")),
                        arm(DYNAMIC, x, mixture("0.5"), calibration("batch", BETA)),
                        arm(FILTERED, x, mixture("0.5"), GAUSSIAN),
                        arm(BETA_DPO, x, mixture("0.5"), calibration("batch", BETA), GAUSSIAN))
                .map(arm -> new Arm(arm.line(), arm.x(), model, arm.world(), arm.settings()));
    }

    /// @param settings where they name no data, half of the pairs have high gaps
    private static Arm arm(String line, String x, String... settings) {
        return new Arm(
                        line,
                        x,
                        "medium",
                        StudyScale.WORLD,
                        List.of("alignment.preset=dpo", dpo(Double.toString(BETA)), mixture("0.5")))
                .with(settings);
    }

    private static Arm noisy(String line, String x, String... settings) {
        return new Arm(
                        line,
                        x,
                        "medium",
                        StudyScale.FLIPPED_WORLD,
                        List.of("alignment.preset=dpo", dpo(Double.toString(BETA))))
                .with(settings);
    }

    private static String dpo(String beta) {
        return "alignment.objective={type: dpo, beta: " + beta + "}";
    }

    private static String calibration(String level, double beta) {
        return "alignment.calibration={type: %s, sensitivity: %s}".formatted(level, PUBLISHED_A / beta);
    }

    private static String mixture(String highShare) {
        return "data.transforms=[" + mixtureItem(highShare) + "]";
    }

    private static String flipped(String rate) {
        return rate.equals("0")
                ? mixture("0.5")
                : "data.transforms=[" + mixtureItem("0.5") + ", {type: flip, rate: " + rate + "}]";
    }

    static String mixtureItem(String highShare) {
        return "{type: mixture, size: %d, highShare: %s, sides: {type: threshold, low: %s, high: %s}}"
                .formatted(StudyScale.TRAINING_PAIRS, highShare, StudyScale.LOW_GAP, StudyScale.LOW_GAP);
    }
}
