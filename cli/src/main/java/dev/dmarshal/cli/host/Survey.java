package dev.dmarshal.cli.host;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.survey.HostSurvey;
import dev.dmarshal.host.survey.Surveyor;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Opens what a command was pointed at, and looks at it. */
public final class Survey {

    private static final Set<String> PARTIAL = Set.of("archive-damaged", "archive-limit", "text-damaged", "text-cut");

    private Survey() {
    }

    /** The host to look at: this one without a source; empty, and said on {@code err}, if the source cannot be opened. */
    public static Optional<HostRoot> open(Optional<Path> source, PrintWriter err) {
        if (source.isEmpty()) {
            return Optional.of(HostRoot.ofThisMachine());
        }
        Reading<HostRoot> opened = HostRoot.open(source.get());
        if (opened.present().isEmpty()) {
            err.println("dmarshal: " + opened.trouble().orElse(source.get() + ": " + (Files.exists(source.get()) ? "cannot be read"
                    : "no such file or directory")));
        }
        return opened.present();
    }

    /** Whether a source broke off, so that what was found is only a part: the exit code has to say so. */
    static boolean partial(HostRoot host) {
        return host.remarks().stream().anyMatch(remark -> PARTIAL.contains(remark.label()));
    }

    /** One look. The session matters only to the machine that it is on. */
    public static HostSurvey of(HostRoot host) {
        return Surveyor.survey(host, host.live() ? Optional.ofNullable(System.getenv("SSH_CONNECTION")) : Optional.empty());
    }
}
