package org.betatron.runs.study;

import java.util.List;
import org.betatron.evaluation.frontier.FrontierLayout;

/// A study of frontiers: what is compared, where, and how it is told.
///
/// @param name    on the command line
/// @param title   what it asks
/// @param layout  of its report
/// @param full    what is run
/// @param quick   what shows within minutes whether everything works; its numbers mean nothing
/// @param seeds   how many, unless somebody asks for another number
/// @param eighths runs are measured when so many eighths of their steps are done, the last 8
/// @param notes   how it is measured, lines of Markdown; `%s` and so on are steps, and questions
public record FrontierStudy(
        String name,
        String title,
        FrontierLayout layout,
        Size full,
        Size quick,
        int seeds,
        List<Integer> eighths,
        List<String> notes) {

    /// Seeds of a quick one.
    public static final int QUICK_SEEDS = 2;

    /// @param places where methods are compared
    /// @param scale  how large it is; steps must be a multiple of 8
    public record Size(List<FrontierPlace> places, StudyScale scale) {

        public Size {
            places = List.copyOf(places);
            if (places.isEmpty()) {
                throw new IllegalArgumentException("there must be a place to compare methods in");
            }
        }
    }

    public FrontierStudy {
        eighths = List.copyOf(eighths);
        notes = List.copyOf(notes);
    }
}
