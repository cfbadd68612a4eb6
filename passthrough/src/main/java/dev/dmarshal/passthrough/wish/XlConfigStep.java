package dev.dmarshal.passthrough.wish;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.doctor.assign.XenFacts;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.version.Release;
import dev.dmarshal.host.version.XenVersion;
import dev.dmarshal.passthrough.bind.StepList;
import dev.dmarshal.passthrough.plan.Action;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.xen.ConfigReview;
import dev.dmarshal.passthrough.xen.DeviceModel;
import dev.dmarshal.passthrough.xen.PciEntry;
import dev.dmarshal.passthrough.xen.XlConfig;
import dev.dmarshal.passthrough.xen.XlRefusals;
import dev.dmarshal.passthrough.xen.XlSyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The step that writes devices into a Xen guest's configuration file. Nothing but its list of devices changes. */
final class XlConfigStep {

    private static final String MANUAL = "see docs/man/xl-pci-configuration.5 of Xen";

    private final String path;
    private final String old;
    private final String changed;

    private XlConfigStep(String path, String old, String changed) {
        this.path = path;
        this.old = old;
        this.changed = changed;
    }

    /**
     * What came of reading the file: a step, none because all stands there, or why there is none.
     *
     * @param remarks what to know before, such as an entry that this Xen's xl reads otherwise than it is written
     */
    record Made(Optional<XlConfigStep> step, List<Refusal> refusals, List<String> remarks) {
    }

    static Made of(HostRoot host, String path, List<Sbdf> devices, Map<String, String> options) {
        return switch (host.text(path)) {
            case Reading.Present<String> present -> edited(host, path, present.value(), devices, options);
            case Reading.Absent<String> _ -> refused(path, "there is no file " + path);
            case Reading.Denied<String> denied -> refused(path, path + ": " + denied.reason());
            case Reading.Malformed<String> malformed -> refused(path, path + ": " + malformed.reason());
        };
    }

    private static Made refused(String path, String reason) {
        return new Made(Optional.empty(), List.of(new Refusal("config:" + path, reason, "name the guest's xl.cfg, with its whole path", false)), List.of());
    }

    private static Made edited(HostRoot host, String path, String text, List<Sbdf> devices, Map<String, String> options) {
        List<String> reasons = devices.stream().flatMap(device -> XlRefusals.of(PciEntry.Device.of(device, options)).stream()).distinct().toList();
        if (!reasons.isEmpty()) {
            return new Made(Optional.empty(), List.of(new Refusal("config:" + path, "the guest would not start: " + String.join("; ", reasons), MANUAL, false)),
                    List.of());
        }
        try {
            XlConfig before = XlConfig.parse(text);
            XlConfig config = before;
            for (Sbdf device : devices) {
                boolean there = config.devices().stream().anyMatch(entry -> entry instanceof PciEntry.Device found && found.functions().contains(device));
                config = there ? config : config.with(PciEntry.Device.of(device, options));
            }
            Optional<XlConfigStep> step = config.text().equals(text) ? Optional.empty() : Optional.of(new XlConfigStep(path, text, config.text()));
            return judged(host, path, before.entries().size(), config, step);
        } catch (XlSyntaxException e) {
            return refused(path, path + ": " + e.getMessage());
        }
    }

    /**
     * With what this Xen makes of the whole list, as {@code dmarshal slots} says it: one entry that xl refuses, and the guest does not start.
     *
     * @param old how many entries stood there before
     */
    private static Made judged(HostRoot host, String path, int old, XlConfig config, Optional<XlConfigStep> step) {
        Optional<Release> xen = XenFacts.of(host).version().map(XenVersion::release);
        if (xen.isEmpty()) {
            return new Made(step, List.of(), List.of("could not measure which Xen this is, so what its xl makes of the entries in " + path
                    + " is not known: dmarshal slots --xen VERSION " + path));
        }
        ConfigReview review = ConfigReview.of(xen.get(), DeviceModel.of(config, xen.get()), config.entries(), host);
        boolean typed = config.has("type") || config.has("builder");
        List<String> remarks = new ArrayList<>();
        List<String> own = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (int nth = 0; nth < review.rows().size(); nth++) {
            ConfigReview.Row row = review.rows().get(nth);
            List<String> refusals = nth < old ? others : own;
            row.objections().forEach(objection -> (objection.refuses() && review.endsAtRefusals() ? refusals : remarks)
                    .add(row.text() + ": " + objection.words()
                    + (objection.refuses() && !review.endsAtRefusals() ? "; this xl starts the guest without it, and does not say so" : "")));
            // Without a type xl makes a PV guest (libxl decides at its start); the review is then for an HVM guest's bus.
            row.layout().ifPresent(trouble -> (typed ? refusals : remarks).add(row.text() + ": " + trouble));
        }
        List<Refusal> refusals = new ArrayList<>();
        if (!own.isEmpty()) {
            refusals.add(new Refusal("config:" + path, "the guest would not start: " + String.join("; ", own), MANUAL, false));
        }
        if (!others.isEmpty()) {
            refusals.add(new Refusal("entry:" + path, "by what stands in " + path + " already, the guest does not start on Xen " + xen.get() + ": "
                    + String.join("; ", others), "mend it first; dmarshal slots " + path + " shows each entry", true));
        }
        return new Made(step, refusals, remarks.stream().map(remark -> path + ": " + remark).toList());
    }

    void add(StepList steps, List<Condition> goal) {
        Condition done = new Condition.Digest(path, Condition.Digest.of(changed));
        steps.about(path).addPersistent("write the devices into " + path, List.of(new Condition.Digest(path, Condition.Digest.of(old))),
                new Action.Replace(path, changed), List.of(done), List.of(new Action.Replace(path, old)));
        goal.add(done);
    }
}
