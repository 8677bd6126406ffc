package org.betatron.data.world;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// Recipes for the world's small models, whose rates are not those of large ones.
final class WorldRecipes {

    /// Directory of the world that they lie in.
    static final String DIRECTORY = "recipes";

    static final List<String> NAMES = List.of("sft", "dpo", "reward", "grpo", "rloo", "reinforce", "ppo", "online");

    /// What stands for the directory of the world.
    private static final String WORLD = "WORLD";

    private WorldRecipes() {}

    /// @param world directory, as the recipes name it
    static void write(Path world) throws IOException {
        Path directory = Files.createDirectory(world.resolve(DIRECTORY));
        for (String name : NAMES) {
            Files.writeString(directory.resolve(name + ".yaml"), text(name, world));
        }
    }

    /// Comments name the world as it is, values as quoted YAML.
    private static String text(String name, Path world) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String line : template(name).lines().toList()) {
            text.append(line.startsWith("#") ? line.replace(WORLD, world.toString()) : quoted(line, world.toString()))
                    .append('\n');
        }
        return text.toString();
    }

    private static String quoted(String line, String world) {
        return line.replaceAll(WORLD + "([\\w./-]*)", "'" + WORLD + "$1'").replace(WORLD, world.replace("'", "''"));
    }

    private static String template(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(WorldRecipes.class.getResourceAsStream(name + ".yaml"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
