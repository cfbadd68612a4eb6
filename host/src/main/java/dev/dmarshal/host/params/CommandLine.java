package dev.dmarshal.host.params;

import dev.dmarshal.host.version.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A command line, split as its reader splits it. Linux: at white space outside double quotes, and a quote around a value or a whole word is taken off
 * (lib/cmdline.c next_arg, kernel/params.c parse_args). Xen: at blanks, quotes mean nothing (xen/common/kernel.c parse_params).
 * Xen cuts an over-long option (at 100 characters in 4.0); that is not imitated.
 *
 * @param platform who reads it
 * @param tokens its words in order, {@code --} itself included
 */
public record CommandLine(Platform platform, List<Token> tokens) {

    /** Keeps an own copy of the list. */
    public CommandLine {
        tokens = List.copyOf(tokens);
    }

    /** Splits a text. Any text has a split; a NUL ends it, as in the kernels. */
    public static CommandLine parse(Platform platform, String text) {
        int nul = text.indexOf('\0');
        String line = nul >= 0 ? text.substring(0, nul) : text;
        List<Token> tokens = new ArrayList<>();
        boolean handedOn = false;
        int at = skipBlanks(platform, line, 0);
        while (at < line.length()) {
            int end = end(platform, line, at);
            Token token = token(platform, line.substring(at, end), tokens.size(), at, handedOn);
            handedOn |= "--".equals(token.raw());
            tokens.add(token);
            at = skipBlanks(platform, line, end);
        }
        return new CommandLine(platform, tokens);
    }

    /** The words as they were written, one blank between them. Splitting it again gives the same words. */
    public String render() {
        return tokens.stream().map(Token::raw).collect(Collectors.joining(" "));
    }

    private static int skipBlanks(Platform platform, String line, int from) {
        int at = from;
        while (at < line.length() && isBlank(platform, line.charAt(at))) {
            at++;
        }
        return at;
    }

    /** The C locale's isspace for Linux; for Xen a new line too, because a log reader may hand one over at the end. */
    private static boolean isBlank(Platform platform, char c) {
        return c == ' ' || c == '\n' || c == '\r' || platform == Platform.LINUX && c >= '\t' && c <= '\f';
    }

    private static int end(Platform platform, String line, int from) {
        boolean quoted = false;
        int at = from;
        while (at < line.length() && (quoted || !isBlank(platform, line.charAt(at)))) {
            if (platform == Platform.LINUX && line.charAt(at) == '"') {
                quoted = !quoted;
            }
            at++;
        }
        return at;
    }

    private static Token token(Platform platform, String raw, int index, int offset, boolean handedOn) {
        boolean linux = platform == Platform.LINUX;
        boolean outer = linux && raw.startsWith("\"");
        String word = outer ? raw.substring(1) : raw;
        int equals = word.indexOf('=');
        if (equals == 0 && linux) {
            // next_arg takes position 0 for "no equals sign yet", so a leading one belongs to the name.
            equals = word.indexOf('=', 1);
        }
        if (equals < 0) {
            return new Token(index, offset, raw, outer ? withoutLastQuote(word) : word, Optional.empty(), handedOn);
        }
        String value = word.substring(equals + 1);
        if (linux && value.startsWith("\"")) {
            value = withoutLastQuote(value.substring(1));
        } else if (outer) {
            value = withoutLastQuote(value);
        }
        return new Token(index, offset, raw, word.substring(0, equals), Optional.of(value), handedOn);
    }

    private static String withoutLastQuote(String text) {
        return text.endsWith("\"") ? text.substring(0, text.length() - 1) : text;
    }
}
