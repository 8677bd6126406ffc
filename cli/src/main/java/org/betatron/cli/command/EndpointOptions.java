package org.betatron.cli.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.betatron.data.source.JsonProblem;
import org.betatron.evaluation.judge.Judge;
import org.betatron.evaluation.judge.endpoint.EndpointJudge;
import org.betatron.evaluation.judge.endpoint.EndpointSpec;
import org.betatron.evaluation.judge.endpoint.JudgeTemplate;
import org.betatron.evaluation.judge.endpoint.Price;
import org.betatron.evaluation.judge.endpoint.ReplyCache;
import org.betatron.evaluation.judge.endpoint.RequestLimits;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

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
        EndpointSpec endpoint = new EndpointSpec(
                uri(usage),
                usage.require(model, "--judge-model NAME"),
                template == null ? JudgeTemplate.DEFAULT : new JudgeTemplate(read(template)),
                parameters == null ? EndpointSpec.defaultParameters() : json(usage, parameters),
                new RequestLimits(parallel, Duration.ofSeconds(timeout), retries, RequestLimits.DEFAULT.firstWait()),
                price == null ? Price.FREE : price(usage, price));
        return new EndpointJudge(endpoint, key(usage), new ReplyCache(kept), yes, progress);
    }

    private URI uri(JudgeUsage usage) {
        try {
            return new URI(usage.require(url, "--judge-url URL"));
        } catch (URISyntaxException e) {
            throw usage.wrong("--judge-url: " + e.getMessage());
        }
    }

    private @Nullable String key(JudgeUsage usage) {
        if (keyEnv == null) {
            return null;
        }
        String key = System.getenv(keyEnv);
        if (key == null || key.isBlank()) {
            throw usage.wrong("--judge-key-env: the environment variable " + keyEnv + " is not set");
        }
        return key.strip();
    }

    private static ObjectNode json(JudgeUsage usage, String text) {
        try {
            if (JsonMapper.shared().readTree(text) instanceof ObjectNode node) {
                return node;
            }
        } catch (JacksonException e) {
            throw usage.wrong("--judge-parameters: " + JsonProblem.in(e));
        }
        throw usage.wrong("--judge-parameters must be a JSON object but was " + text);
    }

    private static Price price(JudgeUsage usage, List<Double> perMillion) {
        if (perMillion.size() != 2) {
            throw usage.wrong("--judge-price must be two numbers, IN,OUT, but was " + perMillion);
        }
        return new Price(perMillion.getFirst(), perMillion.getLast());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the judge's template " + file, e);
        }
    }
}
