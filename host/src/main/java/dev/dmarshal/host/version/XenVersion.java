package dev.dmarshal.host.version;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of a Xen hypervisor.
 *
 * @param release the numbers
 * @param suffix what follows them, {@code -pre}, {@code .2-8.el7}; may be empty
 */
public record XenVersion(Release release, String suffix) implements RunningVersion {

    private static final Pattern LABEL = Pattern.compile("Xen version:?\\s+|xen_version\\s*:\\s*|Xen-|\\bxen[_ ]|\\bXen ");

    /** Reads {@code (XEN) Xen version 4.17.4 (…)}, {@code xen_version : 4.17.4} of {@code xl info}, or the bare number; empty for anything else. */
    public static Optional<XenVersion> parse(String text) {
        String stripped = text.strip();
        Optional<XenVersion> bare = number(stripped);
        if (bare.isPresent()) {
            return bare;
        }
        Matcher label = LABEL.matcher(stripped);
        while (label.find()) {
            Optional<XenVersion> found = number(stripped.substring(label.end()));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<XenVersion> number(String text) {
        String version = KernelVersion.firstWord(text);
        return Release.leading(version).map(leading -> new XenVersion(leading.release(), version.substring(leading.end())));
    }

    @Override
    public Platform platform() {
        return Platform.XEN;
    }

    /** XenServer and the like number their own builds, but the release number is not a frozen one; always false. */
    @Override
    public boolean backported() {
        return false;
    }
}
