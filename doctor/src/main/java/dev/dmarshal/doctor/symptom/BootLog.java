package dev.dmarshal.doctor.symptom;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.host.params.CommandLine;
import dev.dmarshal.host.version.KernelVersion;
import dev.dmarshal.host.version.Platform;
import dev.dmarshal.host.version.RunningVersion;
import dev.dmarshal.host.version.XenVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Pairs versions with command lines as boots follow each other in the logs. Not thread-safe. */
final class BootLog {

    /** Boots kept; of more, the latest. */
    private static final int MOST = 64;

    private final List<HostOutline.Boot> boots = new ArrayList<>();

    void learn(LogMessage message) {
        switch (message.kind()) {
            case LINUX_VERSION -> begin(message.field("version").flatMap(KernelVersion::parse).map(RunningVersion.class::cast));
            case XEN_VERSION -> begin(message.field("version").flatMap(XenVersion::parse).map(RunningVersion.class::cast));
            case COMMAND_LINE -> given(CommandLine.parse(Platform.LINUX, message.field("arguments").orElse("")));
            case XEN_COMMAND_LINE -> given(CommandLine.parse(Platform.XEN, message.field("arguments").orElse("")));
            default -> {
            }
        }
    }

    void begin(Optional<RunningVersion> version) {
        add(new HostOutline.Boot(version, Optional.empty()));
    }

    /** The kernel prints its command line twice and dom0's log repeats Xen's, so a boot that has the same line already is the same boot. */
    void given(CommandLine line) {
        for (int i = boots.size() - 1; i >= 0; i--) {
            HostOutline.Boot boot = boots.get(i);
            boolean same = boot.version().isPresent() && boot.version().get().platform() == line.platform();
            if (same && (boot.commandLine().isEmpty() || boot.commandLine().get().equals(line))) {
                boots.set(i, new HostOutline.Boot(boot.version(), Optional.of(line)));
                return;
            }
            if (same) {
                break;
            }
        }
        add(new HostOutline.Boot(Optional.empty(), Optional.of(line)));
    }

    private void add(HostOutline.Boot boot) {
        if (boots.size() == MOST) {
            boots.removeFirst();
        }
        boots.add(boot);
    }

    List<HostOutline.Boot> boots() {
        return List.copyOf(boots);
    }
}
