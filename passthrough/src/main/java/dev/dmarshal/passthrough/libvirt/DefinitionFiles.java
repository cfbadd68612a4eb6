package dev.dmarshal.passthrough.libvirt;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import dev.dmarshal.passthrough.guest.GuestLayout;
import dev.dmarshal.passthrough.guest.GuestPort;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Deed;
import java.time.Duration;
import java.util.Map;

/**
 * A guest of a host that is known by its files only: what libvirt's daemon keeps in {@code /run/libvirt/qemu} of a running guest, else its definition in
 * {@code /etc/libvirt/qemu}. Tells its PCI side, and takes nothing.
 */
public final class DefinitionFiles implements GuestPort {

    private static final String ELSEWHERE = "its host is known by files only";

    private final HostRoot host;
    private final String domain;

    /**
     * @param host   the files
     * @param domain the guest's name
     */
    public DefinitionFiles(HostRoot host, String domain) {
        this.host = host;
        this.domain = domain;
    }

    @Override
    public Deed attach(String device, Map<String, String> options, Duration limit) {
        return new Deed.Refused(ELSEWHERE);
    }

    @Override
    public Deed detach(String device, Map<String, String> options, Duration limit) {
        return new Deed.Refused(ELSEWHERE);
    }

    @Override
    public Condition.Answer look(String device, boolean has) {
        return new Condition.Unmeasured(ELSEWHERE);
    }

    @Override
    public Reading<GuestLayout> layout() {
        if (!domain.matches("[^/]+") || domain.startsWith(".")) {
            return new Reading.Malformed<>(domain, "not a guest's name");
        }
        String running = "/run/libvirt/qemu/" + domain + ".xml";
        return host.has(running) ? layout(running, true) : layout("/etc/libvirt/qemu/" + domain + ".xml", false);
    }

    private Reading<GuestLayout> layout(String path, boolean runs) {
        return switch (host.text(path)) {
            case Reading.Present<String> text -> DomainXml.parse(path, text.value()).map(xml -> xml.layout(runs));
            case Reading.Absent<String> absent -> new Reading.Absent<>(absent.path());
            case Reading.Denied<String> denied -> new Reading.Denied<>(denied.path(), denied.reason());
            case Reading.Malformed<String> malformed -> new Reading.Malformed<>(malformed.path(), malformed.reason());
        };
    }
}
