package org.betatron.training.run;

import java.io.IOException;
import java.nio.file.Path;

/// A process that holds a run directory until it is killed.
final class RunDirectoryHolder {

    private RunDirectoryHolder() {}

    public static void main(String[] arguments) throws IOException {
        try (RunDirectory _ = RunDirectory.create(Path.of(arguments[0]), "held: true\n", SideFiles.NONE)) {
            System.out.println("held");
            // Nothing is ever written to it.
            int end = System.in.read();
            throw new IllegalStateException("was not killed but read " + end);
        }
    }
}
