package dev.dmarshal.passthrough.libvirt;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.Reading;
import dev.dmarshal.passthrough.guest.GuestLayout.Plugged;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A libvirt that behaves: guests with a q35 of two free ports, that let go, refuse, say nothing, or hang. Shared by all connections to it. */
public final class FakeLibvirt {

    /** What its guests do when they are asked to let go. */
    public enum Manner {
        /** They do, at the second look. */
        LETS_GO,
        /** They say no. */
        REFUSES,
        /** They do not answer. */
        SILENT,
        /** libvirt itself does not return. */
        HANGS
    }

    private final Map<String, List<Plugged>> live = new HashMap<>();
    private final Map<String, List<Plugged>> saved = new HashMap<>();
    private final Map<String, Integer> leaving = new HashMap<>();
    private final Map<String, Sbdf> asked = new HashMap<>();
    private final List<String> full = new ArrayList<>();
    private Manner manner = Manner.LETS_GO;

    /** Without guests. */
    public FakeLibvirt() {
        // They are added.
    }

    /** Adds a guest that runs, or is only defined. */
    public FakeLibvirt guest(String name, boolean running) {
        saved.put(name, new ArrayList<>());
        if (running) {
            live.put(name, new ArrayList<>());
        }
        return this;
    }

    /** From now on, this guest takes nothing. */
    public FakeLibvirt full(String name) {
        full.add(name);
        return this;
    }

    /** From now on, guests behave so. */
    public FakeLibvirt manner(Manner next) {
        manner = next;
        return this;
    }

    /** A connection to it. */
    public LibvirtConnection connect() {
        return new Connection();
    }

    private final class Connection implements LibvirtConnection {

        private List<Plugged> devices(String domain, int scope) throws IOException {
            List<Plugged> devices = (scope == CONFIG ? saved : live).get(domain);
            if (devices == null) {
                throw new IOException("libvirt: " + domain + ": domain is not running");
            }
            return devices;
        }

        @Override
        public boolean runs(String domain) throws IOException {
            if (!saved.containsKey(domain)) {
                throw new IOException("libvirt: " + domain + ": Domain not found: no domain with matching name '" + domain + "'");
            }
            return live.containsKey(domain);
        }

        @Override
        public boolean kept(String domain) {
            return saved.containsKey(domain);
        }

        @Override
        public String xml(String domain, boolean asSaved) throws IOException {
            List<Plugged> devices = devices(domain, asSaved ? CONFIG : LIVE);
            leaving.computeIfPresent(domain, (_, looks) -> looks - 1);
            if (!asSaved && leaving.getOrDefault(domain, 1) <= 0) {
                leaving.remove(domain);
                devices.removeIf(one -> one.host().equals(asked.get(domain)));
            }
            StringBuilder xml = new StringBuilder("<domain type='kvm'><name>" + domain + "</name><os><type machine='pc-q35-7.2'>hvm</type></os><devices>"
                    + "<controller type='pci' index='0' model='pcie-root'/>");
            for (int port = 1; port <= 2; port++) {
                xml.append("<controller type='pci' index='").append(port).append("' model='pcie-root-port'><address type='pci' domain='0x0000' bus='0x00'"
                        + " slot='0x01' function='0x").append(port).append("'/></controller>");
            }
            devices.forEach(one -> xml.append(new HostdevXml(one.host(), one.managed(), one.guest(), false).text()));
            return xml.append("</devices></domain>").toString();
        }

        private Plugged read(String xml) throws IOException {
            return DomainXml.parse("hostdev", "<domain><devices>" + xml + "</devices></domain>") instanceof Reading.Present<DomainXml> read
                    ? read.value().plugged().getFirst() : new Plugged(new Sbdf(0, 0, 0, 0), Optional.empty(), false);
        }

        @Override
        public void attach(String domain, String xml, int scope) throws IOException {
            if (full.contains(domain)) {
                throw new IOException("libvirt: " + domain + ": internal error: No more available PCI slots");
            }
            devices(domain, scope).add(read(xml));
        }

        @Override
        public void detach(String domain, String xml, int scope) throws IOException {
            Plugged meant = read(xml);
            List<Plugged> devices = devices(domain, scope);
            if (devices.stream().noneMatch(one -> one.host().equals(meant.host()))) {
                throw new IOException("libvirt: " + domain + ": device not found");
            }
            if (scope == CONFIG) {
                devices.removeIf(one -> one.host().equals(meant.host()));
                return;
            }
            switch (manner) {
                case LETS_GO -> {
                    leaving.put(domain, 2);
                    asked.put(domain, meant.host());
                }
                case REFUSES -> throw new IOException("libvirt: " + domain + ": operation failed: unplug of device was rejected by the guest");
                case SILENT -> {
                }
                case HANGS -> hang();
            }
        }

        private static void hang() throws IOException {
            try {
                Thread.sleep(Long.MAX_VALUE);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
