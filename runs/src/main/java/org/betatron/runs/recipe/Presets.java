package org.betatron.runs.recipe;

import java.util.LinkedHashMap;
import java.util.Map;
import org.betatron.core.alignment.AlignmentSpec;
import org.jspecify.annotations.Nullable;

/// Named starting points of the `alignment` group.
final class Presets {

    /// Key that names a preset.
    static final String KEY = "preset";

    private static final Map<String, AlignmentSpec> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("beta-dpo", AlignmentSpec.DEFAULT);
        BY_NAME.put("dpo", AlignmentSpec.DPO);
        BY_NAME.put("auto", AlignmentSpec.AUTO);
        BY_NAME.put("published-code", AlignmentSpec.PUBLISHED_CODE);
    }

    private Presets() {}

    static boolean applyTo(String path) {
        return path.equals("alignment");
    }

    static @Nullable AlignmentSpec find(String name) {
        return BY_NAME.get(name);
    }

    static String names() {
        return String.join(", ", BY_NAME.keySet());
    }
}
