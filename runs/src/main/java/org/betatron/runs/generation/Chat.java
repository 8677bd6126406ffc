package org.betatron.runs.generation;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.betatron.core.model.LanguageModel;
import org.betatron.data.DataException;
import org.betatron.data.row.Message;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.TextTokens;
import org.betatron.data.tokenizer.Tokenizer;
import org.betatron.generation.Answer;
import org.betatron.generation.GenerationListener;
import org.betatron.generation.GenerationSpec;
import org.betatron.generation.Generator;
import org.betatron.runs.model.ModelPlace;
import org.jspecify.annotations.Nullable;

/// A dialogue with a model whose answers are shown as they are written.
public final class Chat {

    /// What the commands do, to be shown.
    private static final String HELP = """
            /reset (or /new)   begins a new dialogue
            /system TEXT       begins a new dialogue with a system message; without TEXT, with none
            /help              shows this
            /exit (or /quit)   ends""";

    /// Where the layout of Anthropic HH continues with the other speaker.
    private static final String NEXT_TURN = "\n\nHuman:";

    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final TextTokens tokens;
    private final @Nullable ChatTemplate template;
    private final GenerationSpec spec;
    private final PrintWriter out;
    private final List<Message> messages = new ArrayList<>();
    private @Nullable Message system;
    private long numAnswers;

    private Chat(
            LanguageModel model,
            Tokenizer tokenizer,
            @Nullable ChatTemplate template,
            GenerationSpec spec,
            PrintWriter out) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.tokens = new TextTokens(tokenizer);
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
    /// @param line what is said, or a command, which begins with a slash
    /// @return whether the dialogue goes on
    public boolean say(String line) {
        String[] words = line.split("\\s+", 2);
        switch (words[0]) {
            case "/exit", "/quit" -> {
                return false;
            }
            case "/reset", "/new" -> begin();
            case "/system" -> {
                if (template == null) {
                    out.println("(Without a chat template there are no system messages.)");
                    break;
                }
                system = words.length == 1 ? null : Message.system(words[1]);
                begin();
            }
            case "/help" -> out.println(HELP);
            default -> {
                if (words[0].startsWith("/") && words[0].length() > 1 && words[0].indexOf('/', 1) < 0) {
                    out.println("(" + words[0] + " is no command; /help shows those that are.)");
                } else {
                    answer(line);
                }
            }
        }
        return true;
    }

    private void begin() {
        messages.clear();
        if (system != null) {
            messages.add(system);
        }
    }

    private void answer(String line) {
        messages.add(Message.user(line));
        int[] prompt;
        try {
            prompt = prompt(line);
        } catch (DataException e) { // the template refuses a system message, for example
            messages.removeLast();
            out.println("(" + e.getMessage() + ")");
            return;
        }
        if (prompt.length >= model.maxPositions()) {
            messages.removeLast();
            out.println("(That is " + prompt.length + " tokens, more than the model's " + model.maxPositions()
                    + " positions have room for.)");
            return;
        }
        Generator generator = new Generator(model, tokenizer, spec.withSeed(spec.seed() + numAnswers++));
        Answer answer;
        try {
            answer = generator.generate(List.of(prompt), new Shown()).getFirst();
        } catch (IllegalArgumentException e) { // a token that the model does not know
            messages.removeLast();
            out.println("(" + e.getMessage() + ")");
            return;
        }
        messages.add(Message.assistant(answer.text().strip()));
        out.println();
    }

    private int[] prompt(String line) {
        ChatTemplate dialogue = template;
        if (dialogue == null) {
            messages.clear();
            return tokens.prompt(line);
        }
        int[] ids = tokens.prompt(dialogue.prompt(messages));
        int first = system == null ? 0 : 1;
        while (ids.length >= model.maxPositions() - spec.maxNewTokens() && messages.size() > first + 1) {
            messages.remove(first);
            if (messages.get(first).role().equals(Message.ASSISTANT)) {
                messages.remove(first);
            }
            ids = tokens.prompt(dialogue.prompt(messages));
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
