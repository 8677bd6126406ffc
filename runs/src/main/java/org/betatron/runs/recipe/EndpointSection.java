package org.betatron.runs.recipe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A judge behind an OpenAI-compatible server.
///
/// @param url            of the server, such as `http://host/v1`
/// @param model          the judge's model on it
/// @param keyEnv         environment variable that holds the server's key; empty to send none
/// @param template       file with what the judge is asked; empty for [JudgeTemplate#DEFAULT]
/// @param parameters     further fields of each request, a JSON object; empty for
///     [EndpointSpec#defaultParameters()]
/// @param parallel       requests at the same time, in [1, 1000]
/// @param timeoutSeconds longest wait for a reply, ≥ 1
/// @param retries        how often a failed request is repeated, in [0, 20]
/// @param inputPrice     price of a million tokens that are sent, ≥ 0, for estimate and account
/// @param outputPrice    price of a million tokens that are answered, ≥ 0
/// @param cache          directory where replies are kept; empty for `judge` in the directory of
///     the run
public record EndpointSection(
        String url,
        String model,
        String keyEnv,
        String template,
        String parameters,
        int parallel,
        long timeoutSeconds,
        int retries,
        double inputPrice,
        double outputPrice,
        String cache) {

    /// No server; a judge of one's own.
    public static final EndpointSection DEFAULT = new EndpointSection(
            "",
            "",
            "",
            "",
            "",
            RequestLimits.DEFAULT.parallel(),
            RequestLimits.DEFAULT.timeout().toSeconds(),
            RequestLimits.DEFAULT.retries(),
            0,
            0,
            "");

    /// How a user writes the settings, and how they are refused.
    public interface Words {

        /// @param setting name of a component of the section
        /// @return what the user calls it
        String name(String setting);

        /// @return what is thrown for a setting that cannot be
        RuntimeException wrong(String message);
    }

    public EndpointSection {
        limits(parallel, timeoutSeconds, retries);
        price(inputPrice, outputPrice);
    }

    private static RequestLimits limits(int parallel, long timeoutSeconds, int retries) {
        return new RequestLimits(
                parallel, Duration.ofSeconds(timeoutSeconds), retries, RequestLimits.DEFAULT.firstWait());
    }

    private static Price price(double input, double output) {
        return new Price(input, output);
    }

    /// @return settings that must be given and are not
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (url.isBlank()) {
            missing.add("url");
        }
        if (model.isBlank()) {
            missing.add("model");
        }
        return missing;
    }

    /// @param words     of the user
    /// @param kept      directory of replies where the section names none
    /// @param confirmed whether the user knows what it may cost
    /// @param progress  hears what the judge has to say on the way
    /// @throws RuntimeException as `words` has it, if a setting cannot be
    public Judge judge(Words words, Path kept, boolean confirmed, Consumer<String> progress) {
        EndpointSpec spec = new EndpointSpec(
                uri(words),
                model,
                template.isEmpty() ? JudgeTemplate.DEFAULT : new JudgeTemplate(read(Path.of(template))),
                parameters.isEmpty() ? EndpointSpec.defaultParameters() : json(words),
                limits(parallel, timeoutSeconds, retries),
                price(inputPrice, outputPrice));
        return new EndpointJudge(
                spec, key(words), new ReplyCache(cache.isEmpty() ? kept : Path.of(cache)), confirmed, progress);
    }

    private URI uri(Words words) {
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            throw words.wrong(words.name("url") + ": " + e.getMessage());
        }
    }

    private @Nullable String key(Words words) {
        if (keyEnv.isEmpty()) {
            return null;
        }
        String key = System.getenv(keyEnv);
        if (key == null || key.isBlank()) {
            throw words.wrong(words.name("keyEnv") + ": the environment variable " + keyEnv + " is not set");
        }
        return key.strip();
    }

    private ObjectNode json(Words words) {
        try {
            if (JsonMapper.shared().readTree(parameters) instanceof ObjectNode node) {
                return node;
            }
        } catch (JacksonException e) {
            throw words.wrong(words.name("parameters") + ": " + JsonProblem.in(e));
        }
        throw words.wrong(words.name("parameters") + " must be a JSON object but was " + parameters);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the judge's template " + file, e);
        }
    }
}
