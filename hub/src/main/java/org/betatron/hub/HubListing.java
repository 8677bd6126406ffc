package org.betatron.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the hub says of a repository in one state: the commit, and its files.
///
/// @param commit 40 digits
/// @param files  by path
record HubListing(String commit, SortedMap<String, HubFile> files) {

    /// More than any repository may have; ours.
    private static final int MAX_FILES = 500_000;

    private static final int MAX_PAGE_BYTES = 1 << 26;

    private static final int OK = 200;

    private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;[^,]*rel=\"?next\"?");

    /// @throws HubException if there is no such repository or revision, or the hub fails
    static HubListing of(HubClient hub, HubPlace place) {
        Reading reading = new Reading(hub, place);
        String commit = reading.commit();
        return new HubListing(commit, reading.files(commit));
    }

    /// @param hub   that is asked
    /// @param place what about
    private record Reading(HubClient hub, HubPlace place) {

        String commit() {
            String path = place.repository().apiPath() + "/revision/" + encoded(place.revision());
            try (InputStream body = ask(hub.get(path, 0), "its state")) {
                JsonNode sha = parse(body).path("sha");
                if (!sha.isString() || !HubCache.isCommit(sha.stringValue())) {
                    throw absurd("no commit");
                }
                if (HubCache.isCommit(place.revision()) && !place.revision().equals(sha.stringValue())) {
                    throw absurd("commit " + sha.stringValue() + " for " + place.revision());
                }
                return sha.stringValue();
            } catch (IOException e) {
                throw cut(e);
            }
        }

        SortedMap<String, HubFile> files(String commit) {
            SortedMap<String, HubFile> files = new TreeMap<>();
            URI page = URI.create(hub.settings().endpoint() + place.repository().apiPath() + "/tree/" + commit
                    + "?recursive=true&expand=false");
            while (page != null) {
                HttpResponse<InputStream> response = hub.get(page, 0);
                try (InputStream body = ask(response, "the list of its files")) {
                    int before = files.size();
                    JsonNode entries = parse(body);
                    if (!entries.isArray()) {
                        throw absurd("no list of files");
                    }
                    entries.forEach(entry -> add(entry, files));
                    if (files.size() > MAX_FILES) {
                        throw absurd("more than " + MAX_FILES + " files");
                    }
                    page = next(response);
                    if (page != null && files.size() == before && entries.isEmpty()) {
                        throw absurd("a list of files that does not end");
                    }
                } catch (IOException e) {
                    throw cut(e);
                }
            }
            return files;
        }

        private void add(JsonNode entry, SortedMap<String, HubFile> files) {
            if (!entry.path("type").asString("").equals("file")) {
                return;
            }
            JsonNode large = entry.path("lfs");
            JsonNode from = large.isObject() ? large : entry;
            JsonNode bytes = from.path("size");
            if (!bytes.isIntegralNumber() || !bytes.canConvertToLong()) {
                throw absurd("a file without a size");
            }
            String path = entry.path("path").asString("");
            HubFile file = new HubFile(path, bytes.longValue(), from.path("oid").asString(""));
            if (files.put(path, file) != null) {
                throw absurd("the file " + path + " twice");
            }
        }

        private @Nullable URI next(HttpResponse<?> response) {
            Matcher next = NEXT.matcher(response.headers().firstValue("Link").orElse(""));
            if (!next.find()) {
                return null;
            }
            try {
                URI page = response.uri().resolve(next.group(1));
                if (hub.isHub(page)) {
                    return page;
                }
            } catch (IllegalArgumentException e) {
                // As bad as one elsewhere.
            }
            throw absurd("a list of files that goes on elsewhere");
        }

        /// @return the body of an answer that is one
        private InputStream ask(HttpResponse<InputStream> response, String what) {
            if (response.statusCode() == OK) {
                return response.body();
            }
            String hint = new Names(hub, place).hint(response);
            throw new Refusal(hub.settings(), place).of(response, what, hint);
        }

        private JsonNode parse(InputStream body) throws IOException {
            byte[] bytes = body.readNBytes(MAX_PAGE_BYTES + 1);
            if (bytes.length > MAX_PAGE_BYTES) {
                throw absurd("a page of more than " + (MAX_PAGE_BYTES >> 20) + " MiB");
            }
            try {
                return JsonMapper.shared().readTree(bytes);
            } catch (JacksonException e) {
                throw HubException.failed(
                        hub.settings().endpoint() + " does not answer as a hub does (no JSON): is HF_ENDPOINT right?",
                        e);
            }
        }

        private HubException absurd(String what) {
            return HubException.failed("the hub says what cannot be of " + place.repository() + ": " + what);
        }

        private HubException cut(IOException e) {
            return HubException.failed(
                    "the answer of " + hub.settings().endpoint() + " ends too early: " + HubClient.reason(e), e);
        }
    }

    /// Names that exist, for what does not.
    ///
    /// @param hub   that is asked
    /// @param place what about
    private record Names(HubClient hub, HubPlace place) {

        private static final int SHOWN = 20;

        String hint(HttpResponse<?> refused) {
            String code = refused.headers().firstValue("X-Error-Code").orElse("");
            if (code.equals("RevisionNotFound")) {
                List<String> names = new ArrayList<>();
                JsonNode refs = tryRead(place.repository().apiPath() + "/refs");
                for (String kind : List.of("branches", "tags")) {
                    refs.path(kind).forEach(ref -> names.add(ref.path("name").asString("")));
                }
                return names.isEmpty() ? "" : "; it has " + shown(names);
            }
            boolean missing = refused.statusCode() == 404 || refused.statusCode() == 401;
            if (missing && !code.equals("GatedRepo") && !code.equals("EntryNotFound")) {
                HubRepository.Kind other = place.repository().kind() == HubRepository.Kind.MODEL
                        ? HubRepository.Kind.DATASET
                        : HubRepository.Kind.MODEL;
                HubRepository twin = new HubRepository(other, place.repository().id());
                if (tryRead(twin.apiPath()).has("sha")) {
                    return other == HubRepository.Kind.DATASET
                            ? "; a data set has that name (--dataset, hf://" + twin + ")"
                            : "; a model has that name";
                }
            }
            return "";
        }

        private JsonNode tryRead(String path) {
            HttpResponse<InputStream> response = hub.get(path, 0);
            try (InputStream body = response.body()) {
                return response.statusCode() == OK
                        ? JsonMapper.shared().readTree(body.readNBytes(MAX_PAGE_BYTES))
                        : JsonMapper.shared().missingNode();
            } catch (IOException | JacksonException e) {
                return JsonMapper.shared().missingNode();
            }
        }

        private static String shown(List<String> names) {
            return String.join(", ", names.subList(0, Math.min(names.size(), SHOWN)))
                    + (names.size() > SHOWN ? ", ..." : "");
        }
    }

    /// A revision as one part of a path.
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// A path whose parts stay parts.
    static String encodedPath(String path) {
        return encoded(path).replace("%2F", "/");
    }
}
