package dev.dmarshal.cli.host;

import dev.dmarshal.cli.page.Screen;

/** The columns of a survey for a width: the narrower the screen, the fewer. */
public record SurveyColumns(int what, int group, int driver, int reset, int why) {

    private static final int MARK = 2;
    private static final int GROUP = 5;
    private static final int DRIVER = 11;
    private static final int RESET = 9;
    private static final int WITH_DRIVER = 60;
    private static final int WITH_RESET = 76;
    private static final int WITH_WHY = 92;

    static SurveyColumns of(int width) {
        int driver = width >= WITH_DRIVER ? DRIVER : 0;
        int reset = width >= WITH_RESET ? RESET : 0;
        int left = width - MARK - GROUP - 1 - gap(driver) - gap(reset);
        int why = width >= WITH_WHY ? Math.max(20, left / 3) : 0;
        return new SurveyColumns(left - gap(why), GROUP, driver, reset, why);
    }

    private static int gap(int column) {
        return column == 0 ? 0 : column + 1;
    }

    String header() {
        return "  " + line("device", "group", "driver", "reset", "because of");
    }

    String line(String first, String second, String third, String fourth, String fifth) {
        StringBuilder line = new StringBuilder(Screen.fit(first, what));
        add(line, second, group);
        add(line, third, driver);
        add(line, fourth, reset);
        add(line, fifth, why);
        return line.toString().stripTrailing();
    }

    private static void add(StringBuilder line, String text, int columns) {
        if (columns > 0) {
            line.append(' ').append(Screen.fit(text, columns));
        }
    }
}
