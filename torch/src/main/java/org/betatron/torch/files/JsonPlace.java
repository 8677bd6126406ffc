package org.betatron.torch.files;

import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;

/// Where JSON is broken.
final class JsonPlace {

    private JsonPlace() {}

    /// @return ` at line 3, column 5`, or nothing where nobody knows
    static String of(JacksonException problem) {
        TokenStreamLocation place = problem.getLocation();
        return place == null || place.getLineNr() < 1
                ? ""
                : " at line " + place.getLineNr() + ", column " + place.getColumnNr();
    }
}
