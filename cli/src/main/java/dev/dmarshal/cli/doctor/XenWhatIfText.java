package dev.dmarshal.cli.doctor;

import dev.dmarshal.cli.page.Page;
import dev.dmarshal.doctor.policy.FaultForecast;
import dev.dmarshal.doctor.policy.XenWhatIf;
import dev.dmarshal.doctor.twin.XenEntry;
import dev.dmarshal.doctor.twin.XenOwner;
import dev.dmarshal.doctor.twin.XenRules;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What would change under Xen, for people. */
public final class XenWhatIfText {

    private final Page page;
    private final XenWhatIfReport report;

    XenWhatIfText(Page page, XenWhatIfReport report) {
        this.page = page;
        this.report = report;
    }

    Page page() {
        page.heading(report.now().survey().source() + ": what if");
        page.labelled(2, "Xen", report.then().rules().release().map(Object::toString).orElse("version not known"));
        page.labelled(2, "started", report.commandLine().filter(line -> !line.isEmpty()).map(line -> "with " + line)
                .orElse("without parameters, as far as is known"));
        page.blank();
        page.labelled(0, "Now", rules(report.now().rules()));
        page.labelled(0, "Then", rules(report.then().rules()));
        page.blank();
        devices();
        faults();
        page.blank();
        report.whatIf().notes().forEach(note -> page.labelled(0, "Note:", note));
        page.heading("Not modelled");
        XenWhatIf.NOT_MODELLED.forEach((name, words) -> page.row(4, "  " + name + ": " + words, ""));
        return page;
    }

    private static String rules(XenRules rules) {
        String dma = rules.translating().map(on -> on ? "DMA is translated, if the machine has VT-d on" : "DMA is not translated: the IOMMU is off")
                .orElse("Whether DMA is translated is not known");
        String dom0 = "dom0 is " + rules.dom0().name().toLowerCase(Locale.ROOT) + (rules.inclusive() ? ", all below 4 GiB mapped" : rules.reserved()
                ? ", reserved memory mapped" : "");
        String quarantine = rules.quarantine().map(form -> "quarantine: " + switch (form) {
            case NONE -> "none";
            case REFUSED -> "every request refused";
            case READS_SERVED -> "reads served from a page of zeros, writes refused";
            case ALL_SERVED -> "every request served by a scratch page";
        }).orElse("quarantine: not known");
        return dma + "; " + dom0 + "; " + quarantine + (rules.quarantineAlways() ? "" : ", for devices that xl made assignable only") + ".";
    }

    private void devices() {
        List<XenWhatIf.Device> all = report.whatIf().devices();
        List<XenWhatIf.Device> changed = all.stream().filter(XenWhatIf.Device::changed).toList();
        page.heading(changed.isEmpty() ? "Nothing changes for any device" : "Changes for " + changed.size() + " of " + all.size() + " devices (bridges left"
                + " aside)");
        for (XenWhatIf.Device device : changed) {
            page.blank();
            page.row(4, device.function().address() + what(device), "");
            page.labelled(4, "now", line(device.from(), device.before()));
            page.labelled(4, "then", (device.after().refused() ? "refused. " : line(device.to(), device.after()) + ". ") + device.after().why());
        }
        List<XenWhatIf.Device> same = all.stream().filter(device -> !device.changed()).toList();
        if (!same.isEmpty()) {
            page.blank();
            page.heading("The same as now");
            Map<String, List<XenWhatIf.Device>> alike = same.stream().collect(Collectors.groupingBy(device -> line(device.from(), device.before()),
                    LinkedHashMap::new, Collectors.toList()));
            alike.forEach((words, members) -> page.paragraph(4, words + ": " + members.stream().map(device -> device.function().address().toString())
                    .collect(Collectors.joining(", "))));
        }
        if (!report.exposed().isEmpty()) {
            page.blank();
            page.paragraph(0, "Protection is lost: " + report.exposed().stream().map(device -> device.function().address().toString())
                    .collect(Collectors.joining(", "))
                    + " would reach all memory, Xen's and the guests' too, and a defect of such a device or of its driver could overwrite any of it.");
        }
    }

    private static String what(XenWhatIf.Device device) {
        Optional<String> driver = device.function().binding().driver();
        return device.function().made().ids().map(ids -> " " + ids).orElse("") + driver.map(name -> " (" + name + ")").orElse("");
    }

    private static String line(XenOwner owner, XenEntry entry) {
        return owner.inWords() + ": reaches " + entry.reaches();
    }

    private void faults() {
        if (report.whatIf().faults().isEmpty()) {
            return;
        }
        page.blank();
        page.heading("Faults in the logs");
        for (FaultForecast fault : report.whatIf().faults()) {
            page.labelled(2, fault.outcome().name().toLowerCase(Locale.ROOT), fault.fault().says() + ". " + fault.words());
        }
    }
}
