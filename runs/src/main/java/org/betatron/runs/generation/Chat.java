package org.betatron.runs.generation;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.betatron.core.model.LanguageModel;
import org.betatron.data.row.Message;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.Tokenizer;
import org.betatron.generation.Answer;
import org.betatron.generation.GenerationListener;
import org.betatron.generation.GenerationSpec;
import org.betatron.generation.Generator;
import org.betatron.runs.model.ModelPlace;
import org.jspecify.annotations.Nullable;

/// A dialogue with a model whose answers are shown as they are written.
public final class Chat {

    private static final String NEW = "/new";

    /// Where the layout of Anthropic HH continues with the other speaker.
    private static final String NEXT_TURN = "\n\nHuman:";

    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final @Nullable ChatTemplate template;
    private final GenerationSpec spec;
    private final PrintWriter out;
    private final List<Message> messages = new ArrayList<>();
    private long numAnswers;

    private Chat(
            LanguageModel model,
            Tokenizer tokenizer,
            @Nullable ChatTemplate template,
            GenerationSpec spec,
            PrintWriter out) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.template = template;
        this.spec = spec;
        this.out = out;
    }

    /// @param model     borrowed
    /// @param tokenizer of that model, borrowed
    /// @param directory of that model, for its chat template
    /// @param spec      how answers are written
    /// @param plain     whether every line is continued as it is, without template and without a dialogue
    /// @param out       where answers appear
    public static Chat with(
            LanguageModel model,
            Tokenizer tokenizer,
            Path directory,
            GenerationSpec spec,
            boolean plain,
            PrintWriter out) {
        if (plain) {
            return new Chat(model, tokenizer, null, spec, out);
        }
        List<String> stop = new ArrayList<>(spec.stop());
        stop.add(NEXT_TURN);
        return new Chat(model, tokenizer, ChatTemplate.load(ModelPlace.of(directory)), spec.withStop(stop), out);
    }

    /// Says something and shows the answer. A dialogue that has outgrown the model's positions loses its
    /// oldest turns.
    ///
    /// @param line what is said, or `/new`
    public void say(String line) {
        if (line.equals(NEW)) {
            messages.clear();
            return;
        }
        messages.add(Message.user(line));
        int[] prompt = prompt(line);
        if (prompt.length >= model.maxPositions()) {
            messages.removeLast();
            out.println("(That is " + prompt.length + " tokens, more than the model's " + model.maxPositions()
                    + " positions have room for.)");
            return;
        }
        Generator generator = new Generator(model, tokenizer, spec.withSeed(spec.seed() + numAnswers++));
        Answer answer = generator.generate(List.of(prompt), new Shown()).getFirst();
        messages.add(Message.assistant(answer.text().strip()));
        out.println();
    }

    private int[] prompt(String line) {
        ChatTemplate dialogue = template;
        if (dialogue == null) {
            messages.clear();
            return Generator.promptIds(tokenizer, line);
        }
        int[] ids = Generator.promptIds(tokenizer, dialogue.prompt(messages));
        while (ids.length >= model.maxPositions() - spec.maxNewTokens() && messages.size() > 1) {
            messages.removeFirst();
            if (messages.getFirst().role().equals(Message.ASSISTANT)) {
                messages.removeFirst();
            }
            ids = Generator.promptIds(tokenizer, dialogue.prompt(messages));
        }
        return ids;
    }

    /// Shows an answer while it is written.
    private final class Shown implements GenerationListener {

        private boolean hasBegun;

        @Override
        public boolean wantsText() {
            return true;
        }

        @Override
        public void wrote(int prompt, int sample, String newText) {
            // Layouts differ in the white space before an answer; here it begins with the first word.
            String shown = hasBegun ? newText : newText.stripLeading();
            hasBegun |= !shown.isEmpty();
            out.print(shown);
            out.flush();
        }
    }
}
