package dev.dmarshal.host.iommu;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.params.BuildOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * How the running kernel was built.
 *
 * @param options what is known of it
 * @param path    where it stands, if anywhere
 */
public record BuildConfig(BuildOptions options, Optional<String> path) {

    private static final int MOST_BYTES = 4 << 20;
    private static final String PACKED = "/proc/config.gz";

    /** Looks where distributions put it, and in the kernel itself. */
    public static BuildConfig of(HostRoot host) {
        Optional<String> release = host.text("/proc/sys/kernel/osrelease").present().map(String::strip).filter(text -> !text.isEmpty() && !text.contains("/"));
        List<String> places = release.map(name -> List.of("/boot/config-" + name, "/lib/modules/" + name + "/config", "/usr/lib/modules/" + name + "/config"))
                .orElse(List.of());
        for (String place : places) {
            Optional<String> text = host.text(place).present();
            if (text.isPresent()) {
                return new BuildConfig(BuildOptions.parse(text.get()), Optional.of(place));
            }
        }
        return host.bytes(PACKED).present().flatMap(BuildConfig::unpacked).map(text -> new BuildConfig(BuildOptions.parse(text), Optional.of(PACKED)))
                .orElse(new BuildConfig(BuildOptions.UNKNOWN, Optional.empty()));
    }

    private static Optional<String> unpacked(byte[] packed) {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            return Optional.of(new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
