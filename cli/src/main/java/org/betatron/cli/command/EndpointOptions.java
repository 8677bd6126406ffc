package org.betatron.cli.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.betatron.evaluation.judge.Judge;
import org.betatron.evaluation.judge.endpoint.RequestLimits;
import org.betatron.runs.recipe.EndpointSection;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What a judge behind an OpenAI-compatible server has to be told.
final class EndpointOptions {

    @Option(names = "--judge-url", paramLabel = "URL", description = "The server, such as http://host/v1.")
    private @Nullable String url;

    @Option(names = "--judge-model", paramLabel = "NAME", description = "The judge's model on that server.")
    private @Nullable String model;

    @Option(
            names = "--judge-key-env",
            paramLabel = "NAME",
            description = "Environment variable that holds the server's key (default: no key is sent).")
    private @Nullable String keyEnv;

    @Option(
            names = "--judge-template",
            paramLabel = "FILE",
            description = "What the judge is asked, with {prompt}, {answer_a} and {answer_b} in their places; it must"
                    + " ask for [[A]], [[B]] or [[tie]].")
    private @Nullable Path template;

    @Option(
            names = "--judge-parameters",
            paramLabel = "JSON",
            description = "Further fields of each request (default {\"temperature\":0,\"max_tokens\":512}).")
    private @Nullable String parameters;

    @Option(
            names = "--judge-parallel",
            paramLabel = "N",
            description = "Requests at the same time (default ${DEFAULT-VALUE}).")
    private int parallel = RequestLimits.DEFAULT.parallel();

    @Option(
            names = "--judge-timeout",
            paramLabel = "SECONDS",
            description = "Longest wait for a reply (default ${DEFAULT-VALUE}).")
    private long timeout = RequestLimits.DEFAULT.timeout().toSeconds();

    @Option(
            names = "--judge-retries",
            paramLabel = "N",
            description =
                    "How often a failed request is repeated, after longer and longer waits (default ${DEFAULT-VALUE}).")
    private int retries = RequestLimits.DEFAULT.retries();

    @Option(
            names = "--judge-price",
            paramLabel = "IN,OUT",
            split = ",",
            description = "Prices of a million tokens, for the estimate and the account (default 0,0).")
    private @Nullable List<Double> price;

    @Option(
            names = "--judge-cache",
            paramLabel = "DIR",
            description = "Where replies are kept, so that nothing is paid twice (default: judge in --out).")
    private @Nullable Path cache;

    @Option(names = "--yes", description = "Go on after the estimate of what the judge may cost.")
    private boolean yes;

    /// @param usage    tells what is wrong with the options
    /// @param out      directory of the evaluation, or null
    /// @param progress hears what the judge has to say on the way
    Judge create(JudgeUsage usage, @Nullable Path out, Consumer<String> progress) {
        Path kept = cache != null ? cache : out != null ? out.resolve("judge") : null;
        if (kept == null) {
            throw usage.wrong(usage.judge() + " needs --out DIR or --judge-cache DIR, to keep the judge's replies: a"
                    + " second run then pays for nothing twice");
        }
        double[] prices = price == null ? new double[2] : prices(usage, price);
        return new EndpointSection(
                        usage.require(url, "--judge-url URL"),
                        usage.require(model, "--judge-model NAME"),
                        given(usage, "--judge-key-env", keyEnv),
                        given(usage, "--judge-template", template == null ? null : template.toString()),
                        given(usage, "--judge-parameters", parameters),
                        parallel,
                        timeout,
                        retries,
                        prices[0],
                        prices[1],
                        kept.toString())
                .judge(new OptionWords(usage), kept, yes, progress);
    }

    /// @return the value of an option, empty where it is not given
    private static String given(JudgeUsage usage, String option, @Nullable String value) {
        if (value != null && value.isBlank()) {
            throw usage.wrong(option + " must not be empty");
        }
        return value == null ? "" : value;
    }

    private static double[] prices(JudgeUsage usage, List<Double> perMillion) {
        if (perMillion.size() != 2) {
            throw usage.wrong("--judge-price must be two numbers, IN,OUT, but was " + perMillion);
        }
        return new double[] {perMillion.getFirst(), perMillion.getLast()};
    }

    /// Settings by the names of their options.
    private record OptionWords(JudgeUsage usage) implements EndpointSection.Words {

        @Override
        public String name(String setting) {
            return "--judge-" + setting.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        }

        @Override
        public RuntimeException wrong(String message) {
            return usage.wrong(message);
        }
    }
}
