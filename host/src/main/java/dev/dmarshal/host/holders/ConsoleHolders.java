package dev.dmarshal.host.holders;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Who shows the host's console: frame buffers bound to virtual terminals, firmware's frame buffer, boot display, screens, serial consoles. */
final class ConsoleHolders {

    private static final String DEVICES = "/sys/bus/pci/devices";
    private static final String ACTIVE = "/sys/class/tty/console/active";
    private static final String VT_CONSOLES = "/sys/class/vtconsole";
    /** Names of firmware's frame buffer in {@code /proc/iomem} (drivers/firmware/sysfb.c, drivers/video/fbdev/efifb.c, simplefb.c, vesafb.c). */
    private static final Set<String> FIRMWARE_BUFFERS = Set.of("BOOTFB", "efifb", "simplefb", "simple-framebuffer", "vesafb", "simpledrm");

    private final HostRoot host;
    private final DeviceNodes classes;
    private final HolderLedger ledger;

    ConsoleHolders(HostRoot host, DeviceNodes classes, HolderLedger ledger) {
        this.host = host;
        this.classes = classes;
        this.ledger = ledger;
    }

    void read() {
        Optional<String> active = host.text(ACTIVE).present().map(String::strip);
        boolean elsewhere = active.isPresent() && List.of(active.get().split(" ")).stream().anyMatch(ConsoleHolders::notOnScreen);
        readSerial(active.orElse(""));
        readBootDisplay();
        readScreens();
        readFrameBuffers(active.isPresent(), elsewhere);
    }

    /** {@code tty0} and {@code ttyN} are virtual terminals on a screen; all else is a line or a log ({@code netcon} shows no prompt). */
    private static boolean notOnScreen(String console) {
        return !console.isEmpty() && !console.matches("tty[0-9]+") && !console.startsWith("netcon");
    }

    private void readSerial(String active) {
        for (DeviceNodes.Node node : classes.of("tty")) {
            if (!node.owners().isEmpty() && List.of(active.split(" ")).contains(node.name())) {
                ledger.add(node.owners(), HolderKind.SERIAL_CONSOLE, "kernel console on " + node.name(), ACTIVE);
            }
        }
    }

    private void readBootDisplay() {
        for (Sbdf device : bootDisplays()) {
            ledger.add(List.of(device), HolderKind.BOOT_DISPLAY, "firmware's display", DEVICES + "/" + device + "/boot_vga");
        }
    }

    private List<Sbdf> bootDisplays() {
        List<Sbdf> found = new ArrayList<>();
        for (String name : host.list(DEVICES).present().orElse(List.of())) {
            String path = DEVICES + "/" + name + "/boot_vga";
            if (host.has(path) && host.text(path).present().orElse("").strip().equals("1")) {
                Sbdf.parse(name).ifPresent(found::add);
            }
        }
        return found;
    }

    private void readScreens() {
        for (DeviceNodes.Node node : classes.of("drm")) {
            String status = "/sys/class/drm/" + node.name() + "/status";
            if (node.name().indexOf('-') > 0 && !node.owners().isEmpty() && host.text(status).present().orElse("").strip().equals("connected")) {
                ledger.add(node.owners(), HolderKind.SCREEN, "screen plugged into " + node.name(), status);
            }
        }
    }

    private void readFrameBuffers(boolean activeKnown, boolean elsewhere) {
        Reading<List<String>> consoles = host.list(VT_CONSOLES);
        List<DeviceNodes.Node> buffers = classes.of("graphics").stream().filter(node -> node.name().matches("fb[0-9]+")).toList();
        if (buffers.isEmpty()) {
            classes.trouble("graphics").ifPresent(why -> ledger.unseen(HolderArea.CONSOLE, why));
            return;
        }
        if (consoles.present().isEmpty() || !activeKnown) {
            ledger.unseen(HolderArea.CONSOLE, consoles.trouble().orElse(ACTIVE + " cannot be read") + "; whether a console shows on fb0 cannot be told");
        }
        Optional<String> bound = consoles.present().orElse(List.of()).stream().filter(this::boundToFrameBuffer).findFirst();
        if (bound.isEmpty() && consoles.present().isPresent()) {
            return;
        }
        String evidence = bound.map(name -> VT_CONSOLES + "/" + name + "/bind").orElse("/sys/class/graphics/" + buffers.getFirst().name());
        for (DeviceNodes.Node buffer : buffers) {
            List<Sbdf> owners = buffer.owners().isEmpty() ? firmwareBufferOwners() : buffer.owners();
            boolean only = activeKnown && !elsewhere && buffers.size() == 1;
            ledger.add(owners, only ? HolderKind.ONLY_CONSOLE : HolderKind.FRAME_BUFFER, (only ? "the only console shows on " : "a console shows on ")
                    + buffer.name() + named(buffer), evidence);
        }
    }

    private String named(DeviceNodes.Node buffer) {
        return host.text("/sys/class/graphics/" + buffer.name() + "/name").present().map(text -> " (" + text.strip() + ")").orElse("");
    }

    private boolean boundToFrameBuffer(String console) {
        String folder = VT_CONSOLES + "/" + console;
        return host.text(folder + "/name").present().orElse("").contains("frame buffer") && host.text(folder + "/bind").present().orElse("").strip()
                .equals("1");
    }

    /** Whose memory firmware's frame buffer lies in: the PCI function that it is nested in, or else the boot display. */
    private List<Sbdf> firmwareBufferOwners() {
        Set<Sbdf> owners = new LinkedHashSet<>();
        Sbdf[] open = new Sbdf[64];
        host.text("/proc/iomem").present().orElse("").lines().forEach(line -> {
            int depth = Math.min(indent(line) / 2, open.length - 1);
            int colon = line.indexOf(" : ");
            String name = colon < 0 ? "" : line.substring(colon + 3).strip();
            open[depth] = Sbdf.parse(name).orElse(depth > 0 ? open[depth - 1] : null);
            if (FIRMWARE_BUFFERS.contains(name) && open[depth] != null) {
                owners.add(open[depth]);
            }
        });
        return owners.isEmpty() ? bootDisplays() : List.copyOf(owners);
    }

    private static int indent(String line) {
        int at = 0;
        while (at < line.length() && line.charAt(at) == ' ') {
            at++;
        }
        return at;
    }
}
