package dev.dmarshal.doctor.twin;

import dev.dmarshal.core.fault.LogMessage;
import dev.dmarshal.core.fault.MessageKind;
import dev.dmarshal.core.pci.SourceId;
import dev.dmarshal.doctor.symptom.Symptoms;
import dev.dmarshal.host.version.XenVersion;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the sources tell of Xen: its rules, its machine, and who has a device. */
public final class XenLog {

    /** {@code d3:PCIe: map 0000:03:00.0}, with iommu=debug (xen/drivers/passthrough/vtd/iommu.c, domain_context_mapping and domain_context_unmap). */
    private static final Pattern OWNER = Pattern.compile("d\\[?(IO|[0-9]{1,5})]?:PCIe?: (map|unmap) (?:[0-9a-f]{4}:)?([0-9a-f]{2}:[0-9a-f]{2}\\.[0-7])");

    private final Symptoms symptoms;

    /** @param symptoms what was read */
    public XenLog(Symptoms symptoms) {
        this.symptoms = symptoms;
    }

    /** The rules in force. */
    public XenRules rules() {
        XenRules asked = XenRules.of(symptoms.xenVersion().map(XenVersion::release), symptoms.host().xenCommandLine());
        String mode = symptoms.first(MessageKind.XEN_DOM0_MODE).flatMap(line -> line.field("mode")).orElse("").toLowerCase(Locale.ROOT);
        return mode.contains("passthrough") ? asked.said(XenRules.Dom0.PASSTHROUGH) : mode.contains("strict") ? asked.said(XenRules.Dom0.STRICT)
                : mode.contains("relaxed") ? asked.said(XenRules.Dom0.RELAXED) : asked;
    }

    /** How a device of dom0 is treated, as far as one page tells. */
    Attachment dom0(long page) {
        return entry(new XenOwner.Dom0(), page).attachment().orElseThrow();
    }

    /** How the device with this id is treated, as far as one page tells; as one of dom0 where it is not known to be another's. */
    Attachment of(int sourceId, long page) {
        // What a guest maps is not known, so its device is taken to get through: no fault is proved by what nobody saw.
        return entry(owner(new SourceId(sourceId)).orElse(new XenOwner.Dom0()), page).attachment()
                .orElseGet(() -> new Attachment.Translated(List.of(new Attachment.Mapping(page, page, 0x1000, true, true))));
    }

    /** Who has a device, as the last line about it says. */
    public Optional<XenOwner> owner(SourceId device) {
        Optional<XenOwner> owner = Optional.empty();
        for (LogMessage line : symptoms.each(MessageKind.XEN_DMAR, MessageKind.XEN_VTD_OTHER).toList()) {
            Matcher form = OWNER.matcher(line.field("text").orElse(""));
            if (form.lookingAt() && form.group(3).equals(device.toString())) {
                owner = Optional.of(owner(form.group(1), form.group(2).equals("map")));
            }
        }
        return owner;
    }

    private static XenOwner owner(String domain, boolean mapped) {
        if (domain.equals("IO") || !mapped) {
            return new XenOwner.Quarantine();
        }
        return domain.equals("0") ? new XenOwner.Dom0() : new XenOwner.Guest(true, OptionalLong.empty(), false);
    }

    private XenEntry entry(XenOwner owner, long page) {
        return new XenTables(rules(), new XenMachine(symptoms.reserved(), List.of(), List.of()), false).entry(owner, List.of(page));
    }
}
