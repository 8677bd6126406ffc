package org.betatron.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Expectations are those of `huggingface_hub.constants` and `get_token`.
class HubSettingsTest {

    @TempDir
    Path home;

    private HubSettings of(String... environment) {
        Map<String, String> variables = new java.util.HashMap<>();
        for (int i = 0; i < environment.length; i += 2) {
            variables.put(environment[i], environment[i + 1]);
        }
        return HubSettings.of(variables, home);
    }

    @Test
    void theCacheIsWherePythonHasIt() {
        assertThat(of().cache()).isEqualTo(home.resolve(".cache/huggingface/hub"));
        assertThat(of("XDG_CACHE_HOME", "/x").cache()).isEqualTo(Path.of("/x/huggingface/hub"));
        assertThat(of("XDG_CACHE_HOME", "/x", "HF_HOME", "/y").cache()).isEqualTo(Path.of("/y/hub"));
        assertThat(of("HF_HOME", "/y", "HF_HUB_CACHE", "/z").cache()).isEqualTo(Path.of("/z"));
        assertThat(of("HF_HOME", "/y", "HUGGINGFACE_HUB_CACHE", "/z").cache()).isEqualTo(Path.of("/z"));
        assertThat(of("HF_HOME", "~/y").cache()).isEqualTo(home.resolve("y/hub"));
        assertThat(of("HF_HOME", "$BIG/y", "BIG", "/big").cache()).isEqualTo(Path.of("/big/y/hub"));
    }

    @Test
    void theTokenIsThatOfTheEnvironmentElseThatOfTheFile() throws IOException {
        Path file = Files.writeString(home.resolve("token"), "hf_file\n");
        String[] fromFile = {"HF_HOME", home.toString()};
        assertThat(of().token()).isEmpty();
        assertThat(of(fromFile).token()).isEqualTo("hf_file");
        assertThat(of(fromFile).tokenFrom()).isEqualTo(file.toString());
        assertThat(of("HF_HOME", home.toString(), "HF_TOKEN", " hf_env\r\n").token())
                .isEqualTo("hf_env");
        assertThat(of("HF_HOME", home.toString(), "HF_TOKEN", " ").token()).isEqualTo("hf_file");
        assertThat(of("HUGGING_FACE_HUB_TOKEN", "hf_old").token()).isEqualTo("hf_old");
        assertThat(of("HF_TOKEN_PATH", file.toString()).token()).isEqualTo("hf_file");
        assertThat(of("HF_TOKEN_PATH", file.toString(), "HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")
                        .token())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1, true", "yes, true", "ON, true", "true, true", "0, false", "no, false", "'', false"})
    void offlineIsWhatPythonTakesForTrue(String value, boolean offline) {
        assertThat(of("HF_HUB_OFFLINE", value).isOffline()).isEqualTo(offline);
        assertThat(of("TRANSFORMERS_OFFLINE", value).isOffline()).isEqualTo(offline);
    }

    @Test
    void theEndpointIsAnAddress() {
        assertThat(of().endpoint()).hasToString("https://huggingface.co");
        assertThat(of("HF_ENDPOINT", "http://localhost:80/").endpoint()).hasToString("http://localhost:80");
        for (String wrong : new String[] {"huggingface.co", "ftp://x", "http:///x", "http://a b"}) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> of("HF_ENDPOINT", wrong))
                    .withMessage("HF_ENDPOINT must be an address like https://huggingface.co but was " + wrong);
        }
    }

    /// Expectations are those of Python's `urllib.request.getproxies` and `proxy_bypass`.
    @ParameterizedTest
    @CsvSource({
        "https://huggingface.co/x, p:3128",
        "http://huggingface.co/x, q:80",
        "https://a.local/x, DIRECT",
        "https://local/x, DIRECT",
        "https://nolocal/x, p:3128"
    })
    void proxiesAreThoseOfTheEnvironment(String address, String proxy) {
        Proxies proxies = of("HTTPS_PROXY", "http://p:3128", "http_proxy", "q", "NO_PROXY", "x.org, .local")
                .proxies();
        assertThat(String.valueOf(proxies.proxy(URI.create(address)).address()))
                .matches(proxy.equals("DIRECT") ? "null" : proxy.replace(":", "/.*:"));
    }

    @ParameterizedTest
    @CsvSource({
        "org/name, org/name, main, ''",
        "hf://org/name, org/name, main, ''",
        "hf:/org/name, org/name, main, ''",
        "org/name@v1.0, org/name, v1.0, ''",
        "org/name/x.gguf, org/name, main, x.gguf",
        "hf://org/name@v1/a/b.json, org/name, v1, a/b.json",
        "hf://org/name@refs/pr/3, org/name, refs/pr/3, ''",
        "hf://datasets/org/name@refs/convert/parquet/default/train/*.parquet, datasets/org/name,"
                + " refs/convert/parquet, default/train/*.parquet",
        "datasets/org/name/data/train-*, datasets/org/name, main, data/train-*"
    })
    void placesAreReadAsPythonReadsThem(String text, String repository, String revision, String path) {
        HubPlace place = HubPlace.parse(text).orElseThrow();
        assertThat(place.repository()).hasToString(repository);
        assertThat(place.revision()).isEqualTo(revision);
        assertThat(place.path()).isEqualTo(path);
    }

    @ParameterizedTest
    @CsvSource({
        "name",
        "a/b/c",
        "/org/name",
        "./name",
        "../name",
        "org/na--me",
        "org/na..me",
        "org/name.git",
        "org/name@",
        "org/name@../x",
        "org/name@a b",
        "hf://name",
        "-org/name",
        "org/name-"
    })
    void otherTextsAreNoPlaces(String text) {
        assertThat(HubPlace.parse(text)).isEmpty();
    }
}
