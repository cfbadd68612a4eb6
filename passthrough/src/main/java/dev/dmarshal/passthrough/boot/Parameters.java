package dev.dmarshal.passthrough.boot;

import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.params.Token;
import dev.dmarshal.host.version.Platform;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Puts a parameter on a command line and sees whether it is there. */
public final class Parameters {

    /** Its values are words, each of which is a switch of its own (drivers/iommu/intel/iommu.c, intel_iommu_setup). */
    private static final String LIST = "intel_iommu";

    private Parameters() {
    }

    /** Whether a line has a parameter; of those whose values are lists, whether it has each word of it. */
    public static boolean has(CommandLine line, String parameter) {
        Token wanted = token(parameter);
        if (!wanted.name().equals(LIST)) {
            return line.tokens().stream().anyMatch(token -> !token.handedOn() && token.raw().equals(parameter));
        }
        Set<String> words = new LinkedHashSet<>();
        line.tokens().stream().filter(token -> !token.handedOn() && token.name().equals(LIST)).forEach(token -> words.addAll(words(token)));
        return words.containsAll(words(wanted)) && !(words(wanted).contains("on") && words.contains("off"));
    }

    /** The line with a parameter: put in the place of one of the same name, else at the end, before what is handed on to init. */
    public static String with(String line, String parameter) {
        CommandLine parsed = CommandLine.parse(Platform.LINUX, line);
        if (has(parsed, parameter)) {
            return line;
        }
        Token wanted = token(parameter);
        List<String> words = new ArrayList<>();
        boolean placed = false;
        for (Token token : parsed.tokens()) {
            if (!placed && token.raw().equals("--")) {
                words.add(parameter);
                placed = true;
            }
            if (token.handedOn() || !token.name().equals(wanted.name())) {
                words.add(token.raw());
            } else if (!placed) {
                words.add(token.name().equals(LIST) ? LIST + "=" + String.join(",", merged(token, wanted)) : parameter);
                placed = true;
            }
        }
        if (!placed) {
            words.add(parameter);
        }
        return String.join(" ", words);
    }

    private static Set<String> merged(Token old, Token wanted) {
        Set<String> words = new LinkedHashSet<>(words(old));
        if (words(wanted).contains("on")) {
            words.remove("off");
        }
        words.addAll(words(wanted));
        return words;
    }

    private static Set<String> words(Token token) {
        return new LinkedHashSet<>(List.of(token.value().orElse("").split(",")));
    }

    private static Token token(String parameter) {
        List<Token> tokens = CommandLine.parse(Platform.LINUX, parameter).tokens();
        if (tokens.size() != 1) {
            throw new IllegalArgumentException("not one parameter: " + parameter);
        }
        return tokens.getFirst();
    }
}
