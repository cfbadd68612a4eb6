package dev.dmarshal.host.version;

import java.util.Optional;

public record XenVersion(int major, int minor, String text) {
    public static Optional<XenVersion> parse(String text) {
        var m = java.util.regex.Pattern.compile("(\\d+)\\.(\\d+)").matcher(text);
        return m.find() ? Optional.of(new XenVersion(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)), text)) : Optional.empty();
    }

    public boolean before(int a, int b) {
        return major < a || major == a && minor < b;
    }
}
