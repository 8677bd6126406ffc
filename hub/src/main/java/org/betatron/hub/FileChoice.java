package org.betatron.hub;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Chooses files of a data set's repository.
@FunctionalInterface
public interface FileChoice {

    /// What a repository says about itself.
    String CARD = "README.md";

    /// @param names of all files there are
    /// @param card  [#CARD] on this machine, where the repository has one
    /// @return names of those that are wanted, in order
    List<String> of(List<String> names, Optional<Path> card);
}
