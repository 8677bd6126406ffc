package org.betatron.hub;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Through which proxy an address is reached: the variables of the environment that Python's client
/// and most others follow. The properties of the JDK (`https.proxyHost`) hold where none of these
/// is set.
///
/// @param http  for `http`, as `http://HOST:PORT`; empty for none
/// @param https for `https`
/// @param no    hosts that are reached without: names and their ends, separated by commas; `*` for
///     all
public record Proxies(String http, String https, String no) {

    /// No proxy.
    public static final Proxies NONE = new Proxies("", "", "");

    /// @param environment variables by name; names in lower case come first, as everywhere
    static Proxies of(Map<String, String> environment) {
        String all = first(environment, "all_proxy");
        String http = first(environment, "http_proxy");
        String https = first(environment, "https_proxy");
        return new Proxies(http.isEmpty() ? all : http, https.isEmpty() ? all : https, first(environment, "no_proxy"));
    }

    private static String first(Map<String, String> environment, String name) {
        String value = environment.getOrDefault(name, environment.getOrDefault(name.toUpperCase(Locale.ROOT), ""));
        return value.strip();
    }

    ProxySelector selector() {
        ProxySelector usual = ProxySelector.getDefault();
        if (http.isEmpty() && https.isEmpty() && usual != null) {
            return usual;
        }
        return new ProxySelector() {
            @Override
            public List<Proxy> select(URI address) {
                return List.of(proxy(address));
            }

            @Override
            public void connectFailed(URI address, SocketAddress proxy, IOException why) {
                // The request itself fails, and says so.
            }
        };
    }

    /// @throws IllegalArgumentException if what is set is no address
    Proxy proxy(URI address) {
        String given = "https".equalsIgnoreCase(address.getScheme()) ? https : http;
        if (given.isEmpty() || isExempt(String.valueOf(address.getHost()).toLowerCase(Locale.ROOT))) {
            return Proxy.NO_PROXY;
        }
        URI proxy = URI.create(given.contains("://") ? given : "http://" + given);
        if (proxy.getHost() == null || !String.valueOf(proxy.getScheme()).startsWith("http")) {
            throw new IllegalArgumentException(
                    "HTTPS_PROXY and HTTP_PROXY must be addresses like http://HOST:PORT but one is " + given);
        }
        return new Proxy(
                Proxy.Type.HTTP, new InetSocketAddress(proxy.getHost(), proxy.getPort() < 0 ? 80 : proxy.getPort()));
    }

    private boolean isExempt(String host) {
        for (String entry : no.toLowerCase(Locale.ROOT).split(",", -1)) {
            String name = entry.strip();
            String end = name.startsWith(".") ? name.substring(1) : name;
            if (!end.isEmpty() && (end.equals("*") || host.equals(end) || host.endsWith("." + end))) {
                return true;
            }
        }
        return false;
    }
}
