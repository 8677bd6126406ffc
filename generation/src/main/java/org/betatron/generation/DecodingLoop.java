package org.betatron.generation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.betatron.core.RandomStreams;
import org.betatron.core.model.Decoder;
import org.betatron.core.sampling.TokenSampler;

/// The loop that writes answers: as one ends, another takes its place in the batch. For one call of
/// [Generator#generate].
final class DecodingLoop {

    /// Prompt tokens that go through the model at once; more would not be faster, but take memory.
    private static final int PROMPT_TOKENS = 2048;

    /// Numbers worth the cost of a second thread.
    private static final int LOGITS_FOR_THREADS = 1 << 17;

    private final Generator generator;
    private final GenerationSpec spec;
    private final TokenSampler sampler;
    private final Decoder decoder;
    private final List<int[]> prompts;
    private final PromptStreams streams;
    private final GenerationListener listener;
    private final Deque<ReadPrompt> read = new ArrayDeque<>();
    private final List<RunningAnswer> running = new ArrayList<>();
    private final List<Answer> finished = new ArrayList<>();
    private int nextPrompt;

    /// A prompt that went through the model, with answers still to begin.
    private static final class ReadPrompt {

        private final int number;
        private final int sequence;
        private final float[] logits;
        private int numBegun;

        ReadPrompt(int number, int sequence, float[] logits) {
            this.number = number;
            this.sequence = sequence;
            this.logits = logits;
        }
    }

    DecodingLoop(
            Generator generator,
            Decoder decoder,
            List<int[]> prompts,
            PromptStreams streams,
            GenerationListener listener) {
        this.generator = generator;
        this.decoder = decoder;
        this.prompts = prompts;
        this.streams = streams;
        this.listener = listener;
        spec = generator.spec();
        sampler = new TokenSampler(spec.sampling());
    }

    List<Answer> run() {
        while (nextPrompt < prompts.size() || !read.isEmpty() || !running.isEmpty()) {
            begin();
            if (!running.isEmpty()) {
                step();
            }
        }
        return finished;
    }

    /// Fills the batch. An answer gets its first token here, from the logits of its prompt.
    private void begin() {
        while (running.size() < spec.batchSize() && (nextPrompt < prompts.size() || !read.isEmpty())) {
            if (read.isEmpty()) {
                readPrompts();
            }
            List<RunningAnswer> begun = new ArrayList<>();
            List<float[]> logits = new ArrayList<>();
            while (running.size() + begun.size() < spec.batchSize() && !read.isEmpty()) {
                ReadPrompt prompt = read.getFirst();
                boolean isLast = prompt.numBegun == spec.samples() - 1;
                int sample = prompt.numBegun++;
                begun.add(new RunningAnswer(
                        generator,
                        prompts.get(prompt.number),
                        prompt.number,
                        sample,
                        isLast ? prompt.sequence : decoder.fork(prompt.sequence),
                        RandomStreams.stream(
                                spec.seed(),
                                "generation",
                                streams.of(prompt.number, prompts.get(prompt.number)) * GenerationSpec.MAX_SAMPLES
                                        + sample)));
                logits.add(isLast ? prompt.logits : prompt.logits.clone());
                if (isLast) {
                    read.removeFirst();
                }
            }
            choose(begun, logits.toArray(float[][]::new));
        }
    }

    private void readPrompts() {
        int places = Math.ceilDiv(spec.batchSize() - running.size(), spec.samples());
        int tokens = 0;
        List<int[]> texts = new ArrayList<>();
        int first = nextPrompt;
        while (nextPrompt < prompts.size() && texts.size() < places) {
            int[] prompt = prompts.get(nextPrompt);
            if (!texts.isEmpty() && tokens + prompt.length > PROMPT_TOKENS) {
                break;
            }
            tokens += prompt.length;
            texts.add(prompt);
            nextPrompt++;
        }
        int[] sequences = new int[texts.size()];
        Arrays.setAll(sequences, _ -> decoder.begin());
        float[][] logits = decoder.append(sequences, texts.toArray(int[][]::new));
        for (int i = 0; i < sequences.length; i++) {
            read.addLast(new ReadPrompt(first + i, sequences[i], logits[i]));
        }
    }

    /// Writes one token of every answer in the batch.
    private void step() {
        int[] sequences = running.stream().mapToInt(RunningAnswer::sequence).toArray();
        int[][] tokens =
                running.stream().map(answer -> new int[] {answer.lastToken()}).toArray(int[][]::new);
        List<RunningAnswer> continued = List.copyOf(running);
        running.clear();
        choose(continued, decoder.append(sequences, tokens));
    }

    /// Chooses the next token of each answer, and keeps the answers that go on.
    private void choose(List<RunningAnswer> answers, float[][] logits) {
        IntStream indices = IntStream.range(0, answers.size());
        if ((long) logits.length * logits[0].length >= LOGITS_FOR_THREADS) {
            indices = indices.parallel();
        }
        indices.forEach(i -> answers.get(i).choose(sampler, logits[i]));
        for (RunningAnswer answer : answers) {
            answer.report(listener);
            if (answer.hasEnded()) {
                decoder.end(answer.sequence());
                Answer whole = answer.toAnswer();
                finished.add(whole);
                listener.finished(whole);
            } else {
                running.add(answer);
            }
        }
    }
}
