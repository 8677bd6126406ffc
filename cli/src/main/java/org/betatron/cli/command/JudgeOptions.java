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
import java.util.function.Predicate;
import org.betatron.cli.run.RewardScorer;
import org.betatron.evaluation.judge.Judge;
import org.betatron.evaluation.judge.ScoreJudge;
import org.betatron.evaluation.judge.endpoint.EndpointJudge;
import org.betatron.evaluation.judge.endpoint.EndpointSpec;
import org.betatron.evaluation.judge.endpoint.JudgeTemplate;
import org.betatron.evaluation.judge.endpoint.Price;
import org.betatron.evaluation.judge.endpoint.ReplyCache;
import org.betatron.evaluation.judge.endpoint.RequestLimits;
import org.betatron.torch.ComputeDevice;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Who judges, and what that judge has to be told.
final class JudgeOptions {

    private static final String REWARD_MODEL = "--reward-model";

    @Option(
            names = "--judge",
            required = true,
            paramLabel = "NAME",
            description = "Who says which answer is better: world (the known reward of the controlled world),"
                    + " reward (a reward model), endpoint (a model behind an OpenAI-compatible server).")
    private JudgeName name = JudgeName.WORLD;

    @Option(names = REWARD_MODEL, paramLabel = "DIR", description = "Reward model that judges.")
    private @Nullable Path rewardModel;

    @Option(names = "--judge-url", paramLabel = "URL", description = "Server of the judge, such as http://host/v1.")
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

    @Option(names = "--judge-parallel", paramLabel = "N", description = "Requests at the same time (default 8).")
    private @Nullable Integer parallel;

    @Option(names = "--judge-timeout", paramLabel = "SECONDS", description = "Longest wait for a reply (default 120).")
    private @Nullable Integer timeout;

    @Option(
            names = "--judge-retries",
            paramLabel = "N",
            description = "How often a failed request is repeated, after longer and longer waits (default 5).")
    private @Nullable Integer retries;

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

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /// Judges that can be named.
    enum JudgeName {
        WORLD,
        REWARD,
        ENDPOINT
    }

    /// @param out      directory of the evaluation, or null
    /// @param device   where a reward model computes
    /// @param progress hears what the judge has to say on the way
    Judge create(@Nullable Path out, ComputeDevice device, Consumer<String> progress) {
        return switch (name) {
            case WORLD -> {
                refuse(option -> true);
                yield ScoreJudge.ofWorld();
            }
            case REWARD -> {
                refuse(option -> !option.equals(REWARD_MODEL));
                yield RewardScorer.judge(require(rewardModel, REWARD_MODEL + " DIR"), device);
            }
            case ENDPOINT -> {
                refuse(REWARD_MODEL::equals);
                yield endpoint(out, progress);
            }
        };
    }

    private Judge endpoint(@Nullable Path out, Consumer<String> progress) {
        Path kept = cache != null ? cache : out != null ? out.resolve("judge") : null;
        if (kept == null) {
            throw wrong("--judge endpoint needs --out DIR or --judge-cache DIR, to keep the judge's replies: a second"
                    + " run then pays for nothing twice");
        }
        RequestLimits limits = RequestLimits.DEFAULT;
        EndpointSpec endpoint = new EndpointSpec(
                uri(require(url, "--judge-url URL")),
                require(model, "--judge-model NAME"),
                template == null ? JudgeTemplate.DEFAULT : new JudgeTemplate(read(template)),
                parameters == null ? EndpointSpec.defaultParameters() : json(parameters),
                new RequestLimits(
                        parallel == null ? limits.parallel() : parallel,
                        timeout == null ? limits.timeout() : Duration.ofSeconds(timeout),
                        retries == null ? limits.retries() : retries,
                        limits.firstWait()),
                price == null ? Price.FREE : price(price));
        return new EndpointJudge(endpoint, key(), new ReplyCache(kept), yes, progress);
    }

    private @Nullable String key() {
        if (keyEnv == null) {
            return null;
        }
        String key = System.getenv(keyEnv);
        if (key == null || key.isBlank()) {
            throw wrong("--judge-key-env: the environment variable " + keyEnv + " is not set");
        }
        return key.strip();
    }

    private <T> T require(@Nullable T value, String option) {
        if (value == null) {
            throw wrong("--judge " + name.name().toLowerCase(java.util.Locale.ROOT) + " needs " + option);
        }
        return value;
    }

    /// Refuses options of another judge, which would have no effect.
    private void refuse(Predicate<String> isOfAnother) {
        spec.commandLine().getParseResult().matchedOptions().stream()
                .map(option -> option.longestName())
                .filter(option ->
                        option.startsWith("--judge-") || option.equals("--yes") || option.equals(REWARD_MODEL))
                .filter(isOfAnother)
                .findFirst()
                .ifPresent(option -> {
                    throw wrong(option + " has no effect with this judge");
                });
    }

    private URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw wrong("--judge-url: " + e.getMessage());
        }
    }

    private ObjectNode json(String text) {
        try {
            if (JsonMapper.shared().readTree(text) instanceof ObjectNode node) {
                return node;
            }
        } catch (JacksonException e) {
            throw wrong("--judge-parameters: not JSON: " + e.getOriginalMessage());
        }
        throw wrong("--judge-parameters must be a JSON object but was " + text);
    }

    private Price price(List<Double> perMillion) {
        if (perMillion.size() != 2) {
            throw wrong("--judge-price must be two numbers, IN,OUT, but was " + perMillion);
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

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
