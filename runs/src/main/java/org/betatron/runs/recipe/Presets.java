package org.betatron.runs.recipe;

import java.util.LinkedHashMap;
import java.util.Map;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.policy.PolicySpec;
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

    /// Settings of a choice that go by a name of their own.
    private static final Map<String, Record> VARIANTS = new LinkedHashMap<>();

    static {
        VARIANTS.put("dr-grpo", PolicySpec.Grpo.DR_GRPO);
        VARIANTS.put("dapo", PolicySpec.Grpo.DAPO);
        VARIANTS.put("gspo", PolicySpec.Grpo.GSPO);
    }

    private Presets() {}

    /// @param path recipe path of a choice
    /// @param name in place of a type
    /// @return the settings that go by it; null if there are none
    static @Nullable Object variant(String path, String name) {
        return variants(path).get(name);
    }

    /// @param path recipe path of a choice
    /// @return settings that go by a name in place of a type
    static Map<String, Record> variants(String path) {
        return path.equals("policy") ? VARIANTS : Map.of();
    }

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
