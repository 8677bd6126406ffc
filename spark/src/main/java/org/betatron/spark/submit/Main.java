package org.betatron.spark.submit;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import org.apache.spark.sql.SparkSession;

/// The main class for spark-submit.
public final class Main {

    private Main() {}

    /// Carries out one command. A failure ends the process with its exit code.
    public static void main(String[] arguments) {
        PrintWriter out = printer(System.out);
        PrintWriter err = printer(System.err);
        int code = SubmitCommand.run(
                () -> SparkSession.builder().appName("betatron").getOrCreate(), out, err, arguments);
        SparkSession.getDefaultSession().foreach(session -> {
            session.stop();
            return null;
        });
        if (code != 0) {
            System.exit(code);
        }
    }

    private static PrintWriter printer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, stream.charset()), true);
    }
}
