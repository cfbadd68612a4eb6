package dev.dmarshal.host.version;

import java.util.Optional;

/**
 * The version of a Linux kernel.
 *
 * @param release the numbers
 * @param suffix what follows them up to the next blank, {@code -56-amd64}; may be empty
 * @param vendor who built it, by its suffix
 */
public record KernelVersion(Release release, String suffix, Vendor vendor) implements RunningVersion {

    private static final String BANNER = "Linux version ";

    /**
     * Reads the first line of a kernel log ({@code Linux version 6.1.0-56-amd64 (…) …}, anything may stand before it), {@code uname -r},
     * or {@code uname -a}; empty for anything else.
     */
    public static Optional<KernelVersion> parse(String text) {
        int banner = text.indexOf(BANNER);
        String rest = banner >= 0 ? text.substring(banner + BANNER.length()) : text.strip();
        if (banner < 0 && rest.startsWith("Linux ")) {
            String[] words = rest.split("\\s+", 4);
            rest = words.length > 2 ? words[2] : "";
        }
        String version = firstWord(rest);
        return Release.leading(version).map(leading -> {
            String suffix = version.substring(leading.end());
            return new KernelVersion(leading.release(), suffix, Vendor.of(suffix));
        });
    }

    @Override
    public Platform platform() {
        return Platform.LINUX;
    }

    @Override
    public boolean backported() {
        return vendor.backports();
    }

    /** As {@code uname -r} prints it: three numbers always, so {@code 3.10.0-229.el7}. */
    @Override
    public String text() {
        return release.major() + "." + release.minor() + "." + release.patch() + suffix;
    }

    static String firstWord(String text) {
        int end = 0;
        while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
            end++;
        }
        return text.substring(0, end);
    }
}
