package org.betatron.torch.files;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;

/// What is wrong with JSON, in plain words.
final class BrokenJson {

    private static final Pattern TWICE = Pattern.compile("Duplicate Object property (\".*?\")");

    private BrokenJson() {}

    /// @return for example `not valid JSON at line 3, column 5`
    static String of(JacksonException problem) {
        Matcher twice = TWICE.matcher(problem.getOriginalMessage());
        TokenStreamLocation place = problem.getLocation();
        return (twice.find() ? "the name " + twice.group(1) + " stands twice" : "not valid JSON")
                + (place == null || place.getLineNr() < 1
                        ? ""
                        : " at line " + place.getLineNr() + ", column " + place.getColumnNr());
    }
}
