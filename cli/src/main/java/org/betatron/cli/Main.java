package org.betatron.cli;

import org.betatron.cli.command.BetatronCommand;

/// The entry point of the `betatron` launcher.
public final class Main {

    private Main() {}

    /// Runs one command and ends the process with its exit code.
    public static void main(String[] arguments) {
        // Set before any library starts: tokenizers come from files, nothing is fetched or reported.
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("java.awt.headless", "true");
        System.exit(BetatronCommand.run(arguments));
    }
}
