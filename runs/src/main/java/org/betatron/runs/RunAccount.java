package org.betatron.runs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.betatron.core.files.StagedFiles;
import org.betatron.core.run.RunFiles;
import org.betatron.core.sampling.SamplingSpec;
import org.betatron.data.load.DatasetReport;
import org.betatron.data.row.LabelledRow;
import org.betatron.data.row.TokenizedAnswer;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.TokenizedRow;
import org.betatron.data.tokenizer.Tokenizer;
import org.betatron.evaluation.RecordLines;
import org.betatron.evaluation.record.Sample;
import org.betatron.evaluation.suspicion.HeldOutGap;
import org.betatron.evaluation.suspicion.Suspect;
import org.betatron.generation.Answer;
import org.betatron.generation.GenerationListener;
import org.betatron.generation.GenerationSpec;
import org.betatron.generation.Generator;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.training.preference.PairMeasurement;
import tools.jackson.databind.json.JsonMapper;

/// What a run writes down for its report beside metrics: cheap things that nobody can find out
/// afterwards.
///
/// Everything is a file that is replaced as a whole, so a resumed run goes on with what it finds.
final class RunAccount {

    /// Held-out prompts that are answered, and tokens of an answer; ours, seconds on two cores.
    private static final int SAMPLES = 6;

    private static final int SAMPLE_TOKENS = 64;
    private static final int SUSPECTS = 20;

    private final Path directory;
    private final Tokenizer tokenizer;
    private final Consumer<String> warn;
    private final boolean writes;
    private List<HeldOutGap> newestGaps = List.of();

    /// @param directory of the run
    /// @param warn      hears of what a run goes on without
    /// @param writes    whether this process writes the files of the run
    RunAccount(Path directory, Tokenizer tokenizer, Consumer<String> warn, boolean writes) {
        this.directory = directory;
        this.tokenizer = tokenizer;
        this.warn = warn;
        this.writes = writes;
    }

    /// @param directory of the run
    static void data(Path directory, DatasetReport report) {
        Path file = directory.resolve(RunFiles.DATA);
        try {
            StagedFiles.write(
                    file,
                    partial -> Files.writeString(partial, JsonMapper.shared().writeValueAsString(report) + "\n"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /// @param beginsBefore whether the first evaluation comes before the first step
    /// @return writes down every evaluation that it hears of
    Consumer<List<PairMeasurement>> listener(boolean beginsBefore) {
        AtomicBoolean isBefore = new AtomicBoolean(beginsBefore);
        return measurements -> evaluated(measurements, isBefore.getAndSet(false));
    }

    /// Writes down an evaluation. Called after each; the newest replaces those before it.
    ///
    /// @param isBefore whether nothing was learned yet
    private void evaluated(List<PairMeasurement> measurements, boolean isBefore) {
        List<HeldOutGap> gaps = new ArrayList<>();
        for (PairMeasurement measured : measurements) {
            LabelledRow<?> row = measured.row();
            gaps.add(new HeldOutGap(row.id(), row.place().file(), row.place().line(), measured.gap()));
        }
        newestGaps = List.copyOf(gaps);
        if (!writes) {
            return;
        }
        String name = isBefore ? RunFiles.GAPS_BEFORE : RunFiles.GAPS_AFTER;
        RecordLines.write(directory.resolve(name), gaps);
        if (!isBefore) {
            RecordLines.write(directory.resolve(RunFiles.SUSPECTS), suspects(measurements));
        }
    }

    /// @return gap of each held-out row at the newest evaluation that was heard of
    List<HeldOutGap> gaps() {
        return newestGaps;
    }

    private List<Suspect> suspects(List<PairMeasurement> measurements) {
        return measurements.stream()
                .filter(measured -> measured.gap() < 0)
                .sorted(Comparator.comparingDouble(PairMeasurement::gap))
                .limit(SUSPECTS)
                .flatMap(measured -> measured.row() instanceof TokenizedPair pair
                        ? java.util.stream.Stream.of(Suspects.of(pair, measured.gap(), tokenizer))
                        : java.util.stream.Stream.empty())
                .toList();
    }

    /// Answers a few held-out prompts, unless that was done already.
    ///
    /// @param when [Sample#BEFORE] or [Sample#AFTER]
    /// @param rows held-out rows, possibly none
    void sample(TorchLanguageModel model, List<? extends TokenizedRow> rows, String when) {
        if (!writes) {
            return;
        }
        Path file = directory.resolve(RunFiles.SAMPLES);
        List<Sample> samples = new ArrayList<>(readable(file));
        if (samples.stream().anyMatch(sample -> sample.when().equals(when))) {
            return;
        }
        List<? extends TokenizedRow> asked = rows.stream()
                .filter(row -> !(row instanceof TokenizedAnswer))
                .filter(row -> row.prompt().length < model.maxPositions())
                .limit(SAMPLES)
                .toList();
        if (asked.isEmpty()) {
            return;
        }
        GenerationSpec greedy = new GenerationSpec(SamplingSpec.GREEDY, 1, SAMPLE_TOKENS, List.of(), SAMPLES, 0);
        List<Answer> answers = new Generator(model, tokenizer, greedy)
                .generate(asked.stream().map(TokenizedRow::prompt).toList(), GenerationListener.NONE);
        for (Answer answer : answers) {
            TokenizedRow row = asked.get(answer.prompt());
            samples.add(new Sample(when, row.id(), tokenizer.decode(row.prompt()), answer.text()));
        }
        RecordLines.write(file, samples);
    }

    /// They are for people to read: where they are damaged the run goes on without them.
    private List<Sample> readable(Path file) {
        try {
            return RecordLines.read(file, Sample.class);
        } catch (IllegalArgumentException | UncheckedIOException e) {
            warn.accept(e.getMessage() + "; what it held is replaced by new answers");
            return List.of();
        }
    }
}
