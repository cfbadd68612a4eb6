package dev.dmarshal.passthrough.xen;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a guest's configuration into words, as Xen's tools/libs/util/libxlu_cfg_l.l does. Blanks and the text of comments are no words. */
final class XlTokens {

    /** What a word is. A comment reaches to its line's end and counts as one. */
    enum Kind { NAME, NUMBER, STRING, SIGN, NEWLINE, END }

    /**
     * A word.
     *
     * @param text  as it is written
     * @param start offset of its first character
     */
    record Token(Kind kind, String text, int start, int line) {

        int end() {
            return start + text.length();
        }

        boolean is(String sign) {
            return kind == Kind.SIGN && text.equals(sign);
        }
    }

    private static final Pattern WORD = Pattern.compile("[ \\t]+|(?<newline>#[^\\n]*\\n|\\n)|(?<name>[a-z][._0-9a-z]*)|(?<number>[0-9][0-9a-fx]*)"
            + "|(?<string>'(?:[^'\\\\\\n]|\\\\.)*+'|\"(?:[^\"\\\\\\n]|\\\\.)*+\")|(?<sign>\\+=|[=,;\\[\\]])");

    private XlTokens() {
    }

    static List<Token> of(String text) throws XlSyntaxException {
        List<Token> tokens = new ArrayList<>();
        Matcher matcher = WORD.matcher(text);
        int at = 0;
        int line = 1;
        while (at < text.length()) {
            matcher.region(at, text.length());
            if (!matcher.lookingAt()) {
                throw new XlSyntaxException(line, refusal(text, at));
            }
            for (Kind kind : List.of(Kind.NEWLINE, Kind.NAME, Kind.NUMBER, Kind.STRING, Kind.SIGN)) {
                if (matcher.group(kind.name().toLowerCase(java.util.Locale.ROOT)) != null) {
                    tokens.add(new Token(kind, matcher.group(), at, line));
                }
            }
            line += matcher.group().endsWith("\n") ? 1 : 0;
            at = matcher.end();
        }
        tokens.add(new Token(Kind.END, "", at, line));
        return tokens;
    }

    /** A carriage return outside comments and strings, and a comment that no line end follows, match none of the lexer's rules. */
    private static String refusal(String text, int at) {
        return switch (text.charAt(at)) {
            case '\r' -> "xl cannot read line ends of Windows (a carriage return)";
            case '#' -> "xl cannot read a comment in the last line without a line end";
            default -> "xl cannot read this: " + shortened(text.substring(at));
        };
    }

    private static String shortened(String rest) {
        String first = rest.lines().findFirst().orElse("");
        return first.length() > 60 ? first.substring(0, 60) + "…" : first;
    }
}
