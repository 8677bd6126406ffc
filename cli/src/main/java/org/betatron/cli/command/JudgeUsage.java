package org.betatron.cli.command;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// How options of a judge are refused.
///
/// @param judge   option and name of the judge on the command line
/// @param command whose options they are
record JudgeUsage(String judge, CommandSpec command) {

    /// @param value  of an option that this judge cannot do without
    /// @param option and its label
    <T> T require(@Nullable T value, String option) {
        if (value == null) {
            throw wrong(judge + " needs " + option);
        }
        return value;
    }

    ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
