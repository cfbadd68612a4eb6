package dev.dmarshal.passthrough.libvirt;

import com.sun.jna.Pointer;
import java.io.IOException;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;
import org.libvirt.jna.Libvirt;
import org.libvirt.jna.virError;

/**
 * libvirt through its own Java binding. The binding loads {@code libvirt.so.0} when its first class is touched, which only {@link #open} does.
 *
 * <p>The binding (0.5.4) has no listener for the event that a device was removed; {@link LibvirtGuest} looks at the guest's XML instead, from which libvirt
 * takes a device when it handles that event (src/qemu/qemu_hotplug.c, qemuDomainRemoveHostDevice).
 */
public final class LibvirtBinding implements LibvirtConnection {

    /** {@code VIR_DOMAIN_XML_INACTIVE}. */
    private static final int INACTIVE = 2;
    private static final String SYSTEM = "qemu:///system";
    /** libvirt prints errors unless told where to; the exceptions have them already. Kept here so that it is not collected while libvirt holds it. */
    private static Libvirt.VirErrorCallback silent;

    private final Connect connect;

    private LibvirtBinding(Connect connect) {
        this.connect = connect;
    }

    /** Connects to the system's QEMU driver. */
    public static LibvirtConnection open() throws IOException {
        try {
            quieten();
            return new LibvirtBinding(new Connect(SYSTEM));
        } catch (LibvirtException e) {
            throw refused(SYSTEM, e);
        } catch (LinkageError e) {
            // UnsatisfiedLinkError at the first try in a process, NoClassDefFoundError afterwards.
            throw new IOException("libvirt.so.0 cannot be loaded: install libvirt's client library (Debian: libvirt0, Fedora: libvirt-libs), or use --via"
                    + " qemu", e);
        }
    }

    private static synchronized void quieten() throws LibvirtException {
        if (silent == null) {
            silent = new Silence();
            Connect.setErrorCallback(silent);
        }
    }

    /** JNA calls it by reflection. */
    private static final class Silence implements Libvirt.VirErrorCallback {

        @Override
        public void errorCallback(Pointer user, virError error) {
            // Told by the exception.
        }
    }

    private interface Asked<T> {
        T of(Domain domain) throws LibvirtException;
    }

    private <T> T ask(String name, Asked<T> asked) throws IOException {
        try {
            Domain domain = connect.domainLookupByName(name);
            try {
                return asked.of(domain);
            } finally {
                domain.free();
            }
        } catch (LibvirtException e) {
            throw refused(name, e);
        }
    }

    private static IOException refused(String about, LibvirtException e) {
        return new IOException("libvirt: " + about + ": " + e.getMessage(), e);
    }

    @Override
    public boolean runs(String name) throws IOException {
        return ask(name, domain -> domain.isActive() == 1);
    }

    @Override
    public boolean kept(String name) throws IOException {
        return ask(name, domain -> domain.isPersistent() == 1);
    }

    @Override
    public String xml(String name, boolean saved) throws IOException {
        return ask(name, domain -> domain.getXMLDesc(saved ? INACTIVE : 0));
    }

    @Override
    public void attach(String name, String xml, int scope) throws IOException {
        ask(name, domain -> {
            domain.attachDeviceFlags(xml, scope);
            return true;
        });
    }

    @Override
    public void detach(String name, String xml, int scope) throws IOException {
        ask(name, domain -> {
            domain.detachDeviceFlags(xml, scope);
            return true;
        });
    }

    @Override
    public void close() throws IOException {
        try {
            connect.close();
        } catch (LibvirtException e) {
            throw refused(SYSTEM, e);
        }
    }
}
