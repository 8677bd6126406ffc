package org.betatron.data.load;

import java.nio.file.Path;
import java.util.List;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.data.row.HeldOut;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.Truncation;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;

/// What a process with a small heap does for [ReadingTest].
final class SmallHeap {

    static final int MIB = 14;

    private SmallHeap() {}

    public static void main(String[] arguments) {
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(Path.of(arguments[0]))) {
            TokenizedDataSet<TokenizedPair> data = new DataSetLoader(
                            tokenizer, ChatTemplate.humanAssistant(), PromptStyle.AS_WRITTEN, Truncation.to(512, 256))
                    .pairs(List.of(Path.of(arguments[1])), PreferenceFormat.AUTO);
            long tokens = 0;
            for (TokenizedPair row : new HeldOut.Last(1).split(data.rows()).training()) {
                tokens += row.numTokens();
            }
            System.out.println(
                    data.rows().size() + " rows, " + data.dropped().size() + " dropped, " + tokens + " tokens");
        }
    }
}
