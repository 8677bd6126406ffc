package org.betatron.cli.command;

import java.io.PrintWriter;
import java.util.List;

/// The commands of a demo, and what they have shown.
interface Demo {

    /// @return commands in order
    List<DemoStage.Step> steps();

    /// Says what came out, when all commands have been run.
    void summary(PrintWriter printer);
}
