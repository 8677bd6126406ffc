package org.betatron.runs.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.betatron.data.layout.RowRules;
import org.betatron.data.load.PromptReader;
import org.betatron.data.load.PromptRow;
import org.betatron.data.load.PromptSet;
import org.betatron.data.row.PromptStyle;
import org.betatron.generation.Answer;
import org.betatron.generation.GenerationSpec;
import org.betatron.runs.ModelOpening;
import org.betatron.runs.RunEvent;
import org.betatron.runs.RunListener;
import org.betatron.runs.place.DataPlace;
import org.betatron.runs.prompt.AskedPrompts;
import org.betatron.torch.device.ComputeDevice;

/// How far a model is from a reference, without a judge: log-ratios of answers that it draws.
///
/// @param model      Hugging Face directory
/// @param reference  Hugging Face directory of what it is compared with; its tokens are the model's
/// @param files      prompts
/// @param rules      how their rows are read
/// @param limit      most prompts, from the first; 0 for all
/// @param generation how answers are drawn: at temperature 1 without filters
/// @param device     where models compute
public record DivergenceRun(
        Path model,
        Path reference,
        List<Path> files,
        RowRules rules,
        int limit,
        GenerationSpec generation,
        ComputeDevice device) {

    public DivergenceRun {
        files = DataPlace.files(files);
        if (!generation.sampling().isUnchanged()) {
            throw new IllegalArgumentException(
                    "answers must be drawn from the model unchanged (temperature 1, no filters), or their log-ratios are"
                            + " not its divergence, but they were to be drawn with " + generation.sampling());
        }
    }

    /// Log-ratios of the answers to one prompt.
    ///
    /// @param prompt   number of the prompt
    /// @param logRatio log-prob of an answer under the model minus that under the reference, nats
    public record LogRatio(int prompt, double logRatio) {}

    /// @param listener hears what is going on
    /// @return a log-ratio per answer; their mean estimates the divergence
    /// @throws IllegalArgumentException if no prompt is left that the model can answer
    public List<LogRatio> run(RunListener listener) {
        ModelOpening models = ModelOpening.toldTo(listener);
        try (Contestant own = new Contestant(model, null, device, models);
                Contestant other = new Contestant(reference, null, device, models)) {
            List<int[]> prompts = prompts(own, listener);
            List<Answer> answers =
                    own.answers(prompts, List.of(generation), Optional.empty()).getFirst();
            listener.heard(new RunEvent.DivergenceBegun(reference));
            double[] ratios = own.logRatios(other, prompts, answers);
            List<LogRatio> result = new ArrayList<>();
            for (int i = 0; i < ratios.length; i++) {
                result.add(new LogRatio(answers.get(i).prompt(), ratios[i]));
            }
            return result;
        }
    }

    private List<int[]> prompts(Contestant own, RunListener listener) {
        PromptSet read = new PromptReader(List.of(own.template()), PromptStyle.AS_WRITTEN, rules).read(files);
        listener.heard(new RunEvent.PromptsRead(read.report()));
        List<PromptRow> rows = read.byTemplate().getFirst();
        AskedPrompts asked = new AskedPrompts();
        List<int[]> prompts = new ArrayList<>();
        for (PromptRow row : rows.subList(0, limit == 0 ? rows.size() : Math.min(limit, rows.size()))) {
            int[] ids = own.promptIds(row);
            if (asked.admits(row.id(), own.problem(ids))) {
                prompts.add(ids);
            }
        }
        asked.tell(RunEvent.PromptsLeftOut.to(listener));
        return prompts;
    }
}
