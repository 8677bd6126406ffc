package org.betatron.hub;

import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.Optional;

/// What a user reads when the hub does not give what was asked for.
///
/// Source of the codes: `hf_raise_for_status` of `huggingface_hub`.
///
/// @param settings whose token was sent
/// @param place    what was asked for
record Refusal(HubSettings settings, HubPlace place) {

    /// @param what in words, as `the list of its files`
    /// @param hint what there is instead, as a sentence; empty for nothing
    HubException of(HttpResponse<InputStream> response, String what, String hint) {
        String code = response.headers().firstValue("X-Error-Code").orElse("");
        String page = settings.endpoint() + place.repository().pagePath();
        int status = response.statusCode();
        boolean hasToken = !settings.token().isEmpty();
        String token = hasToken
                ? "the token from " + settings.tokenFrom()
                : "HF_TOKEN, which is not set (a token comes from " + settings.endpoint() + "/settings/tokens)";
        if (code.equals("GatedRepo")) {
            return HubException.asked(place.repository() + " is gated: accept its terms at " + page
                    + ", and have a token of that account in " + token);
        }
        if (code.equals("RevisionNotFound")) {
            return HubException.asked(place.repository() + " has no revision " + place.revision() + hint);
        }
        if (code.equals("EntryNotFound")) {
            return HubException.asked(place.repository() + " has no file " + what + hint);
        }
        boolean badToken = error(response)
                .filter(said -> said.contains("Invalid credentials"))
                .isPresent();
        if (status == 401 && badToken) {
            return HubException.asked("the hub does not accept " + token + ": make a new one at " + settings.endpoint()
                    + "/settings/tokens");
        }
        if (status == 401 || status == 404 || code.equals("RepoNotFound")) {
            return HubException.asked(settings.endpoint() + " has no " + kind() + " "
                    + place.repository().id()
                    + ", or it is private" + hint + ": look at the spelling"
                    + (hasToken ? ", and whether " + token + " may read it" : ", or set " + token));
        }
        if (status == 403) {
            return HubException.asked(place.repository() + " may not be read"
                    + error(response).map(said -> " (" + said + ")").orElse("") + ": see " + page + ", and " + token);
        }
        if (status == 429) {
            return HubException.failed("the hub has had too many requests, " + HubClient.TRIES
                    + " times in a row: try again later" + (hasToken ? "" : ", or set HF_TOKEN, which allows more"));
        }
        return HubException.failed("the hub answers " + status + " when asked for " + what + " of " + place.repository()
                + (status >= 500 ? ", " + HubClient.TRIES + " times in a row: try again later" : ""));
    }

    String kind() {
        return place.repository().kind() == HubRepository.Kind.MODEL ? "model" : "data set";
    }

    private static Optional<String> error(HttpResponse<?> response) {
        return response.headers()
                .firstValue("X-Error-Message")
                .map(text -> text.substring(0, Math.min(text.length(), 200)));
    }
}
