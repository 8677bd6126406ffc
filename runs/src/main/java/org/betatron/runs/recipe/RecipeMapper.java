package org.betatron.runs.recipe;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.EnumNamingStrategies;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.deser.DeserializationProblemHandler;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/// How recipe records become YAML and back, without any of them knowing.
///
/// A choice is a sealed interface whose records are named by a tag: the record's name in lower
/// case, under the key `type`. Enum constants are lower-case with dashes.
final class RecipeMapper {

    /// Key that names the record of a choice.
    static final String TYPE = "type";

    private RecipeMapper() {}

    /// @param problems told of every value that a record's constructor refuses
    static YAMLMapper create(DeserializationProblemHandler problems) {
        return YAMLMapper.builder()
                // The components of a record are its settings; what it answers about itself is none.
                .changeDefaultVisibility(visible -> visible.withIsGetterVisibility(JsonAutoDetect.Visibility.NONE))
                .annotationIntrospector(new RecordIntrospector())
                .addModule(new DeviceModule())
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
                .addHandler(problems)
                .build();
    }

    static String tag(Class<?> type) {
        return type.getSimpleName().toLowerCase(Locale.ROOT);
    }

    /// @param choice a sealed interface
    /// @return its records by their tags, in declaration order
    static Map<String, Class<?>> tags(Class<?> choice) {
        Map<String, Class<?>> tags = new LinkedHashMap<>();
        for (Class<?> type : choice.getPermittedSubclasses()) {
            tags.put(tag(type), type);
        }
        return tags;
    }

    private static final class RecordIntrospector extends JacksonAnnotationIntrospector {

        private static final long serialVersionUID = 1;

        @Override
        public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
            Class<?> type = annotated.getRawType();
            boolean isChoice = type.isSealed() && type.isInterface();
            return isChoice
                    ? JsonTypeInfo.Value.construct(
                            JsonTypeInfo.Id.NAME, JsonTypeInfo.As.PROPERTY, TYPE, null, false, true, null)
                    : super.findPolymorphicTypeInfo(config, annotated);
        }

        @Override
        public @Nullable String findTypeName(MapperConfig<?> config, AnnotatedClass annotated) {
            return annotated.getRawType().isRecord()
                    ? tag(annotated.getRawType())
                    : super.findTypeName(config, annotated);
        }

        @Override
        public Object findEnumNamingStrategy(MapperConfig<?> config, AnnotatedClass annotated) {
            return EnumNamingStrategies.KEBAB_CASE;
        }
    }
}
