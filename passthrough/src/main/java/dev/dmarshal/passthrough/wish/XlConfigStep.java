package dev.dmarshal.passthrough.wish;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.passthrough.bind.StepList;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.xen.PciEntry;
import dev.dmarshal.passthrough.xen.XlConfig;
import dev.dmarshal.passthrough.xen.XlRefusals;
import dev.dmarshal.passthrough.xen.XlSyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The step that writes devices into a Xen guest's configuration file. Nothing but its list of devices changes. */
final class XlConfigStep {

    private final String path;
    private final String old;
    private final String changed;

    private XlConfigStep(String path, String old, String changed) {
        this.path = path;
        this.old = old;
        this.changed = changed;
    }

    /** What came of reading the file: a step, or why there is none. */
    record Made(Optional<XlConfigStep> step, Optional<Refusal> refusal) {
    }

    static Made of(HostRoot host, String path, List<Sbdf> devices, Map<String, String> options) {
        return switch (host.text(path)) {
            case Reading.Present<String> present -> edited(path, present.value(), devices, options);
            case Reading.Absent<String> _ -> refused(path, "there is no file " + path);
            case Reading.Denied<String> denied -> refused(path, path + ": " + denied.reason());
            case Reading.Malformed<String> malformed -> refused(path, path + ": " + malformed.reason());
        };
    }

    private static Made refused(String path, String reason) {
        return new Made(Optional.empty(), Optional.of(new Refusal("config:" + path, reason, "name the guest's xl.cfg, with its whole path", false)));
    }

    private static Made edited(String path, String text, List<Sbdf> devices, Map<String, String> options) {
        List<String> reasons = devices.stream().flatMap(device -> XlRefusals.of(PciEntry.Device.of(device, options)).stream()).distinct().toList();
        if (!reasons.isEmpty()) {
            return new Made(Optional.empty(), Optional.of(new Refusal("config:" + path, "the guest would not start: " + String.join("; ", reasons),
                    "see docs/man/xl-pci-configuration.5 of Xen", false)));
        }
        try {
            XlConfig config = XlConfig.parse(text);
            for (Sbdf device : devices) {
                boolean there = config.devices().stream().anyMatch(entry -> entry instanceof PciEntry.Device found && found.functions().contains(device));
                config = there ? config : config.with(PciEntry.Device.of(device, options));
            }
            return new Made(config.text().equals(text) ? Optional.empty() : Optional.of(new XlConfigStep(path, text, config.text())), Optional.empty());
        } catch (XlSyntaxException e) {
            return refused(path, path + ": " + e.getMessage());
        }
    }

    void add(StepList steps, List<Condition> goal) {
        Condition done = new Condition.Digest(path, Condition.Digest.of(changed));
        steps.about(path).addPersistent("write the devices into " + path, List.of(new Condition.Digest(path, Condition.Digest.of(old))),
                new Action.Replace(path, changed), List.of(done), List.of(new Action.Replace(path, old)));
        goal.add(done);
    }
}
