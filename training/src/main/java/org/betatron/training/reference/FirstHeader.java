package org.betatron.training.reference;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The header of a reference file as the first version wrote it: what the values depend on, in words.
///
/// @param key       what they depend on
/// @param numValues number of log-probabilities
record FirstHeader(Key key, long numValues) {

    /// `FINGERPRINT in float32`, or `FINGERPRINT in bfloat16 with weights in bfloat16`.
    private static final Pattern MODEL = Pattern.compile("(.*?)(?: in (\\w+))?(?: with weights in (\\w+))?");

    /// A part of `Truncation[maxTokens=512, ...]`.
    private static final Pattern PART = Pattern.compile("(\\w+)=([^,\\]]*)");

    private static final Map<String, String> FORMATS = Map.of("float32", "fp32", "bfloat16", "bf16", "float16", "fp16");

    FirstHeader {
        // JSON may lack it.
        Objects.requireNonNull(key, "key");
    }

    /// What the values depend on, as the first version said it.
    record Key(String model, String tokenizer, String truncation, String rows, int numRows) {

        Key {
            // JSON may lack any.
            Objects.requireNonNull(model, "model");
            Objects.requireNonNull(tokenizer, "tokenizer");
            Objects.requireNonNull(truncation, "truncation");
            Objects.requireNonNull(rows, "rows");
        }
    }

    /// @return the same by names
    ReferenceFormat.Header header() {
        Map<String, String> settings = new LinkedHashMap<>();
        Matcher model = MODEL.matcher(key.model);
        if (model.matches()) {
            settings.put(ReferenceKey.MODEL, model.group(1));
            putFormat(settings, "compute.precision", model.group(2));
            putFormat(settings, "compute.weights", model.group(3));
        }
        settings.put(ReferenceKey.TOKENIZER, key.tokenizer);
        Matcher parts = PART.matcher(key.truncation);
        while (parts.find()) {
            settings.put("data.truncation." + parts.group(1), parts.group(2).toLowerCase(Locale.ROOT));
        }
        return new ReferenceFormat.Header(settings, key.rows, key.numRows, numValues);
    }

    private static void putFormat(Map<String, String> settings, String name, @Nullable String format) {
        if (format != null) {
            settings.put(name, FORMATS.getOrDefault(format, format));
        }
    }
}
