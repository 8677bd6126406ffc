package org.betatron.cli.command;

import java.io.PrintWriter;
import org.betatron.data.source.DataFiles;
import org.betatron.hub.Hub;
import org.betatron.hub.HubPlace;
import org.betatron.hub.HubRepository;
import org.betatron.runs.place.DataPlace;
import org.betatron.runs.place.HubPlaces;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `betatron fetch`.
@Command(
        name = "fetch",
        mixinStandardHelpOptions = true,
        description =
                "Fetches a model or a data set from the Hugging Face hub into the cache that Python shares, in its"
                        + " newest state, and prints where it lies. Other commands take the same names: --model ORG/NAME,"
                        + " --data hf://datasets/ORG/NAME.",
        footer = {
            "",
            "  betatron fetch HuggingFaceTB/SmolLM2-135M-Instruct",
            "  betatron fetch ORG/NAME-GGUF --file NAME-Q8_0.gguf",
            "  betatron fetch --dataset HuggingFaceH4/ultrafeedback_binarized --split test_prefs",
            "",
            "Environment: HF_TOKEN, HF_HOME, HF_HUB_CACHE, HF_ENDPOINT, HF_HUB_OFFLINE (docs/hub.md)."
        })
final class FetchCommand implements Runnable {

    @Parameters(
            paramLabel = "ORG/NAME[@REVISION]",
            description = "What to fetch, at a branch, a tag or a commit (default: main).")
    private String name = "";

    @Option(names = "--dataset", description = "It is a data set; datasets/ORG/NAME says the same.")
    private boolean dataset;

    @Option(
            names = "--file",
            paramLabel = "PATH",
            description =
                    "One file of a model's repository, as a GGUF file; of a data set a file, directory or pattern.")
    private @Nullable String file;

    @Option(names = "--split", paramLabel = "NAME", description = "Split of a data set (default: train).")
    private String split = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        HubPlace place = place();
        PrintWriter out = spec.commandLine().getOut();
        try (Hub hub = HubPlaces.open()) {
            if (place.repository().kind() == HubRepository.Kind.MODEL) {
                if (!split.isEmpty()) {
                    throw wrong("--split is for data sets");
                }
                Hub.Fetched model = hub.model(place, Hub.Freshness.NEWEST);
                out.println(place.repository() + " at " + model.revision() + ":");
                out.println(model.path());
            } else {
                DataPlace data = new DataPlace(place, split, DataFiles.FALLBACK);
                Hub.FetchedFiles files = hub.files(place, Hub.Freshness.NEWEST, data::choose);
                out.println(place.repository() + " at " + files.revision() + ":");
                files.paths().forEach(out::println);
            }
        }
    }

    private HubPlace place() {
        String prefixed =
                dataset && !name.startsWith("datasets/") && !HubPlace.isExplicit(name) ? "datasets/" + name : name;
        HubPlace place = HubPlace.parse(HubPlace.isExplicit(prefixed) ? prefixed : "hf://" + prefixed)
                .orElseThrow(() -> wrong("what to fetch must be ORG/NAME or ORG/NAME@REVISION, but was " + name));
        if (dataset && place.repository().kind() != HubRepository.Kind.DATASET) {
            throw wrong("--dataset is for data sets, but " + place + " is a model");
        }
        if (file == null) {
            return place;
        }
        if (!place.path().isEmpty()) {
            throw wrong("--file and a path in the name exclude each other");
        }
        return new HubPlace(place.repository(), place.revision(), file);
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
