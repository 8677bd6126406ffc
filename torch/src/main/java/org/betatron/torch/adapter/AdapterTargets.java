package org.betatron.torch.adapter;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.betatron.core.model.AdapterSpec.Lora;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.weight.Blueprint;
import org.betatron.torch.weight.HeadKind;
import org.betatron.torch.weight.LinearPart;
import org.betatron.torch.weight.NamePatterns;

/// Which maps of a model an adapter can sit on, and which are meant.
final class AdapterTargets {

    private AdapterTargets() {}

    /// @return the maps that can be chosen: those of the layers, and a head with a matrix of its own
    static List<LinearPart> possible(Blueprint blueprint) {
        List<LinearPart> parts = new ArrayList<>(blueprint.adapterTargets());
        if (blueprint.kind() == HeadKind.VOCABULARY) {
            parts.add(blueprint.headPart());
        }
        return parts;
    }

    /// @param targets see [Lora]
    /// @return the maps, in file order
    /// @throws ModelException if one of the names is that of no map
    static List<LinearPart> chosen(List<String> targets, Blueprint blueprint) {
        List<LinearPart> possible = possible(blueprint);
        Set<LinearPart> chosen = new LinkedHashSet<>();
        for (String target : targets) {
            List<LinearPart> found = target.equals(Lora.ALL_LINEAR)
                    ? blueprint.adapterTargets()
                    : possible.stream()
                            .filter(part -> isMeant(part.name(), target))
                            .toList();
            chosen.addAll(found.isEmpty() ? byPattern(target, possible, blueprint) : found);
        }
        return possible.stream().filter(chosen::contains).toList();
    }

    /// As PEFT reads a name: the whole one, or what follows a dot.
    private static boolean isMeant(String name, String target) {
        return name.equals(target) || name.endsWith("." + target);
    }

    private static List<LinearPart> byPattern(String target, List<LinearPart> possible, Blueprint blueprint) {
        requireNoEmbedding(target, blueprint);
        boolean isPattern = target.chars().anyMatch(c -> "*?{[".indexOf(c) >= 0);
        if (!isPattern) {
            throw new ModelException("no map of the model is called '" + target + "'; it has "
                    + String.join(", ", shortNames(possible)) + ", and all-linear stands for all of the layers");
        }
        Set<String> names = NamePatterns.matching(
                List.of(target), possible.stream().map(LinearPart::name).toList());
        return possible.stream().filter(part -> names.contains(part.name())).toList();
    }

    private static void requireNoEmbedding(String target, Blueprint blueprint) {
        if (blueprint.kind() == HeadKind.TIED && isMeant(blueprint.vocabulary().name(), target)) {
            throw new ModelException("the model's head '" + target + "' is its embedding, and an adapter on one of"
                    + " them would change both: leave it out");
        }
        boolean embedding = Stream.of(blueprint.embedding(), blueprint.positions())
                .anyMatch(part -> part != null && isMeant(part.name(), target));
        if (embedding) {
            throw new ModelException("'" + target + "' is an embedding, and adapters sit on affine maps: leave it out");
        }
    }

    /// @return last parts of the names, each once
    static List<String> shortNames(List<LinearPart> parts) {
        return parts.stream().map(part -> shortName(part.name())).distinct().toList();
    }

    static String shortName(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
