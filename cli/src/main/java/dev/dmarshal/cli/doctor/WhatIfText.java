package dev.dmarshal.cli.doctor;

import dev.dmarshal.cli.page.Page;
import dev.dmarshal.doctor.policy.DeviceChange;
import dev.dmarshal.doctor.policy.DomainType;
import dev.dmarshal.doctor.policy.FaultForecast;
import dev.dmarshal.doctor.policy.GroupPlan;
import dev.dmarshal.doctor.policy.HostPolicy;
import dev.dmarshal.doctor.policy.WhatIf;
import dev.dmarshal.host.survey.ReservedRegion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What would change, for people. */
public final class WhatIfText {

    private final Page page;
    private final WhatIfReport report;
    private final WhatIf whatIf;

    WhatIfText(Page page, WhatIfReport report) {
        this.page = page;
        this.report = report;
        this.whatIf = report.whatIf();
    }

    Page page() {
        asked();
        host("Now", whatIf.before());
        host("Then", whatIf.after());
        page.blank();
        devices();
        faults();
        notes();
        return page;
    }

    private void asked() {
        page.heading(report.survey().source() + ": what if");
        page.labelled(2, "kernel", report.then().kernel().version().map(version -> "Linux " + version.text()).orElse("not known"));
        page.labelled(2, "started", report.then().kernel().line().render().isEmpty() ? "without parameters, as far as is known" : "with "
                + report.then().kernel().line().render());
        new TreeMap<>(report.then().types()).forEach((number, type) -> page.labelled(2, "group " + number, "is written " + type.word()
                + " at run time, which lasts until the next boot"));
        new TreeMap<>(report.then().moved()).forEach((from, to) -> page.labelled(2, "moved", from + " to " + to));
        page.blank();
    }

    private void host(String when, HostPolicy policy) {
        String dma = policy.translating().map(on -> on ? "DMA is translated. " : "DMA is not translated: VT-d is off. ")
                .orElse("Whether DMA is translated is not"
                + " known. ");
        page.labelled(0, when, dma + policy.because());
    }

    private void devices() {
        List<DeviceChange> shown = whatIf.devices().stream().filter(report::endpoint).toList();
        List<DeviceChange> changed = shown.stream().filter(DeviceChange::changed).toList();
        page.heading(changed.isEmpty() ? "Nothing changes for any device" : "Changes for " + changed.size() + " of " + shown.size() + " devices (bridges"
                + " left aside)");
        for (DeviceChange device : changed) {
            page.blank();
            page.row(4, device.from() + report.what(device) + (device.from().equals(device.to()) ? "" : " becomes " + device.to()), "");
            page.labelled(4, "now", line(device.before()));
            page.labelled(4, "then", line(device.after()) + ". " + device.after().why());
        }
        List<DeviceChange> same = shown.stream().filter(device -> !device.changed()).toList();
        if (!same.isEmpty()) {
            page.blank();
            page.heading("The same as now");
            Map<String, List<DeviceChange>> alike = same.stream().collect(Collectors.groupingBy(device -> line(device.before()), LinkedHashMap::new,
                    Collectors.toList()));
            alike.forEach((words, members) -> page.paragraph(4, words + ": " + members.stream().map(device -> device.from().toString())
                    .collect(Collectors.joining(", "))));
        }
        if (!report.exposed().isEmpty()) {
            page.blank();
            page.paragraph(0, "Protection is lost: " + report.exposed().stream().map(device -> device.to().toString()).collect(Collectors.joining(", "))
                    + " would reach all memory of the host, and a defect of such a device or of its driver could overwrite any of it.");
        }
    }

    private static String line(GroupPlan group) {
        String regions = group.reserved().stream().filter(region -> !region.type().equals("msi")).map(ReservedRegion::range).collect(Collectors.joining(", "));
        return (group.number().isPresent() ? "group " + group.number().getAsInt() + ", " : "") + group.type().map(DomainType::word).orElse("type not known")
                + ": reaches " + DeviceChange.reach(group) + (regions.isEmpty() ? "" : " (" + regions + ")");
    }

    private void faults() {
        if (whatIf.faults().isEmpty()) {
            return;
        }
        page.blank();
        page.heading("Faults in the logs");
        for (FaultForecast fault : whatIf.faults()) {
            String word = switch (fault.outcome()) {
                case GONE -> "gone";
                case REMAINS -> "remains";
                case CHANGES -> "changes";
                case OPEN -> "open";
            };
            page.labelled(2, word, fault.fault().says() + ". " + fault.words());
        }
    }

    private void notes() {
        page.blank();
        whatIf.notes().forEach(note -> page.labelled(0, "Note:", note));
        page.heading("Not modelled");
        WhatIf.NOT_MODELLED.forEach((name, words) -> page.row(4, "  " + name + ": " + words, ""));
    }
}
