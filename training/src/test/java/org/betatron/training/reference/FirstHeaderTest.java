package org.betatron.training.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FirstHeaderTest {

    @Test
    void wordsBecomeNames() {
        ReferenceFormat.Header header = ReferenceFormat.Header.read("""
                {"key":{"model":"fc38 in bfloat16 with weights in bfloat16","tokenizer":"a1d0","truncation":\
                "Truncation[maxTokens=64, maxPromptTokens=48, keep=END, eosAfterCut=false]","rows":"34a4",\
                "numRows":10},"numValues":209}""");
        assertThat(header)
                .isEqualTo(new ReferenceFormat.Header(
                        Map.of(
                                ReferenceKey.MODEL,
                                "fc38",
                                ReferenceKey.TOKENIZER,
                                "a1d0",
                                "compute.precision",
                                "bf16",
                                "compute.weights",
                                "bf16",
                                "data.truncation.maxTokens",
                                "64",
                                "data.truncation.maxPromptTokens",
                                "48",
                                "data.truncation.keep",
                                "end",
                                "data.truncation.eosAfterCut",
                                "false"),
                        "34a4",
                        10,
                        209));
    }

    @ParameterizedTest
    @CsvSource({"fc38 in float32, fp32", "fc38 in bfloat16, bf16"})
    void weightsThatWereNotMentionedHadTheirDefault(String model, String precision) {
        FirstHeader.Key key = new FirstHeader.Key(model, "a1d0", "", "34a4", 10);
        assertThat(new FirstHeader(key, 209).header().settings())
                .containsEntry(ReferenceKey.MODEL, "fc38")
                .containsEntry("compute.precision", precision)
                .doesNotContainKey("compute.weights");
    }
}
