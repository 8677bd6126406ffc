package org.betatron.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where the hub is, where its files are kept, and who asks: the variables of the environment that
/// `huggingface_hub` reads.
///
/// @param endpoint  address of the hub, without a `/` at its end
/// @param cache     directory of all repositories
/// @param token     that is sent to the hub and to nobody else; empty for none
/// @param tokenFrom where it was found, for messages
/// @param isOffline whether nothing may be asked of the hub
/// @param proxies   through which the hub is reached
public record HubSettings(
        URI endpoint, Path cache, String token, String tokenFrom, boolean isOffline, Proxies proxies) {

    private static final String PUBLIC = "https://huggingface.co";

    private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");

    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)}|(\\w+))");

    public HubSettings {
        String scheme = String.valueOf(endpoint.getScheme());
        if ((!scheme.equals("http") && !scheme.equals("https")) || endpoint.getHost() == null) {
            throw new IllegalArgumentException(
                    "HF_ENDPOINT must be an address like " + PUBLIC + " but was " + endpoint);
        }
    }

    /// @return the settings of this process
    public static HubSettings ofProcess() {
        return of(System.getenv(), Path.of(System.getProperty("user.home", "")));
    }

    /// @param environment variables by name
    /// @param userHome    home of the user
    /// @throws IllegalArgumentException if the endpoint is no address
    public static HubSettings of(Map<String, String> environment, Path userHome) {
        Environment variables = new Environment(environment, userHome);
        Path home = variables
                .path("HF_HOME")
                .orElseGet(() -> variables
                        .path("XDG_CACHE_HOME")
                        .orElse(userHome.resolve(".cache"))
                        .resolve("huggingface"));
        Path cache = variables
                .path("HF_HUB_CACHE")
                .or(() -> variables.path("HUGGINGFACE_HUB_CACHE"))
                .orElse(home.resolve("hub"));
        boolean offline = variables.flag("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE");
        Path tokenFile = variables.path("HF_TOKEN_PATH").orElse(home.resolve("token"));
        String token = "";
        String from = "";
        for (String name : new String[] {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}) {
            if (token.isEmpty()) {
                token = clean(variables.text(name));
                from = token.isEmpty() ? "" : name;
            }
        }
        if (token.isEmpty() && !variables.flag("HF_HUB_DISABLE_IMPLICIT_TOKEN") && Files.isRegularFile(tokenFile)) {
            token = clean(read(tokenFile));
            from = tokenFile.toString();
        }
        return new HubSettings(
                endpoint(variables.text("HF_ENDPOINT")), cache, token, from, offline, Proxies.of(environment));
    }

    private static URI endpoint(@Nullable String given) {
        String address = given == null || given.isBlank() ? PUBLIC : given.strip();
        while (address.endsWith("/")) {
            address = address.substring(0, address.length() - 1);
        }
        try {
            return URI.create(address);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "HF_ENDPOINT must be an address like " + PUBLIC + " but was " + address, e);
        }
    }

    private static String clean(@Nullable String token) {
        return token == null ? "" : token.replaceAll("[\\r\\n]", "").strip();
    }

    private static @Nullable String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the token in " + file + " cannot be read: " + e.getMessage()
                            + "; set HF_TOKEN, or HF_TOKEN_PATH to another file",
                    e);
        }
    }

    /// @param values by name
    /// @param home   of the user
    private record Environment(Map<String, String> values, Path home) {

        @Nullable
        String text(String name) {
            return values.get(name);
        }

        /// The first that is set and not empty decides.
        boolean flag(String... names) {
            for (String name : names) {
                String value = values.get(name);
                if (value != null && !value.isEmpty()) {
                    return TRUE.contains(value.toUpperCase(Locale.ROOT));
                }
            }
            return false;
        }

        Optional<Path> path(String name) {
            String value = values.get(name);
            if (value == null || value.isEmpty()) {
                return Optional.empty();
            }
            String expanded = VARIABLE.matcher(value).replaceAll(match -> {
                String variable = match.group(1) == null ? match.group(2) : match.group(1);
                return Matcher.quoteReplacement(values.getOrDefault(variable, match.group()));
            });
            return Optional.of(
                    expanded.equals("~") || expanded.startsWith("~/")
                            ? home.resolve(expanded.substring(expanded.equals("~") ? 1 : 2))
                            : Path.of(expanded));
        }
    }
}
