package org.betatron.core.rank;

import java.time.Duration;
import java.util.Map;

/// Which of the processes of a run this one is, and where they meet: what torchrun, Kubernetes'
/// TrainJob and others say in variables of the environment.
///
/// | variable | says |
/// |---|---|
/// | `RANK` | number of this process, from 0 on |
/// | `WORLD_SIZE` | number of processes |
/// | `MASTER_ADDR`, `MASTER_PORT` | where rank 0 listens: a name or an address, and a free port |
/// | `BETATRON_RANK_TIMEOUT` | seconds that ranks wait for each other; 600 if it is not set |
/// | `LOCAL_WORLD_SIZE` | processes on this machine, which share its processors and memory; 1 if it is not set |
///
/// @param rank      number of this process, in `0 .. size - 1`
/// @param size      number of processes, ≥ 1
/// @param sizeHere  processes on this machine, in `1 .. size`
/// @param address   host name or address of the machine of rank 0
/// @param port      port there, in `1 .. 65535`
/// @param timeout   how long ranks wait for each other, at the beginning and later, > 0
public record RankPlace(int rank, int size, int sizeHere, String address, int port, Duration timeout) {

    /// How long ranks wait for each other by default: PyTorch's ten minutes.
    public static final Duration TIMEOUT = Duration.ofMinutes(10);

    public static final String RANK = "RANK";
    public static final String WORLD_SIZE = "WORLD_SIZE";
    public static final String LOCAL_WORLD_SIZE = "LOCAL_WORLD_SIZE";
    public static final String MASTER_ADDR = "MASTER_ADDR";
    public static final String MASTER_PORT = "MASTER_PORT";
    public static final String RANK_TIMEOUT = "BETATRON_RANK_TIMEOUT";

    /// A process by itself.
    public static final RankPlace ALONE = new RankPlace(0, 1, 1, "", 1, TIMEOUT);

    public RankPlace {
        require(WORLD_SIZE, size, 1, Integer.MAX_VALUE);
        require(RANK, rank, 0, size - 1);
        require(LOCAL_WORLD_SIZE, sizeHere, 1, size);
        require(MASTER_PORT, port, 1, 65535);
        require(RANK_TIMEOUT, (int) Math.min(Integer.MAX_VALUE, timeout.toSeconds()), 1, Integer.MAX_VALUE);
        if (size > 1 && address.isBlank()) {
            throw new IllegalArgumentException(
                    MASTER_ADDR + " must name the machine of rank 0, as its host name or address, but was empty");
        }
    }

    /// @param environment variables of the process
    /// @return its place; by itself, where none of the four variables is set, or the number of
    ///     processes is 1
    /// @throws IllegalArgumentException if some are missing or wrong, naming them
    public static RankPlace of(Map<String, String> environment) {
        if (!isNamedIn(environment)) {
            return ALONE;
        }
        int size = number(environment, WORLD_SIZE);
        int rank = number(environment, RANK);
        if (size == 1 && rank == 0) {
            return ALONE;
        }
        return new RankPlace(
                rank,
                size,
                environment.containsKey(LOCAL_WORLD_SIZE) ? number(environment, LOCAL_WORLD_SIZE) : 1,
                value(environment, MASTER_ADDR),
                number(environment, MASTER_PORT),
                timeout(environment));
    }

    /// @param environment variables of the process
    /// @return how long ranks wait for each other
    /// @throws IllegalArgumentException if the variable is not a number
    public static Duration timeout(Map<String, String> environment) {
        return environment.containsKey(RANK_TIMEOUT) ? Duration.ofSeconds(number(environment, RANK_TIMEOUT)) : TIMEOUT;
    }

    /// @param environment variables of the process
    /// @return whether they speak of ranks at all
    public static boolean isNamedIn(Map<String, String> environment) {
        return environment.containsKey(RANK) || environment.containsKey(WORLD_SIZE);
    }

    /// @return whether this process is one of several
    public boolean isOfSeveral() {
        return size > 1;
    }

    /// @return the variables that say this
    public Map<String, String> environment() {
        return Map.of(
                RANK,
                Integer.toString(rank),
                WORLD_SIZE,
                Integer.toString(size),
                LOCAL_WORLD_SIZE,
                Integer.toString(sizeHere),
                MASTER_ADDR,
                address,
                MASTER_PORT,
                Integer.toString(port),
                RANK_TIMEOUT,
                Long.toString(timeout.toSeconds()));
    }

    private static String value(Map<String, String> environment, String name) {
        String value = environment.get(name);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("the variable " + name + " must be set where " + RANK + " or "
                    + WORLD_SIZE + " is: a rank needs " + RANK + ", " + WORLD_SIZE + ", " + MASTER_ADDR + " and "
                    + MASTER_PORT + "; unset " + RANK + " and " + WORLD_SIZE + " to run one process");
        }
        return value.strip();
    }

    private static int number(Map<String, String> environment, String name) {
        String value = value(environment, name);
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("the variable " + name + " must be a number but was '" + value + "'", e);
        }
    }

    private static void require(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("the variable " + name + " must be in [" + least + ", "
                    + (most == Integer.MAX_VALUE ? "∞" : most) + "] but was " + value);
        }
    }
}
