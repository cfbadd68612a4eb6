package dev.dmarshal.passthrough.libvirt;

import dev.dmarshal.core.pci.DeviceNotation;
import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.Reading;
import dev.dmarshal.passthrough.guest.GuestLayout;
import dev.dmarshal.passthrough.guest.GuestPort;
import dev.dmarshal.passthrough.plan.Condition;
import dev.dmarshal.passthrough.plan.Deed;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A guest that libvirt runs. Options of a plug: {@code xml}, the whole {@code <hostdev>} (else one is made, not managed); {@code affect}, {@code live} (the
 * default) or {@code config}.
 *
 * <p>Each call has an end: libvirt's own may hang when the daemon does, or when the kernel holds the daemon in an unbind. The thread is left behind then.
 */
public final class LibvirtGuest implements GuestPort {

    private static final Duration SHORT = Duration.ofSeconds(20);
    /** How long the way to libvirt may take: the first one loads the library, and starts the daemon where that waits on a socket. */
    private static final Duration OPENING = Duration.ofSeconds(120);
    private static final long LOOK_EVERY_MILLIS = 250;

    private final String domain;
    private final LibvirtConnection.Opener opener;

    /**
     * @param domain its name
     * @param opener the way to libvirt
     */
    public LibvirtGuest(String domain, LibvirtConnection.Opener opener) {
        this.domain = domain;
        this.opener = opener;
    }

    @Override
    public Deed attach(String device, Map<String, String> options, Duration limit) {
        return within(limit, libvirt -> {
            libvirt.attach(domain, options.containsKey("xml") ? options.get("xml") : xml(device), scope(options));
            return new Deed.Done();
        });
    }

    @Override
    public Deed detach(String device, Map<String, String> options, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        return within(limit.plus(SHORT), libvirt -> {
            int scope = scope(options);
            try {
                libvirt.detach(domain, xml(device), scope);
            } catch (IOException e) {
                // A second request while the guest still thinks about the first one: that one is waited for.
                if (!String.valueOf(e.getMessage()).contains("in the process of unplug")) {
                    throw e;
                }
            }
            while (has(libvirt, device, scope == LibvirtConnection.CONFIG)) {
                if (System.nanoTime() > end) {
                    return new Deed.Refused("guest " + domain + " has not let go of " + device + " within " + limit.toSeconds() + " s; it may still do so");
                }
                Thread.sleep(LOOK_EVERY_MILLIS);
            }
            return new Deed.Done();
        });
    }

    @Override
    public Condition.Answer look(String device, boolean has) {
        return answer(libvirt -> !libvirt.runs(domain) ? has ? new Condition.Fails("the guest does not run") : new Condition.Holds()
                : seen(has(libvirt, device, false), has));
    }

    @Override
    public Condition.Answer lookSaved(String device, boolean has) {
        return answer(libvirt -> seen(has(libvirt, device, true), has));
    }

    @Override
    public Reading<GuestLayout> layout() {
        try {
            return timed(SHORT, libvirt -> {
                boolean runs = libvirt.runs(domain);
                return DomainXml.parse(domain, libvirt.xml(domain, !runs)).map(xml -> xml.layout(runs));
            });
        } catch (TimeoutException e) {
            return new Reading.Denied<>(domain, "libvirt does not answer");
        } catch (IOException e) {
            return new Reading.Denied<>(domain, String.valueOf(e.getMessage()));
        }
    }

    private static Condition.Answer seen(boolean there, boolean has) {
        return there == has ? new Condition.Holds() : new Condition.Fails(there ? "it has it" : "it does not have it");
    }

    private boolean has(LibvirtConnection libvirt, String device, boolean saved) throws IOException {
        if (saved && !libvirt.kept(domain)) {
            return false;
        }
        return switch (DomainXml.parse(domain, libvirt.xml(domain, saved))) {
            case Reading.Present<DomainXml> xml -> xml.value().plugged().stream().anyMatch(one -> one.host().toString().equals(device));
            case Reading.Absent<DomainXml> absent -> throw new IOException(absent.path());
            case Reading.Denied<DomainXml> denied -> throw new IOException(denied.reason());
            case Reading.Malformed<DomainXml> malformed -> throw new IOException(domain + ": " + malformed.reason());
        };
    }

    private static int scope(Map<String, String> options) {
        return options.getOrDefault("affect", "live").equals("config") ? LibvirtConnection.CONFIG : LibvirtConnection.LIVE;
    }

    private static String xml(String device) throws IOException {
        Optional<Sbdf> function = DeviceNotation.parse(device).function();
        return new HostdevXml(function.orElseThrow(() -> new IOException(device + " names no function")), false, Optional.empty(), false).text();
    }

    private interface Work<T> {
        T with(LibvirtConnection libvirt) throws IOException, InterruptedException;
    }

    private Deed within(Duration limit, Work<Deed> work) {
        try {
            return timed(limit, work);
        } catch (TimeoutException e) {
            return new Deed.Hung();
        } catch (IOException e) {
            return new Deed.Refused(String.valueOf(e.getMessage()));
        }
    }

    private Condition.Answer answer(Work<Condition.Answer> work) {
        try {
            return timed(SHORT, work);
        } catch (TimeoutException e) {
            return new Condition.Unmeasured("libvirt does not answer");
        } catch (IOException e) {
            return new Condition.Unmeasured(String.valueOf(e.getMessage()));
        }
    }

    private <T> T timed(Duration limit, Work<T> work) throws IOException, TimeoutException {
        CountDownLatch opened = new CountDownLatch(1);
        FutureTask<T> task = new FutureTask<>(() -> {
            try (LibvirtConnection libvirt = opener.open()) {
                opened.countDown();
                return work.with(libvirt);
            } finally {
                opened.countDown();
            }
        });
        // Not a virtual thread: a call into libvirt pins its carrier.
        Thread.ofPlatform().daemon().name("libvirt-" + domain).start(task);
        try {
            if (!opened.await(OPENING.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("no way to libvirt within " + OPENING.toSeconds() + " s");
            }
            return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException refused ? refused : new IOException(String.valueOf(e.getCause()), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
